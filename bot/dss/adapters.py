"""Connections to DSS that enforce a deadline on each answer and that are new for each POST."""

from typing import Any

import requests.adapters
import urllib3
import urllib3.connection

from bot.http.deadlines import TimedResponse


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
    connection.close()  # the request opens it again
    return connection


class DeadlineAdapter(requests.adapters.HTTPAdapter):
    """An adapter for `requests` whose connections respect `answers_within`.

    Args:
        idle: whether to reuse idle connections. A server can close an idle connection at any time: a request
            sent at that moment gets no answer, and nobody knows whether it arrived.
        most: how many idle connections to keep.
    """

    def __init__(self, *, idle: bool, most: int) -> None:
        self._pools = (
            {"http": _PlainPool, "https": _TlsPool}
            if idle
            else {"http": _FreshPlainPool, "https": _FreshTlsPool}
        )
        super().__init__(pool_maxsize=most, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - handed on
        """Create the pools of direct connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:  # noqa: ANN401 - handed on
        """Create the pools of connections through a proxy."""
        manager = super().proxy_manager_for(proxy, **kwargs)
        if not proxy.lower().startswith("socks"):  # SOCKS proxies have their own connection classes
            manager.pool_classes_by_scheme = self._pools
        return manager
