"""DSS as far as the rules show it: whatever they hide doesn't exist, whatever they forbid isn't called.

Services work with it as with DSS itself, so that a list, a suggestion or a log can't forget to ask.
"""

from collections.abc import Callable, Sequence

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
from bot.domain.errors import DSSBadKey, DSSError, DSSNotFound, DSSNotVisible, Refusal
from bot.domain.policy import Capability
from bot.domain.ports import Dss
from bot.domain.rules import Rights, Verdict, target_of, targets_of

LOOKED_UP = 50
"""How many listed jobs without outputs are looked up, to see whether they are visible."""


class Hidden(DSSNotFound):
    """The rules hide it. People are told what they are told about something that doesn't exist."""


Refused = Callable[[Capability, str, str, Verdict], Refusal]
"""Records that the rules refuse a capability for a project and a target; returns what to tell the person."""


class RestrictedDss:
    """Implements `bot.domain.ports.Dss` for one person at one place."""

    def __init__(
        self, inner: Dss, rights: Rights, is_own: Callable[[JobInfo], bool], refused: Refused
    ) -> None:
        """Restrict an instance.

        Args:
            inner: the instance, called as the person or with the key.
            rights: what the person may do.
            is_own: whether a job is the person's own.
            refused: called when the rules refuse a call.
        """
        self.inner = inner
        self.rights = rights
        self._is_own = is_own
        self._refused = refused
        self._read: dict[tuple[str, str], JobInfo] = {}

    @property
    def instance(self) -> str:
        """The instance's name in the settings."""
        return self.inner.instance

    @property
    def unreadable(self) -> int:
        """How many jobs couldn't be read when the lists were last read."""
        return self.inner.unreadable

    def as_login(self, login: str | None) -> Dss:
        """Return the same instance, with calls made as that DSS user and the same restrictions."""
        return RestrictedDss(self.inner.as_login(login), self.rights, self._is_own, self._refused)

    def with_key(self, api_key: str, refused: Callable[[DSSBadKey], DSSError]) -> Dss:
        """Return the same instance, with calls made with a person's own API key and the same restrictions."""
        inner = self.inner.with_key(api_key, refused)
        return RestrictedDss(inner, self.rights, self._is_own, self._refused)

    def projects(self) -> Sequence[ProjectInfo]:
        """List the projects that are visible."""
        return self.visible_projects(self.inner.projects())

    def visible_projects(self, projects: Sequence[ProjectInfo]) -> Sequence[ProjectInfo]:
        """Filter a list of projects."""
        return [one for one in projects if self.rights.sees_project(self.instance, one.key)]

    def objects(self, project: str, kind: OutputKind) -> Sequence[FlowObject]:
        """List the visible objects of one kind in a project."""
        self._need_project(project)
        return self.visible_objects(project, self.inner.objects(project, kind))

    def visible_objects(self, project: str, objects: Sequence[FlowObject]) -> Sequence[FlowObject]:
        """Filter a project's list of objects."""
        return [one for one in objects if self.sees_name(project, one.id, one.kind)]

    def dimensions(self, project: str, dataset: str) -> tuple[Dimension, ...]:
        """Return the dataset's partitioning dimensions."""
        self._need_dataset(project, dataset)
        return self.inner.dimensions(project, dataset)

    def partitions(self, project: str, dataset: str) -> Sequence[str]:
        """List the dataset's partitions."""
        self._need_dataset(project, dataset)
        return self.inner.partitions(project, dataset)

    def recent_jobs(self, project: str, limit: int) -> Sequence[JobInfo]:
        """List the visible ones of a project's newest jobs."""
        self._need_project(project)
        return self.visible_jobs(self.inner.recent_jobs(project, limit))

    def running_jobs(self) -> Sequence[JobInfo] | None:
        """List the visible unfinished jobs of the instance."""
        running = self.inner.running_jobs()
        return None if running is None else self.visible_jobs(running)

    def visible_jobs(self, jobs: Sequence[JobInfo]) -> Sequence[JobInfo]:
        """Filter a list of jobs; a few that come without their outputs are looked up."""
        left, seen = LOOKED_UP, []
        for job in jobs:
            if self.rights.sees(job):
                seen.append(job)
            elif left and not job.outputs and self.rights.sees_project(self.instance, job.ref.project):
                left -= 1
                seen += self._looked_up(job)
        return seen

    def _looked_up(self, job: JobInfo) -> list[JobInfo]:
        try:
            found = self.inner.job(job.ref.project, job.ref.job_id)
        except DSSError:
            return []
        return [found] if found.outputs and self.rights.sees(found) else []

    def job(self, project: str, job_id: str, *, within: float | None = None) -> JobInfo:
        """Read the status of a visible job."""
        self._need_project(project)
        job = self.inner.job(project, job_id, within=within)
        if not self.rights.sees(job):
            raise Hidden(f"no job {job_id}")
        self._read[project, job_id] = job
        return job

    def start(
        self, project: str, outputs: Sequence[Output], mode: BuildMode, *, refresh_metastore: bool = False
    ) -> str:
        """Start a job if each of its outputs may be built.

        Raises:
            Refusal: the rules don't allow it.
        """
        self.need_build(outputs, mode)
        return self.inner.start(project, outputs, mode, refresh_metastore=refresh_metastore)

    def need_build(self, outputs: Sequence[Output], mode: BuildMode) -> None:
        """Check that each output may be built.

        Raises:
            Refusal: the rules don't allow one of them.
        """
        needed = Capability.BUILD if mode is BuildMode.ONLY else Capability.BUILD_UPSTREAM
        for output in outputs:
            verdict = self.rights.verdict(
                needed, target_of(self.instance, output.project, output.id, output.kind)
            )
            if not verdict.allowed:
                raise self._refused(needed, output.project, output.label, verdict)

    def abort(self, project: str, job_id: str) -> None:
        """Ask DSS to abort a visible job if the person may abort it.

        Raises:
            Refusal: the rules don't allow it.
        """
        job = self._known(project, job_id)
        self.need(Capability.ABORT_OWN if self._is_own(job) else Capability.ABORT_ANY, job)
        self.inner.abort(project, job_id)

    def log_tail(
        self,
        project: str,
        job_id: str,
        *,
        activity: str | None = None,
        max_bytes: int = 65_536,
        within: float | None = None,
    ) -> LogTail:
        """Read the end of a visible job's log, if its logs may be read.

        Raises:
            Refusal: the rules don't allow it.
        """
        self.need(Capability.LOG, self._known(project, job_id))
        return self.inner.log_tail(project, job_id, activity=activity, max_bytes=max_bytes, within=within)

    def need(self, capability: Capability, job: JobInfo) -> None:
        """Check that something may be done with a job.

        Raises:
            Refusal: the rules don't allow it.
        """
        verdict = self.rights.all_of(capability, targets_of(job))
        if not verdict.allowed:
            raise self._refused(capability, job.ref.project, job.ref.job_id, verdict)

    def users(self) -> Sequence[DssUser]:
        """List the users of the instance."""
        return self.inner.users()

    def who_am_i(self) -> WhoAmI:
        """Return who DSS says the caller is."""
        return self.inner.who_am_i()

    def permissions(self, project: str) -> ProjectPermissions:
        """Return who may do what in a visible project."""
        self._need_project(project)
        return self.inner.permissions(project)

    def version(self) -> str:
        """Return the DSS version."""
        return self.inner.version()

    def job_url(self, project: str, job_id: str) -> str:
        """Return the job's address in the DSS web interface."""
        return self.inner.job_url(project, job_id)

    def _known(self, project: str, job_id: str) -> JobInfo:
        return self._read.get((project, job_id)) or self.job(project, job_id)

    def sees_name(self, project: str, name: str, kind: str) -> bool:
        """Return whether the rules show an output."""
        return self.rights.verdict(Capability.VIEW, target_of(self.instance, project, name, kind)).allowed

    def _need_project(self, project: str) -> None:
        if not self.rights.sees_project(self.instance, project):
            raise DSSNotVisible(f"no project {project}")

    def _need_dataset(self, project: str, dataset: str) -> None:
        if not self.sees_name(project, dataset, OutputKind.DATASET):
            raise Hidden(f"no dataset {dataset}")


