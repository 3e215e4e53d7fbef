"""Socket Mode: the app's WebSockets (SLACK-FACTS §1.5)."""

import contextlib
import json
import secrets
import socket
import struct
import threading
import time
from collections.abc import Callable
from typing import Any

from simple_websocket import ConnectionClosed, Server
from simple_websocket.ws import LocalProtocolError

from bot.sandbox.slack.delivery import Delivery
from bot.sandbox.slack.model import Json
from bot.sandbox.slack.observers import Observers
from bot.sandbox.slack.world import World

MAX_SOCKETS = 10
TICKET_LIFETIME = 30.0  # seconds from apps.connections.open to the handshake
CONNECTION_TIME = 18_060  # seconds that Slack announces in `hello`
_GONE = (ConnectionClosed, LocalProtocolError, OSError)


class _OneWriter:
    """Serializes writes to the server's socket, so that the reader's pongs don't mix with our frames."""

    def __init__(self, inner: socket.socket) -> None:
        self._inner = inner
        self._lock = threading.Lock()

    def send(self, data: bytes) -> int:
        with self._lock:
            self._inner.sendall(data)
        return len(data)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the socket has
        return getattr(self._inner, name)


class Connection:
    """One WebSocket."""

    def __init__(self, environ: dict[str, Any]) -> None:
        self.id = secrets.token_hex(8)
        self._dropped = False
        self._sending = threading.Lock()
        self._socket = _OneWriter(environ["werkzeug.socket"])
        self._socket.settimeout(None)  # the HTTP server's timeout isn't for sockets
        self._ws = Server(environ | {"werkzeug.socket": self._socket})

    def send(self, frame: Json) -> bool:
        """Send a frame; returns whether the connection accepted it."""
        if self._dropped:
            return False
        try:
            with self._sending:
                self._ws.send(json.dumps(frame))
        except _GONE:
            return False
        return True

    def receive(self) -> str | None:
        """Return the next text from the app, or ``None`` when the connection has ended."""
        try:
            data = self._ws.receive()
        except _GONE:
            return None
        return data if isinstance(data, str) else ""

    def close(self) -> None:
        """Send a close frame and hang up."""
        if self._dropped:
            return
        with contextlib.suppress(*_GONE), self._sending:
            self._ws.close()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def drop(self) -> None:
        """Reset the connection: no close frame, no end of stream."""
        self._dropped = True
        with contextlib.suppress(OSError):
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._socket.shutdown(socket.SHUT_RD)  # ends the reader, which then closes the socket

    def join(self) -> None:
        """Wait for the reader's thread."""
        self._ws.thread.join()


