"""Web API methods and how they read their arguments."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.sandbox.slack.model import ApiError, Channel, Json
from bot.sandbox.slack.world import World


class Args:
    """The arguments of a call, from a form, a query string, or JSON."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self.values = values

    def text(self, name: str) -> str | None:
        """Return an argument as text, or ``None`` if it is absent."""
        value = self.values.get(name)
        return None if value is None else str(value)

    def need(self, name: str) -> str:
        """Return a required argument.

        Raises:
            ApiError: ``invalid_arguments``.
        """
        value = self.text(name)
        if not value:
            raise ApiError("invalid_arguments", f"[ERROR] missing required field: {name}")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a Boolean argument: Slack accepts true, 1, and their text forms."""
        value = self.values.get(name)
        return default if value is None else str(value).lower() in {"1", "true"}

    def number(self, name: str, default: int, maximum: int) -> int:
        """Return an integer argument, at most ``maximum``.

        Raises:
            ApiError: ``invalid_limit``.
        """
        value = self.text(name)
        if value is None:
            return default
        if not value.isdigit() or not 1 <= int(value) <= maximum:
            raise ApiError("invalid_limit")
        return int(value)

    def object(self, name: str) -> object:
        """Return a JSON argument, either already decoded or as text in a form.

        Raises:
            ApiError: ``invalid_blocks_format`` for blocks, otherwise ``invalid_arguments``.
        """
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            code = "invalid_blocks_format" if name == "blocks" else "invalid_arguments"
            raise ApiError(code, f"[ERROR] {name} is not JSON") from None


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a method can use."""

    world: World
    address: Callable[[str], str]  # a path of this server → its absolute URL
    open_socket_url: Callable[[], str]


class Handler(Protocol):
    """Runs one method; called while the world's lock is held. Raises `ApiError` to refuse."""

    def __call__(self, context: Context, args: Args, /) -> Json:
        """Return the answer without its ``ok``."""


@dataclass(frozen=True, kw_only=True)
class Method:
    """One method of the Web API."""

    name: str
    handler: Handler
    params: str  # names of all parameters that Slack knows, separated by spaces
    scope: str | None = None  # a scope, or `{family}:read` with the conversation's family
    rate: str = "4"  # tier, or the name of a special rate (see `rates`)
    json: bool = True  # whether Slack accepts a JSON body for it
    app_token: bool = False

    def knows(self, name: str) -> bool:
        """Return whether Slack knows this parameter; Bolt adds ``team_id`` to every call."""
        return name in {"token", "team_id"} or name in self.params.split()


def need_scope(world: World, scope: str) -> None:
    """Require a scope of the token.

    Raises:
        ApiError: ``missing_scope`` with ``needed`` and ``provided``.
    """
    if scope not in world.scopes:
        raise ApiError("missing_scope", needed=scope, provided=",".join(sorted(world.scopes)))


def seen_channel(world: World, channel_id: str, right: str) -> Channel:
    """Return a conversation if the token has the scope ``family:right`` for its kind.

    Raises:
        ApiError: ``channel_not_found``, ``missing_scope``.
    """
    channel = world.channel(channel_id)
    need_scope(world, f"{channel.scope_family}:{right}")
    return channel


def page(items: list[Json], args: Args, *, default: int, maximum: int) -> tuple[list[Json], str]:
    """Return one page of a list and the next cursor, which is empty on the last page.

    Raises:
        ApiError: ``invalid_cursor``, ``invalid_limit``.
    """
    cursor = args.text("cursor") or "at:0"
    start = cursor.removeprefix("at:")
    if not cursor.startswith("at:") or not start.isdigit():
        raise ApiError("invalid_cursor")
    limit = args.number("limit", default, maximum)
    end = int(start) + limit
    return items[int(start) : end], f"at:{end}" if end < len(items) else ""
