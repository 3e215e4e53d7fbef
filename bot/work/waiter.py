"""The job waiter at scale: one list for a whole instance, a status call only where it matters."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import msgspec
import structlog

from bot.errors import DSSError, DSSNotFound, DSSNotVisible, DSSUnavailable, DSSUnreachable
from bot.facts import Gap, JobFacts, JobRef
from bot.facts.records import FollowedJob
from bot.following.events import Step
from bot.following.rules import Limits, observe, observe_absence, observe_silence, observe_vanished
from bot.following.telling import drafts
from bot.jobs.ports import Dss
from bot.jobs.redact import excerpt, redact
from bot.store import Change, Store
from bot.work.budget import Budget
from bot.work.followed import Entry, Followed, age, least_pause
from bot.work.looking import Looking, Seen

log = structlog.get_logger(__name__)

LEASE_SECONDS = 15.0
"""A killed waiter's jobs are taken over after this time."""
LONGEST_ROUND = timedelta(minutes=10)
"""A round that takes longer hangs: its lease is not renewed any more."""
GONE_AFTER = 3
"""A job is "gone" when DSS has said so this many times in a row: it may be restarting."""
MARK_EVERY = timedelta(seconds=20)
"""How often it is written down that DSS was seen, for whoever follows after a crash."""
EXCERPT_BYTES = 64_000
MANY_ENDS = 8
"""From so many ends in one round on, they are read from one list instead of one by one."""


