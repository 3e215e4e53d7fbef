"""What a Web API method is, and how it reads its arguments."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.sandbox.slack.model import ApiError, Channel, Json
from bot.sandbox.slack.world import World


class Args:
    """The arguments of a call, whether they came as a form, a query string or JSON."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self.values = values

    def text(self, name: str) -> str | None:
        """Return an argument as text; ``None`` when it is absent."""
        value = self.values.get(name)
        return None if value is None else str(value)

    def need(self, name: str) -> str:
        """Return an argument that must be there.

        Raises:
            ApiError: ``invalid_arguments``.
        """
        value = self.text(name)
        if not value:
            raise ApiError("invalid_arguments", f"[ERROR] missing required field: {name}")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a yes/no argument: Slack takes true, 1 and their text."""
        value = self.values.get(name)
        return default if value is None else str(value).lower() in {"1", "true"}

    def number(self, name: str, default: int, maximum: int) -> int:
        """Return a whole number, at most ``maximum``.

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
        """Return an argument that is JSON: already decoded, or as text inside a form.

        Raises:
            ApiError: ``invalid_blocks_format`` for blocks, else ``invalid_arguments``.
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
    """What a method may use."""

    world: World
    address: Callable[[str], str]  # a path of this server → its absolute URL
    open_socket_url: Callable[[], str]


class Handler(Protocol):
    """Carries out one method; called with the world's lock held. Raises `ApiError` to refuse."""

    def __call__(self, context: Context, args: Args, /) -> Json:
        """Return the answer without its ``ok``."""


@dataclass(frozen=True, kw_only=True)
class Method:
    """One row of the Web API."""

    name: str
    handler: Handler
    params: str  # names of all the parameters that Slack knows, separated by spaces
    scope: str | None = None  # a scope, or `{family}:read` with the conversation's family
    rate: str = "4"  # tier, or the name of a special rate (see `rates`)
    json: bool = True  # whether Slack takes a JSON body for it
    app_token: bool = False

    def knows(self, name: str) -> bool:
        """Say whether Slack has such a parameter; Bolt adds ``team_id`` to every call."""
        return name in {"token", "team_id"} or name in self.params.split()


def need_scope(world: World, scope: str) -> None:
    """Refuse when the token has no such scope.

    Raises:
        ApiError: ``missing_scope`` with ``needed`` and ``provided``.
    """
    if scope not in world.scopes:
        raise ApiError("missing_scope", needed=scope, provided=",".join(sorted(world.scopes)))


def seen_channel(world: World, channel_id: str, right: str) -> Channel:
    """Return a conversation, if the token has the scope ``family:right`` for its kind.

    Raises:
        ApiError: ``channel_not_found``, ``missing_scope``.
    """
    channel = world.channel(channel_id)
    need_scope(world, f"{channel.scope_family}:{right}")
    return channel


def page(items: list[Json], args: Args, *, default: int, maximum: int) -> tuple[list[Json], str]:
    """Cut one page out of a list; returns it and the next cursor, empty on the last page.

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
