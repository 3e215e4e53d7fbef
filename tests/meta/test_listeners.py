"""Every listener has its entry in the manifest and its place in a table, and the other way round."""

from slack_bolt import App
from slack_sdk import WebClient

from bot.slack.listeners import actions, commands, home, register
from bot.slack.views import ids
from tests.meta.test_manifest import MANIFEST


def test_commands_and_events_are_those_of_the_manifest() -> None:
    """What Slack sends is listened to, and nothing is listened to that Slack does not send."""
    asked = {command["command"] for command in MANIFEST["features"]["slash_commands"]}
    assert set(commands.COMMANDS) == asked
    assert set(home.EVENTS) == set(MANIFEST["settings"]["event_subscriptions"]["bot_events"])


def test_every_action_id_has_one_listener() -> None:
    """The tables of the listeners together are exactly the ids that views use."""
    tables = (*actions.CARRIED_OUT, *actions.CANCELLED, *actions.LINKS)
    assert sorted(tables) == sorted(ids.ALL)


def test_each_listener_is_registered_once() -> None:
    """Bolt's list has as many listeners as the tables have entries, and one for buttons of other versions."""
    app = App(client=WebClient(token="xoxb-1"), signing_secret="s", token_verification_enabled=False)
    counted = register(app, None, None)  # type: ignore[arg-type]  # nothing is called here
    assert len(app._listeners) == counted == 17