def unrestricted(dss: Dss) -> Dss:
    """Return the instance that cached lists are read from, so that they serve everybody."""
    return dss.inner if isinstance(dss, RestrictedDss) else dss


def rights_of(dss: Dss) -> Rights | None:
    """Return what the rules allow whom this instance is for; ``None`` without rules."""
    return dss.rights if isinstance(dss, RestrictedDss) else None


def visible_projects(dss: Dss, projects: Sequence[ProjectInfo]) -> Sequence[ProjectInfo]:
    """Return those of a cached list of projects that are visible."""
    return dss.visible_projects(projects) if isinstance(dss, RestrictedDss) else projects


def visible_objects(dss: Dss, project: str, objects: Sequence[FlowObject]) -> Sequence[FlowObject]:
    """Return those of a cached list of objects that are visible."""
    return dss.visible_objects(project, objects) if isinstance(dss, RestrictedDss) else objects


def sees_name(dss: Dss, project: str, name: str, kind: str) -> bool:
    """Return whether the rules of the person whom an instance is for, if any, show an output."""
    return dss.sees_name(project, name, kind) if isinstance(dss, RestrictedDss) else True


def visible_to(dss: Dss, job: JobInfo) -> bool:
    """Return whether the rules let somebody see a job that the bot knows."""
    return dss.rights.sees(job) if isinstance(dss, RestrictedDss) else True


def check_build(dss: Dss, outputs: Sequence[Output], mode: BuildMode) -> None:
    """Check that the rules let somebody build outputs.

    Raises:
        Refusal: they don't.
    """
    if isinstance(dss, RestrictedDss):
        dss.need_build(outputs, mode)


def check_job(dss: Dss, capability: Capability, job: JobInfo) -> None:
    """Check that the rules let somebody do something with a job.

    Raises:
        Refusal: they don't.
    """
    if isinstance(dss, RestrictedDss):
        dss.need(capability, job)
