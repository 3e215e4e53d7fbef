"""Clocks that stand still until a test moves them."""

from datetime import UTC, datetime, timedelta


class HandClock:
    """Returns the same time until it is moved."""

    def __init__(self, start: datetime = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)) -> None:
        self.moment = start

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, seconds: float) -> None:
        """Move the clock forward."""
        self.moment += timedelta(seconds=seconds)
