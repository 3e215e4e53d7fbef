"""What the store keeps: intents, followed jobs, watches, messages. Times are aware datetimes in UTC."""

from datetime import datetime
from enum import StrEnum

import msgspec

from bot.facts.build import DEFAULT_MODE, BuildMode
from bot.facts.cards import AbortAsked, Gap, Message, Silence
from bot.facts.jobs import JobFacts, JobRef, Output
from bot.facts.people import Place
from bot.facts.requests import Wish


class IntentState(StrEnum):
    """How far an intent has come. Rows in NEW and STARTING are open."""

    NEW = "new"
    STARTING = "starting"
    """The call that cannot be repeated may have been made: after a crash, look before doing anything."""
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """The outcome could not be found out, and was told so."""
    SET_ASIDE = "set_aside"
    """The row can't be read; the person who asked was told so."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A build as it is sent to DSS, with every name looked up."""

    instance: str
    project: str
    outputs: tuple[Output, ...]
    mode: BuildMode = DEFAULT_MODE
    act_as: str | None = None
    """DSS login that the call is made as; ``None`` is the key itself."""
    initiator: str = ""
    """Who DSS will name as the initiator; empty when not known."""
    usual_seconds: float | None = None
    known_ids: tuple[str, ...] = ()
    """Ids of the recent jobs just before the start: none of them is the one that was started."""


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """Something lasting that a person asked for."""

    id: str
    wish: Wish
    user_id: str
    team_id: str
    place: Place
    state: IntentState = IntentState.NEW
    plan: Plan | None = None
    attempts: int = 0
    created_at: datetime
    starting_at: datetime | None = None
    """When the call to DSS was about to be made."""


class UnreadableIntent(msgspec.Struct, frozen=True, kw_only=True):
    """An intent that this version can't read: damaged, or of a newer version."""

    id: str
    user_id: str
    place: Place
    """The person themselves, when where they asked can't be read either."""
    begun: bool
    """Whether a call to DSS may have been made for it."""
    created_at: datetime
    reason: str


class SetAside(msgspec.Struct, frozen=True, kw_only=True):
    """A row that was set aside because it can't be read."""

    table: str
    id: str
    reason: str
    at: datetime


class Memory(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What the bot remembers of a followed job beside DSS's facts, so that nothing is told twice."""

    usual_seconds: float | None = None
    abort: AbortAsked | None = None
    gaps: tuple[Gap, ...] = ()
    silent_since: datetime | None = None
    silence: Silence = Silence.OUTAGE
    vanished: bool = False
    gave_up: bool = False
    told: tuple[str, ...] = ()
    """Names of what was said once already."""
    followed_since: datetime | None = None
    rebuilt: datetime | None = None
    """When the row could not be read and was begun anew."""


class FollowedJob(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A job row: the facts that were last seen, the memory, and a version that guards against two writers."""

    facts: JobFacts
    memory: Memory = Memory()
    version: int = 0


class Watch(msgspec.Struct, frozen=True, kw_only=True):
    """One place where a job is followed."""

    id: str
    ref: JobRef
    place: Place
    asker: str
    """Slack user id."""
    asker_name: str | None = None
    root_id: str
    """Row id of the root message."""
    started_by_bot: bool = True
    created_at: datetime
    closed_at: datetime | None = None


class Urgency(StrEnum):
    """What goes first when Slack's rates do not let everything through."""

    END = "end"
    ROOT = "root"
    NEWS = "news"
    LATER = "later"
    """An end that a digest has told: its thread hears of it when nothing more urgent waits."""
    PROGRESS = "progress"


URGENCY_ORDER = (Urgency.END, Urgency.ROOT, Urgency.NEWS, Urgency.LATER, Urgency.PROGRESS)
"""A row keeps the place in this order. Rows of before there was LATER have a 3 for progress: those are
edits, for which the two mean the same."""


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A message to be written, or the new content of one that exists (same ``id``)."""

    id: str
    channel_id: str
    message: Message
    urgency: Urgency
    root_id: str | None = None
    """Row id of the thread's root message; ``None`` for a root."""
    watch_id: str | None = None
    asker: str | None = None
    """Who gets it by direct message when the channel cannot be written to."""
    settles: str | None = None
    """Row id of the reply that this one puts an end to: if nobody has seen that one yet, neither is said."""


class OutboxRow(msgspec.Struct, frozen=True, kw_only=True):
    """A claimed message on its way to Slack."""

    id: str
    channel_id: str
    message: Message
    urgency: Urgency
    revision: int
    ts: str | None = None
    """Slack's timestamp once it was posted: then the row is an edit."""
    thread_ts: str | None = None
    attempts: int = 0
    asker: str | None = None
    is_root: bool = True
    doubtful: bool = False
    """It was claimed before and the outcome of that sending is not known."""
    created_at: datetime
    """When it was first written: it cannot be in Slack before."""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A reply that waits to tell an end."""

    text: str
    asker: str | None
    channel_id: str
    root_ts: str | None
    """The thread's root in Slack, if it was posted."""
