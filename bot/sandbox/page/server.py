"""HTTP for the page: its files, the stream, and the control interface, all below an unguessable path."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from bot.sandbox.page import guard
from bot.sandbox.page.bodies import Done, Refused
from bot.sandbox.page.events import EventLog
from bot.sandbox.page.people import Refusal
from bot.sandbox.page.routes import ROUTES, Parts, Route, read_body
from bot.sandbox.page.slack_state import file_type
from bot.sandbox.slack import File

STATIC = Path(__file__).parent / "static"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
MAX_BODY = 1_000_000
HEARTBEAT_SECONDS = 10.0
LOST = "Not found. Open the whole address that the demo printed: a part of it is a secret."

Environ = dict[str, Any]
Start = Callable[..., Any]


class Application:
    """The WSGI application."""

    def __init__(
        self, parts: Parts, log: EventLog, files: Callable[[], Iterable[File]], *, token: str, port: int
    ) -> None:
        self._parts = parts
        self._log = log
        self._files = files
        self._token = token
        self._port = port
        self._static = {path.relative_to(STATIC).as_posix(): path for path in STATIC.rglob("*.*")}
        rules = [
            Rule(f"/{route.path.replace('{', '<').replace('}', '>')}", methods=[route.method], endpoint=route)
            for route in ROUTES
        ]
        self._routes = Map(rules, redirect_defaults=False, strict_slashes=True)

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        response = self._respond(request)
        response.headers.extend(guard.HEADERS)
        return response(environ, start)

    def _respond(self, request: Request) -> Response:
        refused = guard.refusal(request.method, request.headers, self._port)  # type: ignore[arg-type]
        if refused is not None:
            return _json(Refused(error=refused[1]), refused[0])
        given, slash, path = request.path.lstrip("/").partition("/")
        if not guard.token_matches(given, self._token):
            return Response(LOST, 404, content_type=TYPES[".txt"])
        if not slash:
            return Response(status=308, headers={"Location": f"/{self._token}/"})
        if request.method in guard.SAFE:
            if path in {"", *self._static}:
                return self._static_file(path or "index.html")
            if path == "events":
                return self._stream(request)
            if path.startswith("files/"):
                return self._file(path.removeprefix("files/"))
        return self._control(request, path)

    def _static_file(self, name: str) -> Response:
        path = self._static[name]
        return Response(path.read_bytes(), content_type=TYPES.get(path.suffix, "application/octet-stream"))

    def _file(self, file_id: str) -> Response:
        found = next((one for one in self._files() if one.id == file_id), None)
        if found is None:
            return _json(Refused(error="There is no such file."), 404)
        kind = file_type(found)
        response = Response(
            found.content, content_type=kind + ("; charset=utf-8" if kind == "text/plain" else "")
        )
        if kind == "application/octet-stream":
            response.headers["Content-Disposition"] = "attachment"
        return response

    # -- the control interface

    def _control(self, request: Request, path: str) -> Response:
        adapter = self._routes.bind("127.0.0.1", path_info=f"/{path}")
        try:
            route, args = adapter.match(method=request.method)
        except HTTPException as missing:
            return _json(Refused(error=f"There is no {request.method} {path} here."), missing.code or 404)
        if (request.content_length or 0) > MAX_BODY:
            return _json(Refused(error=f"A body has at most {MAX_BODY} bytes."), 413)
        return self._run(route, args, request.get_data())

    def _run(self, route: Route, args: Mapping[str, str], data: bytes) -> Response:
        try:
            answer = route.run(self._parts, args, read_body(route, data))
        except msgspec.DecodeError as error:
            return _json(Refused(error=f"That body can't be read: {error}."), 400)
        except Refusal as refusal:
            return _json(Refused(error=str(refusal)), refusal.status)
        except LookupError as error:
            return _json(Refused(error=f"Not found: {error}."), 404)
        except PermissionError as error:
            return _json(Refused(error=f"{error}."), 403)
        return _json(Done() if answer is None else answer)

    # -- the stream

    def _stream(self, request: Request) -> Response:
        """Stream events; a reader that comes back with the last number misses nothing."""
        seen = request.headers.get("Last-Event-ID") or request.args.get("after") or ""
        frames = self._frames(int(seen) if seen.isdecimal() else None)
        return Response(frames, content_type="text/event-stream; charset=utf-8")

    def _frames(self, seen: int | None) -> Iterator[bytes]:
        yield b"retry: 1000\n\n"
        while not self._log.closed:
            if seen is None or not self._log.has_all_since(seen):
                snapshot = self._parts.snapshot()
                seen = int(snapshot["seq"])
                yield _frame(seen, {"type": "snapshot", "state": snapshot})
            events = self._log.since(seen, HEARTBEAT_SECONDS)
            if not events:
                yield b": still here\n\n"
            elif events[0][0] == seen + 1:
                seen = events[-1][0]
                yield b"".join(_frame(number, event) for number, event in events)


def _frame(number: int, event: object) -> bytes:
    return b"id: %d\ndata: %b\n\n" % (number, _encoded(event))


def _json(answer: object, status: int = 200) -> Response:
    return Response(_encoded(answer), status, content_type="application/json")


def _encoded(value: object) -> bytes:
    """Encode as JSON; what an app sent can have lone surrogates, which only the standard library encodes."""
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        return json.dumps(msgspec.to_builtins(value)).encode()
