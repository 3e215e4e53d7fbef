"""People and places in Slack, with only what the bot needs to know about them."""

import msgspec

from bot.domain.requests import Overview


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who typed a command or pressed a button, as `users.info` describes them."""

    user_id: str
    team_id: str
    name: str = ""
    ids: tuple[str, ...] = ()
    """The member IDs by which the settings can name them: on Enterprise Grid, somebody can have two. None if
    the delivery and Slack's record disagree about whose they are."""
    email: str | None = None
    """``None`` when Slack doesn't send it (no ``users:read.email`` scope, or a bot)."""
    tz: str = "UTC"
    """IANA name of the time zone that is set in Slack."""
    locale: str = ""
    """IETF code of the language that is set in Slack, such as ``fr-FR``; empty if Slack doesn't say it."""
    is_guest: bool = False
    """Single- or multi-channel guest (``is_restricted``, ``is_ultra_restricted``)."""
    is_stranger: bool = False
    """Member of another organization, through Slack Connect."""
    is_bot: bool = False
    is_deleted: bool = False


class HomeTab(msgspec.Struct, frozen=True, kw_only=True):
    """A person's App Home, and what it shows."""

    team_id: str
    """The workspace that Slack named for the person."""
    showing: Overview = Overview()
    """Its filters."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a request was made, and so where the answer belongs."""

    channel_id: str
    thread_ts: str | None = None
    """Set for a button, a shortcut or a mention in a thread; slash commands have none."""
    response_url: str | None = None
    """Can be used 5 times within 30 minutes (SLACK-FACTS.md §1.1)."""
    replaces: bool = False
    """Whether an answer by `response_url` replaces the private message there, which only said to wait."""
    home: HomeTab | None = None
    """Set when a button of App Home was pressed, where there is no channel: the answer is shown there."""
    channel_name: str = ""
    """As Slack says it: ``directmessage``, ``privategroup``, or a public channel's name; empty if unknown."""
    surface: str = ""
    """``command``, ``button``, ``dialog``, ``mention``, ``message`` (a direct one) or ``shortcut``; empty in
    rows from before this was recorded."""


def surface_of(place: Place | None) -> str:
    """Return the kind of place for the audit; without a place, a worker asked."""
    if place is None:
        return "worker"
    return "home" if place.home is not None else place.surface
