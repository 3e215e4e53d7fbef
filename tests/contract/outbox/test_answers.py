"""Answers that only the person who asked sees: in one of three ways, whatever Slack says to the others."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from slack_sdk import WebClient

from bot.domain import Message, Place
from bot.slack.private_messages import PrivateMessages
from tests.contract.outbox.post import Post
from tests.contract.outbox.test_refusals import ABSURD

BLOCKS: tuple[dict[str, object], ...] = ({"type": "section", "text": {"type": "mrkdwn", "text": "*answer*"}},)
ANSWER = Message(text="answer", blocks=BLOCKS)


class Hook:
    """A response URL that answers as instructed and records what it receives."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, str]] = []
        self.bodies: list[str] = []
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                hook.bodies.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
                status, body = hook.answers.pop(0) if hook.answers else (200, "ok")
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_args: object) -> None:
                """Log nothing."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """End the server."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def hook() -> Iterator[Hook]:
    """A response URL."""
    started = Hook()
    yield started
    started.stop()


@pytest.fixture
def answers(post: Post) -> PrivateMessages:
    """Answers for the workspace."""
    client = WebClient(token=post.slack.bot_token, base_url=post.slack.api_url, timeout=60, retry_handlers=[])
    return PrivateMessages(client)


@pytest.mark.parametrize(
    "answer", [(400, "invalid_blocks"), (200, '{"ok": false, "error": "invalid_blocks"}')]
)
def test_a_response_url_that_takes_no_blocks_gets_text(
    post: Post, answers: PrivateMessages, hook: Hook, answer: tuple[int, str]
) -> None:
    """Text instead of nothing."""
    hook.answers = [answer]
    assert answers.send(Place(channel_id=post.data, response_url=hook.url), post.alice, ANSWER)
    first, second = hook.bodies
    assert "blocks" in first
    assert "blocks" not in second
    assert post.slack.ephemerals("alice") == []


@pytest.mark.parametrize("answer", [(404, "used_url"), (500, "<html>"), (403, ""), (200, '{"ok": false}')])
def test_what_a_response_url_refuses_comes_as_an_ephemeral(
    post: Post, answers: PrivateMessages, hook: Hook, answer: tuple[int, str]
) -> None:
    """The response URL was used five times, or expired."""
    hook.answers = [answer]
    assert answers.send(Place(channel_id=post.data, response_url=hook.url), post.alice, ANSWER)
    assert [message.text for message in post.slack.ephemerals("alice")] == ["answer"]


def test_an_ephemeral_that_takes_no_blocks_is_text(post: Post, answers: PrivateMessages) -> None:
    """The text is still readable."""
    post.slack.faults.add("chat.postEphemeral", kind="error:invalid_blocks")
    assert answers.send(Place(channel_id=post.data), post.alice, ANSWER)
    (message,) = post.slack.ephemerals("alice")
    assert (message.text, message.blocks) == ("answer", [])


@pytest.mark.parametrize("body", ABSURD)
def test_nothing_that_slack_answers_raises(post: Post, answers: PrivateMessages, body: str) -> None:
    """There is nobody left to notify."""
    post.slack.faults.add("chat.*", kind=f"body:{body}", times=9)
    said = answers.send(Place(channel_id=post.data, response_url="no address"), post.alice, ANSWER)
    assert said == body.startswith('{"ok": true')
    post.slack.faults.clear()
    assert answers.send(Place(channel_id=post.data), post.alice, ANSWER)
