"""The numbered events of the stream, and how readers wait for them."""

import threading
from collections import deque
from typing import Any

Json = dict[str, Any]

KEPT = 5_000
"""How many events a reader can miss before it needs a new snapshot."""


class EventLog:
    """The newest events, numbered from 1. Thread-safe."""

    def __init__(self, kept: int = KEPT) -> None:
        self._events: deque[tuple[int, Json]] = deque(maxlen=kept)
        self._changed = threading.Condition()
        self._last = 0
        self._closed = False

    @property
    def last(self) -> int:
        """The number of the newest event; 0 if there is none."""
        return self._last

    @property
    def closed(self) -> bool:
        """Whether no more events will come."""
        return self._closed

    def publish(self, event: Json) -> None:
        """Add an event and wake the readers."""
        with self._changed:
            self._last += 1
            self._events.append((self._last, event))
            self._changed.notify_all()

    def has_all_since(self, number: int) -> bool:
        """Return whether a reader that has seen ``number`` can go on from there."""
        with self._changed:
            first = self._events[0][0] if self._events else self._last + 1
            return first - 1 <= number <= self._last

    def since(self, number: int, timeout: float) -> list[tuple[int, Json]]:
        """Return the events after ``number``; wait up to ``timeout`` seconds if there are none."""
        with self._changed:
            self._changed.wait_for(lambda: self._last > number or self._closed, timeout)
            missed = min(self._last - number, len(self._events))
            return list(self._events)[len(self._events) - missed :] if missed > 0 else []

    def close(self) -> None:
        """Wake the readers for the last time."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
