"""Hooks for tests: every request, just before and just after its effect."""

from collections.abc import Callable, Mapping
from typing import Literal

Phase = Literal["before", "after"]
"""``before``: it arrived but had no effect yet; ``after``: it took effect, but the answer is not sent yet."""

Watcher = Callable[[Phase, str, Mapping[str, object]], None]
"""Called with the phase, the name, and the arguments. Raising `ConnectionError` hangs up at that point."""


class Observers:
    """The registered watchers.

    Names are the Web API's method names, plus ``response_url``, ``upload``, ``socket.open``, and
    ``socket.ack`` for everything else that an app sends.
    """

    def __init__(self) -> None:
        self._watchers: list[Watcher] = []

    def add(self, watcher: Watcher) -> None:
        """Call ``watcher`` for every request, on the thread that serves it and without holding a lock."""
        self._watchers.append(watcher)

    def tell(self, phase: Phase, name: str, args: Mapping[str, object]) -> None:
        """Call every watcher.

        Raises:
            ConnectionError: a watcher wants the connection to end here.
        """
        for watcher in tuple(self._watchers):
            watcher(phase, name, args)
