"""Favorites: builds that somebody named, for themselves or for a channel; and a channel's default project."""

import re

import msgspec

from bot.domain.errors import Refusal
from bot.domain.requests import Build
from bot.language import t

LONGEST = 40
"""Characters of a name."""
MOST = 50
"""Favorites of one person, or of one channel."""
RESERVED = frozenset({"save", "list", "rename", "delete", "favorites", "help", "and"})
"""Words that mean something else after ``/dss-build``."""

_NAME = re.compile(r"[^\W_](?:[\w -]*\w)?")
_REST = re.compile(r"[^\w -]+|--+")


class Favorite(msgspec.Struct, frozen=True, kw_only=True):
    """A build with a name."""

    owner: str
    """ID of the person or of the channel whose it is."""
    name: str
    build: Build
    saved_by: str
    """ID of the person who saved it."""

    @property
    def shared(self) -> bool:
        """Whether it's a channel's."""
        return self.owner != self.saved_by


class ChannelDefault(msgspec.Struct, frozen=True, kw_only=True):
    """A channel's default project."""

    project: str
    instance: str | None = None
    """``None`` is the bot's default instance."""
    set_by: str
    """ID of the person who set it."""


def name_key(name: str) -> str:
    """Return what makes two names the same: neither case nor the number of spaces matters."""
    return " ".join(name.split()).casefold()


def check_name(typed: str) -> str:
    """Return the name of a favorite, tidied up.

    Raises:
        Refusal: it can't be one, with a name that could.
    """
    name = " ".join(typed.split())
    better = _better(name)
    if len(name) > LONGEST:
        raise Refusal(t("A name can have at most {most} characters.", most=LONGEST), suggestions=better)
    if name.casefold() in RESERVED:
        said = t("“{name}” already means something else after /dss-build.", name=name)
        raise Refusal(said, suggestions=(f"my {name}",))
    if _NAME.fullmatch(name) is None:
        raise Refusal(
            t("A name can have letters, digits, spaces, - and _, and begins with a letter or a digit."),
            suggestions=better,
        )
    if name.isupper() and " " not in name:
        raise Refusal(t("A word in capitals looks like a project: use small letters."), suggestions=better)
    return name


def _better(name: str) -> tuple[str, ...]:
    tidy = " ".join(_REST.sub(" ", name).split()).strip(" -_").lower()[:LONGEST].strip(" -_")
    return (tidy,) if tidy and tidy not in RESERVED and _NAME.fullmatch(tidy) else ()
