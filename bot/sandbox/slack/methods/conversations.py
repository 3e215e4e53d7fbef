"""``conversations.*``: open, read, and join."""

from dataclasses import replace

from bot.sandbox.slack.methods.spec import Args, Context, Method, page, seen_channel
from bot.sandbox.slack.model import ApiError, Channel, Json, Message
from bot.sandbox.slack.wire import channel_json, message_json
from bot.sandbox.slack.world import World


def open_dm(context: Context, args: Args) -> Json:
    """Open a direct message conversation with one person."""
    world = context.world
    if args.text("channel"):
        channel = world.channel(args.need("channel"))
        return {"channel": {"id": channel.id}, "no_op": True, "already_open": True}
    users = args.need("users").split(",")
    if len(users) > 1:
        raise ApiError("not_simulated", "[ERROR] group direct messages are not simulated")
    user = world.user(users[0])
    if user.deleted:
        raise ApiError("user_disabled")
    if user.bot:
        raise ApiError("cannot_dm_bot")
    known = any(channel.im_user == user.id for channel in world.channels.values())
    channel = world.dm(user.id)
    short: Json = channel_json(world, channel) if args.flag("return_im") else {"id": channel.id}
    return {"channel": short, **({"no_op": True, "already_open": True} if known else {})}


def info(context: Context, args: Args) -> Json:
    """Describe a conversation."""
    world = context.world
    channel = seen_channel(world, args.need("channel"), "read")
    answer = channel_json(world, channel)
    if args.flag("include_num_members"):
        answer["num_members"] = len(_members(world, channel))
    return {"channel": answer}


def _members(world: World, channel: Channel) -> list[str]:
    return [user for user in world.users if world.is_member(user, channel)]


def members(context: Context, args: Args) -> Json:
    """List the members of a conversation."""
    channel = seen_channel(context.world, args.need("channel"), "read")
    everybody = [{"id": user} for user in _members(context.world, channel)]
    part, cursor = page(everybody, args, default=100, maximum=1000)
    return {"members": [one["id"] for one in part], "response_metadata": {"next_cursor": cursor}}


def join(context: Context, args: Args) -> Json:
    """Make the bot a member of a public channel."""
    world = context.world
    channel = world.channel(args.need("channel"))
    if channel.private:
        raise ApiError("method_not_supported_for_channel_type")
    if channel.archived:
        raise ApiError("is_archived")
    joined = replace(channel, bot_member=True)
    world.channels[channel.id] = joined
    return {"channel": channel_json(world, joined)}


def _readable(context: Context, args: Args) -> Channel:
    channel = seen_channel(context.world, args.need("channel"), "history")
    if not channel.bot_member:
        raise ApiError("not_in_channel")
    return channel


def _slice(messages: list[Message], args: Args) -> list[Message]:
    """Keep the messages between ``oldest`` and ``latest``; include the bounds only if ``inclusive``."""
    oldest, latest = args.text("oldest") or "0", args.text("latest") or "99999999999"
    inclusive = args.flag("inclusive")
    low, high = float(oldest), float(latest)
    return [m for m in messages if low < float(m.ts) < high or (inclusive and m.ts in {oldest, latest})]


def history(context: Context, args: Args) -> Json:
    """Return the roots (and broadcast replies) of a conversation, newest first."""
    world = context.world
    channel = _readable(context, args)
    everything = world.messages.get(channel.id, {}).values()
    shown = [m for m in everything if m.thread_ts is None or m.broadcast]
    return _listed(world, list(reversed(_slice(shown, args))), args)


def replies(context: Context, args: Args) -> Json:
    """Return a thread: the root, then the replies in order."""
    world = context.world
    channel = _readable(context, args)
    named = world.messages.get(channel.id, {}).get(args.need("ts"))
    if named is None:
        raise ApiError("thread_not_found")
    root = world.message(channel.id, named.thread_ts) if named.thread_ts else named
    thread = _slice(list(world.replies(channel.id, root.ts)), args)
    return _listed(world, [root, *thread], args)


def _listed(world: World, messages: list[Message], args: Args) -> Json:
    metadata = args.flag("include_all_metadata")
    part, cursor = page([{"at": index} for index in range(len(messages))], args, default=100, maximum=999)
    answer: Json = {
        "messages": [message_json(world, messages[one["at"]], metadata=metadata) for one in part],
        "has_more": bool(cursor),
    }
    if cursor:
        answer["response_metadata"] = {"next_cursor": cursor}
    return answer


def usergroup_users(context: Context, args: Args) -> Json:
    """List the members of a user group."""
    group = args.need("usergroup")
    if group not in context.world.usergroups:
        raise ApiError("no_such_subteam")
    return {"users": list(context.world.usergroups[group])}


def usergroups(context: Context, args: Args) -> Json:
    """List the user groups; their members only on request."""
    world = context.world
    return {
        "usergroups": [
            {
                "id": group,
                "team_id": world.team_id,
                "is_usergroup": True,
                "name": world.group_handles[group].title(),
                "handle": world.group_handles[group],
                "date_delete": 0,
                **({"users": list(members)} if args.flag("include_users") else {}),
            }
            for group, members in world.usergroups.items()
        ]
    }


_PAGED = "channel cursor limit"
_WINDOW = f"{_PAGED} inclusive include_all_metadata latest oldest"

METHODS = (
    Method(
        name="conversations.open",
        handler=open_dm,
        scope="im:write",
        rate="3",
        params="channel users return_im prevent_creation",
    ),
    Method(
        name="conversations.info",
        handler=info,
        rate="3",
        json=False,
        params="channel include_locale include_num_members",
    ),
    Method(name="conversations.members", handler=members, rate="4", json=False, params=_PAGED),
    Method(name="conversations.join", handler=join, scope="channels:join", rate="3", params="channel"),
    Method(name="conversations.history", handler=history, rate="3", json=False, params=_WINDOW),
    Method(name="conversations.replies", handler=replies, rate="3", json=False, params=f"{_WINDOW} ts"),
    Method(
        name="usergroups.list",
        handler=usergroups,
        scope="usergroups:read",
        rate="2",
        json=False,
        params="include_count include_disabled include_users team_id",
    ),
    Method(
        name="usergroups.users.list",
        handler=usergroup_users,
        scope="usergroups:read",
        rate="2",
        json=False,
        params="usergroup include_disabled team_id",
    ),
)
