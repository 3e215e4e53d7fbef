"""Whose turn it is to write: one thread after the other, in the order in which they came."""

import threading
from collections import deque


class Turns:
    """A fair lock.

    `threading.Lock` lets the thread that has just released it in again before one that has waited: a loop of
    many short transactions would keep a listener, whom Slack gives three seconds, waiting for all of them.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._busy = False
        self._queue: deque[threading.Event] = deque()

    @property
    def waiting(self) -> int:
        """How many threads stand in line."""
        return len(self._queue)

    def take(self, timeout: float) -> bool:
        """Wait for a turn, so many seconds at most; say whether it has come."""
        with self._lock:
            if not self._busy:
                self._busy = True
                return True
            mine = threading.Event()
            self._queue.append(mine)
        if mine.wait(timeout):
            return True
        with self._lock:
            if mine.is_set():  # it came at the last moment
                return True
            self._queue.remove(mine)
            return False

    def give(self) -> None:
        """End a turn that has been taken: the next in line has it."""
        with self._lock:
            if self._queue:
                self._queue.popleft().set()
            else:
                self._busy = False
