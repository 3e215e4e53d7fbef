"""What of a job is shown in a channel, where everybody reads along, whatever rights they have in DSS."""

from collections.abc import Iterable
from enum import StrEnum
from fnmatch import fnmatchcase

import msgspec

from bot.domain.people import Place


class Visibility(StrEnum):
    """What a place sees of the jobs of a project; each word shows less than the one before it."""

    FULL = "full"
    """Everything: names, cause, and an excerpt of the log."""
    OUTCOME = "outcome"
    """The project, who asked, the state, and how long it takes or took."""
    PRIVATE = "private"
    """Nothing: news goes to the direct messages of who asked."""


_ORDER = tuple(Visibility)
Patterns = tuple[tuple[str, Visibility], ...]
"""Pairs of a pattern (``*`` and ``?`` are wildcards, case doesn't matter) and what it means."""

_OF_ONE_PERSON = ("D", "U", "W")
"""Ids of direct messages, and of people, begin with these (SLACK-FACTS.md §1.1)."""


class ChannelVisibility(msgspec.Struct, frozen=True, kw_only=True):
    """The setting: what channels see."""

    default: Visibility = Visibility.FULL
    """For projects that no pattern matches."""
    projects: Patterns = ()
    """By project key. Of several that match, the strictest counts."""
    channels: Patterns = ()
    """By channel id. It can only make stricter what the project's setting says."""

    def shown(self, projects: Iterable[str], channel_id: str) -> Visibility:
        """Return what a channel, or one person's direct messages, sees of a job about some projects."""
        if is_direct(channel_id):
            return Visibility.FULL
        seen = [one for key in projects for one in _matching(self.projects, key) or (self.default,)]
        return stricter(*seen, *_matching(self.channels, channel_id))


def is_direct(channel_id: str) -> bool:
    """Return whether only one person reads there: direct messages with the bot, named by their id or hers."""
    return channel_id.startswith(_OF_ONE_PERSON)


def is_public(place: Place) -> bool:
    """Return whether everybody in the workspace can read in a place (SLACK-FACTS.md §1.1).

    A mention doesn't say it, so its channel counts as one where they can.
    """
    name = place.channel_name
    if place.surface == "mention" and not name:
        return not is_direct(place.channel_id)
    private = name in {"", "directmessage", "privategroup"} or name.startswith("mpdm-")
    return not private and not is_direct(place.channel_id)


def stricter(*given: Visibility) -> Visibility:
    """Return the one that shows least."""
    return max(given, key=_ORDER.index)


def _matching(patterns: Patterns, name: str) -> tuple[Visibility, ...]:
    return tuple(seen for pattern, seen in patterns if fnmatchcase(name.casefold(), pattern.casefold()))
