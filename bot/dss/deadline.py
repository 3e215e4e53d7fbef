"""Connections to DSS whose answers end at a deadline, and that are new for each POST."""

from typing import Any

import requests.adapters
import urllib3
import urllib3.connection

from bot.deadline import TimedResponse


class _PlainConnection(urllib3.connection.HTTPConnection):
    response_class = TimedResponse


class _TlsConnection(urllib3.connection.HTTPSConnection):
    response_class = TimedResponse


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
