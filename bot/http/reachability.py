"""Why a call got no answer: DNS, a refused connection, TLS, a proxy, a timeout, or a lost connection.

`requests`, urllib3, urllib and slack_sdk wrap the same few errors of `socket` and `ssl` in different ways.
This module looks for those inside whatever was raised, so that every library's failures read the same.
"""

import http.client
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

import requests.exceptions
import urllib3.exceptions

from bot.http.proxies import proxy_for, shown


class Obstacle(StrEnum):
    """What kept a call from being answered."""

    DNS = "DNS"
    REFUSED = "connection refused"
    NO_ROUTE = "no route"
    TLS = "TLS"
    PROXY = "proxy"
    TIMEOUT = "timeout"
    BROKEN = "connection lost"


@dataclass(frozen=True, kw_only=True)
class Unreachable:
    """Why a call got no answer."""

    obstacle: Obstacle
    detail: str
    """What happened, with the host and the port, then what to check."""

    def __str__(self) -> str:
        return f"{self.obstacle}: {self.detail}"


def explain(error: BaseException, url: str, *, server: str, trust: str) -> Unreachable | None:
    """Explain why a call got no answer; ``None`` if the error is none of a connection.

    Args:
        error: what the library raised, or an error of ours with that as its cause.
        url: the called address.
        server: what runs there: ``DSS``, ``Slack``.
        trust: how to make its certificate trusted: the advice when it isn't.
    """
    errors = list(_inside(error))
    proxy = proxy_for(url)
    if proxy and (refusal := _of_proxy(errors, proxy)):
        return Unreachable(obstacle=Obstacle.PROXY, detail=f"{refusal}. {_proxy_advice(url)}")
    return _of_server(errors, _address(url), server=server, trust=trust)


def hint(url: str) -> str:
    """Return what to try when an address can't be reached, whatever the reason."""
    proxy = proxy_for(url)
    through = (
        f"calls to {_host(url)} go through the proxy {shown(proxy)}"
        if proxy
        else f"no proxy is set for {_host(url)}: if this network needs one, set HTTPS_PROXY"
    )
    return f"{through}; dss-bot doctor says what is wrong"


def gateway_note(status: int | None, url: str) -> str:
    """Return what to add to an answer that isn't the server's own; empty without a proxy in between."""
    proxy = proxy_for(url)
    if not proxy:
        return ""
    if status == http.HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        return f"The proxy {shown(proxy)} wants a user name and a password. {_proxy_advice(url)}"
    return f"The answer might be that of the proxy {shown(proxy)}. {_proxy_advice(url)}"


