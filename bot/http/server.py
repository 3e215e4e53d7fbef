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

from bot.domain.errors import BotError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_log = structlog.get_logger(__name__)

MOST_BODY = 1_000_000
"""Bytes of a request's body: what Slack sends has some kilobytes. Longer ones are refused unread."""
SENT_WITHIN = 5.0
"""Seconds in which a request must have come whole."""
IDLE_FOR = 60.0
"""Seconds for which a connection stays open without another request."""
MOST_CONNECTIONS = 1_000
"""Connections that are open at the same time."""
CROWDED = 500
"""From so many on, those that have sent nothing whole for a second are closed, the oldest first."""
_TIDY_EVERY = 1.0

SLACK = "slack-http"
"""Name of the server that Slack calls in HTTP mode."""


class _Channel(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    """A connection that knows since when it has been waiting for a request, or for the rest of one.

    All by the monotonic clock: waitress's own times are those of a clock that can be set back.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - handed on
        super().__init__(*args, **kwargs)
        self.waits_since = time.monotonic()
        self.half_sent = True
        """Whether a request has begun, or the first one never came."""

    def received(self, data: bytes) -> bool:
        """Take in bytes; with the first ones of a request, its time begins."""
        before, goes_on = self.request, self.half_sent
        taken = bool(super().received(data))
        if self.request is None:
            self.half_sent, self.waits_since = False, time.monotonic()
        elif self.request is not before and (before is not None or not goes_on):
            self.half_sent, self.waits_since = True, time.monotonic()
        return taken

    def waits_too_long(self, now: float, *, crowded: bool) -> bool:
        """Say whether it takes the place of others."""
        waits = now - self.waits_since
        return waits > (SENT_WITHIN if self.half_sent else IDLE_FOR) or (crowded and waits > 1)


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
            asyncore_use_poll=True,  # select() knows no file beyond the 1,024th
        )
        self._server.channel_class = _Channel
        self._server.readable = self._readable
        self._server.maintenance = lambda _now: None  # `_cut_off` does it
        self._next_cut = 0.0
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

    def _readable(self) -> bool:
        """Say whether another connection may come; waitress's loop asks at least each second."""
        now = time.monotonic()
        if now >= self._next_cut:
            self._next_cut = now + _TIDY_EVERY
            self._cut_off(now)
        return bool(type(self._server).readable(self._server))

    def _cut_off(self, now: float) -> None:
        """Close connections that wait too long for a request, or for the rest of one."""
        channels: list[_Channel] = list(self._server.active_channels.values())
        for one in channels:
            if one.requests:
                one.waits_since = now  # it's our turn
        waiting = sorted((one for one in channels if not one.requests), key=lambda one: one.waits_since)
        too_many = len(channels) - CROWDED
        for number, one in enumerate(waiting):
            if one.waits_too_long(now, crowded=number < too_many):
                one.will_close = True

    def _unsent(self) -> bool:
        return any(channel.total_outbufs_len for channel in list(self._server.active_channels.values()))

    def _close(self) -> None:
        for channel in list(self._server.active_channels.values()):
            channel.handle_close()
        self._server.close()
