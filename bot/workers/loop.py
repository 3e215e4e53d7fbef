"""A loop on a thread: runs a round, waits until the next one or a wake-up, and survives errors."""

import threading
import time
from collections.abc import Callable, Iterable

import structlog

from bot.language import in_same_language

log = structlog.get_logger(__name__)

LONGEST_PAUSE = 30.0
"""Seconds between two rounds while every round fails."""


class Loop:
    """Runs ``work`` again and again until it is stopped.

    Args:
        name: of the thread, and in the log.
        work: one round; returns whether there is more to do right away.
        pause: seconds from one round to the next when there isn't; a long round shortens the wait.
        least: minimum seconds to wait after a round that found nothing to do, however often it is woken.
    """

    def __init__(self, name: str, work: Callable[[], bool], pause: float, *, least: float = 0.0) -> None:
        self.name = name
        self.failing: str | None = None
        """The error of the last round; ``None`` if it succeeded. Shown by the health endpoint."""
        self._round_began: float | None = None
        self._last_took = 0.0
        self._work = work
        self._pause = pause
        self._least = least
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=in_same_language(self._run), name=name, daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def wake(self) -> None:
        """Start the next round now."""
        self._wake.set()

    def stop(self) -> None:
        """Ask the loop to end after the current round."""
        self._stop.set()
        self._wake.set()

    def join(self, seconds: float) -> bool:
        """Wait for the thread to end; return whether it did."""
        if self._thread.ident is not None:
            self._thread.join(seconds)
        return not self._thread.is_alive()

    @property
    def round_seconds(self) -> float:
        """Duration of the current round so far, or of the last one, whichever is longer."""
        began = self._round_began
        return max(self._last_took, time.monotonic() - began if began is not None else 0.0)

    @property
    def alive(self) -> bool:
        """Whether the thread is running."""
        return self._thread.is_alive()

    def _run(self) -> None:
        failures = 0
        while not self._stop.is_set():
            self._wake.clear()
            began = self._round_began = time.monotonic()
            try:
                more = self._work()
            except Exception as error:
                # The loop must survive any round; the error is logged and shown by the health endpoint.
                failures += 1
                self.failing = f"{type(error).__name__}: {error}"[:300]
                log.exception("loop.failed", loop=self.name, failures=failures)
                self._ended(began)
                self._wait(min(self._pause * 2**failures, LONGEST_PAUSE))
                continue
            self._ended(began)
            failures = 0
            self.failing = None
            if not more:
                ended = time.monotonic()
                self._wait(max(self._pause / 4, began + self._pause - ended))
                self._stop.wait(max(0.0, ended + self._least - time.monotonic()))

    def _ended(self, began: float) -> None:
        self._last_took, self._round_began = time.monotonic() - began, None

    def _wait(self, seconds: float) -> None:
        if not self._stop.is_set():
            self._wake.wait(seconds)


def wake_all(loops: Iterable[Loop]) -> None:
    """Start the next round of each loop now."""
    for loop in loops:
        loop.wake()
