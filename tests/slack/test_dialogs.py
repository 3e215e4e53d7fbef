"""Dialogs are opened in time, and the outcome of a submission is what stays on the screen."""

from collections.abc import Iterator
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.sandbox.slack import SlackSandbox
from bot.sandbox.slack.answers import submission_answered
from bot.sandbox.slack.model import View
from bot.slack.dialogs import ACKNOWLEDGED_WITHIN, PAUSE, Dialogs
from bot.views import connect_checking, connect_done, connect_form

FORM = connect_form("default", "https://dss.example.com/profile/", None)


@pytest.fixture
def slack() -> Iterator[SlackSandbox]:
    with SlackSandbox() as sandbox:
        yield sandbox


def opened(slack: SlackSandbox, dialogs: Dialogs) -> View:
    """Open the dialog, and return it as the person sees it."""
    told: list[str] = []
    with slack._world.edit():
        trigger = slack._world.new_trigger(slack.user_id("alice"))
    dialogs.open(trigger, FORM, otherwise=told.append)
    slack.wait_until(lambda: told or slack.views("alice"))
    assert told == []
    [view] = slack.views("alice")
    return view


def shown(slack: SlackSandbox) -> Any:
    """Return what the person sees of the one dialog."""
    [view] = slack.views("alice")
    return view.blocks[0]["text"]["text"]


def dialogs_of(slack: SlackSandbox, **options: Any) -> Dialogs:
    return Dialogs(WebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[]), **options)


def test_the_outcome_stays_when_the_acknowledgement_was_first(slack: SlackSandbox) -> None:
    """The usual case: one look, then the outcome."""
    dialogs = dialogs_of(slack)
    view = opened(slack, dialogs)
    with slack._world.edit():
        submission_answered(slack._world, view, {"response_action": "update", "view": connect_checking()})
    assert dialogs.finish(view.id, view.hash, connect_done("alice", None))
    assert "Connected" in shown(slack)


def test_the_outcome_stays_when_the_acknowledgement_is_late(slack: SlackSandbox) -> None:
    """Slack applies it after the first outcome, which is then shown again."""
    pauses: list[float] = []

    def acknowledge(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            answer = {"response_action": "update", "view": connect_checking()}
            with slack._world.edit():
                submission_answered(slack._world, view, answer)

    dialogs = dialogs_of(slack, sleep=acknowledge)
    view = opened(slack, dialogs)
    assert dialogs.finish(view.id, view.hash, connect_done("alice", None))
    assert "Connected" in shown(slack)
    assert len(pauses) == 2


def test_an_acknowledgement_that_never_comes_is_not_waited_for(slack: SlackSandbox) -> None:
    """Slack takes none after three seconds."""
    pauses: list[float] = []
    dialogs = dialogs_of(slack, sleep=pauses.append)
    view = opened(slack, dialogs)
    assert dialogs.finish(view.id, view.hash, connect_done("alice", None))
    assert sum(pauses) == pytest.approx(ACKNOWLEDGED_WITHIN)
    assert max(pauses) == PAUSE


def test_a_closed_dialog_shows_nothing(slack: SlackSandbox) -> None:
    """The caller tells the person in another way."""
    dialogs = dialogs_of(slack)
    view = opened(slack, dialogs)
    slack.as_user("alice").close(view)
    assert not dialogs.finish(view.id, view.hash, connect_done("alice", None))


def test_a_trigger_that_is_too_old(slack: SlackSandbox) -> None:
    """Slack's reason is passed on, so that the person gets an answer."""
    told: list[str] = []
    dialogs_of(slack).open("1.2.3", FORM, otherwise=told.append)
    slack.wait_until(lambda: told)
    assert told == ["invalid_trigger_id"]


def test_a_bot_that_is_stopping(slack: SlackSandbox) -> None:
    """Likewise."""
    told: list[str] = []
    dialogs = dialogs_of(slack)
    dialogs.close()
    dialogs.open("1.2.3", FORM, otherwise=told.append)
    assert told == ["stopping"]
