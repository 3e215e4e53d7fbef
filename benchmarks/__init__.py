"""What the bot costs and how fast it is, beside Dataiku's own client: ``python -m benchmarks``."""
