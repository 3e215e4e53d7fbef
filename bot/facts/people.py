"""People and places of Slack, as far as the bot needs to know them."""

import msgspec


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who typed a command or pressed a button, as `users.info` describes them."""

    user_id: str
    team_id: str
    name: str = ""
    email: str | None = None
    """``None`` when Slack does not tell it (no ``users:read.email``, or a bot)."""
    tz: str = "UTC"
    """IANA name of the time zone set in Slack."""
    is_guest: bool = False
    """Single- or multi-channel guest (``is_restricted``, ``is_ultra_restricted``)."""
    is_stranger: bool = False
    """Member of another organisation, met through Slack Connect."""
    is_bot: bool = False
    is_deleted: bool = False


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where something was asked, and so where the answer belongs."""

    channel_id: str
    thread_ts: str | None = None
    """Set when a button inside a thread was pressed; slash commands have none."""
    response_url: str | None = None
    """Usable 5 times within 30 minutes (SLACK-FACTS.md §1.1)."""
