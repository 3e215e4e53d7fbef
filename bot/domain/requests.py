"""What a person asked for, parsed from a command or a button, before any lookup."""

from typing import Annotated, Literal

import msgspec

from bot.domain.build_modes import DEFAULT_MODE, BuildMode, OutputKind

LONGEST_NAME = 1_000
"""In characters."""

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_NAME, pattern=r"^[^\x00]*$")]
"""A name as somebody typed it. The bounds apply wherever a record is read: from a button or from a row."""


FavoriteName = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=r"^[^\x00]*$")]
"""The name of a favorite; `bot.domain.favorites` says what it can be."""

ALL_PROJECTS = "*"
"""Replaces a project key in `ListJobs`: every project that the person can see.

Keys can also be joined by commas, and ``*`` and ``?`` are wildcards.
"""
ANY_PROJECT = "?"
"""Replaces a project key in a `RequestedOutput`: the only project that has an output with this name."""


class RequestedOutput(msgspec.Struct, frozen=True, kw_only=True):
    """An output as it was typed; ``project`` is uppercased only after a lookup."""

    project: Name
    name: Name
    kind: OutputKind = OutputKind.DATASET

    @property
    def label(self) -> str:
        """``PROJECT.name``, or the name alone while the project isn't known."""
        return self.name if self.project == ANY_PROJECT else f"{self.project}.{self.name}"


class JobName(msgspec.Struct, frozen=True, kw_only=True):
    """A job as it was typed: an ID, ``PROJECT/ID`` or a DSS link."""

    job_id: Name
    project: Name | None = None
    host: Name | None = None
    """``scheme://host[:port]`` of a pasted link, used to find the instance."""
    instance: Name | None = None
    thread: Name | None = None
    """Id of the watch whose thread means it. Nobody typed its name, and who can't see it isn't told it."""