def _inside(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and every error inside it, outermost first."""
    found: list[BaseException] = [error]
    for one in found:
        yield one
        within = (one.__cause__ or one.__context__, getattr(one, "reason", None), *one.args)
        found += [other for other in within if isinstance(other, BaseException) and other not in found]


_NO_TUNNEL = "Tunnel connection failed: "
"""How `http.client` says what a proxy answered to CONNECT; the status and its words follow."""


def _of_proxy(errors: list[BaseException], proxy: str) -> str | None:
    """Say how a proxy failed. Only the proxy is looked up and connected to, so such a failure is its own."""
    name = f"the proxy {shown(proxy)}"
    for error in errors:
        match error:
            case requests.exceptions.InvalidSchema():
                return f"{name} is of a kind that the bot can't use: it needs an http:// or https:// proxy"
            case requests.exceptions.InvalidProxyURL():
                return f"{name} is no valid address"
            case socket.gaierror():
                return f"the name of {name} can't be resolved ({error.strerror})"
            case ConnectionRefusedError():
                return f"{name} refuses the connection"
            case OSError() if str(error).startswith(_NO_TUNNEL):
                return f"{name} doesn't let the call through ({str(error).removeprefix(_NO_TUNNEL)})"
    if _timed_out_connecting(errors):
        return f"{name} doesn't accept a connection in time"
    if any(isinstance(error, urllib3.exceptions.ProxyError) for error in errors):
        return f"{name} can't be used ({_innermost(errors)})"
    return None


def _of_server(
    errors: list[BaseException], address: "_Address", *, server: str, trust: str
) -> Unreachable | None:
    where = f"{address.host} port {address.port}"
    for error in errors:
        match error:
            case socket.gaierror():
                detail = (
                    f"the name {address.host} can't be resolved ({error.strerror}). "
                    "Check the name and this machine's DNS; if this network needs a proxy, set HTTPS_PROXY"
                )
                return Unreachable(obstacle=Obstacle.DNS, detail=detail)
            case ConnectionRefusedError():
                detail = f"nothing listens at {where}. Check the port, and that {server} is running"
                return Unreachable(obstacle=Obstacle.REFUSED, detail=detail)
            case ssl.SSLError():
                detail = _of_tls(error, where, trust)
                return Unreachable(obstacle=Obstacle.TLS, detail=detail)
    if _timed_out_connecting(errors):
        detail = f"{where} doesn't accept a connection in time. Is there a firewall, or a proxy to use?"
        return Unreachable(obstacle=Obstacle.TIMEOUT, detail=detail)
    return _of_connection(errors, where, address, server)


def _of_connection(
    errors: list[BaseException], where: str, address: "_Address", server: str
) -> Unreachable | None:
    """Explain what can happen on an open connection, and on the way to one."""
    for error in errors:
        match error:
            case TimeoutError() | urllib3.exceptions.TimeoutError() | requests.exceptions.Timeout():
                tls = ", or is there no TLS at this port" if address.tls else ""
                detail = (
                    f"{where} accepts connections, but doesn't answer in time. Is {server} overloaded{tls}?"
                )
                return Unreachable(obstacle=Obstacle.TIMEOUT, detail=detail)
            case ConnectionResetError() | BrokenPipeError() | http.client.RemoteDisconnected():
                tls = "" if address.tls else ". Does it want https:// instead of http://?"
                detail = f"{where} closed the connection without an answer{tls}"
                return Unreachable(obstacle=Obstacle.BROKEN, detail=detail)
            case OSError() if error.errno and "unreachable" in str(error.strerror).lower():
                detail = f"this machine has no way to {where} ({error.strerror}). Check its network"
                return Unreachable(obstacle=Obstacle.NO_ROUTE, detail=detail)
    return None


_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST", "UNKNOWN_PROTOCOL"})
"""What OpenSSL's versions say when the other side doesn't speak TLS at all."""
_OWN_FILE = frozenset({"NO_CERTIFICATE_OR_CRL_FOUND", "NO_START_LINE", "KEY_VALUES_MISMATCH"})
"""What they say when a bundle, or a client's certificate or key, can't be read; nothing was called then."""
_EXPIRED, _HOST_MISMATCH, _IP_MISMATCH = 10, 62, 64
"""Codes of OpenSSL: ``X509_V_ERR_CERT_HAS_EXPIRED``, ``…_HOSTNAME_MISMATCH``, ``…_IP_ADDRESS_MISMATCH``."""


def _of_tls(error: ssl.SSLError, where: str, trust: str) -> str:
    if not isinstance(error, ssl.SSLCertVerificationError):
        if error.reason in _NO_TLS:
            return f"{where} doesn't speak TLS. Does the address begin with http:// instead of https://?"
        said = (error.reason or str(error)).replace("_", " ").lower()
        if error.reason in _OWN_FILE or "PEM lib" in str(error):
            return f"a certificate file on this machine can't be used ({said}). Check those configured"
        return f"no TLS connection to {where} ({said}). Check how TLS is set up there"
    said = error.verify_message.rstrip(".")
    if error.verify_code in {_HOST_MISMATCH, _IP_MISMATCH}:
        return f"the certificate at {where} is for another name ({said}). Use a name that it lists"
    if error.verify_code == _EXPIRED:
        return f"the certificate at {where} has expired. Have it renewed, and check this machine's clock"
    return f"the certificate at {where} isn't trusted ({said}). {trust}"


def _timed_out_connecting(errors: list[BaseException]) -> bool:
    """Say whether the time ran out before there was a connection; urllib wraps that, not a slow answer."""
    outer = errors[0]
    wrapped = isinstance(outer, OSError) and isinstance(getattr(outer, "reason", None), TimeoutError)
    kinds = (requests.exceptions.ConnectTimeout, urllib3.exceptions.ConnectTimeoutError)
    return wrapped or any(isinstance(error, kinds) for error in errors)


def _proxy_advice(url: str) -> str:
    return f"Check HTTPS_PROXY and HTTP_PROXY, or name {_host(url)} in NO_PROXY if it needs no proxy"


def _innermost(errors: list[BaseException]) -> str:
    return str(errors[-1]).splitlines()[0] if str(errors[-1]) else type(errors[-1]).__name__


@dataclass(frozen=True)
class _Address:
    host: str
    port: int
    tls: bool


def _address(url: str) -> _Address:
    parts = urlsplit(url)
    tls = parts.scheme in {"https", "wss"}
    return _Address(parts.hostname or url, parts.port or (443 if tls else 80), tls)


def _host(url: str) -> str:
    return _address(url).host
