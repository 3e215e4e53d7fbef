"""The workers: what happens after a listener has acknowledged. They know the store, DSS and Slack."""
