"""Jobs of the stand-in, in their order, with what is cached so that long lists are served fast."""

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
    """Wanted size of the log; ``None``: as long as it comes."""
    cleared: bool = False
    """Details and log were removed from the disk (``removed``)."""
    encoded: tuple[Head, bytes] | None = field(default=None, repr=False)
    """The list item and what it says, so that it is encoded again only when that changed."""
    stuck: Head | None = field(default=None, repr=False)
    """Of a held job past its planned end: nothing about it changes any more, so this is looked up."""
    settled: bool = False
    """Whether the effects of its end on the flow have been noted."""

    def head(self, now: int) -> Head:
        """Return state and times at ``now`` (ms since 1970)."""
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
    """Return the time as job ids end with it."""
    moment = datetime.fromtimestamp(ms / 1000, UTC)
    return f"{moment:%Y-%m-%dT%H-%M-%S}.{ms % 1000:03d}"


class JobBook:
    """All jobs of the instance. Not locked: the world that owns it is."""

    def __init__(self) -> None:
        self._of_project: dict[str, list[Job]] = {}
        self._by_id: dict[tuple[str, str], Job] = {}
        self._unfinished: dict[tuple[str, str], Job] = {}
        self._next_free: dict[tuple[str, str, int], int] = {}
        self._locks: dict[tuple[str, str, str, str], Job] = {}

    def of_project(self, project: str) -> list[Job]:
        """Return the jobs of a project, oldest first. Not to be changed."""
        return self._of_project.get(project, [])

    def find(self, project: str, job_id: str) -> Job | None:
        """Return one job."""
        return self._by_id.get((project, job_id))

    def unfinished(self, now: int) -> list[Job]:
        """Return the jobs that had no final state at ``now``, oldest first."""
        return [job for job in self._unfinished.values() if not job.head(now).stable]

    def free_id(self, project: str, name: str, ms: int) -> str:
        """Return an id for a new job that no other of the project has."""
        wish = (project, name, ms)
        ms = self._next_free.get(wish, ms)  # thousands may ask for the same moment
        while (project, candidate := f"{name}_{stamp(ms)}") in self._by_id:
            ms += 1
        self._next_free[wish] = ms + 1
        return candidate

    def add(self, job: Job) -> None:
        """Add a new job as the newest one."""
        self._of_project.setdefault(job.project, []).append(job)
        self._by_id[job.project, job.id] = job
        self._unfinished[job.project, job.id] = job

    def add_older(self, project: str, jobs: list[Job]) -> None:
        """Add finished jobs, oldest first, all older than every job there is."""
        self._of_project.setdefault(project, [])[:0] = jobs
        for job in jobs:
            job.settled = True
            self._by_id[project, job.id] = job

    def settle(self, now: int) -> list[Job]:
        """Take out the jobs that have ended since the last call and return them."""
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
        """Forget a job altogether."""
        self._of_project[job.project].remove(job)
        del self._by_id[job.project, job.id]
        self._unfinished.pop((job.project, job.id), None)

    def holder(self, key: tuple[str, str, str, str], now: int) -> Job | None:
        """Return the unfinished job that writes this (project, kind, id, partition), if there is one."""
        job = self._locks.get(key)
        return job if job is not None and not job.head(now).stable else None

    def lock(self, job: Job) -> None:
        """Note what the job writes."""
        for step in (*job.plan.steps, *job.plan.never):
            for target in step.targets:
                self._locks[target.project, target.kind, target.id, target.partition] = job
