"""The job waiter: one list call per instance, and status calls only where they matter."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from functools import partial

import msgspec
import structlog

from bot.domain import JobInfo, JobRef
from bot.domain.errors import DSSError, DSSNotFound, DSSNotVisible, DSSUnreadable
from bot.domain.follow_rules import Limits, observe, observe_start, observe_unreadable_end, observe_vanished
from bot.domain.ports import Dss
from bot.services.viewers import OpenViewers, Viewers
from bot.store import Store
from bot.workers.dss_availability import DssAvailability
from bot.workers.followed_jobs import HELD_AT_MOST, FollowedEntry, FollowedJobs, age, least_pause
from bot.workers.instance_lease import InstanceLease
from bot.workers.job_writer import JobWriter
from bot.workers.late_details import LateDetails
from bot.workers.log_excerpts import LogExcerpts
from bot.workers.request_budget import RequestBudget
from bot.workers.running_jobs import RunningJobs, RunningJobsReader
from bot.workers.status_calls import PATIENCE, StatusCalls, StatusResult
from bot.workers.steady_clock import SteadyClock, uptime

log = structlog.get_logger(__name__)

GONE_AFTER = 3
"""A job is "gone" when DSS says so this many times in a row, because DSS might be restarting."""
GIVE_UP_TRIES = 4
GIVE_UP_UNREADABLE = 60.0
GIVE_UP_SILENT = 600.0
"""Tries and seconds after which the bot reports that it can't read the state of a job that is no longer
running: sooner when DSS's answer is unreadable, later when DSS gives no answer about this job."""
NEVER = timedelta(days=1_000_000)
MANY_ENDS = 8
"""When this many jobs end in one round, they are read from one list instead of one by one."""


