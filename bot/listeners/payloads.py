"""Reads ids and places from Slack's payloads."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from bot import views
from bot.domain import HomeTab, Overview, Place
from bot.domain.text import storable
from bot.listeners.dispatcher import RequestContext
from bot.views import action_ids

Payload = Mapping[str, Any]

_WORD = re.compile(r"[\w.:-]{1,200}", re.ASCII)
_URL = re.compile(r"https?://[\x21-\x7e]{1,2000}")


def sender_of(body: Payload) -> tuple[str, str]:
    """Return the user and the workspace of whoever caused a delivery; empty if it isn't a person's doing."""
    user, event = _map(body.get("user")), _map(body.get("event"))
    user_id = word(body.get("user_id")) or word(user.get("id")) or word(event.get("user"))
    team = word(user.get("team_id")) or word(event.get("user_team")) or word(event.get("team"))
    return user_id, team or word(_map(body.get("team")).get("id")) or word(body.get("team_id"))


def of_command(body: Payload) -> RequestContext:
    """Read the payload of a slash command."""
    return RequestContext(
        user_id=word(body.get("user_id")),
        team_id=word(body.get("team_id")),
        place=Place(
            channel_id=word(body.get("channel_id")),
            response_url=_url(body.get("response_url")),
            channel_name=storable(str(body.get("channel_name") or ""))[:80],
            surface="command",
        ),
        key=_key("command", body),
        source=storable(f"{body.get('command')} {body.get('text') or ''}"),
        typed=True,
    )


def of_action(body: Payload, *, replaces: bool) -> RequestContext:
    """Read the payload of a pressed button or a selected option.

    Args:
        body: the payload.
        replaces: whether the answer replaces the message, if only the person who pressed sees that message.
    """
    user, container, message = _map(body.get("user")), _map(body.get("container")), _map(body.get("message"))
    channel = word(_map(body.get("channel")).get("id")) or word(container.get("channel_id"))
    thread = word(container.get("thread_ts")) or word(message.get("thread_ts"))
    own = word(container.get("message_ts")) or word(message.get("ts"))
    team_id = word(user.get("team_id")) or word(_map(body.get("team")).get("id"))
    view, action = _map(body.get("view")), action_of(body)
    return RequestContext(
        user_id=word(user.get("id")),
        team_id=team_id,
        place=Place(
            channel_id=channel or word(user.get("id")),
            # A root message's own timestamp isn't a thread that the button was pressed in.
            thread_ts=thread if thread and thread != own else None,
            response_url=_url(body.get("response_url")),
            home=of_home(view, team_id) if view.get("type") == "home" else None,
            channel_name=storable(str(_map(body.get("channel")).get("name") or ""))[:80],
            surface="button",
        ),
        key=_key("action", body),
        # App Home has a new hash each time it's published: a button of a newer one is no double click.
        source=storable(
            f"{own or word(view.get('hash')) or 'home'}|{action_ids.base(word(action.get('action_id')))}|"
            f"{action.get('value') or ''}"
        ),
        replace=replaces and bool(container.get("is_ephemeral")),
        message_ts=own,
    )


def is_from_a_person(event: Payload, bot_user_id: str) -> bool:
    """Return whether a message is new and somebody's own: not a bot's, and neither an edit nor a deletion.

    Sources: https://docs.slack.dev/reference/events/message/ and .../app_mention/.
    """
    plain = event.get("subtype") in (None, "thread_broadcast") and not event.get("edited")
    nobody = event.get("bot_id") or event.get("hidden") or word(event.get("user")) in {"", bot_user_id}
    channel = event.get("type") == "app_mention" or event.get("channel_type") == "im"
    return bool(plain and channel and not nobody)


def of_message(event: Payload, body: Payload) -> RequestContext:
    """Read the event of a mention or of a direct message."""
    direct = event.get("type") == "message"
    return RequestContext(
        user_id=word(event.get("user")),
        team_id=word(event.get("user_team")) or word(event.get("team")) or word(body.get("team_id")),
        place=Place(
            channel_id=word(event.get("channel")) or word(event.get("user")),
            thread_ts=word(event.get("thread_ts")) or None,
            channel_name="directmessage" if direct else "",
            surface="message" if direct else "mention",
        ),
        # The same for every delivery of the event (SLACK-FACTS.md §1.1).
        key=f"event|{word(body.get('event_id')) or uuid4().hex}",
        source=storable(f"{event.get('ts')} {event.get('text') or ''}"),
        typed=True,
    )


def of_shortcut(body: Payload) -> RequestContext:
    """Read the payload of a message shortcut: the answer belongs into the message's thread."""
    user, (channel_id, thread_ts, message) = _map(body.get("user")), shown_message(body)
    # A root message's own timestamp isn't a thread that the shortcut was used in.
    in_thread = thread_ts if thread_ts != (word(message.get("ts")) or thread_ts) else None
    return RequestContext(
        user_id=word(user.get("id")),
        team_id=word(user.get("team_id")) or word(_map(body.get("team")).get("id")),
        place=Place(
            channel_id=channel_id or word(user.get("id")),
            thread_ts=in_thread,
            response_url=_url(body.get("response_url")),
            channel_name=storable(str(_map(body.get("channel")).get("name") or ""))[:80],
            surface="shortcut",
        ),
        key=_key("shortcut", body),
        source=storable(f"{body.get('callback_id')}|{thread_ts}"),
        typed=True,
    )


