"""The state of the stand-in: projects, users, keys, jobs, and the controls that tests use."""

import secrets
import threading
from collections.abc import Mapping, Sequence

from bot.sandbox.dss.bulk import finished_jobs, running_jobs
from bot.sandbox.dss.clock import Clock, RealClock
from bot.sandbox.dss.jobs import Job, JobBook
from bot.sandbox.dss.model import Item, Key, Project, Ref, Rights, User
from bot.sandbox.dss.plan import Conflict, JobPlan, Life, Step, progress
from bot.sandbox.dss.problems import invisible, not_found
from bot.sandbox.dss.starting import Finder, NextPlan, Wanted, job_outputs, make_plan, read_mode, read_outputs

ABORT_MS = 2_000
"""Time from an abort request until the job stops."""


class World:
    """The whole state of the stand-in. Its methods are thread-safe.

    You can change ``projects``, ``users``, and ``keys`` directly; hold ``lock`` while you do.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock: Clock = clock or RealClock()
        self.lock = threading.RLock()
        self.projects: dict[str, Project] = {}
        self.users: dict[str, User] = {}
        self.keys: dict[str, Key] = {}
        self.jobs = JobBook()
        self.refusal_status = 403
        """The status for a missing privilege; 401 also occurs in the field (DSS-API.md §3.4)."""
        self._next: list[NextPlan] = []

    # ---- people and keys -------------------------------------------------------------------------

    def add_user(self, user: User) -> User:
        """Add a user with a personal key."""
        with self.lock:
            self.users[user.login] = user
            self.add_key(Key(secret=f"dkuaps-{secrets.token_hex(16)}", login=user.login))
        return user

    def add_key(self, key: Key) -> Key:
        """Add an API key of any kind."""
        with self.lock:
            self.keys[key.secret] = key
        return key

    def revoke_key(self, secret: str) -> None:
        """Make a key invalid."""
        with self.lock:
            del self.keys[secret]

    def grant(self, login: str, project: str, *, read: bool = True, run: bool = True) -> None:
        """Set a user's rights in a project."""
        with self.lock:
            self.users[login].rights[project] = Rights(read=read, run=run)

    def revoke(self, login: str, project: str) -> None:
        """Hide a project from a user."""
        with self.lock:
            self.users[login].rights.pop(project, None)

    def add_project(self, project: Project) -> Project:
        """Add a project that only administrators can see."""
        with self.lock:
            self.projects[project.key] = project
        return project

    # ---- jobs ------------------------------------------------------------------------------------

    def now(self) -> int:
        """Return the simulated time in ms since 1970."""
        return self.clock.now_ms()

    def start(
        self,
        project: str,
        definition: Mapping[str, object],
        *,
        initiator: str = "admin",
        find: Finder | None = None,
        triggered_from: str = "API",
    ) -> Job:
        """Start a job as the API does.

        Raises:
            Problem: DSS would reject the definition.
        """
        with self.lock:
            now = self.now()
            self.settle()
            mode = read_mode(definition)
            wanted = read_outputs(definition, project, find or self._any_project)
            override = self._next[0] if self._next else None
            plan = self._without_conflict(make_plan(wanted, mode, now, override), now)
            del self._next[:1]
            job = self._new_job(project, wanted, mode=mode, plan=plan, initiator=initiator)
            job.triggered_from = triggered_from
            job.refresh_metastore = bool(definition.get("refreshHiveMetastore"))
            job.auto_update_schema = bool(definition.get("autoUpdateSchemaBeforeEachRecipeRun"))
            self.jobs.add(job)
            if not plan.conflicts:
                self.jobs.lock(job)
            return job

    def abort(self, project: str, job_id: str) -> None:
        """Ask for an abort; for a finished job, this is accepted but has no effect."""
        with self.lock:
            job = self.job(project, job_id)
            if job.life.stop_at is None and not job.plan.ignores_abort and not job.head(self.now()).stable:
                job.life.stop_at = self.now() + ABORT_MS

    def job(self, project: str, job_id: str) -> Job:
        """Return one job.

        Raises:
            Problem: there is no such job.
        """
        with self.lock:
            job = self.jobs.find(project, job_id)
        if job is None:
            raise not_found(f"Job not found: {project}.{job_id}")
        return job

    def settle(self) -> None:
        """Update the flow after jobs have ended: new data makes everything downstream stale."""
        now = self.now()
        for job in self.jobs.settle(now):
            for one in progress(job.plan, job.life, now):
                if one.state != "DONE":
                    continue
                for target in one.step.targets:
                    item = self._item(target.project, target.kind, target.id)
                    if item is not None:
                        _note_change(item, target.partition, one.end)

    # ---- controls for tests and demos ------------------------------------------------------------

    def plan_next(
        self,
        *,
        outcome: str | None = None,
        duration: float | None = None,
        activities: int | Sequence[Step] | None = None,
        queue: float | None = None,
        message: str = "KeyError: 'amount'",
        warnings: int = 0,
        waits: bool = False,
        ignores_abort: bool = False,
    ) -> None:
        """Set how the next started job goes, instead of what the flow implies. Calls queue up.

        Args:
            outcome: DONE, FAILED, or ABORTED.
            duration: exact seconds from initiation to end.
            activities: this many sequential steps, or exactly these.
            queue: seconds that the job stays NOT_STARTED.
            message: the last activity's error message, when ``outcome`` is FAILED.
            warnings: how many warnings the last activity has.
            waits: stay in WAITING_CONFIRMATION until aborted.
            ignores_abort: run to the end regardless of abort requests.
        """
        plan = NextPlan(
            outcome=outcome,
            duration=duration,
            activities=activities,
            queue=queue,
            message=message,
            warnings=warnings,
            waits=waits,
            ignores_abort=ignores_abort,
        )
        with self.lock:
            self._next.append(plan)

    @property
    def planned(self) -> list[NextPlan]:
        """The plans of `plan_next` that no job has taken yet."""
        with self.lock:
            return list(self._next)

    def hold(self, project: str, job_id: str) -> None:
        """Keep a job from finishing until `release`; it can still be aborted."""
        with self.lock:
            job = self.job(project, job_id)
            job.life.held = not job.head(self.now()).stable

    def release(self, project: str, job_id: str) -> None:
        """Let a held job finish; immediately if its planned end has passed."""
        with self.lock:
            job = self.job(project, job_id)
            if job.life.held:
                job.life.pause_ms = max(0, self.now() - job.life.initiated - job.plan.total_ms)
                job.life.held = False

    def touch(self, project: str, dataset: str, partition: str = "NP") -> None:
        """Mark a source's data as changed now, so that what is built from it is out of date."""
        with self.lock:
            _note_change(self.projects[project].dataset(dataset), partition, self.now())

    def crash(self) -> None:
        """Abort all running jobs, as a restart of the back end does: activities stay RUNNING."""
        with self.lock:
            for job in self.jobs.unfinished(self.now()):
                job.life.stop_at = self.now()
                job.life.killed = True

    def clear_logs(self, project: str, job_id: str) -> None:
        """Remove a job's details and log, as the "Clear job logs" macro does."""
        with self.lock:
            self.job(project, job_id).cleared = True

    def delete_job(self, project: str, job_id: str) -> None:
        """Make DSS forget a job."""
        with self.lock:
            self.jobs.remove(self.job(project, job_id))

    def set_log_size(self, project: str, job_id: str, size: int) -> None:
        """Make the job's log exactly ``size`` bytes long, or as long as its events need if that is more."""
        with self.lock:
            self.job(project, job_id).log_bytes = size

    def add_running_jobs(self, count: int, project: str = "CHURN", initiator: str = "admin") -> list[str]:
        """Add jobs that run until they are released or aborted. Designed for thousands of jobs."""
        with self.lock:
            jobs = running_jobs(self.projects[project], count, now=self.now(), initiator=initiator)
            for job in jobs:
                job.id = self.jobs.free_id(project, job.name, job.life.initiated)
                self.jobs.add(job)
            return [job.id for job in jobs]

    def add_history(self, project: str, count: int, *, before: int | None = None) -> list[str]:
        """Add finished jobs older than all others (and than ``before``, in ms). Returns ids, newest first.

        Designed for tens of thousands of jobs.
        """
        with self.lock:
            there = self.jobs.of_project(project)
            limits = [self.now(), *(job.life.initiated for job in there[:1]), *([before] if before else [])]
            before = min(limits)
            jobs = finished_jobs(self.projects[project], count, before=before)
            self.jobs.add_older(project, jobs)
            return [job.id for job in reversed(jobs)]

    # ---- internals -------------------------------------------------------------------------------

    def _any_project(self, key: str) -> Project:
        if key not in self.projects:
            raise invisible()
        return self.projects[key]

    def _item(self, project: str, kind: str, name: str) -> Item | None:
        found = self.projects.get(project)
        return found.items.get(Ref(kind, name)) if found else None

    def _new_job(
        self, project: str, wanted: list[Wanted], *, mode: str, plan: JobPlan, initiator: str
    ) -> Job:
        first = wanted[0]
        target = f"{first.item.name}__{first.partition}".replace("/", "_")
        name = f"Build_{target}_"
        user = self.users.get(initiator)
        return Job(
            project=project,
            id=self.jobs.free_id(project, name, self.now()),
            name=name,
            mode=mode,
            initiator=initiator,
            initiator_name=user.name if user else initiator,
            outputs=job_outputs(wanted),
            plan=plan,
            life=Life(initiated=self.now()),
        )

    def _without_conflict(self, plan: JobPlan, now: int) -> JobPlan:
        """Return a plan that fails at once if another job is building one of the outputs."""
        conflicts = []
        for step in (*plan.steps, *plan.never):
            for target in step.targets:
                other = self.jobs.holder((target.project, target.kind, target.id, target.partition), now)
                if other is not None:
                    conflicts.append(
                        Conflict(
                            job_project=other.project,
                            job_id=other.id,
                            project=target.project,
                            dataset=target.id,
                            partition=target.partition,
                        )
                    )
        if not conflicts:
            return plan
        return JobPlan(queue_ms=0, deps_ms=0, total_ms=0, outcome="FAILED", conflicts=tuple(conflicts))


def _note_change(item: Item, partition: str, when: int) -> None:
    item.changed_at[partition] = max(when, item.changed_at.get(partition, 0))
    if item.dimensions and partition not in item.partitions:
        item.partitions.append(partition)
