"""Finds an instance's running jobs with the cheapest call that its DSS version offers."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TypeVar

import structlog

from bot.domain import JobInfo, JobRef
from bot.domain.errors import (
    DSSBadKey,
    DSSError,
    DSSMisconfigured,
    DSSNotFound,
    DSSNotVisible,
    DSSRefused,
    DSSUnavailable,
    DSSUnreachable,
    DSSUnreadable,
)
from bot.domain.ports import Dss
from bot.workers.followed_jobs import FollowedEntry, FollowedJobs
from bot.workers.request_budget import RequestBudget

T = TypeVar("T")

log = structlog.get_logger(__name__)

LISTED = 100
"""Minimum number of a project's newest jobs that one list reads."""
MOST_LISTED = 2_000
LIST_AGAIN = (10.0, 30.0, 60.0, 300.0)
"""Seconds until an unreadable list of all running jobs is tried again; in the meantime, the waiter uses the
projects' lists."""
LIST_OUTAGES = 2
"""How many gateway errors in a row are tolerated before the projects' lists are tried."""
SEEK_AGAIN = 5.0
"""Seconds until a project's list is read again for a job whose status can't be requested."""
LOST_AFTER = 60.0
"""Seconds after which the jobs of a project with an unreadable list are checked one by one."""
MOST_ENDS = 10_000
"""Maximum jobs in one list when many ended at once: one long answer instead of many calls."""


class RunningJobs:
    """The result of one look at an instance."""

    def __init__(
        self,
        running: Mapping[JobRef, JobInfo],
        finished: Mapping[JobRef, JobInfo],
        projects: frozenset[str] | None,
        failure: DSSError | None = None,
    ) -> None:
        self.running = running
        self.failure = failure
        """Why no list could be read; then only status calls show whether DSS answers."""
        self.finished = finished
        self._projects = projects

    def covers(self, ref: JobRef) -> bool:
        """Return whether the lists would show the job if it were running."""
        return self._projects is None or ref.project in self._projects


