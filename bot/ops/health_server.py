"""Health and metrics over HTTP: ``/healthz``, ``/readyz``, ``/metrics``.

``/healthz`` shows that the process answers. ``/readyz`` shows that it can do its work (503 when a required
check fails). DSS being down means degraded, not unready: restarting the bot wouldn't help, so that check
isn't ``required``.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Check(NamedTuple):
    """The state of one thing that the bot needs."""

    ok: bool
    detail: str = ""
    """One sentence for the person on call; no secrets, since anybody who reaches the port can read it."""
    required: bool = True
    """Whether the bot is unready without it."""


Readiness = Callable[[], Mapping[str, Check]]
"""Returns the known state immediately, without network calls, since probes come every few seconds."""


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
