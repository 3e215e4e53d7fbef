"""Apps for the tests: a bare WebSocket, the real Socket Mode client under Bolt, Bolt behind HTTP."""

import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from simple_websocket import Client, ConnectionClosed
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from werkzeug.serving import WSGIRequestHandler, make_server

from bot.sandbox.slack import SlackSandbox

Json = dict[str, Any]


class Clock:
    """Returns the same time until it is moved."""

    def __init__(self, now: float = 1_795_600_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


def web_client(slack: SlackSandbox, token: str | None = None) -> WebClient:
    """Return slack_sdk's client without its own retries."""
    return WebClient(token or slack.bot_token, base_url=slack.api_url, retry_handlers=[], timeout=60)


def refused(error: SlackApiError) -> str:
    """Return the ``error`` of a refusal."""
    return str(error.response["error"])


class _Client(Client):  # type: ignore[misc]
    """A WebSocket client that also reads data that arrived together with the handshake's answer."""

    def handshake(self) -> None:
        """Do the handshake, then process the frames that have already arrived."""
        super().handshake()
        self._handle_events()
        self.connected = True  # the reader detects it if that was already the end


class Socket:
    """A Socket Mode app under the test's control: it sees frames and acknowledges on request."""

    def __init__(self, slack: SlackSandbox) -> None:
        url = web_client(slack).apps_connections_open(app_token=slack.app_token)["url"]
        self._client = _Client.connect(url)
        self.hello = self.frame()

    def frame(self) -> Json:
        """Return the next frame."""
        text = self._client.receive(timeout=60)
        assert text is not None, "no frame within 10 s"
        decoded: Json = json.loads(text)
        return decoded

    def ack(self, frame: Json, payload: object = None) -> None:
        """Acknowledge a frame."""
        answer: Json = {"envelope_id": frame["envelope_id"]}
        self._client.send(json.dumps(answer if payload is None else answer | {"payload": payload}))

    def ended(self) -> bool:
        """Wait for the connection to end."""
        try:
            return self._client.receive(timeout=60) is None
        except ConnectionClosed:
            return True

    def close(self) -> None:
        """Hang up."""
        with suppress(ConnectionClosed):
            self._client.close()
        self._client.thread.join()


@contextmanager
def socket(slack: SlackSandbox) -> Iterator[Socket]:
    """Connect a bare WebSocket."""
    before = slack.sockets
    app = Socket(slack)
    slack.wait_until(lambda: slack.sockets == before + 1)
    try:
        yield app
    finally:
        app.close()
        slack.wait_until(lambda: slack.sockets <= before)


def bolt_app(slack: SlackSandbox) -> App:
    """Return a real Bolt app of the workspace."""
    return App(
        client=WebClient(slack.bot_token, base_url=slack.api_url),
        signing_secret=slack.signing_secret,
        logger=logging.getLogger("bolt-under-test"),
    )


@contextmanager
def socket_mode(slack: SlackSandbox, app: App) -> Iterator[SocketModeHandler]:
    """Run a Bolt app over slack_sdk's Socket Mode client."""
    handler = SocketModeHandler(app, slack.app_token)
    handler.connect()  # type: ignore[no-untyped-call]
    slack.wait_until(lambda: slack.sockets == 1)
    try:
        yield handler
    finally:
        handler.client.default_auto_reconnect_enabled = False
        handler.client.auto_reconnect_enabled = False
        slack.drop_sockets(close_frame=True)
        handler.close()  # type: ignore[no-untyped-call]


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.0"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing."""


@contextmanager
def http_mode(app: App) -> Iterator[str]:
    """Run a Bolt app behind HTTP; yields its address."""
    server = make_server("127.0.0.1", 0, SlackRequestHandler(app), threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/slack/events"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def plain(text: str) -> Json:
    """Return a plain_text object."""
    return {"type": "plain_text", "text": text}


def button(action_id: str = "go", text: str = "Go", value: str = "1", **other: object) -> Json:
    """Return a button."""
    return {"type": "button", "action_id": action_id, "text": plain(text), "value": value, **other}


def actions(*elements: Json, **other: object) -> Json:
    """Return an actions block."""
    return {"type": "actions", "elements": list(elements), **other}


def section(text: str = "hello") -> Json:
    """Return a section."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def modal(*blocks: Json, **other: object) -> Json:
    """Return a modal with a submit button."""
    return {
        "type": "modal",
        "callback_id": "dialog",
        "title": plain("Title"),
        "submit": plain("Go"),
        "blocks": list(blocks),
        **other,
    }


def text_input(block_id: str = "name", **other: object) -> Json:
    """Return an input block with a text field ``typed``."""
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain("Name"),
        "element": {"type": "plain_text_input", "action_id": "typed", **other},
    }
