"""How deliveries come in: what keeps them from coming is said, or waited for."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from slack_bolt import App
from slack_sdk import WebClient

from bot import receiving
from bot.logs import Redactor
from bot.sandbox.slack import SlackSandbox
from bot.settings import Secret, SlackSettings
from bot.slack.identity import WrongToken, who_am_i


@pytest.fixture
def slack() -> Iterator[SlackSandbox]:
    with SlackSandbox() as sandbox:
        yield sandbox


def open_receiver(slack: SlackSandbox, settings: SlackSettings) -> receiving.Receiver:
    client = WebClient(token=slack.bot_token, base_url=slack.api_url)
    app = App(client=client, signing_secret="s", token_verification_enabled=False)
    return receiving.receiver(app, settings, stopping=threading.Event())


def test_a_wrong_app_token_ends_the_start(slack: SlackSandbox) -> None:
    """It will not become right by waiting: the error names the setting and what to do."""
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
    """The log masks what looks like ``NAME_TOKEN: value``: the sentence is not of that form."""
    client = WebClient(token="xoxb-wrong", base_url=slack.api_url)
    with pytest.raises(WrongToken, match=r"SLACK_BOT_TOKEN \(invalid_auth\)") as caught:
        who_am_i(client, stopping=threading.Event())
    assert Redactor(()).text(str(caught.value)) == str(caught.value)


def test_a_socket_that_does_not_close_holds_up_no_end(
    slack: SlackSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """slack_sdk can wait for ever when it connects again at that moment."""
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
    monkeypatch.setattr(receiving, "CLOSE_WITHIN", 0.1)
    hanging.stop()
    never.set()
    close()
