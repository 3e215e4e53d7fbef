"""Connections whose answers end at a deadline, however slowly they come.

`requests` has a time limit between two bytes only: a server that sends one byte a second is read for ever, in
the headers as well as in the body. Here each read from the socket waits for no longer than what is left of
the call.
"""

import contextvars
import http.client
import io
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import requests.adapters
import urllib3
import urllib3.connection

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
        if left <= 0:
            raise TimeoutError("the whole answer took too long")
        pause = self._connection.gettimeout()
        self._connection.settimeout(left if pause is None else min(pause, left))
        try:
            return self._raw.readinto(buffer)
        finally:
            if self._connection.fileno() >= 0:
                self._connection.settimeout(pause)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - handed on
        super().__init__(sock, *args, **kwargs)
        until = _until.get()
        if until is not None:
            self.fp = io.BufferedReader(_Reads(self.fp.detach(), sock, until))


class _PlainConnection(urllib3.connection.HTTPConnection):
    response_class = _Answer


class _TlsConnection(urllib3.connection.HTTPSConnection):
    response_class = _Answer


class _PlainPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _TlsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class _FreshPlainPool(_PlainPool):
    def _get_conn(self, timeout: float | None = None) -> Any:  # noqa: ANN401 - as urllib3 has it
        return _closed(super()._get_conn(timeout))


class _FreshTlsPool(_TlsPool):
    def _get_conn(self, timeout: float | None = None) -> Any:  # noqa: ANN401 - as urllib3 has it
        return _closed(super()._get_conn(timeout))


def _closed(connection: Any) -> Any:  # noqa: ANN401 - as urllib3 has it
    connection.close()  # it is opened anew by the request
    return connection


class DeadlineAdapter(requests.adapters.HTTPAdapter):
    """`requests`' adapter over connections that keep to `answers_within`.

    Args:
        idle: whether a connection that has been idle may be used again. A server closes such ones when it
            likes: a request that is sent at that moment gets no answer, and nobody knows whether it arrived.
        most: idle connections that are kept.
    """

    def __init__(self, *, idle: bool, most: int) -> None:
        self._pools = (
            {"http": _PlainPool, "https": _TlsPool}
            if idle
            else {"http": _FreshPlainPool, "https": _FreshTlsPool}
        )
        super().__init__(pool_maxsize=most, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - handed on
        """Make the pools of direct connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:  # noqa: ANN401 - handed on
        """Make the pools of connections through a proxy."""
        manager = super().proxy_manager_for(proxy, **kwargs)
        if not proxy.lower().startswith("socks"):  # these bring connections of their own
            manager.pool_classes_by_scheme = self._pools
        return manager