class RunningJobsReader:
    """Looks for running jobs on one instance, round after round."""

    def __init__(self, dss: Dss, budget: RequestBudget, requests_per_second: float) -> None:
        self._dss = dss
        self._budget = budget
        self._per_second = requests_per_second
        self._project_at: dict[str, float] = {}
        self._failing_since: dict[str, float] = {}
        self._failure: DSSError | None = None
        """Why no list could be read since the last successful one."""
        self._list_failures = self._outages = 0
        self._list_at = 0.0
        self.trouble: str | None = None
        """What is wrong with the lists although DSS answers."""

    def forget(self) -> None:
        """Check everything again as soon as the budget allows."""
        self._project_at.clear()
        self._list_failures, self._list_at = 0, 0.0

    def read(self, followed: FollowedJobs, now: datetime) -> RunningJobs:
        """Find out what is running.

        Raises:
            DSSError: DSS doesn't answer.
        """
        running = self._running(now.timestamp())
        if running is not None:
            return RunningJobs({job.ref: job for job in running if not job.finished}, {}, None)
        return self._by_project(followed, now.timestamp())

    def _running(self, now: float) -> Sequence[JobInfo] | None:
        """Read the list of all running jobs; ``None`` if DSS has none or it can't be read.

        Raises:
            DSSError: DSS doesn't answer, or refuses the bot.
        """
        if self._list_failures and self._list_at - max(LIST_AGAIN) <= now < self._list_at:
            return None
        self._budget.take()  # the tick limits this call, so it is made even when the budget is used up
        try:
            running = self._listed(self._dss.running_jobs)
        except (DSSBadKey, DSSMisconfigured):
            raise
        except (DSSUnavailable, DSSUnreachable) as error:
            if isinstance(error, DSSUnreachable) and error.timed_out:
                self._no_list(now, error)
                return None
            self._outages += 1
            if self._outages <= LIST_OUTAGES:
                raise
            # A gateway can fail for just this list, the longest answer, so try the projects' lists.
            self.trouble = f"the list of running jobs can't be had: {error}"
            return None
        except DSSError as error:
            self._no_list(now, error)
            return None
        self._list_failures = self._outages = 0
        bad = self._dss.unreadable
        self.trouble = f"{bad} jobs in DSS's lists can't be read" if bad else None
        return running

    def _listed(self, read: Callable[[], T]) -> T:
        """Read a list. Whatever else goes wrong with one, the others and the single statuses still work.

        Raises:
            DSSError: DSS doesn't answer, or the answer can't be read.
        """
        try:
            return read()
        except DSSError:
            raise
        except Exception as error:  # the waiter shows it as its trouble
            raise DSSUnreadable(f"{type(error).__name__}: {error}"[:200]) from error

    def _no_list(self, now: float, error: DSSError) -> None:
        """Do without the list for a while: status calls and other lists might work."""
        self._list_at = now + LIST_AGAIN[min(self._list_failures, len(LIST_AGAIN) - 1)]
        self._list_failures += 1
        self.trouble = f"the list of running jobs can't be read: {type(error).__name__}: {error}"
        log.warning("follow.no_running_list", instance=self._dss.instance, error=str(error))

    def finished(
        self,
        ended: Sequence[tuple[JobRef, FollowedEntry]],
        known: Mapping[JobRef, JobInfo],
        *,
        stuck: Collection[JobRef],
        followed: FollowedJobs,
        now: float,
    ) -> Mapping[JobRef, JobInfo]:
        """Read the ends of many jobs from their projects' lists: one call per project instead of per job.

        Args:
            ended: jobs that are no longer listed as running.
            known: ends that a list has already reported.
            stuck: the ended jobs whose status can't be requested now: a list is read even for a single one,
                and again after a while.
            followed: all followed jobs: a list has to reach as far back as they do.
            now: in seconds of the waiter's clock.
        """
        found = dict(known)
        by_project: dict[str, list[FollowedEntry]] = {}
        alone: set[str] = set()
        for ref, entry in ended:
            again = ref in stuck and not entry.sought_at <= now < entry.sought_at + SEEK_AGAIN
            if ref not in known and (not entry.sought or again):
                by_project.setdefault(ref.project, []).append(entry)
                if ref in stuck:
                    alone.add(ref.project)
        for project, entries in by_project.items():
            if len(entries) < 2 and project not in alone:
                continue
            self._budget.force()
            reach = 2 * max(len(entries), _count(followed, project) if project in alone else 0)
            try:
                limit = min(MOST_ENDS, LISTED + reach)
                jobs = self._listed(partial(self._dss.recent_jobs, project, limit))
            except DSSError:
                continue  # then each job is checked on its own
            found |= {job.ref: job for job in jobs if job.finished}
            for entry in entries:
                entry.sought, entry.sought_at = True, now
        return found

    def _by_project(self, followed: FollowedJobs, now: float) -> RunningJobs:
        """Read a limited list for each project with followed jobs, in turn within the budget.

        This is for versions before DSS 15.2. A project whose list fails is skipped this time; if it keeps
        failing, its jobs are checked one by one. The other projects are still read.

        Raises:
            DSSError: DSS doesn't answer, or refuses the bot, now or the last time that any list was due.
        """
        projects = followed.projects()
        running: dict[JobRef, JobInfo] = {}
        finished: dict[JobRef, JobInfo] = {}
        looked: set[str] = set()
        failure: DSSError | None = None
        for project in self._in_turn(projects, now):
            self._project_at[project] = now + len(projects) / self._per_second
            limit = min(MOST_LISTED, max(LISTED, 2 * _count(followed, project)))
            try:
                for job in self._listed(partial(self._dss.recent_jobs, project, limit)):
                    (finished if job.finished else running)[job.ref] = job
            except (DSSNotFound, DSSNotVisible, DSSRefused):
                pass  # it was deleted or we lost access: its jobs are checked one by one
            except DSSError as error:
                failure = error
                log.warning("follow.no_list", project=project, error=str(error))
                self._failing_since.setdefault(project, now)
                if isinstance(error, DSSUnreachable | DSSUnavailable | DSSBadKey | DSSMisconfigured):
                    break  # the next project would probably fail too, and take as long
                continue
            looked.add(project)
            self._failing_since.pop(project, None)
        self._forget_others(projects)
        self._failure = failure if failure and not looked else None if looked else self._failure
        if self._failure is not None and _is_silence(self._failure):
            raise self._failure.with_traceback(None)
        patience = 0.0 if self._list_failures else LOST_AFTER  # nothing else reports them
        lost = {project for project, since in self._failing_since.items() if now - since >= patience}
        return RunningJobs(running, finished, frozenset(looked | lost), self._failure)

    def _forget_others(self, projects: frozenset[str]) -> None:
        """Forget projects without followed jobs."""
        self._project_at = {key: at for key, at in self._project_at.items() if key in projects}
        self._failing_since = {key: at for key, at in self._failing_since.items() if key in projects}

    def _in_turn(self, projects: frozenset[str], now: float) -> Iterable[str]:
        due = sorted(projects, key=lambda project: self._project_at.get(project, 0.0))
        for number, project in enumerate(due):
            if self._project_at.get(project, 0.0) > now or (number and not self._budget.take()):
                return
            yield project


def _is_silence(error: DSSError) -> bool:
    """Return whether DSS doesn't answer at all, or refuses the bot; otherwise, other calls might work."""
    return isinstance(error, DSSUnreachable | DSSUnavailable | DSSBadKey | DSSMisconfigured)


def _count(followed: FollowedJobs, project: str) -> int:
    return sum(ref.project == project for ref, _ in followed)
