"""Interfaces that the services need from the outside. The adapters implement them; tests pass fakes."""

from collections.abc import Callable, Sequence
from typing import Protocol

from bot.domain import (
    BuildMode,
    Dimension,
    DssUser,
    FlowObject,
    JobInfo,
    LogTail,
    Output,
    OutputKind,
    ProjectInfo,
    ProjectPermissions,
    WhoAmI,
)
from bot.domain.errors import DSSBadKey, DSSError


class Dss(Protocol):
    """One DSS instance, as the API key or one person sees it.

    Every method can raise any `bot.domain.errors.DSSError`.
    """

    @property
    def instance(self) -> str:
        """The instance's name in the settings."""

    @property
    def unreadable(self) -> int:
        """How many jobs couldn't be read when the lists were last read."""

    def as_login(self, login: str | None) -> "Dss":
        """Return the same instance, with calls made as that DSS user; ``None`` means the key itself."""

    def with_key(self, api_key: str, refused: Callable[[DSSBadKey], DSSError]) -> "Dss":
        """Return the same instance, with calls made with a person's own API key, whatever `as_login` is told.

        Args:
            api_key: the key.
            refused: called when DSS doesn't accept the key; returns the error to raise.

        Raises:
            ValueError: it can't be a key. The text doesn't contain it.
        """

    def projects(self) -> Sequence[ProjectInfo]:
        """List the projects that the caller may see."""

    def objects(self, project: str, kind: OutputKind) -> Sequence[FlowObject]:
        """List the objects of one kind in a project, such as its datasets or saved models."""

    def dimensions(self, project: str, dataset: str) -> tuple[Dimension, ...]:
        """Return the dataset's partitioning dimensions; empty if it isn't partitioned."""

    def partitions(self, project: str, dataset: str) -> Sequence[str]:
        """List the partition identifiers that the dataset has now."""

    def recent_jobs(self, project: str, limit: int) -> Sequence[JobInfo]:
        """List the newest jobs of a project, newest first, at most ``limit`` of them."""

    def running_jobs(self) -> Sequence[JobInfo] | None:
        """List the unfinished jobs of the instance; ``None`` if this DSS has no such call (< 15.2)."""

    def job(self, project: str, job_id: str, *, within: float | None = None) -> JobInfo:
        """Read the status of one job, with its activities.

        Args:
            project: key of its project.
            job_id: its id.
            within: seconds that the call may take, if less than usual.
        """

    def start(
        self, project: str, outputs: Sequence[Output], mode: BuildMode, *, refresh_metastore: bool = False
    ) -> str:
        """Start one job with all the outputs and return its ID. Never retries.

        Raises:
            DSSError: with ``maybe_done`` set if the answer was lost and the job might exist.
        """

    def abort(self, project: str, job_id: str) -> None:
        """Ask DSS to abort a job. Returning means "request accepted", not "job stopped"."""

    def log_tail(
        self,
        project: str,
        job_id: str,
        *,
        activity: str | None = None,
        max_bytes: int = 65_536,
        within: float | None = None,
    ) -> LogTail:
        """Read the end of a job's log, never holding more than ``max_bytes`` of it."""

    def users(self) -> Sequence[DssUser]:
        """List the users of the instance."""

    def who_am_i(self) -> WhoAmI:
        """Return who DSS says the caller is."""

    def permissions(self, project: str) -> ProjectPermissions:
        """Return who may do what in a project. The caller must administer the project or the instance."""

    def version(self) -> str:
        """Return the DSS version, such as ``15.2.0``; empty if DSS doesn't say."""

    def job_url(self, project: str, job_id: str) -> str:
        """Return the job's address in the DSS web interface."""
