"""Changed Slack accounts: what the bot knew about them counts no more."""

from collections.abc import Mapping

from bot.listeners.payloads import Payload
from bot.slack.users import SlackUsers

EVENTS = ("user_change",)
"""Every event about accounts that the app subscribes to."""


def changed(event: Payload, people: SlackUsers) -> None:
    """Forget somebody until they ask for something. Bolt itself acknowledges events."""
    user = event.get("user")
    if isinstance(user, Mapping):
        people.forget(user)
