"""The server behind the port that is open to everybody: nobody keeps others out by doing nothing."""

import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
import requests

from bot.http import server
from bot.http.server import HttpServer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

WHOLE = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"
HALF = b"POST / HTT"


def app(_environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The port of a server with small limits."""
    limits = {"MOST_CONNECTIONS": 40, "CROWDED": 20, "SENT_WITHIN": 1.0, "IDLE_FOR": 3.0}
    for name, limit in limits.items():
        monkeypatch.setattr(server, name, limit)
    started = HttpServer(app, host="127.0.0.1", port=0, name="test")
    started.start()
    yield started.port
    started.stop()


def opened(port: int, said: bytes) -> socket.socket:
    """Open a connection and say something."""
    one = socket.create_connection(("127.0.0.1", port), timeout=60)
    one.sendall(said)
    return one


def answer_of(one: socket.socket) -> bytes:
    """Return one whole answer: its head and its body can arrive one after the other."""
    answer = b""
    while not answer.endswith(b"\r\n\r\nok"):
        more = one.recv(65_536)
        assert more, answer
        answer += more
    return answer


def await_end(one: socket.socket) -> None:
    """Wait until the server hangs up."""
    while one.recv(65_536):
        pass


def test_a_connection_that_asks_nothing_more_is_closed(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a while, not as soon as one that is half sent: the next request can use it."""
    monkeypatch.setattr(server, "IDLE_FOR", 3_600)
    with opened(port, WHOLE) as one:
        assert answer_of(one).startswith(b"HTTP/1.1 200")
        time.sleep(1.5)
        one.sendall(WHOLE)
        assert answer_of(one).startswith(b"HTTP/1.1 200")
        monkeypatch.setattr(server, "IDLE_FOR", 0.1)
        await_end(one)


def test_a_second_request_that_is_half_sent_is_cut_off(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sooner than an idle connection."""
    monkeypatch.setattr(server, "IDLE_FOR", 3_600)
    with opened(port, WHOLE) as one:
        assert answer_of(one).startswith(b"HTTP/1.1 200")
        one.sendall(HALF)
        await_end(one)


@pytest.mark.parametrize("said", [WHOLE, HALF, b""])
def test_idle_connections_keep_nobody_out(port: int, said: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are: the oldest make room."""
    monkeypatch.setattr(server, "IDLE_FOR", 3_600)
    monkeypatch.setattr(server, "SENT_WITHIN", 3_600)
    with ExitStack() as held:
        for _ in range(60):
            held.enter_context(opened(port, said))
        assert requests.get(f"http://127.0.0.1:{port}/", timeout=60).text == "ok"


@pytest.mark.parametrize("said", [WHOLE, HALF])
def test_a_clock_that_is_set_back_keeps_nothing_open(
    port: int, said: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither for connections from before nor for those from after."""
    real = time.time
    with opened(port, said) as before:
        monkeypatch.setattr("time.time", lambda: real() - 3_600)
        with opened(port, said) as after:
            await_end(before)
            await_end(after)
