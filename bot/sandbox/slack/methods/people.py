"""``users.*``, ``bots.*``, ``team.*``, ``auth.*``, ``api.test``, and ``apps.connections.open``."""

from bot.sandbox.slack.methods.spec import Args, Context, Method, page
from bot.sandbox.slack.model import ApiError, Json
from bot.sandbox.slack.wire import user_json


def auth_test(context: Context, _args: Args) -> Json:
    """Identify the token's owner."""
    world = context.world
    return {
        "url": f"https://{world.domain}.slack.com/",
        "team": world.domain.title(),
        "user": world.users[world.bot_user_id].name,
        "team_id": world.team_id,
        "user_id": world.bot_user_id,
        "bot_id": world.bot_id,
        "is_enterprise_install": False,
    }


def api_test(_context: Context, args: Args) -> Json:
    """Echo the arguments; ``error`` makes it fail."""
    values = {key: value for key, value in args.values.items() if key != "token"}
    if args.text("error"):
        raise ApiError(args.need("error"), args=values)
    return {"args": values}


def connections_open(context: Context, _args: Args) -> Json:
    """Return a WebSocket address, valid for one connection within 30 s."""
    return {"url": context.open_socket_url()}


def users_info(context: Context, args: Args) -> Json:
    """Describe one person."""
    user = context.world.user(args.need("user"))
    return {"user": user_json(context.world, user, locale=args.flag("include_locale"))}


def lookup_by_email(context: Context, args: Args) -> Json:
    """Find a person of this workspace by email, ignoring case."""
    wanted = args.need("email").lower()
    for user in context.world.users.values():
        if (user.email or "").lower() == wanted and not (user.deleted or user.stranger):
            return {"user": user_json(context.world, user)}
    raise ApiError("users_not_found")


def users_list(context: Context, args: Args) -> Json:
    """List all users."""
    locale = args.flag("include_locale")
    everybody = [user_json(context.world, user, locale=locale) for user in context.world.users.values()]
    part, cursor = page(everybody, args, default=1000, maximum=1000)
    return {
        "members": part,
        "cache_ts": int(context.world.now()),
        "response_metadata": {"next_cursor": cursor},
    }


def bots_info(context: Context, args: Args) -> Json:
    """Describe the bot."""
    world = context.world
    if (args.text("bot") or world.bot_id) != world.bot_id:
        raise ApiError("bot_not_found")
    bot = world.users[world.bot_user_id]
    return {
        "bot": {
            "id": world.bot_id,
            "deleted": False,
            "name": bot.name,
            "updated": int(world.now()),
            "app_id": world.app_id,
            "user_id": bot.id,
            "icons": {},
        }
    }


def team_info(context: Context, _args: Args) -> Json:
    """Describe the workspace."""
    world = context.world
    return {
        "team": {
            "id": world.team_id,
            "name": world.domain.title(),
            "domain": world.domain,
            "email_domain": "example.com",
            "icon": {},
            "url": f"https://{world.domain}.slack.com/",
        }
    }


METHODS = (
    Method(name="auth.test", handler=auth_test, rate="hundreds", params=""),
    Method(name="api.test", handler=api_test, rate="4", params="error foo"),
    Method(name="apps.connections.open", handler=connections_open, rate="3", params="", app_token=True),
    Method(
        name="users.info",
        handler=users_info,
        scope="users:read",
        rate="4",
        json=False,
        params="user include_locale",
    ),
    Method(
        name="users.lookupByEmail",
        handler=lookup_by_email,
        scope="users:read.email",
        rate="3",
        json=False,
        params="email",
    ),
    Method(
        name="users.list",
        handler=users_list,
        scope="users:read",
        rate="2",
        json=False,
        params="cursor limit include_locale team_id",
    ),
    Method(
        name="bots.info",
        handler=bots_info,
        scope="users:read",
        rate="3",
        json=False,
        params="bot team_id",
    ),
    Method(
        name="team.info", handler=team_info, scope="team:read", rate="3", json=False, params="team domain"
    ),
)
