"""Facts about a job, a project and a DSS user, independent of the DSS version that sent them.

Each followed job keeps thousands of these records alive. They can't form cycles, so the garbage collector
doesn't need to walk them (``gc=False``): with 10,000 jobs, it stopped every thread for 0.2 s.
"""

from datetime import datetime

import msgspec

from bot.domain.build_modes import OutputKind

FINAL_STATES = frozenset({"DONE", "FAILED", "ABORTED"})
"""The only states that a job never leaves (DSS-API.md §2.1). Any other word means "not finished"."""


class JobRef(msgspec.Struct, frozen=True, kw_only=True, gc=False, order=True):
    """One job on one DSS instance. Job IDs are unique only within a project, so all three are needed."""

    instance: str
    project: str
    job_id: str

    def __str__(self) -> str:
        return f"{self.project}/{self.job_id}"


class Output(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something that a job builds."""

    kind: str = OutputKind.DATASET
    """An `OutputKind`, or a word that this version doesn't know."""
    project: str
    id: str
    """The name of a dataset, or the opaque ID of a folder or a model."""
    name: str | None = None
    """The display name, when it differs from the ID."""
    partition: str | None = None
    """Partition identifier; ``None`` or ``"NP"`` when the output isn't partitioned."""

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


class WarningGroup(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Warnings of one kind."""

    kind: str = ""
    """DSS's word, such as ``INPUT_DATA_BAD_TYPE``; empty for lines of a log."""
    count: int
    message: str = ""
    """The text of the first one, redacted."""


class Activity(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One activity of a job: one recipe run for one partition."""

    id: str
    state: str
    recipe: str | None = None
    recipe_type: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    failure: str | None = None
    """Message of the first failure, if the activity failed."""
    warnings: int = 0
    warning_groups: tuple[WarningGroup, ...] = ()
    """The first few kinds of its warnings, if DSS sends their texts."""
    records: int | None = None
    """Rows written to its targets, if DSS reports it."""
    reason: str | None = None
    """DSS's word for why it's in the job (``requiredReason``, DSS-API.md §1.5), if DSS reports it."""
    bytes: int | None = None
    """Bytes written to its targets, if DSS reports it."""
    waited_seconds: float | None = None
    """How long after its start it waited for a free slot and was prepared, if DSS reports it."""


class Failure(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Why a job failed: the best text that DSS sent (see the order in DSS-API.md §1.5)."""

    message: str
    activity_id: str | None = None
    recipe: str | None = None
    stack: str | None = None
    """DSS's stack trace. Internal: people never see it as is."""


class JobInfo(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Everything that the bot knows about one job at one moment. Times are aware datetimes in UTC."""

    ref: JobRef
    state: str
    finished: bool
    name: str = ""
    mode: str = ""
    """The job type (a `BuildMode` value), as DSS sent it."""
    outputs: tuple[Output, ...] = ()
    initiator: str = ""
    """A login, or ``API (label)`` for a key that doesn't belong to a person."""
    triggered_from: str = ""
    initiated_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    warnings: int = 0
    counters: Counters | None = None
    """``None`` when the facts come from a list, which doesn't include counters."""
    activities: tuple[Activity, ...] = ()
    failure: Failure | None = None
    conflicts: tuple[JobRef, ...] = ()
    """Jobs that were building the same output, which made this one fail at once (``incompatibilities``)."""

    @property
    def projects(self) -> tuple[str, ...]:
        """Keys of the projects of which a message about the job names something."""
        return tuple(dict.fromkeys((self.ref.project, *(output.project for output in self.outputs))))


class LogTail(msgspec.Struct, frozen=True, kw_only=True):
    """The end of a log, as `Dss.log_tail` returns it with its secrets masked."""

    text: str
    total_bytes: int
    """Size of the whole log in bytes."""
    truncated: bool
    """Whether ``text`` is only part of the log."""


class ProjectInfo(msgspec.Struct, frozen=True, kw_only=True):
    """A project that the caller may see."""

    key: str
    name: str


class FlowObject(msgspec.Struct, frozen=True, kw_only=True):
    """Something in a project that a job can build."""

    kind: OutputKind
    id: str
    name: str


class Dimension(msgspec.Struct, frozen=True, kw_only=True):
    """One dimension of a partitioned dataset."""

    name: str
    period: str | None = None
    """The grain of time: HOUR, DAY, MONTH or YEAR; empty for a dimension of values; ``None`` if not said."""


class DssUser(msgspec.Struct, frozen=True, kw_only=True):
    """A user of the DSS instance. ``email`` can be empty and isn't necessarily unique."""

    login: str
    display_name: str = ""
    email: str = ""
    enabled: bool = True


class ProjectGrant(msgspec.Struct, frozen=True, kw_only=True):
    """What one user or one group of DSS may do in a project."""

    user: str | None = None
    group: str | None = None
    write: bool = False
    """Write the project's content, which includes running jobs, or administer it."""


class ProjectPermissions(msgspec.Struct, frozen=True, kw_only=True):
    """Who may do what in a project."""

    owner: str | None = None
    grants: tuple[ProjectGrant, ...] = ()

    def let_build(self, who: "WhoAmI") -> bool:
        """Return whether a user may run jobs in the project (DSS-API.md §3.2)."""
        if who.admin or (self.owner is not None and self.owner == who.identifier):
            return True
        return any(
            one.write and (one.user == who.identifier or (one.group is not None and one.group in who.groups))
            for one in self.grants
        )


class WhoAmI(msgspec.Struct, frozen=True, kw_only=True):
    """Who the API key belongs to."""

    identifier: str
    groups: tuple[str, ...] = ()
    admin: bool | None = None
    """``None`` when DSS doesn't say."""
    personal: bool | None = None
    """Whether it is a personal API key; ``None`` when DSS doesn't say."""
