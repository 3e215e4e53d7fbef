"""Slack's answers end: a byte a second keeps no sender waiting."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest
from slack_sdk.webhook import WebhookClient

from bot.facts import Message, Place
from bot.opening import slack_client
from bot.slack.outbox import Answers
from tests.unit.test_opening import settings


@pytest.fixture
def dripping() -> Iterator[str]:
    """Return the address of a server that answers a byte at a time, for ever."""
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
    """Of the Web API and of a ``response_url``."""
    monkeypatch.setattr("urllib.request._opener", None)
    client = slack_client(settings(SLACK_API_URL=f"{dripping}/api/"))
    client.timeout = 1
    began = time.monotonic()
    with pytest.raises(OSError, match=r"timed out|too long"):
        client.auth_test()
    answers = Answers(client)
    answers._webhook = lambda url: _quick(answers, url)
    place = Place(channel_id="C1", response_url=f"{dripping}/hook")
    assert not answers.tell(place, "U1", Message(text="x"))
    assert time.monotonic() - began < 30


def _quick(answers: Answers, url: str) -> WebhookClient:
    made = answers._new_webhook(url)
    made.timeout = 1
    return made