def shown_message(body: Payload) -> tuple[str, str, Payload]:
    """Return channel, root timestamp and content of the message that a shortcut was used on."""
    message = _map(body.get("message"))
    own = word(message.get("ts")) or word(body.get("message_ts"))
    return word(_map(body.get("channel")).get("id")), word(message.get("thread_ts")) or own, message


class Submission:
    """A submitted dialog. What was typed into it can be secret, so its repr doesn't show that."""

    def __init__(self, body: Payload) -> None:
        user, view = _map(body.get("user")), _map(body.get("view"))
        self.user_id = word(user.get("id"))
        self.team_id = word(user.get("team_id")) or word(_map(body.get("team")).get("id"))
        self.view_id = word(view.get("id"))
        self.hash = word(view.get("hash"))
        self.callback_id = word(view.get("callback_id"))
        self.view = view
        """The dialog as the payload shows it."""
        self.metadata = storable(str(view.get("private_metadata") or ""))
        """What the dialog carries: whoever submits it could have changed it."""
        self._values = _map(_map(view.get("state")).get("values"))
        self._key = _key("view", body)

    def __repr__(self) -> str:
        return f"Submission({self.callback_id!r})"

    def text(self, name: str) -> str:
        """Return what was typed into the input with this block id and action id."""
        value = _map(_map(self._values.get(name)).get(name)).get("value")
        return storable(value) if isinstance(value, str) else ""

    def chosen(self, name: str) -> str:
        """Return what was chosen in the input with this block id and action id; empty for nothing."""
        value = _map(_map(_map(self._values.get(name)).get(name)).get("selected_option")).get("value")
        return storable(value) if isinstance(value, str) else ""

    def context(self, channel_id: str, response_url: str | None) -> RequestContext:
        """Return who asks, and from where. A submission doesn't say that, so the dialog has to remember it.

        Args:
            channel_id: where the dialog was opened.
            response_url: the address for answers of the press that opened it.
        """
        return RequestContext(
            user_id=self.user_id,
            team_id=self.team_id,
            place=Place(
                channel_id=word(channel_id) or self.user_id,
                response_url=_url(response_url),
                surface="dialog",
            ),
            key=self._key,
            source=storable(f"{self.view_id}|{self.callback_id}"),
        )


def of_submission(body: Payload) -> Submission:
    """Read the payload of a submitted dialog."""
    return Submission(body)


def trigger_of(body: Payload) -> str:
    """Return the trigger id with which a dialog can be opened, within three seconds and once."""
    return word(body.get("trigger_id"))


def of_home(view: object, team_id: str) -> HomeTab:
    """Read App Home's filters, which the view carries; by default, there are none."""
    try:
        showing = views.decode(str(_map(view).get("private_metadata") or ""))
    except views.OldButton:
        return HomeTab(team_id=team_id)
    known = showing if isinstance(showing, Overview) else Overview()
    return HomeTab(team_id=team_id, showing=known)


def action_of(body: Payload) -> Mapping[str, Any]:
    """Return what was pressed or selected; empty when the payload doesn't say."""
    actions = body.get("actions")
    return _map(actions[0]) if isinstance(actions, list) and actions else {}


def chosen_in(body: Payload, action_id: str) -> tuple[str, ...]:
    """Return the values that are chosen in a select of several, beside the button that was pressed."""
    blocks = _map(_map(body.get("state")).get("values"))
    entries = (entry for block in blocks.values() for entry in _map(block).items())
    options = (
        option
        for name, entry in entries
        if action_ids.base(str(name)) == action_id
        for option in _list(_map(entry).get("selected_options"))
    )
    values = (_map(option).get("value") for option in options)
    return tuple(storable(value) for value in values if isinstance(value, str) and value)


def selected_beside(body: Payload, block_id: str) -> tuple[str, ...]:
    """Return the values that the selects of a block show, such as one that was chosen a moment before."""
    entries = _map(_map(_map(body.get("state")).get("values")).get(block_id)).values()
    values = (_map(_map(entry).get("selected_option")).get("value") for entry in entries)
    return tuple(storable(value) for value in values if isinstance(value, str) and value)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def word(value: object) -> str:
    """Return an id or a timestamp; empty for an invalid one."""
    return value if isinstance(value, str) and _WORD.fullmatch(value) else ""


def _url(value: object) -> str | None:
    """Return a ``response_url``; ``None`` for an invalid one."""
    return value if isinstance(value, str) and _URL.fullmatch(value) else None


def _key(kind: str, body: Payload) -> str:
    """Return a key that all deliveries of one action share: its trigger id, which is unique per action."""
    trigger = word(body.get("trigger_id"))
    return f"{kind}|{trigger}" if trigger else f"{kind}|{uuid4().hex}"
