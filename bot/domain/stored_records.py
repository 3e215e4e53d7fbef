"""Records in the store: intents, followed jobs, watches, messages. Times are aware datetimes in UTC."""

from datetime import datetime
from enum import StrEnum

import msgspec

from bot.domain.build_modes import DEFAULT_MODE, BuildMode
from bot.domain.error_history import ErrorHistory
from bot.domain.job_info import JobInfo, JobRef, Output
from bot.domain.people import Place
from bot.domain.requests import Request
from bot.domain.view_models import AbortAsked, Gap, Message, Silence


class IntentState(StrEnum):
    """How far an intent has progressed. Rows in NEW and STARTING are open."""

    NEW = "new"
    STARTING = "starting"
    """The call, which can't be repeated, might have been made: after a crash, check before doing anything."""
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """The bot couldn't find out the outcome and told the person so."""
    SET_ASIDE = "set_aside"
    """The bot can't read the row and told the person who asked so."""


class BuildPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A build as the bot sends it to DSS, with every name looked up."""

    instance: str
    project: str
    outputs: tuple[Output, ...]
    mode: BuildMode = DEFAULT_MODE
    act_as: str | None = None
    """DSS login to make the call as; ``None`` means the key itself."""
    initiator: str = ""
    """Who DSS will name as the initiator; empty if unknown."""
    usual_seconds: float | None = None
    usual_spread: tuple[float, float] | None = None
    """The shortest and the longest of the usual durations, in seconds."""
    known_ids: tuple[str, ...] = ()
    """IDs of the recent jobs just before the start: none of them is the job that this build started."""

    @property
    def projects(self) -> tuple[str, ...]:
        """Keys of every project in which something is built."""
        return tuple(dict.fromkeys((self.project, *(output.project for output in self.outputs))))


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """A stored command of a person, which the bot carries out once."""

    id: str
    request: Request
    user_id: str
    team_id: str
    place: Place
    state: IntentState = IntentState.NEW
    plan: BuildPlan | None = None
    attempts: int = 0
    created_at: datetime
    starting_at: datetime | None = None
    """When the bot was about to make the call to DSS."""


class UnreadableIntent(msgspec.Struct, frozen=True, kw_only=True):
    """An intent that this version can't read: it's damaged, or a newer version wrote it."""

    id: str
    user_id: str
    place: Place
    """The person's direct messages, if the place can't be read either."""
    begun: bool
    """Whether the bot might have called DSS for it."""
    created_at: datetime | None
    """``None`` if that can't be read either."""
    reason: str


class SetAside(msgspec.Struct, frozen=True, kw_only=True):
    """A row that the bot set aside because it can't read it."""

    table: str
    id: str
    reason: str
    at: datetime


class FollowState(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What the bot remembers about a followed job besides DSS's facts, so that it reports nothing twice."""

    usual_seconds: float | None = None
    usual_spread: tuple[float, float] | None = None
    """The shortest and the longest of the usual durations, in seconds."""
    abort: AbortAsked | None = None
    gaps: tuple[Gap, ...] = ()
    silent_since: datetime | None = None
    silence: Silence = Silence.OUTAGE
    vanished: bool = False
    gave_up: bool = False
    told: tuple[str, ...] = ()
    """Keys of the events that have already been reported."""
    followed_since: datetime | None = None
    history: ErrorHistory | None = None
    """What earlier runs said about the job's error when it failed."""
    picture: str | None = None
    """Slack's id of the file with the picture of its timeline, once it can be shown."""
    rebuilt: datetime | None = None
    """When the bot started over because it couldn't read the row."""


class FollowedJob(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A job row: the latest facts, what the bot remembers, and a version that guards against two writers."""

    info: JobInfo
    follow_state: FollowState = FollowState()
    version: int = 0


class Watch(msgspec.Struct, frozen=True, kw_only=True):
    """One place where a job is followed."""

    id: str
    ref: JobRef
    place: Place
    asker: str
    """Slack user ID."""
    asker_name: str | None = None
    root_id: str
    """Row ID of the root message."""
    started_by_bot: bool = True
    created_at: datetime
    closed_at: datetime | None = None


class Thread(msgspec.Struct, frozen=True, kw_only=True):
    """A place where the bot follows or followed a job, and the root message there."""

    watch: Watch
    channel_id: str
    """Where the root message actually is: it might have been moved to direct messages."""
    ts: str | None = None
    """Slack's timestamp of the root message; ``None`` until it's posted."""


class KnownJob(msgspec.Struct, frozen=True, kw_only=True):
    """What the bot itself knows about a job that it follows or followed."""

    job: FollowedJob
    threads: tuple[Thread, ...] = ()
    """Newest first."""


class Urgency(StrEnum):
    """Which messages go first when Slack's rate limits don't let everything through."""

    END = "end"
    ROOT = "root"
    NEWS = "news"
    LATER = "later"
    """An end that a digest has reported: its thread gets the reply when nothing more urgent is waiting."""
    PROGRESS = "progress"


URGENCY_ORDER = (Urgency.END, Urgency.ROOT, Urgency.NEWS, Urgency.LATER, Urgency.PROGRESS)
"""A row stores its position in this order. Rows written before LATER existed have a 3 for progress: these are
edits, for which 3 and 4 mean the same."""


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A message to write, or the new content of an existing one (same ``id``)."""

    id: str
    channel_id: str
    message: Message
    urgency: Urgency
    root_id: str | None = None
    """Row ID of the thread's root message; ``None`` for a root."""
    watch_id: str | None = None
    asker: str | None = None
    """Who gets it as a direct message if the bot can't write to the channel."""
    settles: str | None = None
    """Row ID of the reply that this one settles: if that one hasn't been posted yet, neither is posted."""


class OutboxRow(msgspec.Struct, frozen=True, kw_only=True):
    """A claimed message on its way to Slack."""

    id: str
    channel_id: str
    message: Message
    urgency: Urgency
    revision: int
    ts: str | None = None
    """Slack's timestamp if the message was posted before: then the row is an edit."""
    thread_ts: str | None = None
    attempts: int = 0
    asker: str | None = None
    is_root: bool = True
    doubtful: bool = False
    """It was claimed before, and nobody knows whether it was sent."""
    created_at: datetime
    """When it was first written: it can't have been in Slack before."""


class PendingEnd(msgspec.Struct, frozen=True, kw_only=True):
    """A waiting reply that reports an end."""

    text: str
    asker: str | None
    channel_id: str
    root_ts: str | None
    """Slack's timestamp of the thread's root message, if it was posted."""
