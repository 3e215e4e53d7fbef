"""A DSS instance in memory: facts go in, the same facts come out, and every request is counted."""

from collections.abc import Callable, Sequence

import msgspec

from bot.domain import (
    BuildMode,
    Dimension,
    DssUser,
    FlowObject,
    JobInfo,
    JobRef,
    LogTail,
    Output,
    OutputKind,
    ProjectInfo,
    ProjectPermissions,
    WhoAmI,
)
from bot.domain.errors import DSSBadKey, DSSError, DSSNotFound, DSSNotVisible
from bot.domain.ports import Dss


class FakeDss:
    """Implements `bot.domain.ports.Dss`; tests change its attributes between calls.

    Attributes:
        broken: raised by every request, as when DSS is down.
        refusing: errors that single methods raise, by method name.
        refusing_projects: errors that every request about a project raises, by project key.
        meanwhile: actions to run once, during a request of that name.
        without_log: activities whose log DSS can't find.
        calls: every request, oldest first: the method name and its project, if any.
    """

    def __init__(self, instance: str = "dss", *, knows_running: bool = True) -> None:
        self._instance = instance
        self.knows_running = knows_running
        self.broken: DSSError | None = None
        self.refusing: dict[str, Exception] = {}
        self.refusing_projects: dict[str, DSSError] = {}
        self.meanwhile: dict[str, Callable[[], object]] = {}
        self.without_log: set[str | None] = set()
        self.calls: list[tuple[str, str]] = []
        self.login: str | None = None
        self.project_list: list[ProjectInfo] = []
        self.object_lists: dict[tuple[str, OutputKind], list[FlowObject]] = {}
        self.dimensions_of: dict[tuple[str, str], tuple[str | Dimension, ...]] = {}
        """A name stands for a dimension whose kind DSS doesn't say."""
        self.partitions_of: dict[tuple[str, str], tuple[str, ...]] = {}
        self.jobs: dict[JobRef, JobInfo] = {}
        self.log = "no log"

    # -- setup

    def add_project(self, key: str, *datasets: str, name: str | None = None) -> None:
        """Add a project with datasets."""
        self.project_list.append(ProjectInfo(key=key, name=name or key))
        for kind in (OutputKind.DATASET, OutputKind.FOLDER, OutputKind.MODEL):
            self.object_lists[key, kind] = []
        self.object_lists[key, OutputKind.DATASET] = [
            FlowObject(kind=OutputKind.DATASET, id=dataset, name=dataset) for dataset in datasets
        ]

    def add_object(self, project: str, kind: OutputKind, object_id: str, name: str) -> None:
        """Add a folder or a model."""
        self.object_lists[project, kind].append(FlowObject(kind=kind, id=object_id, name=name))

    def put(self, job: JobInfo) -> None:
        """Make DSS report these facts about a job from now on."""
        self.jobs[job.ref] = job

    def forget(self, ref: JobRef) -> None:
        """Delete a job."""
        self.jobs.pop(ref, None)

    def made(self, method: str) -> int:
        """Return how many times a method was called."""
        return sum(name == method for name, _ in self.calls)

    # -- the port

    @property
    def instance(self) -> str:
        return self._instance

    @property
    def unreadable(self) -> int:
        return 0

    def as_login(self, login: str | None) -> Dss:
        self.login = login
        return self

    def with_key(self, api_key: str, refused: Callable[[DSSBadKey], DSSError]) -> Dss:
        return self

    def projects(self) -> Sequence[ProjectInfo]:
        self._asked("projects")
        return tuple(self.project_list)

    def objects(self, project: str, kind: OutputKind) -> Sequence[FlowObject]:
        self._asked("objects", project)
        found = self.object_lists.get((project, kind))
        if found is None:
            raise DSSNotVisible(f"{project} is not visible", status=401)
        return tuple(found)

    def dimensions(self, project: str, dataset: str) -> tuple[Dimension, ...]:
        self._asked("dimensions", project)
        known = self.dimensions_of.get((project, dataset), ())
        return tuple(Dimension(name=one) if isinstance(one, str) else one for one in known)

    def partitions(self, project: str, dataset: str) -> Sequence[str]:
        self._asked("partitions", project)
        return self.partitions_of.get((project, dataset), ())

    def recent_jobs(self, project: str, limit: int) -> Sequence[JobInfo]:
        self._asked("recent_jobs", project)
        mine = [_listed(job) for job in self.jobs.values() if job.ref.project == project]
        return tuple(reversed(mine))[:limit]

    def running_jobs(self) -> Sequence[JobInfo] | None:
        if not self.knows_running:
            return None
        self._asked("running_jobs")
        return tuple(_listed(job) for job in self.jobs.values() if not job.finished)

    def job(self, project: str, job_id: str, *, within: float | None = None) -> JobInfo:
        self._asked("job", project)
        found = self.jobs.get(JobRef(instance=self._instance, project=project, job_id=job_id))
        if found is None:
            raise DSSNotFound(f"no job {job_id}", status=404)
        return found

    def start(
        self, project: str, outputs: Sequence[Output], mode: BuildMode, *, refresh_metastore: bool = False
    ) -> str:
        self._asked("start", project)
        job_id = f"job-{len(self.jobs)}"
        ref = JobRef(instance=self._instance, project=project, job_id=job_id)
        self.put(JobInfo(ref=ref, state="NOT_STARTED", finished=False, outputs=tuple(outputs), mode=mode))
        return job_id

    def abort(self, project: str, job_id: str) -> None:
        self._asked("abort", project)

    def log_tail(
        self,
        project: str,
        job_id: str,
        *,
        activity: str | None = None,
        max_bytes: int = 65_536,
        within: float | None = None,
    ) -> LogTail:
        self._asked("log_tail", project)
        if activity in self.without_log:
            raise DSSNotFound(f"no log of {activity}", status=404)
        return LogTail(text=self.log[-max_bytes:], total_bytes=len(self.log), truncated=False)

    def users(self) -> Sequence[DssUser]:
        self._asked("users")
        return ()

    def who_am_i(self) -> WhoAmI:
        self._asked("who_am_i")
        return WhoAmI(identifier="bot")

    def permissions(self, project: str) -> ProjectPermissions:
        self._asked("permissions", project)
        return ProjectPermissions()

    def version(self) -> str:
        self._asked("version")
        return "15.2.0" if self.knows_running else "14.0.0"

    def job_url(self, project: str, job_id: str) -> str:
        return f"https://dss.example/projects/{project}/jobs/{job_id}/"

    def _asked(self, method: str, project: str = "") -> None:
        self.calls.append((method, project))
        if act := self.meanwhile.pop(method, None):
            act()
        if self.broken is not None:
            raise self.broken
        if method in self.refusing:
            raise self.refusing[method]
        if project in self.refusing_projects:
            raise self.refusing_projects[project]


def _listed(job: JobInfo) -> JobInfo:
    """Leave out what a list doesn't include."""
    return msgspec.structs.replace(job, counters=None, activities=(), failure=None, conflicts=())
