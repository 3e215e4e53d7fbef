"""A tiny HTTP server on loopback that returns a test's answers and can break them off."""

import json
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


@dataclass
class Got:
    """A request as it arrived."""

    method: str
    target: str
    """Path and query, undecoded."""
    headers: dict[str, str]
    body: bytes


@dataclass
class Say:
    """An answer."""

    body: object = None
    """Bytes and text are sent as they are, anything else as JSON."""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    missing: int = 0
    """Bytes that are announced but never sent."""
    cut: bool = False
    """Close the connection without an answer."""
    gap: float = 0.0
    """Seconds between two bytes of the body; the first is sent immediately."""
    head_gap: float = 0.0
    """Seconds between two bytes of the headers, which never end."""
    endless: bool = False
    """The body is repeated endlessly, in chunks."""

    def data(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return self.body.encode() if isinstance(self.body, str) else json.dumps(self.body).encode()


HTML = {"Content-Type": "text/html"}
PAGE = "<html><body>gateway</body></html>"


class _Quiet(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Do nothing: clients deliberately disconnect here."""


class Stub:
    """Answers with ``say`` in turn and repeats the last; a callable computes the answer from the request."""

    def __init__(self, *says: Say | Callable[[Got], Say]) -> None:
        self.says = list(says) or [Say({})]
        self.got: list[Got] = []
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self.connections: set[object] = set()
        """The client ends of the connections that carried requests."""
        stub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # one packet per answer: two would wait for each other for 40 ms

            def do_GET(self) -> None:
                stub._answer(self)

            def do_POST(self) -> None:
                stub._answer(self)

            def log_message(self, *args: object) -> None:
                pass

        self._server = _Quiet(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        got = Got(handler.command, handler.path, dict(handler.headers), body)
        with self._lock:
            self.connections.add(handler.client_address)
            self.got.append(got)
            say = self.says.pop(0) if len(self.says) > 1 else self.says[0]
        if not isinstance(say, Say):
            say = say(got)
        if say.cut:
            handler.close_connection = True
            handler.connection.shutdown(socket.SHUT_RDWR)
            return
        try:
            self._send(handler, say)
        except OSError:  # the client has disconnected
            handler.close_connection = True

    def _send(self, handler: BaseHTTPRequestHandler, say: Say) -> None:
        if say.head_gap:
            handler.connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not self._stopped.wait(say.head_gap):
                handler.connection.sendall(b"x")
            return
        self._send_head(handler, say)
        self._send_body(handler, say)

    def _send_head(self, handler: BaseHTTPRequestHandler, say: Say) -> None:
        if "Date" in say.headers:
            handler.send_response_only(say.status)
        else:
            handler.send_response(say.status)
        for name, value in {"Content-Type": "application/json;charset=utf-8", **say.headers}.items():
            handler.send_header(name, value)
        if say.endless:
            handler.send_header("Transfer-Encoding", "chunked")
        else:
            handler.send_header("Content-Length", str(len(say.data()) + say.missing))
        handler.end_headers()

    def _send_body(self, handler: BaseHTTPRequestHandler, say: Say) -> None:
        data = say.data()
        if say.endless:
            while not self._stopped.is_set():
                handler.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            return
        if say.gap:
            for byte in data:
                handler.wfile.write(bytes([byte]))
                handler.wfile.flush()
                if self._stopped.wait(say.gap):
                    return
        handler.wfile.write(data)
        if say.missing:
            handler.wfile.flush()
            handler.close_connection = True
            handler.connection.shutdown(socket.SHUT_RDWR)
