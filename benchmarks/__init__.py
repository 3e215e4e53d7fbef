"""The bot's cost and speed, compared with Dataiku's own client: ``python -m benchmarks``."""
