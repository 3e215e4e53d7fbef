"""How late this process gets the processor: on a busy machine the stories' short time limits mean nothing."""

import threading
import time
from types import TracebackType
from typing import Self

EVERY = 0.05
"""Seconds between two measurements."""
TOO_LATE = 0.3
"""Seconds. The stories give an answer 2 s in all: with such a delay in each step, a good one is late too."""


class Lag:
    """Measures the longest delay while a ``with`` lasts."""

    def __init__(self) -> None:
        self.longest = 0.0
        """Seconds."""
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._measure, name="lag", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._thread.join()

    @property
    def busy(self) -> bool:
        """Whether the machine was too busy for a verdict."""
        return self.longest > TOO_LATE

    def _measure(self) -> None:
        before = time.monotonic()
        while not self._stopped.wait(EVERY):
            now = time.monotonic()
            self.longest = max(self.longest, now - before - EVERY)
            before = now
