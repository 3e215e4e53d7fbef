"""Intercept an answer from a sandbox to the bot and replace it."""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any

from werkzeug.test import run_wsgi_app
from werkzeug.wrappers import Request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


@dataclass(frozen=True)
class Asked:
    """The parts of a request that identify its subject."""

    method: str
    path: str
    values: Mapping[str, Any]
    """Arguments from the query, a form, or JSON, with JSON inside forms decoded."""


@dataclass(frozen=True)
class Answer:
    """A response."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    pieces: Callable[[], Iterator[bytes]] | None = None
    """A body that arrives slowly or never ends; used instead of ``body``."""
    length: int | None = None
    """The Content-Length to send if it differs from the body's; -1 omits it."""


@dataclass(frozen=True)
class Garbage:
    """One entry of a catalog."""

    name: str
    make: Callable[[Answer], Answer | None]
    """``None`` if this answer has nothing to replace in this way."""
    effect: bool = True
    """Whether the request still takes effect and only the answer is garbage."""

    def __str__(self) -> str:
        return self.name


Choice = Callable[[Asked], Garbage | None]
"""Chooses the garbage that answers a request; ``None`` lets the real answer through."""


class Replacing:
    """A WSGI application in front of another one: replaces the chosen answers."""

    def __init__(self, inner: "WSGIApplication", choose: Choice) -> None:
        self._inner = inner
        self._choose = choose

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith("/link/"):  # a socket
            return self._inner(environ, start)
        garbage = self._choose(_asked(environ))
        if garbage is None:
            return self._inner(environ, start)
        true = self._true(environ) if garbage.effect else Answer(200, b'{"ok": true}')
        answer = garbage.make(true) or true
        headers = [("Content-Type", answer.content_type), *answer.headers.items()]
        length = len(answer.body) if answer.length is None else answer.length
        if length >= 0:
            headers.append(("Content-Length", str(length)))
        else:
            headers.append(("Connection", "close"))
        start(f"{answer.status} GARBAGE" if answer.status != 200 else "200 OK", headers)
        return answer.pieces() if answer.pieces else [answer.body]

    def _true(self, environ: "WSGIEnvironment") -> Answer:
        pieces, status, headers = run_wsgi_app(self._inner, environ, buffered=True)
        return Answer(
            int(status.split()[0]),
            b"".join(pieces),
            headers.get("Content-Type", ""),
            {name: headers[name] for name in ("DSS-Version", "DSS-API-Version") if name in headers},
        )


def slowly(seconds: float, gap: float) -> Callable[[], Iterator[bytes]]:
    """Yield a space now and then, for a while."""

    def drip() -> Iterator[bytes]:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            yield b" "
            time.sleep(gap)

    return drip


def _asked(environ: "WSGIEnvironment") -> Asked:
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = BytesIO(body)
    request = Request(dict(environ), populate_request=False)
    values: dict[str, Any] = dict(request.args.items())
    if body[:1] == b"{":
        decoded = _decoded(body.decode(errors="replace"))
        values |= decoded if isinstance(decoded, dict) else {}
    else:
        values |= {name: _decoded(value) for name, value in request.form.items()}
    environ["wsgi.input"] = BytesIO(body)
    return Asked(request.method, request.path, values)


def _decoded(text: str) -> Any:
    try:
        return json.loads(text) if text[:1] in "{[" else text
    except ValueError:
        return text
