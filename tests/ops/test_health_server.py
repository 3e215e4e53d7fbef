"""Health and metrics as a probe sees them, over a real socket on loopback."""

import threading
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pytest
import requests
from prometheus_client import CollectorRegistry, Counter

from bot.http.server import SLACK, HttpServer, PortTaken
from bot.ops.health_server import Check, health_app

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


SIZE = 8_000_000
"""In bytes: more than the sockets buffer, so that some data is still unsent when the answer is ready."""


@pytest.fixture
def checks() -> dict[str, Check]:
    return {"database": Check(ok=True)}


@pytest.fixture
def url(checks: dict[str, Check]) -> Iterator[str]:
    registry = CollectorRegistry()
    Counter("dss_bot_seen", "for the test", registry=registry).inc(3)
    server = HttpServer(health_app(lambda: checks, registry), host="127.0.0.1", port=0, name="health")
    server.start()
    yield f"http://127.0.0.1:{server.port}"
    server.stop()


def test_healthz_answers(url: str) -> None:
    """A process that answers at all is alive."""
    answer = requests.get(f"{url}/healthz", timeout=60)
    assert (answer.status_code, answer.text) == (200, "ok\n")


@pytest.mark.parametrize(
    ("check", "status", "state"),
    [
        (Check(ok=True), 200, "ok"),
        (Check(ok=False, detail="no socket"), 503, "not ready"),
        (Check(ok=False, detail="DSS is down", required=False), 200, "degraded"),
    ],
)
def test_readyz_tells_what_is_missing(
    url: str, checks: dict[str, Check], check: Check, status: int, state: str
) -> None:
    """A failing required check gives 503; another failing check only gives the word "degraded"."""
    checks["slack"] = check
    answer = requests.get(f"{url}/readyz", timeout=60)
    assert answer.status_code == status
    assert answer.json()["state"] == state
    assert answer.json()["checks"]["slack"] == check._asdict()


def test_metrics_are_those_of_the_registry(url: str) -> None:
    """The output contains only the given registry, in Prometheus text format."""
    answer = requests.get(f"{url}/metrics", timeout=60)
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    assert "dss_bot_seen_total 3.0" in answer.text


def test_other_addresses_and_methods_are_refused(url: str) -> None:
    """The answer to an unknown path lists the existing ones; POST is refused; HEAD has no body."""
    assert "/readyz" in requests.get(f"{url}/", timeout=60).text
    assert requests.post(f"{url}/healthz", timeout=60).status_code == 405
    head = requests.head(f"{url}/healthz", timeout=60)
    assert (head.status_code, head.text) == (200, "")


def test_stop_frees_the_port_and_the_thread() -> None:
    """After stop, nothing listens, even for a client that keeps its connection; a second stop is allowed."""
    server = HttpServer(health_app(dict, CollectorRegistry()), host="localhost", port=0, name="stopping")
    server.start()
    with requests.Session() as session:
        session.get(f"http://localhost:{server.port}/healthz", timeout=60)
        server.stop()
        server.stop()
        with pytest.raises(requests.ConnectionError):
            session.get(f"http://localhost:{server.port}/healthz", timeout=60)
    assert "stopping" not in {thread.name for thread in threading.enumerate()}


def test_stop_before_start_closes_the_port() -> None:
    """A start that fails halfway can stop what it has created."""
    server = HttpServer(health_app(dict, CollectorRegistry()), host="127.0.0.1", port=0, name="unused")
    server.stop()
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://127.0.0.1:{server.port}/healthz", timeout=60)


def test_a_request_that_is_being_answered_is_finished() -> None:
    """Stop waits for an answer in progress, so that Slack gets its acknowledgement during a shutdown."""
    entered, go_on = threading.Event(), threading.Event()

    def slow(_environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        entered.set()
        go_on.wait(60)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"x" * SIZE]

    server = HttpServer(slow, host="127.0.0.1", port=0, name="slow")
    server.start()
    answers: list[requests.Response] = []
    client = threading.Thread(
        target=lambda: answers.append(requests.get(f"http://127.0.0.1:{server.port}/", timeout=60))
    )
    client.start()
    assert entered.wait(60)
    stopper = threading.Thread(target=server.stop)
    stopper.start()
    go_on.set()
    stopper.join(60)
    client.join(60)
    assert [len(answer.content) for answer in answers] == [SIZE]


@pytest.mark.parametrize(("name", "setting"), [("health", "DSS_BOT_HTTP_PORT: "), (SLACK, "PORT: ")])
def test_a_taken_port_is_an_error_at_once(url: str, name: str, setting: str) -> None:
    """Two bots on one port: the second says what to change when it is created; no thread dies silently."""
    port = int(url.rpartition(":")[2])
    said = f"^{setting}127.0.0.1:{port} can't be listened on .Address already in use.* Give a free port"
    with pytest.raises(PortTaken, match=said):
        HttpServer(health_app(dict, CollectorRegistry()), host="127.0.0.1", port=port, name=name)
