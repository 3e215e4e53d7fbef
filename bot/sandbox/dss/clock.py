"""Time in the stand-in: the wall clock (sped up if needed), or a clock that only a test moves."""

import threading
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Anything that returns the current time."""

    def now_ms(self) -> int:
        """Return milliseconds since 1970 UTC."""


class RealClock:
    """The wall clock; with ``speed`` 10, a minute of simulated time takes 6 s."""

    def __init__(self, speed: float = 1.0) -> None:
        self._speed = speed
        self._wall = time.time()
        self._started = time.monotonic()

    def now_ms(self) -> int:
        """Return milliseconds since 1970 UTC."""
        passed = time.monotonic() - self._started
        return int((self._wall + passed * self._speed) * 1000)


class ManualClock:
    """A clock that stands still until `advance` is called. Thread-safe."""

    def __init__(self, start: datetime | float | None = None) -> None:
        """Start at an aware datetime or at seconds since 1970; the default is 2026-11-23 08:15:00 UTC."""
        if start is None:
            start = datetime(2026, 11, 23, 8, 15, tzinfo=UTC)
        seconds = start.timestamp() if isinstance(start, datetime) else start
        self._now = round(seconds * 1000)
        self._lock = threading.Lock()

    def now_ms(self) -> int:
        """Return milliseconds since 1970 UTC."""
        with self._lock:
            return self._now

    def advance(self, seconds: float) -> None:
        """Move the clock ``seconds`` forward."""
        if seconds < 0:
            raise ValueError("time does not go backwards")
        with self._lock:
            self._now += round(seconds * 1000)
