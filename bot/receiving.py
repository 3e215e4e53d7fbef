"""How Slack's deliveries come in: over Socket Mode, or as signed requests over HTTP."""

import threading
from collections.abc import Mapping
from typing import Any, Protocol

import structlog
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.http_server import SLACK, HttpServer
from bot.proxies import proxy_for
from bot.settings import SlackSettings
from bot.signed import signed_only
from bot.slack.identity import WrongToken
from bot.slack.outbox.verdicts import Verdict, code_of, judge

log = structlog.get_logger(__name__)

PATH = "/slack/events"
"""Where Slack sends its requests in HTTP mode."""
SOCKET_THREADS = 10
"""Envelopes that are read at the same time; each waits until its listener has acknowledged."""
LONGEST_PAUSE = 30.0
CLOSE_WITHIN = 3.0
"""Seconds that the closing of the socket may hold up the bot's end."""
HELLO_WITHIN = 10.0
"""Seconds to wait for Slack's hello on an open socket."""


class Receiver(Protocol):
    """Takes deliveries from `start` until `stop`."""

    def start(self) -> None:
        """Begin; returns once deliveries arrive, or when it was told to stop before."""

    def stop(self) -> None:
        """Take no more."""

    @property
    def connected(self) -> bool:
        """Whether deliveries arrive."""


class SocketReceiver:
    """Socket Mode. slack_sdk's client connects again by itself; only the first connection is made here."""

    def __init__(self, app: App, app_token: str, stopping: threading.Event) -> None:
        self._handler = SocketModeHandler(app, app_token, web_client=app.client, concurrency=SOCKET_THREADS)
        self._stopping = stopping
        self._greeted = threading.Event()
        client = self._handler.client
        client.message_listeners.append(self._hear)
        client.socket_mode_request_listeners = [self._take]
        issue = client.issue_new_wss_url

        def issue_and_choose() -> str:
            """Choose the proxy by the socket's address, which Slack says anew each time."""
            address = issue()
            client.proxy = proxy_for(address)
            return address

        client.issue_new_wss_url = issue_and_choose  # type: ignore[method-assign]

    def start(self) -> None:
        """Connect, however long Slack takes to answer, and wait for its hello: only then deliveries come.

        Raises:
            WrongToken: Slack does not accept the app-level token; the text says what to do.
        """
        pause = 1.0
        while not self._stopping.is_set():
            try:
                self._handler.connect()  # type: ignore[no-untyped-call]
            except (OSError, SlackClientError) as error:
                _check_token(error)
                log.warning("slack.cannot_connect", error=str(error))
            if self.connected:
                if not self._greeted.wait(HELLO_WITHIN):
                    log.warning("slack.no_hello", seconds=HELLO_WITHIN)
                return
            self._stopping.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def stop(self) -> None:
        """Close the socket, for good: slack_sdk would otherwise open another one while this one closes."""
        client = self._handler.client
        client.auto_reconnect_enabled = client.default_auto_reconnect_enabled = False
        # When a socket is being opened at this moment, slack_sdk waits for the end of a thread that has none.
        closing = threading.Thread(target=self._handler.close, name="socket-closing", daemon=True)
        closing.start()
        closing.join(CLOSE_WITHIN)
        if closing.is_alive():
            log.warning("slack.not_closed", seconds=CLOSE_WITHIN)

    def _take(self, client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        """Hand an envelope to Bolt; one that it stumbles over is acknowledged, or it would come again."""
        try:
            self._handler.handle(client, request)  # type: ignore[arg-type]
        except Exception as error:  # noqa: BLE001 - Bolt stumbles over shapes that Slack does not send
            log.warning("slack.request_refused", why=f"Bolt can't read it: {type(error).__name__}")
            client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))

    def _hear(self, _client: object, message: Mapping[str, Any], _raw: str | None = None) -> None:
        """Note Slack's hello, and say who else is connected: they would get a part of what people type."""
        if message.get("type") == "hello":
            self._greeted.set()
            log.info("slack.hello", connections=message.get("num_connections"))

    @property
    def connected(self) -> bool:
        """Whether the socket is open."""
        return bool(self._handler.client.is_connected())


def _check_token(error: Exception) -> None:
    if isinstance(error, SlackApiError) and judge(error) in {Verdict.AUTH, Verdict.DENIED, Verdict.ELSEWHERE}:
        raise WrongToken(
            f"Slack does not accept SLACK_APP_TOKEN ({code_of(error)}). Turn Socket Mode on in the "
            "app's settings, and copy an app-level token (xapp-…) with the scope connections:write."
        ) from error


class HttpReceiver:
    """Signed requests on ``/slack/events``."""

    def __init__(self, app: App, port: int, secret: str) -> None:
        handler = signed_only(SlackRequestHandler(app, path=PATH), secret, path=PATH)
        # Slack calls from outside, through whatever stands in front: this port is for everybody.
        everywhere = "0.0.0.0"  # noqa: S104
        self._server = HttpServer(handler, host=everywhere, port=port, name=SLACK, threads=8)
        self._open = False

    def start(self) -> None:
        """Listen."""
        self._server.start()
        self._open = True

    def stop(self) -> None:
        """Listen no more."""
        self._open = False
        self._server.stop()

    @property
    def connected(self) -> bool:
        """Whether the port is open."""
        return self._open


def receiver(app: App, slack: SlackSettings, *, stopping: threading.Event) -> Receiver:
    """Return the receiver that the settings ask for."""
    if slack.app_token is not None:
        return SocketReceiver(app, slack.app_token.reveal(), stopping)
    secret = slack.signing_secret.reveal() if slack.signing_secret else ""
    return HttpReceiver(app, slack.port, secret)
