"""App Home: what runs and what I built, without typing anything."""

from typing import Any

from bot.slack.listeners.front import Front
from bot.slack.listeners.payloads import Payload
from bot.work.homes import Homes

EVENTS = ("app_home_opened",)
"""Every event that Slack is asked for."""


def opened(event: Payload, body: Payload, front: Front, homes: Homes) -> None:
    """Show the Home tab; events are acknowledged by Bolt itself."""
    if event.get("tab") not in {None, "home"}:
        return
    user_id, team_id = str(event.get("user") or ""), _team(body)
    front.soon(lambda: homes.show(user_id, team_id))


def _team(body: Payload) -> str:
    listed: Any = body.get("authorizations")
    first = listed[0] if isinstance(listed, list) and listed else None
    return str(body.get("team_id") or (first.get("team_id") if isinstance(first, dict) else "") or "")
