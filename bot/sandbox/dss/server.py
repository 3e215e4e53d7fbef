"""The HTTP side: a threaded server on loopback that records calls, injects faults, and answers."""

import json
import logging
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self

import msgspec
from werkzeug.exceptions import ClientDisconnected, HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from bot.sandbox.dss.auth import authenticate
from bot.sandbox.dss.clock import Clock, RealClock
from bot.sandbox.dss.faults import Fault, Faults
from bot.sandbox.dss.model import Key
from bot.sandbox.dss.problems import Problem, gateway_page
from bot.sandbox.dss.routes import Answer, Call, Raw, Text, url_map
from bot.sandbox.dss.seed import seeded_world
from bot.sandbox.dss.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

BASES = ("/public/api", "/dip/publicapi")
JSON_TYPE = "application/json;charset=utf-8"
JOIN_SECONDS = 5.0

Phase = Literal["before", "after"]
"""``before``: a call arrived, with no effect yet; ``after``: it took effect, but its answer isn't sent yet.

"""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recorded:
    """One call as it arrived."""

    method: str
    base: str
    """``/public/api``, ``/dip/publicapi``, or empty for any other path."""
    path: str
    """Decoded, without the base."""
    raw_path: str
    """As sent, with the base, percent-encoding, and query."""
    query: dict[str, str]
    body: object
    """Decoded JSON, ``None`` if there is no body, or the text if it isn't JSON."""
    headers: dict[str, str]

    @property
    def proxy_user(self) -> str | None:
        """Return the login of ``X-DKU-ProxyUser``."""
        return self.headers.get("X-Dku-Proxyuser")


@dataclass(frozen=True, slots=True)
class Answered:
    """How a call was answered."""

    call: Recorded
    status: int | None
    """``None`` if the connection ended without an answer."""
    body: bytes | None
    """The JSON or HTML; ``None`` for a log, which is streamed."""
    seconds: float


class _Handler(WSGIRequestHandler):
    """Stays quiet on the terminal, and registers its thread and socket with the server."""

    protocol_version = "HTTP/1.1"

    def handle(self) -> None:
        open_calls: dict[threading.Thread, socket.socket] = self.server.open_calls  # type: ignore[attr-defined]
        open_calls[threading.current_thread()] = self.connection
        try:
            super().handle()
        finally:
            del open_calls[threading.current_thread()]

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - named by werkzeug
        log.debug("%s: " + message.replace("%", "%%") if not args else "%s: " + message, type, *args)


