"""HTTP on loopback: the Web API, response URLs, uploads, and the WebSocket handshake, on one port."""

import json
import os
import select
import socket
import struct
import threading
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.exceptions import ClientDisconnected
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request as HttpRequest
from werkzeug.wrappers import Response

from bot.sandbox.slack import response_urls
from bot.sandbox.slack.api import Answer, Api, Request, too_many
from bot.sandbox.slack.faults import Fault
from bot.sandbox.slack.methods import files
from bot.sandbox.slack.model import ApiError, Json
from bot.sandbox.slack.observers import Observers
from bot.sandbox.slack.sockets import Sockets
from bot.sandbox.slack.world import World

Environ = dict[str, Any]
Start = Callable[..., Any]


class _Handler(WSGIRequestHandler):
    """One request per connection, and no access log."""

    protocol_version = "HTTP/1.0"
    timeout = 30

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Do nothing: `SlackSandbox.calls` is the log."""


class HttpServer:
    """Serves in threads until it is stopped."""

    def __init__(
        self, port: int, world: World, api: Api, sockets: Sockets | None, watchers: Observers
    ) -> None:
        self._world = world
        self._watchers = watchers
        self._api = api
        self._sockets = sockets
        self._stopping = threading.Event()
        self._server: BaseWSGIServer = make_server(
            "127.0.0.1", port, self._application, threaded=True, request_handler=_Handler
        )
        # `stop` waits for every request's thread, so that none outlives the sandbox.
        self._server.daemon_threads = False  # type: ignore[attr-defined]
        self._thread = threading.Thread(
            target=lambda: self._server.serve_forever(poll_interval=0.05), name="slack-sandbox", daemon=True
        )

    @property
    def address(self) -> str:
        """``127.0.0.1:PORT``."""
        return f"127.0.0.1:{self._server.server_port}"

    def start(self) -> None:
        """Accept requests."""
        self._thread.start()

    def stop(self) -> None:
        """Stop accepting requests and wait for those in progress."""
        self._stopping.set()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def _application(self, environ: Environ, start: Start) -> Iterable[bytes]:
        try:
            return self._answer(environ, start)
        except ClientDisconnected as gone:  # the app was killed while sending a request
            raise ConnectionError from gone

    def _answer(self, environ: Environ, start: Start) -> Iterable[bytes]:
        request = HttpRequest(environ)
        path = request.path
        if path == "/link/":
            return self._link(request, environ, start)
        if path.startswith("/api/"):
            answer = self._web_api(request, path.removeprefix("/api/"))
        elif path.startswith("/hooks/"):
            answer = self._hook(request)
        elif path.startswith("/upload/v1/"):
            answer = self._upload(request)
        else:
            answer = Response("not found", 404)
        return answer(environ, start)

    # -- the four kinds of request

    def _web_api(self, request: HttpRequest, method: str) -> Response:
        call = _read_call(request, method)
        self._watchers.tell("before", method, call.values)
        response = self._answered(call, request)
        self._watchers.tell("after", method, call.values)
        return response

    def _answered(self, call: Request, request: HttpRequest) -> Response:
        fault = self._api.faults.next(call.method)
        if fault is None:
            return _as_response(self._api.call(call))
        if fault.kind == "lose_answer":
            self._api.call(call)
            raise ConnectionError
        if fault.kind.startswith("done:"):
            self._api.call(call)
            return _as_response(_forced(fault))
        self._hang_up(fault, request.environ)
        return _as_response(self._api.call(call, forced=_forced(fault)))

    def _hook(self, request: HttpRequest) -> Response:
        body = request.get_json(force=True, silent=True)
        args = body if isinstance(body, dict) else {}
        self._watchers.tell("before", "response_url", args)
        response = self._responded(request, body)
        self._watchers.tell("after", "response_url", args)
        return response

    def _responded(self, request: HttpRequest, body: object) -> Response:
        fault = self._api.faults.next("response_url")
        if fault is not None and fault.kind != "lose_answer":
            self._hang_up(fault, request.environ)
            return _as_response(_forced(fault))
        status, answer = response_urls.respond(self._world, request.path, body)
        if fault is not None:
            raise ConnectionError
        if isinstance(answer, str):
            return Response(answer, status)
        return Response(json.dumps(answer), status, content_type="application/json")

    def _upload(self, request: HttpRequest) -> Response:
        self._watchers.tell("before", "upload", {})
        response = self._received(request)
        self._watchers.tell("after", "upload", {})
        return response

    def _received(self, request: HttpRequest) -> Response:
        fault = self._api.faults.next("upload")
        if fault is not None:
            self._hang_up(fault, request.environ)
            return _as_response(_forced(fault))
        content = request.get_data()
        if request.files:
            content = next(iter(request.files.values())).read()
        status, text = files.receive(self._world, request.path.rsplit("/", 1)[1], content)
        return Response(text, status)

    def _link(self, request: HttpRequest, environ: Environ, start: Start) -> Iterable[bytes]:
        wants = "websocket" in request.headers.get("Upgrade", "").lower()
        if self._sockets is None or not wants or not self._sockets.admit(request.args.get("ticket", "")):
            return Response("invalid ticket", 403)(environ, start)
        self._watchers.tell("before", "socket.open", {})
        self._sockets.serve(environ)
        raise ConnectionError  # tells werkzeug that the connection can't be reused

    # -- faults

    def _hang_up(self, fault: Fault, environ: Environ) -> None:
        """End the request without an answer, for the faults that require it."""
        connection: socket.socket = environ["werkzeug.socket"]
        if fault.kind == "timeout":
            while not self._stopping.is_set():
                readable, _, _ = select.select([connection], [], [], 0.05)
                if readable and not connection.recv(1, socket.MSG_PEEK):
                    break
            raise ConnectionError
        if fault.kind == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            os.close(connection.detach())
            raise ConnectionError


def _forced(fault: Fault) -> Answer:
    if fault.kind.startswith("error:"):
        return Answer(body=ApiError(fault.kind.removeprefix("error:")).body())
    if fault.kind.startswith(("body:", "done:")):
        return Answer(body={"ok": False}, html=fault.kind[len("body:") :])
    if fault.kind == "429":
        body: Json = {"ok": False, "error": "ratelimited"}
        return Answer(body=body, status=429, headers=too_many(fault.retry_after))
    page = "<html><body><h1>503 Service Unavailable</h1></body></html>" if fault.kind == "503" else None
    return Answer(body={"ok": False, "error": "internal_error"}, status=int(fault.kind), html=page)


def _as_response(answer: Answer) -> Response:
    if answer.html is not None:
        return Response(answer.html, answer.status, content_type="text/html; charset=utf-8")
    return Response(
        json.dumps(answer.body), answer.status, answer.headers, content_type="application/json; charset=utf-8"
    )


def _read_call(request: HttpRequest, method: str) -> Request:
    """Read the token and arguments from a form, a query string, or JSON."""
    values: dict[str, object] = dict(request.args.items())
    as_json = request.mimetype == "application/json"
    if as_json:
        decoded = request.get_json(force=True, silent=True)
        values |= decoded if isinstance(decoded, dict) else {}
    else:
        values |= dict(request.form.items())
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    given = token if scheme == "Bearer" else values.get("token")
    return Request(method=method, values=values, token=str(given) if given else None, as_json=as_json)
