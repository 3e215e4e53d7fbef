"""What a person asked for, read from a command or a button, before anything was looked up."""

from typing import Annotated, Literal

import msgspec

from bot.facts.build import DEFAULT_MODE, BuildMode, OutputKind

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=1_000, pattern=r"^[^\x00]*$")]
"""What somebody typed for a name. The bounds hold wherever such a record is read: of a button, of a row."""


class WantedOutput(msgspec.Struct, frozen=True, kw_only=True):
    """An output by the words that were typed; ``project`` is upper-cased only after a look-up."""

    project: Name
    name: Name
    kind: OutputKind = OutputKind.DATASET


class JobName(msgspec.Struct, frozen=True, kw_only=True):
    """A job by the words that were typed: an id, ``PROJECT/ID`` or a DSS link."""

    job_id: Name
    project: Name | None = None
    host: Name | None = None
    """``scheme://host[:port]`` of a pasted link, to find the instance by."""
    instance: Name | None = None


class Build(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Build all the outputs in one job."""

    outputs: Annotated[tuple[WantedOutput, ...], msgspec.Meta(min_length=1, max_length=1_000)]
    mode: BuildMode = DEFAULT_MODE
    partition: Name | None = None
    instance: Name | None = None
    confirmed: bool = False
    """Whether a person said yes to what asks first (`BuildMode.ALL`)."""


class Overview(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """What is running, and my recent jobs."""

    instance: Name | None = None


class ListJobs(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Jobs of one project, filtered."""

    project: Name
    state: Literal["failed", "running", "done", "aborted"] | None = None
    since: Name | None = None
    """As typed; read with the person's time zone when it is used."""
    by: Name | None = None
    """A DSS login, or ``me``."""
    dataset: Name | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] | None = None
    page: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0
    """First page is 0."""
    instance: Name | None = None


class ShowStatus(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """How one job stands."""

    job: JobName


class ReadLog(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The end of a job's log, or of one activity's."""

    job: JobName
    activity: Name | None = None


class AbortJob(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Abort one job."""

    job: JobName


class AbortAll(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Abort everything in a project that is not in a stable state."""

    project: Name
    instance: Name | None = None
    jobs: Annotated[tuple[Name, ...], msgspec.Meta(max_length=10_000)] = ()
    """Ids that a person saw and confirmed; empty: show them and ask first."""


class FollowJob(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Follow a job here that was started elsewhere."""

    job: JobName


class UnfollowJob(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Stop following a job here."""

    job: JobName


class Help(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """The short help of a command."""

    command: Literal["build", "jobs"]


class Mistake(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Text that could not be read: what is wrong with it, and what would have been right."""

    command: Literal["build", "jobs"]
    problem: str
    """One plain sentence, unescaped."""
    example: str
    """A correct command, as near to what was typed as can be."""
    suggestions: tuple[str, ...] = ()
    """Near misses, best first."""


Wish = Build | Overview | ListJobs | ShowStatus | ReadLog | AbortJob | AbortAll | FollowJob | UnfollowJob
"""Something to do for a person; tagged, so that a stored intent can be read back."""

Request = Wish | Help | Mistake
