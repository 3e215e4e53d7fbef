"""The Slack workspace as JSON for the page. Pure: records in, JSON out."""

import mimetypes
from collections.abc import Iterable, Mapping
from typing import Any

from bot.sandbox.slack.model import Channel, File, Message, User, View

Json = dict[str, Any]

PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
"""The first bytes of pictures that a browser can show without running anything."""


def person(user: User, roles: Mapping[str, str]) -> Json:
    """A person, with what the playground says about them."""
    return {
        "id": user.id,
        "name": user.name,
        "role": roles.get(user.name, ""),
        "tz": user.tz,
        "guest": user.guest or user.ultra_guest,
        "stranger": user.stranger,
        "bot": user.bot,
    }


def channel(one: Channel, people: Iterable[User]) -> Json:
    """A conversation, with the ids of those who can read it."""
    readers = [user.id for user in people if reads(user, one)]
    return {
        "id": one.id,
        "name": one.name,
        "person": one.im_user,
        "private": one.private,
        "shared": one.shared,
        "archived": one.archived,
        "bot_member": one.bot_member,
        "readers": readers,
    }


def reads(user: User, one: Channel) -> bool:
    """Return whether a person can read a conversation, as `World.is_member` decides it."""
    if one.im_user:
        return user.id == one.im_user or user.bot
    if one.members is not None:
        return user.id in one.members
    return not (user.deleted or (user.stranger and not one.shared))


def message(one: Message, files: Mapping[str, File]) -> Json:
    """A message; ``to`` names the only person who sees it, if it is ephemeral."""
    return {
        "channel": one.channel,
        "ts": one.ts,
        "user": one.user,
        "text": one.text,
        "blocks": one.blocks,
        "attachments": one.attachments,
        "thread_ts": one.thread_ts,
        "broadcast": one.broadcast,
        "by_bot": one.by_bot,
        "to": one.to,
        "edited": one.edits[-1].ts if one.edits else None,
        "edits": len(one.edits),
        "files": [file(files[name]) for name in one.files if name in files],
        "reactions": {name: list(users) for name, users in one.reactions.items()},
    }


def file(one: File) -> Json:
    """An uploaded file; its content is at ``files/ID``."""
    return {
        "id": one.id,
        "name": one.name,
        "title": one.title,
        "size": one.length,
        "type": file_type(one),
    }


def file_type(one: File) -> str:
    """Return the content type: a picture if its bytes say so, text if it is text, else bytes."""
    content = one.content or b""
    for first, kind in PICTURES.items():
        if content.startswith(first):
            return kind
    guessed = mimetypes.guess_type(one.name)[0] or ""
    try:
        content.decode()
    except UnicodeDecodeError:
        return "application/octet-stream"
    return "text/plain" if not guessed.startswith("image/") else "application/octet-stream"


def view(one: View) -> Json:
    """A modal or a Home tab, with what was typed into it and the errors at its inputs."""
    return {
        "id": one.id,
        "user": one.user,
        "type": one.type,
        "hash": one.hash,
        "callback_id": one.callback_id,
        "title": one.title,
        "submit": _plain(one.payload.get("submit")),
        "close": _plain(one.payload.get("close")),
        "blocks": one.blocks,
        "values": {block: dict(values) for block, values in one.values.items()},
        "errors": dict(one.errors),
    }


def _plain(text: object) -> str | None:
    return str(text["text"]) if isinstance(text, dict) and "text" in text else None
