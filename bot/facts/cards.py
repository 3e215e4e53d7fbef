"""What a view needs to show a job: its facts, and what the bot knows beside DSS."""

from datetime import datetime
from enum import StrEnum

import msgspec

from bot.facts.jobs import JobFacts


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """A time in which the bot could not see the job, because DSS or the bot was down."""

    start: datetime
    end: datetime


class Silence(StrEnum):
    """Why nothing is known of a job at the moment."""

    OUTAGE = "outage"
    """DSS does not answer."""
    KEY = "key"
    """DSS does not accept the bot's key."""
    UNREADABLE = "unreadable"
    """DSS answers what can't be read."""


class AbortAsked(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody asked to abort the job; DSS may still finish it (DSS-API.md §1.6)."""

    by: str
    """Slack user id."""
    by_name: str | None = None
    """What Slack calls the person: shown instead of a mention, which would notify them."""
    at: datetime


class JobCard(msgspec.Struct, frozen=True, kw_only=True):
    """A followed job as its root message shows it."""

    job: JobFacts
    ui_url: str
    """Link to the job in the DSS web interface."""
    asker: str | None = None
    """Slack user id of the person the job was started, or is followed, for."""
    asker_name: str | None = None
    """What Slack calls the asker: the root message shows it without a mention, which would notify them."""
    started_by_bot: bool = True
    """False when the job was started elsewhere and is only followed."""
    instance_label: str | None = None
    """Name of the instance, when the bot knows more than one."""
    usual_seconds: float | None = None
    """How long the same build usually takes (median of recent DONE jobs)."""
    abort: AbortAsked | None = None
    gaps: tuple[Gap, ...] = ()
    silent_since: datetime | None = None
    """DSS has not answered since then."""
    silence: Silence = Silence.OUTAGE
    """What DSS's silence looks like."""
    vanished: bool = False
    """DSS does not know the job any more."""
    gave_up: bool = False
    """The waiter reached its limit; the job goes on unwatched."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A Slack message: ``text`` is for notifications and screen readers, ``blocks`` is what is shown."""

    text: str
    blocks: tuple[dict[str, object], ...] = ()
