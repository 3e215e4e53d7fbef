"""Receiving deliveries: what prevents it is reported or waited for."""

import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from slack_bolt import App
from slack_sdk import WebClient
from structlog.testing import capture_logs

from bot.app import receivers
from bot.http.proxies import VARIABLES
from bot.ops.logging_setup import Redactor
from bot.sandbox.slack import SlackSandbox
from bot.settings import Secret, SlackSettings
from bot.slack.identity import Interrupted, WrongToken, identify


@pytest.fixture
def slack() -> Iterator[SlackSandbox]:
    with SlackSandbox() as sandbox:
        yield sandbox


def open_receiver(
    slack: SlackSandbox, settings: SlackSettings, stopping: threading.Event | None = None
) -> receivers.Receiver:
    client = WebClient(token=slack.bot_token, base_url=slack.api_url)
    app = App(client=client, signing_secret="s", token_verification_enabled=False)
    return receivers.receiver(app, settings, stopping=stopping or threading.Event())


def test_a_wrong_app_token_ends_the_start(slack: SlackSandbox) -> None:
    """Waiting won't fix it: the error names the setting and what to do."""
    settings = SlackSettings(
        bot_token=Secret(slack.bot_token),
        app_token=Secret("xapp-wrong"),
        signing_secret=None,
        port=3000,
        api_url=slack.api_url,
    )
    wrong = open_receiver(slack, settings)
    with pytest.raises(WrongToken, match=r"SLACK_APP_TOKEN \(invalid_auth\).*connections:write") as caught:
        wrong.start()
    assert Redactor(()).text(str(caught.value)) == str(caught.value), "the log would mask words of it"
    assert not wrong.connected
    wrong.stop()
    right = open_receiver(slack, replace(settings, app_token=Secret(slack.app_token)))
    right.start()
    assert right.connected
    right.stop()


def test_a_wrong_bot_token_is_said_so_that_the_log_shows_it(slack: SlackSandbox) -> None:
    """The log masks what looks like ``NAME_TOKEN: value``, so the sentence has a different form."""
    client = WebClient(token="xoxb-wrong", base_url=slack.api_url)
    with pytest.raises(WrongToken, match=r"SLACK_BOT_TOKEN \(invalid_auth\)") as caught:
        identify(client, stopping=threading.Event())
    assert Redactor(()).text(str(caught.value)) == str(caught.value)


class SoonStopped(threading.Event):
    """An event that nobody has to wait for: it is set after so many waits."""

    def __init__(self, waits: int) -> None:
        super().__init__()
        self._waits = waits

    def wait(self, timeout: float | None = None) -> bool:
        self._waits -= 1
        if self._waits <= 0:
            self.set()
        return self.is_set()


def hints(logged: Sequence[Mapping[str, Any]], event: str) -> list[str | None]:
    """Return the hint of each line of a kind; ``None``: it has none."""
    return [line.get("hint") for line in logged if line["event"] == event]


def test_an_unreachable_slack_is_hinted_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first failed try names the proxy and the doctor; the others only say what failed."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    client = WebClient(token="xoxb-1", base_url="http://127.0.0.1:1/api/")
    with capture_logs() as logged, pytest.raises(Interrupted):
        identify(client, stopping=SoonStopped(3))
    first, *others = hints(logged, "slack.not_answering")
    assert first == (
        "no proxy is set for 127.0.0.1: if this network needs one, set HTTPS_PROXY; dss-bot doctor says "
        "what is wrong"
    )
    assert others == [None, None]


