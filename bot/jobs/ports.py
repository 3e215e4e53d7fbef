"""What the use cases need of the outside, in their own words. The outside implements it; tests pass fakes."""

from collections.abc import Sequence
from typing import Protocol

from bot.facts import (
    BuildMode,
    DssUser,
    JobFacts,
    LogTail,
    ObjectFacts,
    Output,
    OutputKind,
    ProjectFacts,
    WhoAmI,
)


class Dss(Protocol):
    """One DSS instance, seen as the API key or as one person.

    Every method may raise any `bot.errors.DSSError`.
    """

    @property
    def instance(self) -> str:
        """The instance's name in the settings."""

    @property
    def unreadable(self) -> int:
        """How many jobs could not be read, in the lists as they were read last."""

    def as_login(self, login: str | None) -> "Dss":
        """Return the same instance, with calls made as that DSS user; ``None`` means as the key itself."""

    def projects(self) -> Sequence[ProjectFacts]:
        """List the projects that the caller may see."""

    def objects(self, project: str, kind: OutputKind) -> Sequence[ObjectFacts]:
        """List the datasets, managed folders or saved models of a project."""

    def dimensions(self, project: str, dataset: str) -> tuple[str, ...]:
        """Return the names of the dataset's partitioning dimensions; empty when it is not partitioned."""

    def partitions(self, project: str, dataset: str) -> Sequence[str]:
        """List the partition identifiers that the dataset has now."""

    def recent_jobs(self, project: str, limit: int) -> Sequence[JobFacts]:
        """List the newest jobs of a project, newest first, at most ``limit`` of them."""

    def running_jobs(self) -> Sequence[JobFacts] | None:
        """List the unfinished jobs of the instance; ``None`` when this DSS has no such call (< 15.2)."""

    def job(self, project: str, job_id: str, *, within: float | None = None) -> JobFacts:
        """Read the status of one job, with its activities.

        Args:
            project: key of its project.
            job_id: its id.
            within: seconds that the call may take, when that is less than usual.
        """

    def start(
        self, project: str, outputs: Sequence[Output], mode: BuildMode, *, refresh_metastore: bool = False
    ) -> str:
        """Start one job with all the outputs and return its id. Never retried.

        Raises:
            DSSError: with ``maybe_done`` set when the answer was lost and the job may exist.
        """

    def abort(self, project: str, job_id: str) -> None:
        """Ask DSS to abort a job. Returning means "request taken", not "stopped"."""

    def log_tail(
        self,
        project: str,
        job_id: str,
        *,
        activity: str | None = None,
        max_bytes: int = 65_536,
        within: float | None = None,
    ) -> LogTail:
        """Read the end of a job's log, holding never more than ``max_bytes`` of it."""

    def users(self) -> Sequence[DssUser]:
        """List the users of the instance."""

    def who_am_i(self) -> WhoAmI:
        """Say who the caller is to DSS."""

    def version(self) -> str:
        """Return the DSS version, such as ``15.2.0``; empty when it does not say."""

    def job_url(self, project: str, job_id: str) -> str:
        """Return the job's address in the DSS web interface."""
