"""Health and metrics over HTTP: ``/healthz``, ``/readyz``, ``/metrics``.

``/healthz`` says that the process answers; ``/readyz`` that it can do its work (503 when a required check is
not well). DSS being down is degraded, not unready: a restart of the bot would not help, so that such a check
is not ``required``.
"""

import json
import os
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from waitress.server import create_server

from bot.errors import BotError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_log = structlog.get_logger(__name__)


class Check(NamedTuple):
    """How one thing that the bot needs stands."""

    ok: bool
    detail: str = ""
    """One sentence for the one on call; no secrets, since anybody who reaches the port can read it."""
    required: bool = True
    """Whether the bot is not ready without it."""


Readiness = Callable[[], Mapping[str, Check]]
"""Looks at what is known and returns at once: no network calls, since probes come every few seconds."""


def health_app(readiness: Readiness, registry: CollectorRegistry) -> "WSGIApplication":
    """Return the WSGI application."""

    def healthz() -> tuple[int, str, bytes]:
        return 200, "text/plain; charset=utf-8", b"ok\n"

    def readyz() -> tuple[int, str, bytes]:
        checks = readiness()
        ready = all(check.ok for check in checks.values() if check.required)
        state = "not ready" if not ready else "ok" if all(c.ok for c in checks.values()) else "degraded"
        body = {"state": state, "checks": {name: check._asdict() for name, check in checks.items()}}
        return 200 if ready else 503, "application/json", json.dumps(body, indent=1).encode() + b"\n"

    def metrics() -> tuple[int, str, bytes]:
        return 200, CONTENT_TYPE_LATEST, generate_latest(registry)

    pages = {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics}

    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        page = pages.get(environ.get("PATH_INFO", ""))
        if page is None:
            status, kind, body = 404, "text/plain; charset=utf-8", f"Try {', '.join(pages)}\n".encode()
        elif environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            status, kind, body = 405, "text/plain; charset=utf-8", b"Only GET\n"
        else:
            status, kind, body = page()
        headers = [("Content-Type", kind), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")]
        start_response(_STATUS[status], headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    return app


_STATUS = {
    200: "200 OK",
    404: "404 Not Found",
    405: "405 Method Not Allowed",
    503: "503 Service Unavailable",
}


SLACK = "slack-http"
"""Name of the server that Slack calls in HTTP mode."""


class PortTaken(BotError):
    """A port can't be listened on; the text says which, and which setting names it."""


class HttpServer:
    """A WSGI application served by waitress in a thread of its own, until it is stopped."""

    def __init__(self, app: "WSGIApplication", *, host: str, port: int, name: str, threads: int = 2) -> None:
        """Bind the port; port 0 takes a free one.

        Raises:
            PortTaken: the port can't be had.
        """
        # Bound here: for a host with two addresses, such as localhost, waitress would make a server of
        # another kind, which can't be stopped from outside.
        try:
            family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            listening = socket.create_server(address[:2], family=family)
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno else str(error)
            setting = "PORT" if name == SLACK else "DSS_BOT_HTTP_PORT"
            raise PortTaken(
                f"{setting}: {host}:{port} can't be listened on ({reason}). Give a free port"
                f"{'' if name == SLACK else ', or 0 to do without health and metrics'}."
            ) from error
        self._server = create_server(app, sockets=[listening], threads=threads, ident="dss-bot")
        self._thread = threading.Thread(target=self._server.run, name=name, daemon=True)
        self._stopped = False

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return int(self._server.effective_port)

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()
        _log.info("listening", what=self._thread.name, host=self._server.effective_host, port=self.port)

    def stop(self, timeout: float = 5.0) -> None:
        """Take no more requests, finish those under way, close everything. May be called twice.

        Args:
            timeout: seconds to wait for requests that are being answered.
        """
        if self._stopped:
            return
        self._stopped = True
        deadline = time.monotonic() + timeout
        self._in_loop(self._server.del_channel)
        self._server.task_dispatcher.shutdown(timeout=timeout)
        while self._unsent() and time.monotonic() < deadline:
            time.sleep(0.01)
        self._in_loop(self._close)
        if self._thread.is_alive():
            self._thread.join(timeout)

    def _in_loop(self, act: Callable[[], None]) -> None:
        """Do something in the thread of the loop: it is the one that may touch the sockets."""
        if self._thread.is_alive():
            # A loop that is awake may do it, and close the trigger, before that is pulled.
            with suppress(OSError):
                self._server.trigger.pull_trigger(act)
        else:
            act()

    def _unsent(self) -> bool:
        return any(channel.total_outbufs_len for channel in list(self._server.active_channels.values()))

    def _close(self) -> None:
        for channel in list(self._server.active_channels.values()):
            channel.handle_close()
        self._server.close()
