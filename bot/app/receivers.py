"""Receives Slack's deliveries: over Socket Mode, or as signed requests over HTTP."""

import socket
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Protocol
from urllib.parse import urlsplit

import structlog
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.app.signatures import signed_only
from bot.domain.errors import BotError
from bot.http.proxies import proxy_for
from bot.http.reachability import hint
from bot.http.server import SLACK, HttpServer
from bot.settings import SlackSettings
from bot.slack.error_codes import ErrorKind, classify, code_of, retry_after
from bot.slack.identity import WrongToken

log = structlog.get_logger(__name__)

PATH = "/slack/events"
"""Where Slack sends its requests in HTTP mode."""
SOCKET_THREADS = 10
"""Envelopes handled at the same time; each one waits until its listener has acknowledged."""
LONGEST_PAUSE = 30.0
LONGEST_RATE = 60.0
"""Seconds without another try after Slack refused to name a socket (429), whatever ``Retry-After`` says.

Without a socket, the bot hears nobody. One call a minute is always allowed: `issue_new_wss_url` of slack_sdk
names the method's tier, the first.
"""
CLOSE_WITHIN = 3.0
"""Seconds that closing the socket can delay the bot's shutdown."""
HELLO_WITHIN = 10.0
"""Seconds to wait for Slack's hello on an open socket."""


class Receiver(Protocol):
    """Receives deliveries from `start` until `stop`."""

    def start(self) -> None:
        """Start receiving; return once deliveries arrive, or when told to stop before that."""

    def stop(self) -> None:
        """Stop receiving."""

    @property
    def connected(self) -> bool:
        """Whether deliveries arrive."""


class NoSocketUrl(BotError):
    """Slack, or something before it, accepted the call, but what it answered is no address of a socket."""


