"""The stand-in's jobs in order, with caches that make long lists fast."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.sandbox.dss.plan import Head, JobPlan, Life, head


@dataclass(frozen=True, slots=True, kw_only=True)
class JobOutput:
    """One output, as the job's definition names it."""

    project: str
    kind: str
    id: str
    partition: str


@dataclass(slots=True, kw_only=True)
class Job:
    """One job."""

    project: str
    id: str
    name: str
    mode: str
    initiator: str
    """Login, or ``API (label)``."""
    initiator_name: str
    outputs: tuple[JobOutput, ...]
    plan: JobPlan
    life: Life
    triggered_from: str = "API"
    refresh_metastore: bool = False
    auto_update_schema: bool = False
    log_bytes: int | None = None
    """Target size of the log; ``None`` leaves its natural length."""
    cleared: bool = False
    """The details and log were deleted from disk (``removed``)."""
    encoded: tuple[Head, bytes] | None = field(default=None, repr=False)
    """The encoded list item and the values in it; it is encoded again only when they change."""
    stuck: Head | None = field(default=None, repr=False)
    """The head of a held job past its planned end. Nothing in it changes anymore, so it is cached."""
    settled: bool = False
    """Whether the flow already reflects the job's end."""

    def head(self, now: int) -> Head:
        """Return the state and times at ``now`` (ms since 1970)."""
        if self.encoded is not None and self.encoded[0].stable:
            return self.encoded[0]
        if not self.life.held or self.life.stop_at is not None:
            return head(self.plan, self.life, now)
        if self.stuck is None or now - self.life.initiated < self.plan.total_ms:
            current = head(self.plan, self.life, now)
            self.stuck = current if now - self.life.initiated >= self.plan.total_ms else None
            return current
        return self.stuck


def stamp(ms: int) -> str:
    """Format a time as the suffix of a job id."""
    moment = datetime.fromtimestamp(ms / 1000, UTC)
    return f"{moment:%Y-%m-%dT%H-%M-%S}.{ms % 1000:03d}"


class JobBook:
    """All jobs of the instance. It has no lock; the world that owns it does."""

    def __init__(self) -> None:
        self._of_project: dict[str, list[Job]] = {}
        self._by_id: dict[tuple[str, str], Job] = {}
        self._unfinished: dict[tuple[str, str], Job] = {}
        self._next_free: dict[tuple[str, str, int], int] = {}
        self._locks: dict[tuple[str, str, str, str], Job] = {}

    def of_project(self, project: str) -> list[Job]:
        """Return the jobs of a project, oldest first. Callers must not change the list."""
        return self._of_project.get(project, [])

    def find(self, project: str, job_id: str) -> Job | None:
        """Return one job, or ``None``."""
        return self._by_id.get((project, job_id))

    def unfinished(self, now: int) -> list[Job]:
        """Return the jobs that are not in a final state at ``now``, oldest first."""
        return [job for job in self._unfinished.values() if not job.head(now).stable]

    def free_id(self, project: str, name: str, ms: int) -> str:
        """Return an id for a new job that is unique in the project."""
        request = (project, name, ms)
        ms = self._next_free.get(request, ms)  # thousands can ask for the same moment
        while (project, candidate := f"{name}_{stamp(ms)}") in self._by_id:
            ms += 1
        self._next_free[request] = ms + 1
        return candidate

    def add(self, job: Job) -> None:
        """Add a new job as the newest one."""
        self._of_project.setdefault(job.project, []).append(job)
        self._by_id[job.project, job.id] = job
        self._unfinished[job.project, job.id] = job

    def add_older(self, project: str, jobs: list[Job]) -> None:
        """Add finished jobs, oldest first, all older than every existing job."""
        self._of_project.setdefault(project, [])[:0] = jobs
        for job in jobs:
            job.settled = True
            self._by_id[project, job.id] = job

    def settle(self, now: int) -> list[Job]:
        """Remove and return the jobs that have ended since the last call."""
        ended = [
            job
            for job in self._unfinished.values()
            if not (job.life.held and job.life.stop_at is None) and job.head(now).stable
        ]
        for job in ended:
            del self._unfinished[job.project, job.id]
            job.settled = True
        return ended

    def remove(self, job: Job) -> None:
        """Remove every trace of a job."""
        self._of_project[job.project].remove(job)
        del self._by_id[job.project, job.id]
        self._unfinished.pop((job.project, job.id), None)

    def holder(self, key: tuple[str, str, str, str], now: int) -> Job | None:
        """Return the unfinished job that writes this (project, kind, id, partition), if any."""
        job = self._locks.get(key)
        return job if job is not None and not job.head(now).stable else None

    def lock(self, job: Job) -> None:
        """Record what the job writes."""
        for step in (*job.plan.steps, *job.plan.never):
            for target in step.targets:
                self._locks[target.project, target.kind, target.id, target.partition] = job