class JobWaiter:
    """Follows every watched job of one instance. `round` is one tick.

    Only the replica that holds the instance's lease follows its jobs. Even if two replicas both believe that
    they hold it, the version on each job row makes sure that everything is posted only once.
    """

    def __init__(
        self,
        store: Store,
        dss: Dss,
        *,
        owner: str,
        clock: Callable[[], datetime],
        requests_per_second: float = 5.0,
        limits: Limits = Limits(),  # noqa: B008 - frozen
        instance_label: str | None = None,
        on_drafts: Callable[[], None] = lambda: None,
        patience: float = PATIENCE,
        viewers: Viewers | None = None,
        pictures: bool = False,
        uptime: Callable[[], float] = uptime,
    ) -> None:
        self._store = store
        self._dss = dss
        self._clock = clock
        self._steady_clock = SteadyClock(uptime)
        self._set_limits, self._limits = limits, limits
        self._lease = InstanceLease(store.leases, dss.instance, owner=owner, clock=clock)
        self._followed = FollowedJobs(store.jobs, dss.instance)
        self._budget = RequestBudget(requests_per_second)
        self._reader = RunningJobsReader(dss, self._budget, requests_per_second)
        viewers = viewers or OpenViewers()
        excerpts = LogExcerpts(dss, partial(store.jobs.watches_of, still_open=False), viewers)
        self._status_calls = StatusCalls(dss, excerpts, patience=patience)
        self._details = LateDetails(store, dss, viewers=viewers, label=instance_label, pictures=pictures)
        self._writer = JobWriter(
            store,
            dss,
            self._followed,
            self._details,
            viewers=viewers,
            label=instance_label,
            pictures=pictures,
            on_drafts=on_drafts,
        )
        self._availability = DssAvailability(
            store.marks, dss.instance, self._followed, self._lease, self._writer, limits
        )
        self._unlisted = 0
        """Followed jobs that are still running although no list shows them."""
        self._read = 0
        """Number of statuses read successfully."""

    @property
    def instance(self) -> str:
        """The instance's name."""
        return self._dss.instance

    @property
    def following(self) -> int:
        """How many jobs this replica follows on the instance."""
        return len(self._followed)

    @property
    def trouble(self) -> str | None:
        """What keeps the instance's jobs from being followed properly; shown by the health endpoint."""
        return self._availability.trouble or self._reader.trouble or self._set_back_jobs()

    @property
    def rebuilt(self) -> int:
        """How many followed jobs had unreadable rows that were rebuilt."""
        return sum(entry.row.follow_state.rebuilt is not None for _, entry in self._followed)

    def _set_back_jobs(self) -> str | None:
        held = [(ref, entry) for ref, entry in self._followed if entry.failures]
        if not held:
            return None
        ref, entry = held[0]
        jobs = "1 job can't be followed" if len(held) == 1 else f"{len(held)} jobs can't be followed"
        return f"{jobs}: {ref}: {entry.reason}"

    def close(self) -> None:
        """Start no more calls to DSS; don't wait for running ones."""
        self._status_calls.close()

    def round(self) -> bool:
        """Check everything that is due. Always returns ``False``, because the tick sets the pace."""
        if self._lease.begin_round():  # the clock was set back, so planned times are wrong
            self._followed.forget()
            self._reader.forget()
        if not self._lease.held():
            self._followed.forget()
            self._availability.forget()
            return False
        now = self._clock()
        self._choose_limits(now)
        if self._followed.sync(now.timestamp()):
            self._availability.resume(now)
        self._budget.refill(now.timestamp())
        if not len(self._followed):
            self._availability.answered(now)
            self._take_in_late(frozenset(), now)
            self._look_at_details(now)
            return False
        try:
            seen = self._reader.read(self._followed, now)
        except DSSError as error:
            self._availability.unanswered(now, error)
            return False
        if seen.failure is None:
            self._availability.answered(now)
        read = self._read
        self._take_in(seen, now)
        if seen.failure is not None and self._read == read:
            self._availability.unanswered(now, seen.failure)
        elif seen.failure is not None:
            self._availability.answered(now)
        return False

    def _choose_limits(self, now: datetime) -> None:
        """Stop following no job because of a clock that has just jumped, maybe by a week and for a moment.

        Nor is any job called slow because of that.
        """
        self._limits = self._set_limits
        if not self._steady_clock.steady(now):
            self._limits = msgspec.structs.replace(self._limits, follow=NEVER)
        if self._steady_clock.jumped:
            self._limits = msgspec.structs.replace(
                self._limits, stuck=NEVER, overdue_least=NEVER, heartbeat=NEVER
            )

    def renew(self) -> None:
        """Keep the lease while a round waits for DSS."""
        self._lease.renew()

    def _take_in(self, seen: RunningJobs, now: datetime) -> None:
        self._take_in_late(seen.running.keys(), now)
        ended, due = self._sort_out(seen, now)
        self._end(ended, seen, now)
        for urgency, ref, entry in due:
            if not self._lease.held():
                return
            if self._can_look(ref, entry, now) and self._budget.take():
                self._request_status(ref, entry, now, listed=True)
            elif urgency < 0:
                self._take_listed(ref, entry, seen.running[ref], now)
        self._look_at_details(now)

    def _take_in_late(self, running: Collection[JobRef], now: datetime) -> None:
        """Process the answers that arrived since the last round."""
        self._status_calls.begin_round()
        for ref, result in self._status_calls.finished():
            self._receive(ref, result, now, listed=ref in running)

    def _sort_out(
        self, seen: RunningJobs, now: datetime
    ) -> tuple[list[tuple[JobRef, FollowedEntry]], list[tuple[float, JobRef, FollowedEntry]]]:
        """Return the jobs that are no longer listed, and those that need a status call, in order."""
        ended: list[tuple[JobRef, FollowedEntry]] = []
        due: list[tuple[float, JobRef, FollowedEntry]] = []
        at = now.timestamp()
        live, self._unlisted = len(self._followed), 0
        looked_before = at - least_pause(live)

        def sort(ref: JobRef, entry: FollowedEntry) -> None:
            listed = seen.running.get(ref)
            if listed is not None:
                entry.unlisted, entry.missing, entry.sought = 0, 0, False
                row = entry.row
                if listed.state != row.info.state or row.follow_state.silent_since is not None:
                    due.append((-1.0, ref, entry))
                elif entry.looked_at <= looked_before and entry.due(now, live):
                    due.append((age(entry, now), ref, entry))
                else:
                    self._writer.write(ref, entry, observe_start(row, now, self._limits), now)
            elif seen.covers(ref):
                self._unlisted += entry.unlisted > 0
                if entry.look_at <= at:
                    ended.append((ref, entry))

        for ref, entry in self._followed:
            self._writer.guard(ref, entry, now, partial(sort, ref, entry))
        # First the jobs that just left the lists, then those that were checked longest ago: some stay
        # unlisted for hours, such as queued jobs that DSS doesn't count as running. Jobs that have cost more
        # than their share come last.
        ended.sort(key=lambda one: (one[1].troubled, one[1].unlisted > 0, one[1].looked_at))
        due.sort(key=lambda one: (one[2].troubled, one[0]))
        return ended, due

    def _end(self, ended: list[tuple[JobRef, FollowedEntry]], seen: RunningJobs, now: datetime) -> None:
        """Find out what happened to jobs that no list shows as running anymore."""
        listed: Mapping[JobRef, JobInfo] = seen.finished
        many = len(ended) >= MANY_ENDS
        stuck = [
            (ref, entry) for ref, entry in ended if entry.troubled or not self._can_look(ref, entry, now)
        ]
        if many or stuck:
            listed = self._reader.finished(
                ended if many else stuck,
                listed,
                stuck=frozenset(ref for ref, _ in stuck),
                followed=self._followed,
                now=now.timestamp(),
            )
        for ref, entry in ended:
            if not self._lease.held():
                return
            info = listed.get(ref)
            can_look = self._can_look(ref, entry, now)
            if can_look and not entry.troubled and self._budget.take():
                self._request_status(ref, entry, now, listed=False)
            elif info is not None and info.state and (many or entry.troubled or not can_look):
                self._take_listed(ref, entry, info, now)
            elif can_look and (entry.troubled or not (many or entry.unlisted)):
                self._budget.force()
                self._request_status(ref, entry, now, listed=False)
            elif seen.failure is None and self._gives_up(entry, now):
                known = info is not None and info.finished
                step = observe_unreadable_end(entry.row, now, listed=known)
                self._writer.guard(ref, entry, now, partial(self._writer.write, ref, entry, step, now))

    def _can_look(self, ref: JobRef, entry: FollowedEntry, now: datetime) -> bool:
        """Return whether a status call is possible now: the last one is back, and the job isn't on hold."""
        held = entry.held_until - now.timestamp()
        return (
            ref not in self._status_calls
            and not 0 < held <= HELD_AT_MOST
            and self._status_calls.free(suspect=entry.slow > 0)
        )

    def _gives_up(self, entry: FollowedEntry, now: datetime) -> bool:
        since = now.timestamp() - entry.unread_since
        patience = GIVE_UP_UNREADABLE if entry.unreadable else GIVE_UP_SILENT
        return entry.unread >= GIVE_UP_TRIES and since >= patience

    def _request_status(self, ref: JobRef, entry: FollowedEntry, now: datetime, *, listed: bool) -> None:
        """Request one job's status; ``listed`` means that a list has just shown it as running."""
        entry.looked_at = now.timestamp()
        result = self._status_calls.request(ref, suspect=entry.slow > 0)
        if result is None:  # a later round processes it
            entry.slow = entry.slow or 1
            return
        self._receive(ref, result, now, listed=listed)

    def _receive(self, ref: JobRef, result: StatusResult, now: datetime, *, listed: bool) -> None:
        """Process DSS's answer about one job."""
        if result.calls > 1:
            self._budget.force(result.calls - 1)
        entry = self._followed.get(ref)
        if entry is None:
            self._details.receive(ref, result, now)
            return
        self._writer.guard(ref, entry, now, lambda: self._take_status(ref, entry, result, now, listed=listed))

    def _take_status(
        self, ref: JobRef, entry: FollowedEntry, result: StatusResult, now: datetime, *, listed: bool
    ) -> None:
        error, info, at = result.error, result.info, now.timestamp()
        # What a list shows exists: then "not found" is an answer that says nothing, such as a proxy's.
        if isinstance(error, DSSNotFound | DSSNotVisible) and not listed:
            self._missing(ref, entry, now, error)
            return
        if isinstance(error, DSSError):
            entry.unanswered(at)
            entry.unreadable = isinstance(error, DSSUnreadable)
            entry.slow += result.slow
            log.warning("follow.no_status", job=ref.job_id, times=entry.unread, error=str(error))
            return
        if error is not None:
            raise error
        if info is None:
            return
        self._read += 1
        if not info.finished and not listed:
            entry.not_listed(at, self._budget.seconds(2 * self._unlisted))
        self._writer.write(
            ref, entry, observe(entry.row, info, now, self._limits), now, excerpts=result.excerpts
        )
        entry.answered(at, slow=result.slow)

    def _missing(self, ref: JobRef, entry: FollowedEntry, now: datetime, error: DSSError) -> None:
        entry.missing += 1
        entry.look_at = now.timestamp() + 5.0
        log.warning("follow.missing", job=ref.job_id, times=entry.missing, error=str(error))
        if entry.missing >= GONE_AFTER:
            self._writer.write(ref, entry, observe_vanished(entry.row, now), now)

    def _take_listed(self, ref: JobRef, entry: FollowedEntry, info: JobInfo, now: datetime) -> None:
        """Process what a list says about a job."""
        self._writer.guard(
            ref,
            entry,
            now,
            lambda: self._writer.write(
                ref, entry, observe(entry.row, info, now, self._limits), now, by_list=True
            ),
        )

    def _look_at_details(self, now: datetime) -> None:
        """Look up details of ends that only a list reported, with the rest of the budget."""
        for ref in self._details.due(now):
            if not self._status_calls.free(suspect=True) or not self._budget.take() or not self._lease.held():
                return
            result = self._status_calls.request(ref, suspect=False)
            if result is not None:
                self._details.receive(ref, result, now)