class SocketReceiver:
    """Socket Mode. slack_sdk's client reconnects on its own; this class makes only the first connection."""

    def __init__(self, app: App, app_token: str, stopping: threading.Event) -> None:
        self._handler = SocketModeHandler(app, app_token, web_client=app.client, concurrency=SOCKET_THREADS)
        self._stopping = stopping
        self._greeted = threading.Event()
        self._stopped = False
        self._idle = threading.Condition()
        self._taking = 0
        """Envelopes that are being handed over."""
        self._not_before = 0.0
        client = self._handler.client
        client.message_listeners.append(self._hear)
        client.socket_mode_request_listeners = [self._take]
        client.issue_new_wss_url = self._issue  # type: ignore[method-assign]

    def start(self) -> None:
        """Connect, however long Slack takes, and wait for its hello: deliveries come only after that.

        Raises:
            WrongToken: Slack doesn't accept the app-level token; the text says what to do.
        """
        pause, hinted = 1.0, False
        while not self._stopping.is_set():
            if not self.connected:
                advice = {} if hinted else {"hint": hint(self._address())}
                hinted = not self._connect(advice) or hinted
            if self._opens_within(pause):
                if not self._greeted.wait(HELLO_WITHIN):
                    log.warning("slack.no_hello", seconds=HELLO_WITHIN)
                return
            pause = min(pause * 2, LONGEST_PAUSE)

    def _address(self) -> str:
        """Return the address that can't be reached: the socket's, if Slack has issued one."""
        client = self._handler.client
        return client.wss_uri or client.web_client.base_url

    def _connect(self, advice: Mapping[str, str]) -> bool:
        """Open a socket; return whether that worked.

        From the first attempt on, slack_sdk tries too, in a thread of its own. The lock of this call keeps
        the two apart: otherwise each would close the other's socket.
        """
        try:
            self._handler.client.connect_to_new_endpoint()
        except Exception as error:  # noqa: BLE001 - slack_sdk raises whatever an absurd answer makes it stumble over
            _check_token(error)
            log.warning("slack.cannot_connect", error=str(error) or type(error).__name__, **advice)
            return False
        if not self.connected:  # slack_sdk logs the reason, and raises nothing
            log.warning("slack.cannot_connect", error="the socket did not open", **advice)
        return self.connected

    def _opens_within(self, seconds: float) -> bool:
        """Wait for a socket, whoever opens it; return whether there is one."""
        until = time.monotonic() + seconds
        while not self.connected and time.monotonic() < until and not self._stopping.is_set():
            self._stopping.wait(0.2)
        return self.connected

    def _issue(self) -> str:
        """Return the address of a new socket, and choose the proxy by it.

        slack_sdk's own way takes any answer as an address, and sleeps as long as ``Retry-After`` says.

        Raises:
            SlackApiError: Slack refuses; the next call waits as long as it asked for, within limits.
            NoSocketUrl: the answer isn't an address.
        """
        client = self._handler.client
        if self._stopped:
            raise NoSocketUrl("the bot is stopping")
        self._stopping.wait(max(0.0, self._not_before - time.monotonic()))
        try:
            said = client.web_client.apps_connections_open(app_token=client.app_token).data
        except SlackApiError as error:
            if classify(error) is ErrorKind.RATE:
                self._not_before = time.monotonic() + min(retry_after(error), LONGEST_RATE)
            raise
        address = said.get("url") if isinstance(said, dict) else None
        if not isinstance(address, str) or not _of_a_socket(address):
            raise NoSocketUrl("apps.connections.open: no address of a socket")
        client.proxy = proxy_for(address)
        return address

    def stop(self) -> None:
        """Close the socket for good: otherwise slack_sdk would open another one while this one closes."""
        self._stopped = True
        client = self._handler.client
        client.auto_reconnect_enabled = client.default_auto_reconnect_enabled = False
        self._end_reading()
        # If a socket is being opened right now, slack_sdk waits for a thread that never ends.
        closing = threading.Thread(target=self._handler.close, name="socket-closing", daemon=True)
        closing.start()
        closing.join(CLOSE_WITHIN)
        if closing.is_alive():
            log.warning("slack.not_closed", seconds=CLOSE_WITHIN)
        elif client.connect_operation_lock.acquire(timeout=CLOSE_WITHIN):
            # slack_sdk's monitor may have been opening a socket just now: that one is closed too.
            try:
                if client.current_session is not None:
                    client.current_session.close()
            finally:
                client.connect_operation_lock.release()

    def _end_reading(self) -> None:
        """Let the envelopes at hand be acknowledged, then wake slack_sdk's reader: it waits for 3 s."""
        with self._idle:
            self._idle.wait_for(lambda: self._taking == 0, CLOSE_WITHIN)
        session = self._handler.client.current_session
        sock = session.sock if session is not None else None
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def _take(self, client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        """Hand an envelope to Bolt; acknowledge one that Bolt can't handle, or Slack would resend it."""
        with self._idle:
            self._taking += 1
        try:
            self._hand_over(client, request)
        finally:
            with self._idle:
                self._taking -= 1
                self._idle.notify_all()

    def _hand_over(self, client: BaseSocketModeClient, request: SocketModeRequest) -> None:
        try:
            self._handler.handle(client, request)  # type: ignore[arg-type]
        except Exception as error:  # noqa: BLE001 - Bolt fails on payloads that Slack doesn't send
            log.warning("slack.request_refused", why=f"Bolt can't read it: {type(error).__name__}")
            client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))

    def _hear(self, _client: object, message: Mapping[str, Any], _raw: str | None = None) -> None:
        """Record Slack's hello, and log how many clients are connected: each gets some deliveries."""
        if message.get("type") == "hello":
            self._greeted.set()
            log.info("slack.hello", connections=message.get("num_connections"))

    @property
    def connected(self) -> bool:
        """Whether the socket is open."""
        return bool(self._handler.client.is_connected())


def _of_a_socket(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in {"ws", "wss"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _check_token(error: Exception) -> None:
    if isinstance(error, SlackApiError) and classify(error) in {
        ErrorKind.AUTH,
        ErrorKind.DENIED,
        ErrorKind.ELSEWHERE,
    }:
        raise WrongToken(
            f"Slack does not accept SLACK_APP_TOKEN ({code_of(error)}). Turn Socket Mode on in the "
            "app's settings, and copy an app-level token (xapp-…) with the scope connections:write."
        ) from error


class HttpReceiver:
    """Signed requests on ``/slack/events``."""

    def __init__(self, app: App, port: int, secret: str) -> None:
        handler = signed_only(SlackRequestHandler(app, path=PATH), secret, path=PATH)
        # Slack calls from outside, through whatever proxy is in front, so this port is open to everybody.
        everywhere = "0.0.0.0"  # noqa: S104
        self._server = HttpServer(handler, host=everywhere, port=port, name=SLACK, threads=8)
        self._open = False

    def start(self) -> None:
        """Listen."""
        self._server.start()
        self._open = True

    def stop(self) -> None:
        """Stop listening."""
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
