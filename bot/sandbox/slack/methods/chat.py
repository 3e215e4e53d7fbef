"""``chat.*``: posts, edits, deletions, ephemeral messages, links."""

import re
from dataclasses import replace

from bot.sandbox.slack.limits import Content, check_metadata, message_content
from bot.sandbox.slack.limits.content import TEXT_CUT, TEXT_SPLIT, TEXT_UPDATE
from bot.sandbox.slack.methods.spec import Args, Context, Method, need_scope
from bot.sandbox.slack.model import ApiError, Channel, Json, Message
from bot.sandbox.slack.wire import file_json, message_json
from bot.sandbox.slack.world import World

_CONTENT = "channel text blocks attachments metadata parse link_names as_user markdown_text"
_LOOK = "mrkdwn unfurl_links unfurl_media username icon_emoji icon_url"


def postable(world: World, target: str) -> Channel:
    """Return the conversation that receives a message for ``target``.

    Raises:
        ApiError: ``channel_not_found``, ``is_archived``, ``not_in_channel``, ``user_disabled``.
    """
    if target in world.users:
        user = world.users[target]
        if user.deleted or user.bot:
            raise ApiError("user_disabled" if user.deleted else "cannot_dm_bot")
        return world.dm(target)
    if target.startswith("#"):
        found = [one.id for one in world.channels.values() if one.name == target[1:]]
        target = found[0] if found else target
    channel = world.channel(target)
    if channel.archived:
        raise ApiError("is_archived")
    if not channel.bot_member and "chat:write.public" not in world.scopes:
        raise ApiError("not_in_channel")
    return channel


def _content(context: Context, args: Args) -> Content:
    if any(args.values.get(name) is not None for name in ("username", "icon_emoji", "icon_url")):
        need_scope(context.world, "chat:write.customize")
    text = args.text("text")
    if args.text("markdown_text") is not None:
        if text or args.object("blocks"):
            raise ApiError("markdown_text_conflict")
        text = args.text("markdown_text")
    world = context.world
    blocks, attachments = args.object("blocks"), args.object("attachments")
    content = message_content(text, blocks, attachments, world.new_id, world.unknown_blocks)
    _check_pictures(world, content.blocks)
    return content


def _check_pictures(world: World, blocks: list[Json]) -> None:
    """Refuse a block with a file that isn't a picture, or that Slack hasn't processed yet (WIRE-FACTS §5)."""
    for index, block in enumerate(blocks):
        shown = block.get("slack_file") if block["type"] == "image" else None
        if not shown or "id" not in shown:
            continue
        file = world.files.get(shown["id"])
        if file is None or not str(file_json(world, file)["mimetype"]).startswith("image/"):
            raise ApiError(
                "invalid_blocks", f"[ERROR] invalid slack file [json-pointer:/blocks/{index}/slack_file]"
            )


def _thread(world: World, channel: Channel, args: Args) -> str | None:
    """Return the ts of the thread's root; a reply to a reply goes to the same thread."""
    ts = args.text("thread_ts")
    if ts is None:
        return None
    if not re.fullmatch(r"\d+\.\d{6}", ts):
        raise ApiError("invalid_thread_ts")
    root = world.messages.get(channel.id, {}).get(ts)
    if root is None:
        raise ApiError("thread_not_found")
    return root.thread_ts or root.ts


def post_message(context: Context, args: Args) -> Json:
    """Post a message; a text over 4,000 characters becomes several messages, returns the first one's ts."""
    world = context.world
    channel = postable(world, args.need("channel"))
    content = _content(context, args)
    metadata = check_metadata(args.object("metadata"))
    thread_ts = _thread(world, channel, args)
    text = content.text[:TEXT_CUT]
    pieces = [text[at : at + TEXT_SPLIT] for at in range(0, len(text), TEXT_SPLIT)] or [""]
    posted = [
        world.post(
            Message(
                channel=channel.id,
                ts=world.next_ts(),
                user=world.bot_user_id,
                text=piece,
                blocks=content.blocks if number == 0 else [],
                attachments=content.attachments if number == 0 else [],
                metadata=metadata if number == 0 else None,
                thread_ts=thread_ts,
                broadcast=thread_ts is not None and args.flag("reply_broadcast"),
            )
        )
        for number, piece in enumerate(pieces)
    ]
    answer: Json = {
        "channel": channel.id,
        "ts": posted[0].ts,
        "message": message_json(world, posted[0], metadata=True),
    }
    if len(content.text) > TEXT_CUT:
        answer["response_metadata"] = {"warnings": ["message_truncated"]}
    return answer


