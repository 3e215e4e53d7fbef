"""Answers over HTTP that end at a deadline, however slowly they come.

Python's HTTP client has a time limit between two bytes only: a server that sends one byte a second is read
for ever, headers and body. Here each read from the socket waits no longer than what is left.
"""

import contextvars
import http.client
import io
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_until: contextvars.ContextVar[float | None] = contextvars.ContextVar("until", default=None)


@contextmanager
def answers_within(seconds: float) -> Iterator[None]:
    """Let the answers to what is sent inside the ``with`` end after so many seconds, read there or later."""
    token = _until.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _until.reset(token)


class _Reads(io.RawIOBase):
    """The bytes of one answer; reading them waits for no longer than what is left of its time."""

    def __init__(self, raw: io.RawIOBase, connection: socket.socket, until: float) -> None:
        self._raw = raw
        self._connection = connection
        self._until = until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int | None:
        left = self._until - time.monotonic()
        pause = self._connection.gettimeout()
        try:
            if left <= 0:
                raise TimeoutError("the whole answer took too long")
            self._connection.settimeout(left if pause is None else min(pause, left))
            return self._raw.readinto(buffer)
        except TimeoutError:
            self._raw.close()  # nobody may go on reading: what comes now is late
            raise
        finally:
            if self._connection.fileno() >= 0:
                self._connection.settimeout(pause)

    def close(self) -> None:
        self._raw.close()
        super().close()


class TimedResponse(http.client.HTTPResponse):
    """An answer that keeps to the `answers_within` that it was asked in."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - handed on
        super().__init__(sock, *args, **kwargs)
        until = _until.get()
        if until is not None:
            self.fp = io.BufferedReader(_Reads(self.fp.detach(), sock, until))