class Waiter:
    """Follows every watched job of one instance. `round` is one tick.

    Only the replica that holds the instance's lease follows; a version on each job row makes sure that even
    two that both believe they do tell everything once.
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
    ) -> None:
        self._store = store
        self._dss = dss
        self._owner = owner
        self._clock = clock
        self._limits = limits
        self._label = instance_label
        self._on_drafts = on_drafts
        self._lease = f"follow:{dss.instance}"
        self._mark = f"seen:{dss.instance}"
        self._followed = Followed(store.jobs, dss.instance)
        self._budget = Budget(requests_per_second)
        self._looking = Looking(dss, self._budget, requests_per_second)
        self._answered_at: datetime | None = None
        self._marked_at: datetime | None = None
        self._leased_at: datetime | None = None
        self._began: datetime | None = None
        """When the round that is under way, or was the last, began."""
        self._unlisted = 0
        """Followed jobs that go on although no list shows them."""
        self.trouble: str | None = None
        """What DSS's silence looks like; shown by health."""

    @property
    def instance(self) -> str:
        """The instance's name."""
        return self._dss.instance

    @property
    def following(self) -> int:
        """How many jobs this replica follows on the instance."""
        return len(self._followed)

    def round(self) -> bool:
        """Look at everything that is due; never says that there is more, because the tick is the pace."""
        before, self._leased_at, self._began = self._began, None, self._clock()
        if before is not None and self._began < before:  # the clock was set back: all plans are off
            self._followed.forget()
            self._looking.forget()
        if not self._holds():
            self._followed.forget()
            self._answered_at = None
            return False
        now = self._clock()
        if self._followed.sync(now.timestamp()):
            self._resume(now)
        if not len(self._followed):
            self._answered(now)
            return False
        self._budget.refill(now.timestamp())
        try:
            seen = self._looking.look(self._followed, now)
        except DSSError as error:
            self._unanswered(now, error)
            return False
        self._answered(now)
        self._take_in(seen, now)
        return False

    def renew(self) -> None:
        """Keep the lease while a round waits for DSS, which may take longer than the lease lasts.

        Not for ever: whoever hangs is to be replaced.
        """
        began = self._leased_at and self._began
        if began is not None and self._clock() - began < LONGEST_ROUND:
            self._store.leases.take(self._lease, self._owner, LEASE_SECONDS)

    def _holds(self) -> bool:
        """Renew the lease from time to time within a long round; say whether it is still ours."""
        now = self._clock()
        if self._leased_at is not None and (now - self._leased_at).total_seconds() < LEASE_SECONDS / 3:
            return True
        if self._store.leases.take(self._lease, self._owner, LEASE_SECONDS):
            self._leased_at = now
            return True
        return False

    def _take_in(self, seen: Seen, now: datetime) -> None:
        ended, due = self._sort_out(seen, now)
        self._end(ended, seen, now)
        for urgency, ref, entry in due:
            if not self._holds():
                return
            if self._budget.take():
                self._look_closely(ref, entry, now, listed=True)
            elif urgency < 0:
                self._write(entry, observe(entry.row, seen.running[ref], now, self._limits), now)
            else:
                break

    def _sort_out(
        self, seen: Seen, now: datetime
    ) -> tuple[list[tuple[JobRef, Entry]], list[tuple[float, JobRef, Entry]]]:
        """Return the jobs that are not listed any more, and those to look at closely, in order."""
        ended: list[tuple[JobRef, Entry]] = []
        due: list[tuple[float, JobRef, Entry]] = []
        at = now.timestamp()
        live, self._unlisted = len(self._followed), 0
        looked_before = at - least_pause(live)
        for ref, entry in self._followed:
            listed = seen.running.get(ref)
            if listed is not None:
                entry.unlisted, entry.sought = 0, False
                row = entry.row
                if listed.state != row.facts.state or row.memory.silent_since is not None:
                    due.append((-1.0, ref, entry))
                elif entry.looked_at <= looked_before and entry.due(now, live):
                    due.append((age(entry, now), ref, entry))
            elif seen.covers(ref):
                self._unlisted += entry.unlisted > 0
                if entry.look_at <= at:
                    ended.append((ref, entry))
        # Just gone from the lists first, then those that were asked after longest ago: others may stay
        # unlisted for hours, such as what is queued where DSS does not count it as running.
        ended.sort(key=lambda one: (one[1].unlisted > 0, one[1].looked_at))
        due.sort(key=lambda one: one[0])
        return ended, due

    def _end(self, ended: list[tuple[JobRef, Entry]], seen: Seen, now: datetime) -> None:
        """Find out about jobs that no list shows as running any more."""
        listed: Mapping[JobRef, JobFacts] = seen.finished
        many = len(ended) >= MANY_ENDS
        if many:
            listed = self._looking.finished(ended, listed)
        for ref, entry in ended:
            if not self._holds():
                return
            facts = listed.get(ref)
            if self._budget.take():
                self._look_closely(ref, entry, now, listed=False)
            elif facts is not None and many:
                self._write(entry, observe(entry.row, facts, now, self._limits), now)
            elif not many and not entry.unlisted:
                self._budget.force()
                self._look_closely(ref, entry, now, listed=False)

    def _look_closely(self, ref: JobRef, entry: Entry, now: datetime, *, listed: bool) -> None:
        """Ask for one job's status; ``listed``: a list has just shown it as running."""
        at = entry.looked_at = now.timestamp()
        try:
            facts = self._dss.job(ref.project, ref.job_id)
        except (DSSNotFound, DSSNotVisible) as error:
            self._missing(ref, entry, now, error)
            return
        except DSSError as error:
            log.warning("follow.no_status", job=ref.job_id, error=str(error))
            entry.look_at = at + 5.0
            return
        entry.missing = 0
        if not facts.finished and not listed:
            entry.not_listed(at, self._budget.seconds(2 * self._unlisted))
        self._write(entry, observe(entry.row, facts, now, self._limits), now)

    def _missing(self, ref: JobRef, entry: Entry, now: datetime, error: DSSError) -> None:
        entry.missing += 1
        entry.look_at = now.timestamp() + 5.0
        log.warning("follow.missing", job=ref.job_id, times=entry.missing, error=str(error))
        if entry.missing >= GONE_AFTER:
            self._write(entry, observe_vanished(entry.row, now), now)

    def _write(self, entry: Entry, step: Step, now: datetime) -> None:
        """Commit new facts together with the messages they cause."""
        if not step.changed:
            return
        ref = step.job.facts.ref
        watches = self._store.jobs.watches_of(ref)
        made = drafts(
            step,
            watches,
            now,
            ui_url=self._dss.job_url(ref.project, ref.job_id),
            instance_label=self._label,
            excerpt=self._excerpt(step),
        )
        if not self._store.jobs.apply(Change(job=step.job, drafts=made, close=step.close)):
            self._followed.reload(ref)  # somebody else wrote, such as an abort: look again next time
            return
        if step.close:
            self._followed.drop(ref)
            log.info("follow.ended", job=ref.job_id, project=ref.project, state=step.job.facts.state)
        else:
            entry.row = _next(step)
        if made:
            self._on_drafts()

    def _excerpt(self, step: Step) -> str | None:
        """Return the telling end of a failed job's log; without it the end is told all the same."""
        facts = step.job.facts
        if facts.state != "FAILED" or not step.close or facts.conflicts or not self._budget.take():
            return None
        # What DSS answers for an activity that it has no log of is not known (DSS-API.md §1.7): an error, or
        # nothing. The whole job's log tells the same, among more.
        activity = facts.failure.activity_id if facts.failure else None
        for part in dict.fromkeys((activity, None)):
            try:
                tail = self._dss.log_tail(
                    facts.ref.project, facts.ref.job_id, activity=part, max_bytes=EXCERPT_BYTES
                )
            except (DSSUnreachable, DSSUnavailable) as error:
                log.info("follow.no_log", job=facts.ref.job_id, error=str(error))
                return None
            except DSSError as error:
                log.info("follow.no_log", job=facts.ref.job_id, activity=part, error=str(error))
                continue
            if shown := excerpt(redact(tail.text)):
                return shown
        return None

    def _resume(self, now: datetime) -> None:
        """After a restart or a take-over: say in the cards when nobody looked."""
        seen = self._store.marks.get(self._mark)
        log.info("follow.resumed", instance=self._dss.instance, jobs=len(self._followed))
        self._answered_at = now  # whether DSS answered while nobody asked is not known
        if seen is None or now - seen < self._limits.silence:
            return
        for _, entry in self._followed:
            if not self._holds():
                return
            since = entry.row.memory.followed_since
            if since is not None and since < seen and entry.row.memory.silent_since is None:
                self._write(entry, observe_absence(entry.row, Gap(start=seen, end=now), now), now)

    def _answered(self, now: datetime) -> None:
        self._answered_at = now
        self.trouble = None
        if self._marked_at is None or now - self._marked_at >= MARK_EVERY:
            self._store.marks.set(self._mark, now)
            self._marked_at = now

    def _unanswered(self, now: datetime, error: DSSError) -> None:
        """DSS does not answer: after a while each thread is told, once."""
        self.trouble = f"{type(error).__name__}: {error}"
        since = self._answered_at = self._answered_at or now
        log.warning(
            "follow.no_answer", instance=self._dss.instance, error=str(error), since=since.isoformat()
        )
        if now - since < self._limits.silence:
            return
        for _, entry in self._followed:
            if not self._holds():
                return
            self._write(entry, observe_silence(entry.row, since, now), now)


def _next(step: Step) -> FollowedJob:
    """Return the row as it is after the change was written."""
    return msgspec.structs.replace(step.job, version=step.job.version + 1)
