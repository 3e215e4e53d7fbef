"""A fair lock for writers: threads write in the order in which they arrived."""

import threading
from collections import deque


class WriteQueue:
    """A fair lock.

    A thread that releases a `threading.Lock` can take it again before a thread that is waiting. A loop of
    many short transactions would then make a listener, which Slack gives three seconds, wait for all of them.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._busy = False
        self._queue: deque[threading.Event] = deque()

    @property
    def waiting(self) -> int:
        """How many threads are waiting."""
        return len(self._queue)

    def acquire(self, timeout: float) -> bool:
        """Wait at most ``timeout`` seconds for the lock; return whether it was acquired."""
        with self._lock:
            if not self._busy:
                self._busy = True
                return True
            mine = threading.Event()
            self._queue.append(mine)
        if mine.wait(timeout):
            return True
        with self._lock:
            if mine.is_set():  # acquired at the last moment
                return True
            self._queue.remove(mine)
            return False

    def release(self) -> None:
        """Release the lock and pass it to the next thread in line."""
        with self._lock:
            if self._queue:
                self._queue.popleft().set()
            else:
                self._busy = False
