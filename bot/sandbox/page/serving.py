"""A threaded HTTP server on loopback that picks a free port and ends all its connections when it stops."""

import contextlib
import errno
import socket
import threading
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

HOST = "127.0.0.1"
TRIES = 50
JOIN_SECONDS = 5.0

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class _Handler(WSGIRequestHandler):
    """One request per connection, no access log; registers its thread and socket with the server."""

    protocol_version = "HTTP/1.0"
    timeout = 30

    def handle(self) -> None:
        open_calls: dict[threading.Thread, socket.socket] = self.server.open_calls  # type: ignore[attr-defined]
        open_calls[threading.current_thread()] = self.connection
        try:
            super().handle()
        finally:
            del open_calls[threading.current_thread()]

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - named by werkzeug
        """Do nothing: the inspector shows the traffic that matters."""


class LoopbackServer:
    """Serves a WSGI application in threads until it is stopped."""

    def __init__(self, application: Application, port: int) -> None:
        """Open a port: ``port``, or the next free one after it; 0 picks any.

        Raises:
            OSError: none of the next ports is free.
        """
        self._listening = _listen(port)
        self.port: int = self._listening.getsockname()[1]
        self._server: BaseWSGIServer = make_server(
            HOST,
            self.port,
            application,
            threaded=True,
            request_handler=_Handler,
            fd=self._listening.fileno(),
        )
        self._server.open_calls = {}  # type: ignore[attr-defined]
        self._thread = threading.Thread(
            target=lambda: self._server.serve_forever(poll_interval=0.05), name="page", daemon=True
        )

    def start(self) -> None:
        """Accept requests."""
        self._thread.start()

    def stop(self) -> None:
        """Stop accepting requests, cut the open connections, and wait for their threads."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()
        self._listening.close()
        for caller, connection in list(self._server.open_calls.items()):  # type: ignore[attr-defined]
            with contextlib.suppress(OSError):  # closed already
                connection.shutdown(socket.SHUT_RDWR)
            caller.join(JOIN_SECONDS)


def _listen(port: int) -> socket.socket:
    for candidate in range(port, min(port + TRIES, 65_536)):
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, candidate))
            listening.listen(128)
        except OSError as error:
            listening.close()
            if error.errno not in {errno.EADDRINUSE, errno.EACCES}:
                raise
        else:
            return listening
    raise OSError(errno.EADDRINUSE, f"no port from {port} on is free")
