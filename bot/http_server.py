"""An HTTP server on a port of ours: waitress, with an end to requests that are never sent whole."""

import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import structlog
from waitress.channel import HTTPChannel
from waitress.server import create_server

from bot.errors import BotError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_log = structlog.get_logger(__name__)

MOST_BODY = 1_000_000
"""Bytes of a request's body: what Slack sends has some kilobytes. Longer ones are refused unread."""
SENT_WITHIN = 5.0
"""Seconds in which a request must have come whole."""
MOST_CONNECTIONS = 1_000
"""Connections that are open at the same time."""
CROWDED = 500
"""From so many on, those that have sent nothing whole for a second are closed, the oldest first."""

SLACK = "slack-http"
"""Name of the server that Slack calls in HTTP mode."""


class _Channel(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    """A connection that knows since when it has been waiting for the rest of a request."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - handed on
        super().__init__(*args, **kwargs)
        self.waits_since: float = self.creation_time

    @property
    def half_sent(self) -> bool:
        """Whether nothing is being answered here, and a request has begun or never came."""
        return not self.requests and (self.request is not None or self.waits_since == self.creation_time)

    def received(self, data: bytes) -> bool:
        """Take in bytes; with the first ones of a request, its time begins."""
        fresh = self.request is None
        taken = bool(super().received(data))
        if self.request is None:
            self.waits_since = float("inf")  # whole: what comes next begins anew
        elif fresh and self.waits_since == float("inf"):
            self.waits_since = time.time()
        return taken


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
        self._server = create_server(
            app,
            sockets=[listening],
            threads=threads,
            ident="dss-bot",
            max_request_body_size=MOST_BODY,
            connection_limit=MOST_CONNECTIONS,
            cleanup_interval=1,
            asyncore_use_poll=True,  # select() knows no file beyond the 1,024th
        )
        self._server.channel_class = _Channel
        self._server.maintenance = self._cut_off
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

    def _cut_off(self, now: float) -> None:
        """Close connections whose request is not sent whole in time: they would take the place of others.

        Called by waitress's loop each second.
        """
        waiting = [one for one in list(self._server.active_channels.values()) if one.half_sent]
        waiting.sort(key=lambda one: one.waits_since)
        too_many = len(self._server.active_channels) - CROWDED
        for number, one in enumerate(waiting):
            waits = now - one.waits_since
            if waits > SENT_WITHIN or (number < too_many and waits > 1):
                one.will_close = True

    def _unsent(self) -> bool:
        return any(channel.total_outbufs_len for channel in list(self._server.active_channels.values()))

    def _close(self) -> None:
        for channel in list(self._server.active_channels.values()):
            channel.handle_close()
        self._server.close()
