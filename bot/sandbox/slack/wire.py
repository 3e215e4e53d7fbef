"""Objects as Slack sends them: users, channels, messages, views, files."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.sandbox.slack.model import Channel, File, Json, Message, User, View
from bot.sandbox.slack.world import World


def user_json(world: World, user: User, *, locale: bool = False) -> Json:
    """Return a user as ``users.info`` does; the email only for members, and with ``users:read.email``.

    Args:
        world: the workspace.
        user: who it is.
        locale: whether the caller asked for the locale with ``include_locale``.
    """
    profile: Json = {
        "real_name": user.name.title(),
        "real_name_normalized": user.name.title(),
        "display_name": user.name,
        "display_name_normalized": user.name,
        "team": user.team_id,
    }
    if user.email and not user.stranger and "users:read.email" in world.scopes:
        profile["email"] = user.email
    offset = datetime.fromtimestamp(world.now(), ZoneInfo(user.tz)).utcoffset()
    answer: Json = {
        "id": user.id,
        "team_id": user.team_id,
        "name": user.name,
        "deleted": user.deleted,
        "profile": profile,
        "is_bot": user.bot,
        "is_app_user": False,
        "updated": int(world.now()),
    }
    if user.stranger:
        answer["is_stranger"] = True
    if not user.deleted:
        answer |= {
            "real_name": user.name.title(),
            "tz": user.tz,
            "tz_label": user.tz,
            "tz_offset": int(offset.total_seconds()) if offset else 0,
            "is_admin": False,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": user.guest or user.ultra_guest,
            "is_ultra_restricted": user.ultra_guest,
            "is_email_confirmed": user.email is not None,
        }
        if locale:
            answer["locale"] = user.locale
    return answer


def channel_json(world: World, channel: Channel) -> Json:
    """Return a conversation as ``conversations.info`` does."""
    answer: Json = {
        "id": channel.id,
        "created": channel.created,
        "is_archived": channel.archived,
        "is_im": channel.im_user is not None,
        "is_org_shared": False,
        "context_team_id": world.team_id,
    }
    if channel.im_user:
        return answer | {"user": channel.im_user, "is_user_deleted": world.users[channel.im_user].deleted}
    return answer | {
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.private,
        "is_group": channel.private,
        "is_mpim": False,
        "is_private": channel.private,
        "is_general": False,
        "is_shared": channel.shared,
        "is_ext_shared": channel.shared,
        "is_pending_ext_shared": False,
        "is_member": channel.bot_member,
        "creator": next(iter(world.users)),
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def message_json(world: World, message: Message, *, metadata: bool = False) -> Json:
    """Return a message as it appears in answers and payloads; metadata only where Slack includes it."""
    answer: Json = {"type": "message", "user": message.user, "ts": message.ts, "text": message.text}
    answer["team"] = world.team_id
    if message.by_bot:
        answer |= {
            "bot_id": world.bot_id,
            "app_id": world.app_id,
            "bot_profile": {
                "id": world.bot_id,
                "app_id": world.app_id,
                "name": world.users[world.bot_user_id].name,
                "deleted": False,
                "team_id": world.team_id,
            },
        }
    if message.blocks:
        answer["blocks"] = message.blocks
    if message.attachments:
        answer["attachments"] = message.attachments
    if message.thread_ts:
        answer["thread_ts"] = message.thread_ts
        answer["parent_user_id"] = world.messages[message.channel][message.thread_ts].user
    if message.edits:
        answer["edited"] = {"user": message.user, "ts": message.edits[-1].ts}
    if metadata and message.metadata is not None:
        answer["metadata"] = message.metadata
    if message.files:
        answer["files"] = [file_json(world, world.files[file_id]) for file_id in message.files]
    if message.reactions:
        answer["reactions"] = [
            {"name": name, "users": list(users), "count": len(users)}
            for name, users in message.reactions.items()
        ]
    return answer | _thread_facts(world, message)


def _thread_facts(world: World, message: Message) -> Json:
    if message.thread_ts or message.ephemeral:
        return {}
    replies = world.replies(message.channel, message.ts)
    if not replies:
        return {}
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users": sorted({reply.user for reply in replies}),
        "latest_reply": replies[-1].ts,
    }


def view_json(world: World, view: View) -> Json:
    """Return a view as the ``views.*`` methods and the payloads do."""
    payload = view.payload
    return {
        "id": view.id,
        "team_id": world.team_id,
        "type": view.type,
        "blocks": payload["blocks"],
        "private_metadata": payload.get("private_metadata", ""),
        "callback_id": payload.get("callback_id", ""),
        "state": {"values": {key: dict(value) for key, value in view.values.items()}},
        "hash": view.hash,
        "title": payload.get("title", {"type": "plain_text", "text": "View Title", "emoji": True}),
        "clear_on_close": payload.get("clear_on_close", False),
        "notify_on_close": payload.get("notify_on_close", False),
        "close": payload.get("close"),
        "submit": payload.get("submit"),
        "previous_view_id": view.previous_id,
        "root_view_id": view.root_id,
        "app_id": world.app_id,
        "external_id": payload.get("external_id", ""),
        "app_installed_team_id": world.team_id,
        "bot_id": world.bot_id,
    }


def file_types(file: File) -> tuple[str, str]:
    """Return a file's media type and Slack's word for it."""
    picture = (file.content or b"").startswith(b"\x89PNG\r\n")
    return ("image/png", "png") if picture else ("text/plain", "text")


def file_json(world: World, file: File) -> Json:
    """Return a file as ``files.info`` does; its type is missing until Slack has processed it."""
    processed = file.complete and world.now() >= file.processed_at
    mimetype, filetype = file_types(file) if processed else ("", "")
    return {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title,
        "mimetype": mimetype,
        "filetype": filetype,
        "user": file.user,
        "user_team": world.team_id,
        "size": file.length,
        "mode": "hosted",
        "is_external": False,
        "is_public": bool(file.channels),
        "channels": list(file.channels),
        "permalink": f"https://{world.domain}.slack.com/files/{file.user}/{file.id}/{file.name}",
    }
