"""Slack's answers have a deadline: one byte per second doesn't block a sender."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from slack_sdk.webhook import WebhookClient

from bot.app.connections import slack_client
from bot.domain import Message, Place
from bot.http.deadlines import AnswerTooLong
from bot.slack.private_messages import PrivateMessages
from tests.app.test_connections import settings


@pytest.fixture
def dripping() -> Iterator[str]:
    """Return the address of a server that sends its answer byte by byte, forever."""
    listening = socket.create_server(("127.0.0.1", 0))
    stopped = threading.Event()

    def drip(one: socket.socket) -> None:
        with one:
            one.recv(10_000)
            try:
                one.sendall(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n"
                )
                while not stopped.wait(0.05):
                    one.sendall(b" ")
            except OSError:
                return

    def serve() -> None:
        while True:
            try:
                one, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=drip, args=(one,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    stopped.set()
    listening.close()


def test_an_answer_of_slack_ends_at_its_deadline(dripping: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """For the Web API and for a ``response_url``."""
    monkeypatch.setattr("urllib.request._opener", None)
    client = slack_client(settings(SLACK_API_URL=f"{dripping}/api/"))
    client.timeout = 1
    began = time.monotonic()
    with pytest.raises(OSError, match=r"timed out|too long"):
        client.auth_test()
    answers = PrivateMessages(client)
    answers._webhook = lambda url: _quick(answers, url)
    place = Place(channel_id="C1", response_url=f"{dripping}/hook")
    assert not answers.send(place, "U1", Message(text="x"))
    assert time.monotonic() - began < 60


def _quick(answers: PrivateMessages, url: str) -> WebhookClient:
    made = answers._new_webhook(url)
    made.timeout = 1
    return made


@pytest.fixture
def endless() -> Iterator[str]:
    """Return the address of a server that answers at full speed, forever."""
    listening = socket.create_server(("127.0.0.1", 0))

    def pour(one: socket.socket) -> None:
        with one, suppress(OSError):
            one.recv(10_000)
            one.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
            while True:
                one.sendall(b" " * 65_536)

    def serve() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=pour, args=(listening.accept()[0],), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    listening.close()


def test_an_answer_of_slack_has_a_longest_length(endless: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In ten seconds, it could fill the memory. It isn't a broken connection: what it was about was sent."""
    monkeypatch.setattr("urllib.request._opener", None)
    client = slack_client(settings(SLACK_API_URL=f"{endless}/api/"))
    client.timeout = 120
    with pytest.raises(AnswerTooLong):
        client.auth_test()
    answers = PrivateMessages(client)
    assert not answers.send(Place(channel_id="C1", response_url=f"{endless}/hook"), "U1", Message(text="x"))
