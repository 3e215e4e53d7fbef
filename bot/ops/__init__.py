"""What does the person on call see?

Logging, health checks, metrics, and ``dss-bot doctor``. May import what it reports on, but never `bot.app`.

Example of a change: a new health check is a `Check` in `health_checks`, with a line in docs/operations.md.
"""