class Sockets:
    """All the app's WebSockets; payloads rotate among them."""

    def __init__(self, world: World, watchers: Observers) -> None:
        self._world = world
        self._watchers = watchers
        self._lock = threading.Lock()
        self._tickets: dict[str, float] = {}
        self._connections: list[Connection] = []
        self._turn = 0
        self._closing = False
        self.on_ack: Callable[[str, object], None] = lambda _envelope, _payload: None
        self.on_open: Callable[[], None] = lambda: None
        self.on_lost: Callable[[str], None] = lambda _connection: None

    @property
    def count(self) -> int:
        """The number of open sockets."""
        return len(self._connections)

    def new_ticket(self) -> str:
        """Create the secret part of a WebSocket address: single-use and short-lived."""
        ticket = secrets.token_hex(16)
        with self._lock:
            self._tickets[ticket] = time.monotonic() + TICKET_LIFETIME
        return ticket

    def admit(self, ticket: str) -> bool:
        """Use up a ticket; returns whether it was valid."""
        with self._lock:
            expires = self._tickets.pop(ticket, 0.0)
            return not self._closing and expires > time.monotonic()

    def serve(self, environ: dict[str, Any]) -> None:
        """Serve one connection to its end, in the request's own thread."""
        connection = Connection(environ)
        try:
            if self._join(connection):
                self._watchers.tell("after", "socket.open", {})
                self.on_open()
                while (text := connection.receive()) is not None:
                    self._heard(text)
        finally:
            self._leave(connection)

    def _join(self, connection: Connection) -> bool:
        with self._lock:
            if self._closing:
                return False
            if len(self._connections) >= MAX_SOCKETS:
                connection.send({"type": "disconnect", "reason": "too_many_websockets"})
                return False
            count = len(self._connections) + 1
            # `hello` goes first, so send it before another thread can pick this connection for a payload.
            connection.send(self._hello(count))
            self._connections.append(connection)
        self._tell()
        return True

    def _hello(self, count: int) -> Json:
        return {
            "type": "hello",
            "num_connections": count,
            "debug_info": {
                "host": "applink-sandbox",
                "build_number": 1,
                "approximate_connection_time": CONNECTION_TIME,
            },
            "connection_info": {"app_id": self._world.app_id},
        }

    def _leave(self, connection: Connection) -> None:
        connection.close()
        connection.join()
        with self._lock:
            known = connection in self._connections
            if known:
                self._connections.remove(connection)
            closing = self._closing
        if known and not closing:
            self.on_lost(connection.id)
            self._tell()

    def _tell(self) -> None:
        with self._world.edit():
            self._world.changed("sockets")

    def _heard(self, text: str) -> None:
        try:
            frame = json.loads(text)
            envelope_id = frame["envelope_id"]
        except (ValueError, KeyError, TypeError):
            self._world.violate(f"a frame that is no acknowledgement: {text[:200]}")
            return
        self._watchers.tell("before", "socket.ack", frame)
        self.on_ack(envelope_id, frame.get("payload"))
        self._watchers.tell("after", "socket.ack", frame)

    def send(self, delivery: Delivery) -> bool:
        """Send a delivery on one connection; returns whether one accepted it."""
        with self._lock:
            waiting = list(self._connections)
            self._turn += 1
        for offset in range(len(waiting)):
            connection = waiting[(self._turn + offset) % len(waiting)]
            delivery.connection_id = connection.id
            if connection.send(delivery.envelope()):
                return True
        return False

    def refresh(self, grace: float) -> None:
        """Renew all connections as Slack does every few hours: warn, wait, then close what is still open.

        A client that acts on the warning (slack_sdk does) opens a new connection and leaves the old one on
        its own. ``grace`` is how long to wait for that, in seconds. Returns when the old connections are
        closed.
        """
        with self._lock:
            old = list(self._connections)
        for connection in old:
            connection.send({"type": "disconnect", "reason": "warning", "debug_info": {}})
        with contextlib.suppress(TimeoutError):
            self._world.wait_until(lambda: not self._open(old), grace)
        for connection in self._open(old):
            connection.send({"type": "disconnect", "reason": "refresh_requested", "debug_info": {}})
            connection.close()
        self._await_end(old)

    def _await_end(self, old: list[Connection]) -> None:
        """Wait until none of these connections is open."""
        self._world.wait_until(lambda: not self._open(old), 60.0)

    def _open(self, some: list[Connection]) -> list[Connection]:
        with self._lock:
            return [one for one in some if one in self._connections]

    def disable(self) -> None:
        """Tell the app that Socket Mode was turned off, and hang up."""
        with self._lock:
            old = list(self._connections)
        for connection in old:
            connection.send({"type": "disconnect", "reason": "link_disabled", "debug_info": {}})
            connection.close()
        self._await_end(old)

    def drop(self, *, close_frame: bool) -> None:
        """End all connections without a warning, with a close frame or by a reset."""
        with self._lock:
            old = list(self._connections)
        for connection in old:
            if close_frame:
                connection.close()
            else:
                connection.drop()
        self._await_end(old)

    def close(self) -> None:
        """Refuse new connections and end the open ones."""
        with self._lock:
            self._closing = True
            old = list(self._connections)
        for connection in old:
            connection.close()
