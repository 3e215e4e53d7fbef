"""Answers over HTTP that end at a deadline, however slowly they come, and at a length.

Python's HTTP client has a time limit between two bytes only: a server that sends one byte a second is read
for ever, headers and body. Here each read from the socket waits no longer than what is left. It has no limit
of length either, and reads a whole body into memory.
"""

import contextvars
import http.client
import io
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from typing import TYPE_CHECKING, Any

from bot.domain.errors import BotError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_limits: contextvars.ContextVar[tuple[float, float] | None] = contextvars.ContextVar("limits", default=None)


class AnswerTooLong(BotError):
    """An answer has more bytes than any that makes sense: what it says isn't known."""


@contextmanager
def answers_within(seconds: float, *, most: float = inf) -> Iterator[None]:
    """Let the answers to what is sent inside the ``with`` end after so many seconds, read there or later.

    Args:
        seconds: how long an answer can take.
        most: bytes that it can have on the wire, headers included; reading more raises `AnswerTooLong`.
    """
    token = _limits.set((time.monotonic() + seconds, most))
    try:
        yield
    finally:
        _limits.reset(token)


class _Reads(io.RawIOBase):
    """The bytes of one answer; reading them waits for no longer than what is left of its time."""

    def __init__(self, raw: io.RawIOBase, connection: socket.socket, until: float, most: float) -> None:
        self._raw = raw
        self._connection = connection
        self._until = until
        self._left = most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int | None:
        left = self._until - time.monotonic()
        pause = self._connection.gettimeout()
        try:
            if left <= 0:
                raise TimeoutError("the whole answer took too long")
            self._connection.settimeout(left if pause is None else min(pause, left))
            return self._counted(self._raw.readinto(buffer))
        except (TimeoutError, AnswerTooLong):
            self._raw.close()  # nobody may go on reading: what comes now is late
            raise
        finally:
            if self._connection.fileno() >= 0:
                self._connection.settimeout(pause)

    def _counted(self, read: int | None) -> int | None:
        self._left -= read or 0
        if self._left < 0:
            raise AnswerTooLong("the answer is too long")
        return read

    def close(self) -> None:
        self._raw.close()
        super().close()


class TimedResponse(http.client.HTTPResponse):
    """An answer that keeps to the `answers_within` that it was asked in."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - handed on
        super().__init__(sock, *args, **kwargs)
        limits = _limits.get()
        if limits is not None:
            self.fp = io.BufferedReader(_Reads(self.fp.detach(), sock, *limits))
