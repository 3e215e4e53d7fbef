"""Viewing a workspace and pressing buttons, with an app that only posts."""

import io
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from rich.console import Console
from slack_sdk import WebClient

from bot.demo.buttons import CannotPress, press
from bot.demo.feed import Feed
from bot.demo.markup import Reader
from bot.demo.screen import Screen
from bot.demo.viewer import Viewer
from bot.sandbox.slack import SlackSandbox
from tests.demo.samples import READER, Json, actions, button, section

ASKS = {
    "title": {"type": "plain_text", "text": "Abort this job?"},
    "text": {"type": "plain_text", "text": "The work is lost."},
    "confirm": {"type": "plain_text", "text": "Abort the job"},
    "deny": {"type": "plain_text", "text": "Let it run"},
}
MENU: Json = {
    "type": "static_select",
    "action_id": "menu",
    "placeholder": {"type": "plain_text", "text": "Which"},
    "options": [
        {"text": {"type": "plain_text", "text": name}, "value": name} for name in ("first", "second")
    ],
}


class Room:
    """A workspace, an app's client, and a terminal that shows it."""

    def __init__(self, slack: SlackSandbox) -> None:
        self.slack = slack
        self.client = WebClient(token=slack.bot_token, base_url=slack.api_url)
        self._file = io.StringIO()
        self.on_show: Callable[[], object] = lambda: None
        self.screen = Screen(Console(file=self._file, width=80), self._reader)
        self.viewer = Viewer(slack, self.screen, Feed(slack, ["alice", "bob"], ["data"]))
        self.channel = slack.channel_id("data")

    def _reader(self) -> Reader:
        self.on_show()
        return READER

    def post(self, *blocks: Json, **more: Any) -> str:
        answer = self.client.chat_postMessage(channel=self.channel, text="t", blocks=list(blocks), **more)
        return str(answer["ts"])

    def edit(self, ts: str, *blocks: Json) -> None:
        self.client.chat_update(channel=self.channel, ts=ts, text="t", blocks=list(blocks))

    def printed(self) -> str:
        self.viewer.look()
        text = self._file.getvalue()
        self._file.seek(0)
        self._file.truncate()
        return text

    def press(self, number: int, *, person: str = "alice", answer: bool = True) -> Any:
        self.viewer.look()
        delivery = press(self.slack, self.screen, person, number, lambda: answer)
        return delivery and delivery.payload["actions"][0]


@pytest.fixture
def room() -> Iterator[Room]:
    with SlackSandbox(rates=False) as slack:
        yield Room(slack)


def test_many_edits_between_two_looks_are_one(room: Room) -> None:
    """However often a card is edited, people see its last state once, in chronological order."""
    ts = room.post(section("one"), actions(button("Abort", "a")))
    room.printed()
    for number in range(5):
        room.edit(ts, section(f"state {number}"), actions(button("Abort", "a")))
    room.post(section("a reply"), thread_ts=ts)
    assert [line[2:] for line in room.printed().splitlines()][:1] == ["✎ state 4"]
    assert room.printed() == ""


def test_a_press_sends_what_the_button_carries(room: Room) -> None:
    """The number on the screen refers to that button of that message."""
    room.post(section("one"), actions(button("Log", "log", value="v1")))
    room.post(section("two"), actions(button("Log", "log", value="v2")))
    assert room.press(2)["value"] == "v2"


def test_a_choice_is_pressed_by_its_number(room: Room) -> None:
    """Each option of a menu has its own number."""
    room.post(section("one"), actions(MENU))
    assert room.press(2)["selected_option"]["value"] == "second"


def test_a_dialog_is_shown_before_anything_is_sent(room: Room) -> None:
    """After a no, the app receives nothing; after a yes, it receives the press."""
    room.post(section("one"), actions(button("Abort", "abort", confirm=ASKS)))
    assert room.press(1, answer=False) is None
    shown = room.printed()
    assert "? Abort this job?" in shown
    assert "[y Abort the job] [n Let it run]" in shown
    assert "Let it run. Nothing was sent." in shown
    assert room.press(1)["action_id"] == "abort"


def test_a_link_is_named(room: Room) -> None:
    """The screen names what a browser would open, and the app receives the press as in Slack."""
    room.post(section("one"), actions(button("Open", "open", url="https://dss.example/job")))
    assert room.press(1)["action_id"] == "open"
    assert "https://dss.example/job" in room.printed()


def test_a_button_that_is_gone_is_not_pressed(room: Room) -> None:
    """An old number gets an error and doesn't press what is in its place now."""
    ts = room.post(section("one"), actions(button("Abort", "abort")))
    room.viewer.look()
    room.edit(ts, section("one"), actions(button("Rebuild", "rebuild")))
    with pytest.raises(CannotPress, match="“Abort” is gone"):
        room.press(1)


def test_a_number_that_nobody_has_is_refused(room: Room) -> None:
    """A typo presses nothing."""
    with pytest.raises(CannotPress, match="no button 7"):
        room.press(7)


def test_nobody_presses_what_only_another_person_sees(room: Room) -> None:
    """An ephemeral answer belongs to one person."""
    room.client.chat_postEphemeral(
        channel=room.channel,
        user=room.slack.user_id("bob"),
        text="t",
        blocks=[section("psst"), actions(button("Log", "log"))],
    )
    with pytest.raises(CannotPress, match="alice can't see"):
        room.press(1)
    assert room.press(1, person="bob")["action_id"] == "log"


def test_the_live_view_shows_what_comes(room: Room) -> None:
    """At the prompt, messages appear on their own, and the view ends on request."""
    shown = threading.Event()
    room.on_show = shown.set
    with room.viewer.live():
        room.post(section("by itself"))
        assert shown.wait(60)
    assert not any(thread.name == "demo-viewer" for thread in threading.enumerate())


def test_what_a_wait_was_for_is_on_the_screen(room: Room) -> None:
    """After a wait, the message that ended it is on the screen, even if it arrived at the last moment."""

    def arrives() -> bool:
        room.post(section("at the last moment"))
        return True

    assert room.viewer.until(arrives, 60)
    assert room.screen.printed == 1


def test_several_options_are_selected_one_after_the_other(room: Room) -> None:
    """Pressing one again takes it off; the screen says what is selected."""
    several = {**MENU, "type": "multi_static_select"}
    room.post({**section("Which ones?"), "accessory": several})
    assert "Which: [1 first] [2 second]" in room.printed()
    assert [one["value"] for one in room.press(1)["selected_options"]] == ["first"]
    assert [one["value"] for one in room.press(2)["selected_options"]] == ["first", "second"]
    assert "Selected: first, second." in room.printed()
    assert [one["value"] for one in room.press(1)["selected_options"]] == ["second"]
    assert room.press(2)["selected_options"] == []
    assert "Selected: nothing." in room.printed()
