"""Looking over the shoulder of the workspace: every request, just before and just after its effect."""

from collections.abc import Callable, Mapping
from typing import Literal

Phase = Literal["before", "after"]
"""``before``: it arrived, nothing happened yet; ``after``: it happened, the answer has not left yet."""

Watcher = Callable[[Phase, str, Mapping[str, object]], None]
"""Called with the phase, the name and the arguments. Raising `ConnectionError` hangs up at that point."""


class Watchers:
    """Those who look on.

    The names are those of the Web API's methods, and ``response_url``, ``upload``, ``socket.open`` and
    ``socket.ack`` for the rest of what an app sends.
    """

    def __init__(self) -> None:
        self._watchers: list[Watcher] = []

    def add(self, watcher: Watcher) -> None:
        """Call ``watcher`` from now on, on the thread that serves the request and without any lock."""
        self._watchers.append(watcher)

    def tell(self, phase: Phase, name: str, args: Mapping[str, object]) -> None:
        """Tell everybody.

        Raises:
            ConnectionError: somebody wants the connection to end here.
        """
        for watcher in tuple(self._watchers):
            watcher(phase, name, args)
