"""How deliveries come in: what keeps them from coming is said, or waited for."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from slack_bolt import App
from slack_sdk import WebClient

from bot import receiving
from bot.sandbox.slack import SlackSandbox
from bot.settings import Secret, SlackSettings
from bot.slack.identity import WrongToken


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
    with pytest.raises(WrongToken, match=r"SLACK_APP_TOKEN \(invalid_auth\).*connections:write"):
        wrong.start()
    assert not wrong.connected
    wrong.stop()
    right = open_receiver(slack, replace(settings, app_token=Secret(slack.app_token)))
    right.start()
    assert right.connected
    right.stop()
