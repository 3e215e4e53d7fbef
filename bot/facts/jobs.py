"""What is known of a job, a project and a DSS user, whatever DSS version said it and how.

Thousands of a job's records live as long as it is followed. They cannot form cycles, so the garbage collector
need not walk them (``gc=False``): with 10,000 jobs it stopped every thread for 0.2 s.
"""

from datetime import datetime

import msgspec

from bot.facts.build import OutputKind

FINAL_STATES = frozenset({"DONE", "FAILED", "ABORTED"})
"""The only states a job does not leave (DSS-API.md §2.1); any other word, known or not, is "not finished"."""


class JobRef(msgspec.Struct, frozen=True, kw_only=True, gc=False, order=True):
    """One job of one DSS instance. Job ids are unique per project only, so the three go together."""

    instance: str
    project: str
    job_id: str

    def __str__(self) -> str:
        return f"{self.project}/{self.job_id}"


class Output(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something that a job builds."""

    kind: str = OutputKind.DATASET
    """An `OutputKind`, or a word that this version does not know."""
    project: str
    id: str
    """Name of a dataset; opaque id of a folder or a model."""
    name: str | None = None
    """What people call it, when that differs from the id."""
    partition: str | None = None
    """Partition identifier; ``None`` or ``"NP"`` when not partitioned."""

    @property
    def label(self) -> str:
        """``PROJECT.name``, with the partition in brackets when there is one."""
        shown = f"{self.project}.{self.name or self.id}"
        return shown if self.partition in {None, "", "NP"} else f"{shown} [{self.partition}]"


class Counters(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How many activities of a job are in which state (DSS's ``globalState``)."""

    done: int = 0
    failed: int = 0
    running: int = 0
    not_started: int = 0
    aborted: int = 0
    total: int = 0


class Activity(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One activity of a job: one recipe run for one partition."""

    id: str
    state: str
    recipe: str | None = None
    recipe_type: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    failure: str | None = None
    """Message of the first failure, when it failed."""
    warnings: int = 0
    records: int | None = None
    """Rows written to its targets, when DSS says it."""


class Failure(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Why a job failed, the best text that DSS gave (order in DSS-API.md §1.5)."""

    message: str
    activity_id: str | None = None
    recipe: str | None = None
    stack: str | None = None
    """DSS's stack trace. Internal: never shown to people as it is."""


class JobFacts(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Everything the bot knows of one job at one moment. Times are aware datetimes in UTC."""

    ref: JobRef
    state: str
    finished: bool
    name: str = ""
    mode: str = ""
    """The job type (a `BuildMode` value), as DSS said it."""
    outputs: tuple[Output, ...] = ()
    initiator: str = ""
    """Login, or ``API (label)`` for a key that is not a person's."""
    triggered_from: str = ""
    initiated_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    warnings: int = 0
    counters: Counters | None = None
    """``None`` when only a list was read, which does not say it."""
    activities: tuple[Activity, ...] = ()
    failure: Failure | None = None
    conflicts: tuple[JobRef, ...] = ()
    """Jobs that were building the same output: why this one failed at once (``incompatibilities``)."""


class LogTail(msgspec.Struct, frozen=True, kw_only=True):
    """The end of a log. Not yet redacted."""

    text: str
    total_bytes: int
    """How many bytes the whole log had."""
    truncated: bool
    """Whether ``text`` is not all of it."""


class ProjectFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A project that the caller may see."""

    key: str
    name: str


class ObjectFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A dataset, managed folder or saved model of a project."""

    kind: OutputKind
    id: str
    name: str


class DssUser(msgspec.Struct, frozen=True, kw_only=True):
    """A user of the DSS instance. ``email`` may be empty, and need not be unique."""

    login: str
    display_name: str = ""
    email: str = ""
    enabled: bool = True


class WhoAmI(msgspec.Struct, frozen=True, kw_only=True):
    """Who the API key is."""

    identifier: str
    groups: tuple[str, ...] = ()
    admin: bool | None = None
    """``None`` when DSS does not say."""