def update(context: Context, args: Args) -> Json:
    """Edit one of the bot's own messages; text without blocks removes the blocks (SLACK-FACTS §1.4)."""
    world = context.world
    channel = world.channel(args.need("channel"))
    message = world.message(channel.id, args.need("ts"))
    if not message.by_bot:
        raise ApiError("cant_update_message")
    if channel.archived:
        raise ApiError("is_inactive")
    if not channel.bot_member and "chat:write.public" not in world.scopes:
        raise ApiError("not_in_channel")
    if len(args.text("text") or "") > TEXT_UPDATE:
        raise ApiError("msg_too_long")
    content = _content(context, args)
    _same_kind(message, content.blocks)
    metadata = check_metadata(args.object("metadata")) or message.metadata
    keep_attachments = bool(content.blocks) and args.object("attachments") is None
    changed = world.amend(
        message,
        text=content.text,
        blocks=content.blocks,
        metadata=metadata,
        attachments=message.attachments if keep_attachments else content.attachments,
        broadcast=message.broadcast or (message.thread_ts is not None and args.flag("reply_broadcast")),
    )
    return {
        "channel": channel.id,
        "ts": message.ts,
        "text": changed.text,
        "message": message_json(world, changed, metadata=True),
    }


def _same_kind(message: Message, blocks: list[Json]) -> None:
    """Refuse to turn a rich-text message into one without rich text (``block_mismatch``)."""
    was_rich = bool(message.blocks) and all(block["type"] == "rich_text" for block in message.blocks)
    if was_rich and blocks and not any(block["type"] == "rich_text" for block in blocks):
        raise ApiError("block_mismatch")


def delete(context: Context, args: Args) -> Json:
    """Delete one of the bot's own messages."""
    world = context.world
    channel = world.channel(args.need("channel"))
    message = world.message(channel.id, args.need("ts"))
    if not message.by_bot:
        raise ApiError("cant_delete_message")
    world.delete(message)
    return {"channel": channel.id, "ts": message.ts}


def post_ephemeral(context: Context, args: Args) -> Json:
    """Show a message to one person in the channel."""
    world = context.world
    channel = postable(world, args.need("channel"))
    user_id = args.need("user")
    if user_id not in world.users:
        raise ApiError("user_not_in_channel")
    if not world.is_member(user_id, channel):
        raise ApiError("user_not_in_channel")
    content = _content(context, args)
    if len(content.text) > TEXT_UPDATE:
        raise ApiError("msg_too_long")
    message = world.post(
        Message(
            channel=channel.id,
            ts=world.next_ts(),
            user=world.bot_user_id,
            text=content.text,
            blocks=content.blocks,
            attachments=content.attachments,
            thread_ts=_thread(world, channel, args),
            to=user_id,
        )
    )
    return {"message_ts": message.ts}


def get_permalink(context: Context, args: Args) -> Json:
    """Return the permalink of a message."""
    world = context.world
    channel = world.channel(args.need("channel"))
    message = world.message(channel.id, args.need("message_ts"))
    link = f"https://{world.domain}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def add_reaction(context: Context, args: Args) -> Json:
    """Add an emoji reaction to a message."""
    world = context.world
    channel = world.channel(args.need("channel"))
    message = world.message(channel.id, args.need("timestamp"))
    name = args.need("name")
    users = message.reactions.get(name, ())
    if world.bot_user_id in users:
        raise ApiError("already_reacted")
    world.store(replace(message, reactions={**message.reactions, name: (*users, world.bot_user_id)}))
    world.changed("reaction", user=world.bot_user_id, channel=channel.id, ts=message.ts)
    return {}


METHODS = (
    Method(
        name="chat.postMessage",
        handler=post_message,
        scope="chat:write",
        rate="post",
        params=f"{_CONTENT} {_LOOK} thread_ts reply_broadcast container_id",
    ),
    Method(
        name="chat.update",
        handler=update,
        scope="chat:write",
        rate="3",
        params=f"{_CONTENT} ts reply_broadcast file_ids",
    ),
    Method(name="chat.delete", handler=delete, scope="chat:write", rate="3", params="channel ts as_user"),
    Method(
        name="chat.postEphemeral",
        handler=post_ephemeral,
        scope="chat:write",
        rate="4",
        params="channel user text blocks attachments thread_ts parse link_names as_user markdown_text"
        " username icon_emoji icon_url",
    ),
    Method(
        name="chat.getPermalink",
        handler=get_permalink,
        rate="hundreds",
        json=False,
        params="channel message_ts",
    ),
    Method(
        name="reactions.add",
        handler=add_reaction,
        scope="reactions:write",
        rate="3",
        params="channel name timestamp",
    ),
)
