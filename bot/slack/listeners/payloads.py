"""Reading Slack's payloads: ids and places, each in one place only."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from bot.facts import Place
from bot.slack.listeners.front import Delivery
from bot.slack.views import ids

Payload = Mapping[str, Any]


def of_command(body: Payload) -> Delivery:
    """Read the payload of a slash command."""
    return Delivery(
        user_id=str(body.get("user_id") or ""),
        team_id=str(body.get("team_id") or ""),
        place=Place(channel_id=str(body.get("channel_id") or ""), response_url=body.get("response_url")),
        key=_key("command", body),
        source=f"{body.get('command')} {body.get('text') or ''}",
        typed=True,
    )


def of_action(body: Payload, *, replaces: bool) -> Delivery:
    """Read the payload of a pressed button or a chosen option.

    Args:
        body: the payload.
        replaces: whether the answer takes the place of the message, when only the presser sees that.
    """
    user = body.get("user") or {}
    container = body.get("container") or {}
    message = body.get("message") or {}
    channel = (body.get("channel") or {}).get("id") or container.get("channel_id") or user.get("id")
    thread = container.get("thread_ts") or message.get("thread_ts")
    own = container.get("message_ts") or message.get("ts")
    action = (body.get("actions") or [{}])[0]
    return Delivery(
        user_id=str(user.get("id") or ""),
        team_id=str(user.get("team_id") or (body.get("team") or {}).get("id") or ""),
        place=Place(
            channel_id=str(channel or ""),
            # A root's own timestamp is not a thread that it was pressed in.
            thread_ts=thread if thread and thread != own else None,
            response_url=body.get("response_url") or None,
        ),
        key=_key("action", body),
        source=f"{own or 'home'}|{ids.base(str(action.get('action_id') or ''))}|{action.get('value') or ''}",
        replace=replaces and bool(container.get("is_ephemeral")),
    )


def _key(kind: str, body: Payload) -> str:
    """Return what a redelivered envelope has in common with the first: its trigger id, made for each act."""
    trigger = body.get("trigger_id")
    return f"{kind}|{trigger}" if trigger else f"{kind}|{uuid4().hex}"
