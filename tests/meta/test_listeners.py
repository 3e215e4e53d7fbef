"""Every listener has an entry in the manifest and a place in a table, and the other way around."""

from typing import Any

from slack_bolt import App
from slack_sdk import WebClient

from bot.domain.features import SCOPE_OF
from bot.listeners import account_changes, actions, dialogs, home_tab, mentions, shortcuts, slash_commands
from bot.listeners.registration import register
from bot.views import action_ids, dialog_ids
from tests.meta.test_manifest import EVERYTHING, MANIFEST, manifest_with


def test_commands_and_events_are_those_of_the_manifest() -> None:
    """Everything that Slack sends has a listener, and no listener waits for anything else."""
    asked = {command["command"] for command in MANIFEST["features"]["slash_commands"]}
    assert set(slash_commands.COMMANDS) == asked
    assert {*home_tab.EVENTS, *account_changes.EVENTS} == events_of(MANIFEST)
    assert {*home_tab.EVENTS, *account_changes.EVENTS, *mentions.EVENTS} == events_of(EVERYTHING)


def test_each_part_subscribes_to_what_its_scope_is_for() -> None:
    """An event without its scope would make Slack refuse the manifest."""
    asked = {part: events_of(manifest_with(part)) - events_of(MANIFEST) for part in SCOPE_OF}
    assert asked == {
        "mentions": {"app_mention"},
        "dm": {"message"},
        "files": set(),
        "pictures": set(),
        "groups": set(),
    }


def events_of(manifest: dict[str, Any]) -> set[str]:
    """Return the types of the events that a manifest subscribes to: ``message.im`` arrives as ``message``."""
    return {one.split(".")[0] for one in manifest["settings"]["event_subscriptions"]["bot_events"]}


def test_shortcuts_are_those_of_the_manifest() -> None:
    """The global shortcut opens the build dialog; the other one is about a message."""
    asked = {one["callback_id"]: one["type"] for one in MANIFEST["features"]["shortcuts"]}
    assert asked == {dialog_ids.BUILD_SHORTCUT: "global"} | dict.fromkeys(shortcuts.SHORTCUTS, "message")


def test_every_action_id_has_one_listener() -> None:
    """The listener tables together contain exactly the ids that views use."""
    tables = (
        *actions.CARRIED_OUT,
        *actions.CANCELED,
        *actions.ACKNOWLEDGED,
        *dialogs.OPENING,
        *home_tab.SHOWING,
    )
    assert sorted(tables) == sorted(action_ids.ALL)


def test_every_dialog_has_one_listener() -> None:
    """The table of dialogs contains exactly the callback ids that views use."""
    assert sorted(dialogs.SUBMITTED) == sorted(dialog_ids.ALL)


def test_each_listener_is_registered_once() -> None:
    """Bolt's list has as many listeners as the tables have entries, plus two for those of other versions."""
    app = App(client=WebClient(token="xoxb-1"), signing_secret="s", token_verification_enabled=False)
    counted = register(app, None, None, None, None, None)  # type: ignore[arg-type]  # nothing is called here
    assert len(app._listeners) == counted == 58
