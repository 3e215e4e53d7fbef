"""One look at an instance: which of its jobs run, by the cheapest call that this DSS has."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

import structlog

from bot.errors import (
    DSSBadKey,
    DSSError,
    DSSMisconfigured,
    DSSNotFound,
    DSSNotVisible,
    DSSRefused,
    DSSUnavailable,
    DSSUnreachable,
)
from bot.facts import JobFacts, JobRef
from bot.jobs.ports import Dss
from bot.work.budget import Budget
from bot.work.followed import Entry, Followed

log = structlog.get_logger(__name__)

LISTED = 100
"""Newest jobs of a project that one list reads, at least."""
MOST_LISTED = 2_000
LIST_AGAIN = (10.0, 30.0, 60.0, 300.0)
"""Seconds until the list of all running jobs is tried again that could not be read; the lists of the
projects serve meanwhile."""
LIST_OUTAGES = 2
"""How many times in a row a gateway may answer in DSS's place before the projects' lists are tried."""
SEEK_AGAIN = 5.0
"""Seconds after which a project's list is read again for a job whose status can't be asked for."""
LOST_AFTER = 60.0
"""Seconds after which the jobs of a project whose list cannot be read are asked after one by one."""
MOST_ENDS = 10_000
"""Jobs that one list reads when so many have ended at once: one long answer instead of as many calls."""


class Seen:
    """What one look showed."""

    def __init__(
        self,
        running: Mapping[JobRef, JobFacts],
        finished: Mapping[JobRef, JobFacts],
        projects: frozenset[str] | None,
        failure: DSSError | None = None,
    ) -> None:
        self.running = running
        self.failure = failure
        """Why no list could be read; then only statuses can tell whether DSS answers."""
        self.finished = finished
        self._projects = projects

    def covers(self, ref: JobRef) -> bool:
        """Say whether a job would have been shown if it ran."""
        return self._projects is None or ref.project in self._projects


class Looking:
    """Looks at one instance, round after round."""

    def __init__(self, dss: Dss, budget: Budget, requests_per_second: float) -> None:
        self._dss = dss
        self._budget = budget
        self._per_second = requests_per_second
        self._project_at: dict[str, float] = {}
        self._failing_since: dict[str, float] = {}
        self._failure: DSSError | None = None
        """Why no list could be read, since one was read last."""
        self._list_failures = self._outages = 0
        self._list_at = 0.0
        self.trouble: str | None = None
        """What is wrong with the lists, although DSS answers."""

    def forget(self) -> None:
        """Look at everything again as soon as the budget allows."""
        self._project_at.clear()
        self._list_failures, self._list_at = 0, 0.0

    def look(self, followed: Followed, now: datetime) -> Seen:
        """Ask what runs.

        Raises:
            DSSError: DSS does not answer.
        """
        running = self._running(now.timestamp())
        if running is not None:
            return Seen({job.ref: job for job in running if not job.finished}, {}, None)
        return self._by_project(followed, now.timestamp())

    def _running(self, now: float) -> Sequence[JobFacts] | None:
        """Read the list of all that runs; ``None`` when there is none, or none that can be read.

        Raises:
            DSSError: DSS does not answer, or not to us.
        """
        if self._list_failures and self._list_at - max(LIST_AGAIN) <= now < self._list_at:
            return None
        self._budget.take()  # the tick is its limit: it is made even when the budget has run out
        try:
            running = self._dss.running_jobs()
        except (DSSBadKey, DSSMisconfigured):
            raise
        except (DSSUnavailable, DSSUnreachable) as error:
            if isinstance(error, DSSUnreachable) and error.timed_out:
                self._no_list(now, error)
                return None
            self._outages += 1
            if self._outages <= LIST_OUTAGES:
                raise
            # A gateway may fail for this one list, which is the longest answer: the projects' lists tell.
            self.trouble = f"the list of running jobs can't be had: {error}"
            return None
        except DSSError as error:
            self._no_list(now, error)
            return None
        self._list_failures = self._outages = 0
        bad = self._dss.unreadable
        self.trouble = f"{bad} jobs in DSS's lists can't be read" if bad else None
        return running

    def _no_list(self, now: float, error: DSSError) -> None:
        """Do without the list for a while: statuses and other lists may work."""
        self._list_at = now + LIST_AGAIN[min(self._list_failures, len(LIST_AGAIN) - 1)]
        self._list_failures += 1
        self.trouble = f"the list of running jobs can't be read: {type(error).__name__}: {error}"
        log.warning("follow.no_running_list", instance=self._dss.instance, error=str(error))

    def finished(
        self,
        ended: Sequence[tuple[JobRef, Entry]],
        known: Mapping[JobRef, JobFacts],
        *,
        stuck: Collection[JobRef],
        followed: Followed,
        now: float,
    ) -> Mapping[JobRef, JobFacts]:
        """Read the ends of many jobs from their projects' lists: one call each instead of one a job.

        Args:
            ended: jobs that are not listed as running any more.
            known: ends that are known from a list already.
            stuck: those of them whose status can't be asked for now: a list is read for a single one too, and
                again after a while.
            followed: all that are followed: a list has to reach as far back as they do.
            now: in seconds of the waiter's clock.
        """
        found = dict(known)
        by_project: dict[str, list[Entry]] = {}
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
                jobs = self._dss.recent_jobs(project, min(MOST_ENDS, LISTED + reach))
            except DSSError:
                continue  # each is asked after by itself then
            found |= {job.ref: job for job in jobs if job.finished}
            for entry in entries:
                entry.sought, entry.sought_at = True, now
        return found

    def _by_project(self, followed: Followed, now: float) -> Seen:
        """Before DSS 15.2: a limited list for each project with followed jobs, in turn within the budget.

        A project whose list fails is not looked at this time, and its jobs are asked after one by one when it
        goes on to fail; the others are looked at.

        Raises:
            DSSError: DSS does not answer, or not to us, now or the last time that any list was due.
        """
        projects = followed.projects()
        running: dict[JobRef, JobFacts] = {}
        finished: dict[JobRef, JobFacts] = {}
        looked: set[str] = set()
        failure: DSSError | None = None
        for project in self._in_turn(projects, now):
            self._project_at[project] = now + len(projects) / self._per_second
            limit = min(MOST_LISTED, max(LISTED, 2 * _count(followed, project)))
            try:
                for job in self._dss.recent_jobs(project, limit):
                    (finished if job.finished else running)[job.ref] = job
            except (DSSNotFound, DSSNotVisible, DSSRefused):
                pass  # it was deleted or closed to us: its jobs are asked after one by one
            except DSSError as error:
                failure = error
                log.warning("follow.no_list", project=project, error=str(error))
                self._failing_since.setdefault(project, now)
                if isinstance(error, DSSUnreachable | DSSUnavailable | DSSBadKey | DSSMisconfigured):
                    break  # the next project would hardly fare better, and take as long
                continue
            looked.add(project)
            self._failing_since.pop(project, None)
        self._forget_others(projects)
        self._failure = failure if failure and not looked else None if looked else self._failure
        if self._failure is not None and _is_silence(self._failure):
            raise self._failure.with_traceback(None)
        patience = 0.0 if self._list_failures else LOST_AFTER  # nothing else tells of them
        lost = {project for project, since in self._failing_since.items() if now - since >= patience}
        return Seen(running, finished, frozenset(looked | lost), self._failure)

    def _forget_others(self, projects: frozenset[str]) -> None:
        """Keep nothing of projects without followed jobs."""
        self._project_at = {key: at for key, at in self._project_at.items() if key in projects}
        self._failing_since = {key: at for key, at in self._failing_since.items() if key in projects}

    def _in_turn(self, projects: frozenset[str], now: float) -> Iterable[str]:
        due = sorted(projects, key=lambda project: self._project_at.get(project, 0.0))
        for number, project in enumerate(due):
            if self._project_at.get(project, 0.0) > now or (number and not self._budget.take()):
                return
            yield project


def _is_silence(error: DSSError) -> bool:
    """Say whether DSS does not answer at all, or not to us; else its other calls may work."""
    return isinstance(error, DSSUnreachable | DSSUnavailable | DSSBadKey | DSSMisconfigured)


def _count(followed: Followed, project: str) -> int:
    return sum(ref.project == project for ref, _ in followed)
