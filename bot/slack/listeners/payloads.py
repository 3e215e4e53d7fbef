"""Reading Slack's payloads: ids and places, each in one place only."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from bot.facts import Place
from bot.slack.listeners.front import Delivery
from bot.slack.views import ids

Payload = Mapping[str, Any]

_WORD = re.compile(r"[\w.:-]{1,200}", re.ASCII)
_URL = re.compile(r"https?://[\x21-\x7e]{1,2000}")


def of_command(body: Payload) -> Delivery:
    """Read the payload of a slash command."""
    return Delivery(
        user_id=_word(body.get("user_id")),
        team_id=_word(body.get("team_id")),
        place=Place(channel_id=_word(body.get("channel_id")), response_url=_url(body.get("response_url"))),
        key=_key("command", body),
        source=clean(f"{body.get('command')} {body.get('text') or ''}"),
        typed=True,
    )


def of_action(body: Payload, *, replaces: bool) -> Delivery:
    """Read the payload of a pressed button or a chosen option.

    Args:
        body: the payload.
        replaces: whether the answer takes the place of the message, when only the presser sees that.
    """
    user, container, message = _map(body.get("user")), _map(body.get("container")), _map(body.get("message"))
    channel = _word(_map(body.get("channel")).get("id")) or _word(container.get("channel_id"))
    thread = _word(container.get("thread_ts")) or _word(message.get("thread_ts"))
    own = _word(container.get("message_ts")) or _word(message.get("ts"))
    action = action_of(body)
    return Delivery(
        user_id=_word(user.get("id")),
        team_id=_word(user.get("team_id")) or _word(_map(body.get("team")).get("id")),
        place=Place(
            channel_id=channel or _word(user.get("id")),
            # A root's own timestamp is not a thread that it was pressed in.
            thread_ts=thread if thread and thread != own else None,
            response_url=_url(body.get("response_url")),
        ),
        key=_key("action", body),
        source=clean(
            f"{own or 'home'}|{ids.base(_word(action.get('action_id')))}|{action.get('value') or ''}"
        ),
        replace=replaces and bool(container.get("is_ephemeral")),
    )


def action_of(body: Payload) -> Mapping[str, Any]:
    """Return what was pressed or chosen; empty when the payload doesn't say it."""
    actions = body.get("actions")
    return _map(actions[0]) if isinstance(actions, list) and actions else {}


def clean(text: str) -> str:
    """Return text as every database takes it: without NUL, and without halves of characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _word(value: object) -> str:
    """Return an id or a timestamp; empty for what can be none."""
    return value if isinstance(value, str) and _WORD.fullmatch(value) else ""


def _url(value: object) -> str | None:
    """Return a ``response_url``; ``None`` for what can be none."""
    return value if isinstance(value, str) and _URL.fullmatch(value) else None


def _key(kind: str, body: Payload) -> str:
    """Return what a redelivered envelope has in common with the first: its trigger id, made for each act."""
    trigger = _word(body.get("trigger_id"))
    return f"{kind}|{trigger}" if trigger else f"{kind}|{uuid4().hex}"
