"""Knows which of the choices in one private message is the newest: only its answer replaces the message."""

import threading
from collections import OrderedDict
from collections.abc import Callable

REMEMBERED = 1_000
"""Messages. Of the one that was used least recently, answers then replace each other in any order."""


class NewestChoices:
    """Counts the choices in each message: DSS can be slow to answer one, and quick to answer the next."""

    def __init__(self) -> None:
        self._counts: OrderedDict[str, int] = OrderedDict()
        self._lock = threading.Lock()

    def next(self, message: str) -> Callable[[], bool]:
        """Count one more choice.

        Args:
            message: identifies the message, and who sees it.

        Returns:
            A function that says whether there has been a newer one meanwhile.
        """
        with self._lock:
            count = self._counts.pop(message, 0) + 1
            self._counts[message] = count
            if len(self._counts) > REMEMBERED:
                self._counts.popitem(last=False)
        return lambda: self._counts.get(message, 0) > count