class DssSandbox:
    """A DSS instance on loopback. Use it as a context manager, or call `start` and `stop`.

    Attributes:
        world: projects, users, jobs, and the controls for them.
        faults: deliberate faults.
        requests: every call that arrived, oldest first.
        admin_key: a global key with all rights, including impersonation.
    """

    def __init__(
        self,
        *,
        version: str = "15.2.0",
        port: int = 0,
        clock: Clock | None = None,
        speed: float = 1.0,
        world: World | None = None,
    ) -> None:
        """Prepare an instance; `start` opens its port.

        Args:
            version: the DSS version it reports; before 15.2, it has no running-jobs calls.
            port: 0 picks a free one.
            clock: real time, ``speed`` times as fast, by default; ignored with ``world``, which has its own.
            speed: how fast simulated time passes when no clock is given.
            world: the seeded one by default.
        """
        self.version = version
        self.world = world or seeded_world(clock or RealClock(speed))
        self.faults = Faults()
        self.requests: list[Recorded] = []
        self.admin_key = self._global_admin_key()
        self._watchers: list[Callable[[Phase, Recorded], None]] = []
        self._answer_watchers: list[Callable[[Answered], None]] = []
        self._port = port
        self._map = url_map(version, self._instance_info)
        self._server: BaseWSGIServer | None = None
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()

    # ---- public interface ------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """Return the base address, such as ``http://127.0.0.1:40123``."""
        if self._server is None:
            raise RuntimeError("the sandbox is not started")
        return f"http://127.0.0.1:{self._server.server_port}"

    def key_of(self, login: str) -> str:
        """Return the personal API key of a user."""
        with self.world.lock:
            return next(key.secret for key in self.world.keys.values() if key.login == login)

    def project_key(self, project: str, label: str = "nightly") -> str:
        """Return a key for that project; jobs that it starts show ``API (label)``."""
        with self.world.lock:
            for key in self.world.keys.values():
                if key.project == project and key.label == label:
                    return key.secret
            return self.world.add_key(
                Key(secret=f"proj-{project}-{label}", label=label, project=project)
            ).secret

    def on_request(self, watcher: Callable[[Phase, Recorded], None]) -> None:
        """Notify a watcher of every call, on the thread that serves it and without holding a lock.

        A watcher that raises `ConnectionError` closes the connection at that point: before the call takes
        effect, or before its answer is sent.
        """
        self._watchers.append(watcher)

    def on_answer(self, watcher: Callable[[Answered], None]) -> None:
        """Notify a watcher of every answer, on the thread that serves it and without holding a lock."""
        self._answer_watchers.append(watcher)

    def start(self) -> "DssSandbox":
        """Open the port and serve."""
        self._stopping.clear()
        server = make_server("127.0.0.1", self._port, self._app, threaded=True, request_handler=_Handler)
        server.open_calls = {}  # type: ignore[attr-defined]
        self._server = server
        self._port = server.server_port
        self._thread = threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="dss-sandbox", daemon=True
        )
        self._thread.start()
        return self

    def stop(self) -> None:
        """Cut open calls, close the port, and wait for the threads. Can be started again on the same port."""
        server, thread = self._server, self._thread
        if server is None or thread is None:
            return
        self._stopping.set()
        server.shutdown()
        thread.join(JOIN_SECONDS)
        server.server_close()
        for caller, connection in list(server.open_calls.items()):  # type: ignore[attr-defined]
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                log.debug("connection was closed already")
            caller.join(JOIN_SECONDS)
        self._server = self._thread = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # ---- serving ---------------------------------------------------------------------------------

    def _app(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = Request(environ)
        try:
            recorded = _record(request)
        except ClientDisconnected as gone:  # the client was killed while sending a request
            raise ConnectionError from gone
        self.requests.append(recorded)
        started = time.monotonic()
        try:
            response = self._serve(recorded, request)
        except ConnectionError:
            self._answered(recorded, None, started)
            raise
        self._answered(recorded, response, started)
        return response(environ, start_response)

    def _answered(self, call: Recorded, response: Response | None, started: float) -> None:
        if not self._answer_watchers:
            return
        streamed = response is None or response.direct_passthrough
        answered = Answered(
            call=call,
            status=None if response is None else response.status_code,
            body=None if streamed or response is None else response.get_data(),
            seconds=time.monotonic() - started,
        )
        for watcher in tuple(self._answer_watchers):
            watcher(answered)

    def _serve(self, recorded: Recorded, request: Request) -> Response:
        environ = request.environ
        self._tell("before", recorded, environ)
        picked = self.faults.pick(recorded.method, recorded.path)
        for delay in picked:
            if delay.kind == "latency" and not self._delayed(delay):
                _cut(environ)
        fault = next((one for one in picked if one.kind != "latency"), None)
        response = None if fault is None else _broken(fault, environ)
        if response is None:
            response = self._respond(recorded, request)
        self._tell("after", recorded, environ)
        if fault is not None and fault.kind == "lose_answer":
            response.close()
            _cut(environ)
        if response.mimetype != "text/html":  # a gateway doesn't know the version
            response.headers["DSS-Version"] = self.version
            response.headers["DSS-API-Version"] = self.version
        return response

    def _delayed(self, delay: Fault) -> bool:
        """Wait as a rule says; return whether the call is still to be served."""
        until = time.monotonic() + delay.seconds
        while not delay.ended.is_set() and (left := until - time.monotonic()) > 0:
            if self._stopping.wait(min(left, 0.02)):
                return False
        return True

    def _tell(self, phase: Phase, recorded: Recorded, environ: "WSGIEnvironment") -> None:
        for watcher in tuple(self._watchers):
            try:
                watcher(phase, recorded)
            except ConnectionError:
                _cut(environ)

    def _respond(self, recorded: Recorded, request: Request) -> Response:
        if not recorded.base:
            return Response(gateway_page(404, "Not Found"), 404, content_type="text/html")
        adapter = self._map.bind("127.0.0.1", path_info=recorded.path, default_method=request.method)
        try:
            handler, args = adapter.match(recorded.path, method=request.method)
        except (RequestRedirect, HTTPException):
            return Response(gateway_page(404, "Not Found"), 404, content_type="text/html")
        try:
            with self.world.lock:
                self.world.settle()
                caller = authenticate(self.world, request.headers)  # type: ignore[arg-type]
                answer = handler(Call(caller, dict(args), recorded.query, recorded.body))
                return _encoded(answer)
        except Problem as problem:
            data = msgspec.json.encode(problem.body())
            return Response(data, problem.status, content_type=JSON_TYPE)

    def _instance_info(self, _call: Call) -> Answer:
        return {
            "nodeId": "design-sandbox",
            "nodeName": "Sandbox",
            "nodeType": "DESIGN",
            "dssVersion": self.version,
        }

    def _global_admin_key(self) -> str:
        for key in self.world.keys.values():
            if key.admin and key.login is None:
                return key.secret
        return self.world.add_key(Key(secret="glob-dss-bot-admin", label="dss-bot", admin=True)).secret  # noqa: S106


def _record(request: Request) -> Recorded:
    base = next((base for base in BASES if request.path.startswith(base + "/")), "")
    data = request.get_data()
    body: object = None
    if data:
        try:
            body = json.loads(data)
        except ValueError:
            body = data.decode(errors="replace")
    return Recorded(
        method=request.method,
        base=base,
        path=request.path.removeprefix(base),
        raw_path=str(request.environ.get("RAW_URI", request.path)),
        query=request.args.to_dict(),
        body=body,
        headers=dict(request.headers.items()),
    )


def _encoded(answer: Answer) -> Response:
    if isinstance(answer, Text):
        return Response(answer.blocks, content_type="text/plain", direct_passthrough=True)
    data = answer.data if isinstance(answer, Raw) else msgspec.json.encode(answer)
    return Response(data, content_type=JSON_TYPE)


def _broken(fault: Fault, environ: "WSGIEnvironment") -> Response | None:
    """Return what a fault answers instead of DSS, or ``None`` if DSS must do its work first."""
    if fault.kind == "reset":
        _cut(environ)
    if fault.kind == "html502":
        return Response(gateway_page(502, "Bad Gateway"), 502, content_type="text/html")
    if fault.kind == "status":
        body = Problem(fault.status, fault.error_type, fault.message).body()
        return Response(msgspec.json.encode(body), fault.status, content_type=JSON_TYPE)
    if fault.kind == "garbage":
        return Response(fault.body, 200, content_type=JSON_TYPE)
    return None


def _cut(environ: "WSGIEnvironment") -> None:
    """Reset the connection: the client gets no answer at all."""
    connection: socket.socket = environ["werkzeug.socket"]
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.shutdown(socket.SHUT_RD)  # otherwise the server would wait here for another request
    connection.close()
    raise ConnectionResetError("cut on purpose")