def test_an_unreachable_socket_is_hinted_at_once(
    slack: SlackSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The Web API answers, but the socket's own address doesn't: the hint is about that one."""
    settings = SlackSettings(
        bot_token=Secret(slack.bot_token),
        app_token=Secret(slack.app_token),
        signing_secret=None,
        port=3000,
        api_url=slack.api_url,
    )
    stopping = threading.Event()
    lost = open_receiver(slack, settings, stopping)
    monkeypatch.setenv("HTTP_PROXY", "http://user:hunter2@127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    inner = lost._handler.client  # type: ignore[attr-defined]
    inner.wss_uri = "ws://wss-primary.invalid/link"
    inner.proxy = "http://127.0.0.1:1"
    threading.Timer(2.5, stopping.set).start()
    with capture_logs() as logged:
        lost.start()
    lost.stop()
    first, *others = hints(logged, "slack.cannot_connect")
    assert first is not None
    assert first.startswith("calls to wss-primary.invalid go through the proxy http://127.0.0.1:1; ")
    assert others
    assert not any(others)


def test_a_socket_that_does_not_close_holds_up_no_end(
    slack: SlackSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """slack_sdk can wait forever if it reconnects at that moment."""
    settings = SlackSettings(
        bot_token=Secret(slack.bot_token),
        app_token=Secret(slack.app_token),
        signing_secret=None,
        port=3000,
        api_url=slack.api_url,
    )
    hanging = open_receiver(slack, settings)
    hanging.start()
    handler = hanging._handler  # type: ignore[attr-defined]
    never, close = threading.Event(), handler.close
    handler.close = never.wait
    monkeypatch.setattr(receivers, "CLOSE_WITHIN", 0.1)
    hanging.stop()
    never.set()
    close()


ABSURD = [
    '{"ok": true}',
    '{"ok": true, "team_id": "", "user_id": "U1"}',
    '{"ok": true, "team_id": ["T1"], "user_id": 7}',
    '{"ok": true, "team_id": "T1\\ud83d", "user_id": "U1"}',
    '{"ok": 1, "team_id": "T1", "user_id": "U1"}',
    "[1]",
    '"ok"',
    "7",
    "null",
    "",
    "<html>",
    '{"ok": true',
    "[" * 100_000,
]


@pytest.mark.parametrize("body", ABSURD)
def test_without_ids_slack_has_not_said_who_the_bot_is(slack: SlackSandbox, body: str) -> None:
    """Asked again: with an empty team, everybody would be a stranger until somebody restarts the bot."""
    slack.faults.add("auth.test", kind=f"body:{body}")
    client = WebClient(token=slack.bot_token, base_url=slack.api_url)
    identity = identify(client, stopping=threading.Event())
    assert (identity.team_id, identity.bot_user_id) == (slack.team_id, slack.bot_user_id)
    assert len(slack.calls) == 2


@pytest.fixture
def socket_mode(slack: SlackSandbox) -> Iterator[receivers.Receiver]:
    """A receiver that isn't started."""
    settings = SlackSettings(
        bot_token=Secret(slack.bot_token),
        app_token=Secret(slack.app_token),
        signing_secret=None,
        port=3000,
        api_url=slack.api_url,
    )
    opened = open_receiver(slack, settings)
    yield opened
    opened.stop()


LONG = 90.0
"""Seconds that no wait takes unless something is wrong."""


def opens(slack: SlackSandbox) -> int:
    return [call.method for call in slack.calls].count("apps.connections.open")


def started_within(receiver: receivers.Receiver, seconds: float) -> bool:
    """Start in a thread; say whether that returned in time."""
    thread = threading.Thread(target=receiver.start, daemon=True)
    thread.start()
    thread.join(seconds)
    return not thread.is_alive()


NO_URL = ['{"ok": true}', '{"ok": true, "url": 7}', '{"ok": true, "url": "wss://[x"}', "[1]", "<html>"]


@pytest.mark.parametrize("body", [*NO_URL, '{"ok": true, "url": "hello"}', '{"ok": true, "url": "ws://"}'])
def test_no_address_of_a_socket_is_asked_for_again(
    slack: SlackSandbox, socket_mode: receivers.Receiver, body: str
) -> None:
    """Whatever Slack answers, the process goes on."""
    slack.faults.add("apps.connections.open", kind=f"body:{body}")
    assert started_within(socket_mode, LONG)
    assert socket_mode.connected


@pytest.mark.parametrize("said", ["1.5", "Fri, 27 Nov 2026 23:00:00 GMT", "-1", "86400", ""])
def test_no_retry_after_keeps_the_bot_deaf(
    slack: SlackSandbox, socket_mode: receivers.Receiver, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """slack_sdk would sleep a day, or end with an error."""
    monkeypatch.setattr(receivers, "LONGEST_RATE", 1.5)
    slack.faults.add("apps.connections.open", kind="429", retry_after=said)
    assert started_within(socket_mode, LONG)
    assert (socket_mode.connected, opens(slack)) == (True, 2)


def test_a_socket_is_renewed_though_slack_asks_to_wait_a_day(
    slack: SlackSandbox, socket_mode: receivers.Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is heard without a socket."""
    monkeypatch.setattr(receivers, "LONGEST_RATE", 1.5)
    socket_mode.start()
    slack.faults.add("apps.connections.open", kind="429", retry_after=86_400)
    slack.refresh_sockets(0.5)
    slack.wait_until(lambda: slack.sockets == 1, 60)
    assert opens(slack) == 3


def test_two_who_connect_do_not_close_each_others_socket(
    slack: SlackSandbox, socket_mode: receivers.Receiver
) -> None:
    """Slack's host can't be reached for a while, so slack_sdk tries in a thread of its own as well."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        refusing = f"ws://127.0.0.1:{nobody.getsockname()[1]}/link"
        slack.faults.add("apps.connections.open", kind=f'body:{{"ok": true, "url": "{refusing}"}}', times=4)
        assert started_within(socket_mode, LONG)
    assert slack.sockets == 1
    done = opens(slack)
    time.sleep(3)
    assert (slack.sockets, opens(slack), socket_mode.connected) == (1, done, True)
