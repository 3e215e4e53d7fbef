"""Statuses that drip or never end, in front of the DSS stand-in, and what they cost the bot."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Self

from benchmarks.processes import Process

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

DRIP_GAP = 1.0
"""Seconds between two bytes."""
PIECE = b" " * 1_048_576


class Spoiled:
    """A WSGI application that spoils the statuses of some jobs, alternating between the two ways."""

    def __init__(self, inner: "WSGIApplication", ids: Iterable[str]) -> None:
        self._inner = inner
        self.asked = 0
        """The number of spoiled answers."""
        ways: tuple[Callable[[], Iterator[bytes]], ...] = (drip, endless)
        self._spoilt = {job_id: ways[number % 2] for number, job_id in enumerate(ids)}

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        parts = environ["PATH_INFO"].strip("/").split("/")
        spoil = self._spoilt.get(parts[-1])
        if spoil is None or parts[-2] != "jobs":
            return self._inner(environ, start)
        self.asked += 1
        headers = [("Content-Type", "application/json")]
        start("200 OK", [*headers, ("Content-Length", "100000")] if spoil is drip else headers)
        return spoil()


def drip() -> Iterator[bytes]:
    """Yield one byte per second."""
    while True:
        yield b" "
        time.sleep(DRIP_GAP)


def endless() -> Iterator[bytes]:
    """Yield bytes as fast as the client reads them."""
    while True:
        yield PIECE


class Highest:
    """The peak memory of a process during a period, in MB."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self.mb = process.cost().rss_mb
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, name="highest", daemon=True)

    def _look(self) -> None:
        while not self._over.wait(0.05):
            self.mb = max(self.mb, self._process.cost().rss_mb)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _tb: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
