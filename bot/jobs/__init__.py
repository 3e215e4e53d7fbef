"""The use cases and the policy: what is allowed, what is asked of DSS, what is told. No I/O of its own."""