class Build(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Build all the outputs in one job."""

    outputs: Annotated[tuple[RequestedOutput, ...], msgspec.Meta(min_length=1, max_length=1_000)]
    mode: BuildMode = DEFAULT_MODE
    partition: Name | None = None
    instance: Name | None = None
    confirmed: bool = False
    """Whether a person confirmed a build that needs confirmation (`BuildMode.ALL`)."""
    post: Literal["here", "direct"] | None = None
    """The answer to the question whether to post in the channel; ``None`` if nobody was asked."""
    dry_run: bool = False
    """Start nothing, but say what would be built, what's running, and how long it usually takes."""
    thread: Name | None = None
    """As in `JobName`: whose job is built again."""
    favorite: Name | None = None
    """Name of the channel's favorite that it is. Who can't see its project isn't told what it builds."""


class Overview(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """List what is running, and my recent jobs."""

    instance: Name | None = None
    mine: bool = False
    """Only my own jobs: a filter of App Home, which can't be typed."""


class ListJobs(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """List the jobs of one project or of several, filtered."""

    project: Name
    """A key, several joined by commas, a pattern, or `ALL_PROJECTS`."""
    state: Literal["failed", "running", "done", "aborted"] | None = None
    since: Name | None = None
    """As typed; parsed with the person's time zone when it's used."""
    by: Name | None = None
    """``me``, a DSS login, a name, an email address, or ``<@U123>`` for somebody in Slack."""
    dataset: Name | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] | None = None
    page: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0
    """The first page is 0."""
    instance: Name | None = None


class ShowStatus(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Show the status of one job."""

    job: JobName


class ReadLog(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Show the end of a job's log, or of one activity's log."""

    job: JobName
    activity: Name | None = None


class MyLastJob(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Show my last job in this channel that fits ``verb``, or a few to choose from."""

    verb: Literal["status", "log", "why", "abort", "rebuild"] = "status"
    instance: Name | None = None


class ListProjects(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """List the projects that I can see."""

    text: Name | None = None
    """Part of a key or a name."""
    instance: Name | None = None


class ListDatasets(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """List the datasets of a project."""

    project: Name
    text: Name | None = None
    """Part of a name."""
    instance: Name | None = None


class SendLog(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Send a log as a file to the person who asks."""

    job: JobName
    activity: Name | None = None


class ShowThread(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Show the status of the job that a thread is about, whose messages don't name it."""

    watch: Name
    """Id of the watch."""


class AbortJob(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Abort one job."""

    job: JobName


class AbortAll(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Abort every job of a project that isn't in a stable state, or those that were selected in a list."""

    project: Name
    """A key, or `ALL_PROJECTS` if each of the jobs says its own."""
    instance: Name | None = None
    jobs: Annotated[tuple[Name, ...], msgspec.Meta(max_length=10_000)] = ()
    """IDs that a person saw and confirmed, or ``PROJECT/ID``. If empty, show the jobs and ask first."""
    confirmed: bool = True
    """Whether the jobs were confirmed. Never false in a stored value: only what was just selected isn't."""

    @property
    def by_project(self) -> dict[str, list[str]]:
        """The ids of the jobs, by the key of their project; what isn't a job's name is left out."""
        if self.project != ALL_PROJECTS:
            return {self.project: list(self.jobs)}
        found: dict[str, list[str]] = {}
        for name in self.jobs:
            project, _, job_id = name.partition("/")
            if project and job_id:
                found.setdefault(project, []).append(job_id)
        return found


class FollowJob(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Follow here a job that was started elsewhere."""

    job: JobName
    post: Literal["here", "direct"] | None = None
    """As in `Build`."""


class UnfollowJob(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Stop following a job here."""

    job: JobName


class DecideApproval(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Approve, decline or cancel a build that waits for a second person (`bot.domain.approvals`)."""

    approval: Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[0-9a-f]+$")]
    fingerprint: Annotated[str, msgspec.Meta(min_length=64, max_length=64, pattern=r"^[0-9a-f]+$")]
    """Of the build that the person saw."""
    verdict: Literal["approve", "decline", "cancel"]
    reason: Annotated[str, msgspec.Meta(max_length=500, pattern=r"^[^\x00]*$")] = ""
    """Why it's declined."""
    instance: Name | None = None
    """Not used: the stored request says where it would be built."""


class SaveFavorite(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Save a build under a name."""

    name: FavoriteName
    build: Build
    shared: bool = False
    """Whether it's the channel's, for everybody there, or mine."""
    instance: Name | None = None
    """Not used: the build says where."""


class RenameFavorite(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Give a favorite another name."""

    name: FavoriteName
    to: FavoriteName
    shared: bool = False
    instance: Name | None = None
    """Not used."""


class DeleteFavorite(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Delete a favorite."""

    name: FavoriteName
    shared: bool = False
    instance: Name | None = None
    """Not used."""


class SetDefault(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Set the channel's default project, in which names without a project are looked up first."""

    project: Name | None = None
    """``None`` clears it."""
    instance: Name | None = None


class ShowFavorites(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """List my favorites, the channel's, and its default project."""

    instance: Name | None = None
    """Not used: favorites of all instances are listed."""


class Connect(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Open the dialog in which I connect my personal DSS API key."""

    instance: Name | None = None


class Disconnect(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Delete the personal DSS API key that I connected."""

    instance: Name | None = None


class Help(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Show the short help of a command."""

    command: Literal["build", "jobs", "mention"]


class Mistake(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Text that couldn't be parsed: what's wrong with it, and what would be correct."""

    command: Literal["build", "jobs", "mention"]
    problem: str
    """One plain sentence, unescaped."""
    example: str
    """A correct command, as close as possible to what was typed."""
    suggestions: tuple[str, ...] = ()
    """Near misses, best first."""


FavoriteChange = SaveFavorite | RenameFavorite | DeleteFavorite | SetDefault
"""What changes the favorites or the default of a channel, or a person's favorites."""

Command = Build | AbortJob | AbortAll | FollowJob | UnfollowJob | DecideApproval | FavoriteChange
"""A request that changes something: the bot stores it as a row and carries it out once."""

Query = (
    Overview
    | ListJobs
    | ShowStatus
    | ShowThread
    | ReadLog
    | SendLog
    | MyLastJob
    | ListProjects
    | ListDatasets
    | ShowFavorites
)
"""A request that only reads: the bot answers the person who asked and doesn't store it."""

KeyRequest = Connect | Disconnect
"""A request about my own key: answered at once, never stored, and no matter of rights in DSS."""

Request = Command | Query
"""What a person asked for; tagged, so that a stored request can be read back."""

ParsedCommand = Request | KeyRequest | Help | Mistake
"""What the text of a slash command means."""
