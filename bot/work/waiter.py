"""The job waiter at scale: one list for a whole instance, a status call only where it matters."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.errors import DSSBadKey, DSSError, DSSNotFound, DSSNotVisible, DSSUnreadable
from bot.facts import Gap, JobFacts, JobRef, Silence
from bot.following.rules import (
    Limits,
    observe,
    observe_absence,
    observe_silence,
    observe_unreadable_end,
    observe_vanished,
)
from bot.jobs.ports import Dss
from bot.store import Store
from bot.work.budget import Budget
from bot.work.close_looks import PATIENCE, CloseLooks, Look
from bot.work.details import LateDetails
from bot.work.followed import HELD_AT_MOST, Entry, Followed, age, least_pause
from bot.work.looking import Looking, Seen
from bot.work.writing import JobWriter

log = structlog.get_logger(__name__)

LEASE_SECONDS = 15.0
"""A killed waiter's jobs are taken over after this time."""
LONGEST_ROUND = timedelta(minutes=10)
"""A round that takes longer hangs: its lease is not renewed any more."""
GONE_AFTER = 3
"""A job is "gone" when DSS has said so this many times in a row: it may be restarting."""
MARK_EVERY = timedelta(seconds=20)
"""How often it is written down that DSS was seen, for whoever follows after a crash."""
GIVE_UP_TRIES = 4
GIVE_UP_UNREADABLE = 60.0
GIVE_UP_SILENT = 600.0
"""After so many tries and seconds it is told of a job that runs no longer that its state can't be read: soon
when DSS answers what can't be read, later when it gives no answer about this job."""
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
        patience: float = PATIENCE,
    ) -> None:
        self._store = store
        self._dss = dss
        self._owner = owner
        self._clock = clock
        self._limits = limits
        self._lease = f"follow:{dss.instance}"
        self._mark = f"seen:{dss.instance}"
        self._followed = Followed(store.jobs, dss.instance)
        self._budget = Budget(requests_per_second)
        self._looking = Looking(dss, self._budget, requests_per_second)
        self._looks = CloseLooks(dss, patience=patience)
        self._details = LateDetails(store, dss, label=instance_label)
        self._writer = JobWriter(
            store, dss, self._followed, self._details, label=instance_label, on_drafts=on_drafts
        )
        self._answered_at: datetime | None = None
        self._marked_at: datetime | None = None
        self._leased_at: datetime | None = None
        self._began: datetime | None = None
        """When the round that is under way, or was the last, began."""
        self._unlisted = 0
        """Followed jobs that go on although no list shows them."""
        self._read = 0
        """Statuses that could be read."""
        self._silence: str | None = None
        """What DSS's silence looks like."""

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
        """What keeps jobs of the instance from being followed as they should; shown by health."""
        return self._silence or self._looking.trouble or self._set_back_jobs()

    @property
    def rebuilt(self) -> int:
        """How many followed jobs had rows that could not be read, and were begun anew."""
        return sum(entry.row.memory.rebuilt is not None for _, entry in self._followed)

    def _set_back_jobs(self) -> str | None:
        held = [(ref, entry) for ref, entry in self._followed if entry.failures]
        if not held:
            return None
        ref, entry = held[0]
        jobs = "1 job can't be followed" if len(held) == 1 else f"{len(held)} jobs can't be followed"
        return f"{jobs}: {ref}: {entry.reason}"

    def close(self) -> None:
        """Start no more calls to DSS; what is under way is not waited for."""
        self._looks.close()

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
        self._budget.refill(now.timestamp())
        if not len(self._followed):
            self._answered(now)
            self._take_in_late(frozenset(), now)
            self._look_at_details(now)
            return False
        try:
            seen = self._looking.look(self._followed, now)
        except DSSError as error:
            self._unanswered(now, error)
            return False
        if seen.failure is None:
            self._answered(now)
        read = self._read
        self._take_in(seen, now)
        if seen.failure is not None and self._read == read:
            self._unanswered(now, seen.failure)
        elif seen.failure is not None:
            self._answered(now)
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
        self._take_in_late(seen.running.keys(), now)
        ended, due = self._sort_out(seen, now)
        self._end(ended, seen, now)
        for urgency, ref, entry in due:
            if not self._holds():
                return
            if self._can_look(ref, entry, now) and self._budget.take():
                self._look_closely(ref, entry, now, listed=True)
            elif urgency < 0:
                self._take(ref, entry, seen.running[ref], now)
        self._look_at_details(now)

    def _take_in_late(self, running: Collection[JobRef], now: datetime) -> None:
        """Take in the answers that came since the last round."""
        self._looks.begin()
        for ref, look in self._looks.finished():
            self._came(ref, look, now, listed=ref in running)

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
        # unlisted for hours, such as what is queued where DSS does not count it as running. Last comes what
        # has cost more than its share.
        ended.sort(key=lambda one: (one[1].troubled, one[1].unlisted > 0, one[1].looked_at))
        due.sort(key=lambda one: (one[2].troubled, one[0]))
        return ended, due

    def _end(self, ended: list[tuple[JobRef, Entry]], seen: Seen, now: datetime) -> None:
        """Find out about jobs that no list shows as running any more."""
        listed: Mapping[JobRef, JobFacts] = seen.finished
        many = len(ended) >= MANY_ENDS
        stuck = [
            (ref, entry) for ref, entry in ended if entry.troubled or not self._can_look(ref, entry, now)
        ]
        if many or stuck:
            listed = self._looking.finished(
                ended if many else stuck,
                listed,
                stuck=frozenset(ref for ref, _ in stuck),
                followed=self._followed,
                now=now.timestamp(),
            )
        for ref, entry in ended:
            if not self._holds():
                return
            facts = listed.get(ref)
            can_look = self._can_look(ref, entry, now)
            if can_look and not entry.troubled and self._budget.take():
                self._look_closely(ref, entry, now, listed=False)
            elif facts is not None and facts.state and (many or entry.troubled or not can_look):
                self._take(ref, entry, facts, now)
            elif can_look and (entry.troubled or not (many or entry.unlisted)):
                self._budget.force()
                self._look_closely(ref, entry, now, listed=False)
            elif seen.failure is None and self._gives_up(entry, now):
                known = facts is not None and facts.finished
                step = observe_unreadable_end(entry.row, now, listed=known)
                self._writer.guard(ref, entry, now, partial(self._writer.write, ref, entry, step, now))

    def _can_look(self, ref: JobRef, entry: Entry, now: datetime) -> bool:
        """Say whether the job's status may be asked for now: its last answer has come, and it is not held."""
        held = entry.held_until - now.timestamp()
        return (
            ref not in self._looks
            and not 0 < held <= HELD_AT_MOST
            and self._looks.free(suspect=entry.slow > 0)
        )

    def _gives_up(self, entry: Entry, now: datetime) -> bool:
        since = now.timestamp() - entry.unread_since
        patience = GIVE_UP_UNREADABLE if entry.unreadable else GIVE_UP_SILENT
        return entry.unread >= GIVE_UP_TRIES and since >= patience

    def _look_closely(self, ref: JobRef, entry: Entry, now: datetime, *, listed: bool) -> None:
        """Ask for one job's status; ``listed``: a list has just shown it as running."""
        entry.looked_at = now.timestamp()
        look = self._looks.look(ref, suspect=entry.slow > 0)
        if look is None:  # a later round takes it in
            entry.slow = entry.slow or 1
            return
        self._came(ref, look, now, listed=listed)

    def _came(self, ref: JobRef, look: Look, now: datetime, *, listed: bool) -> None:
        """Take in what DSS said of one job."""
        if look.calls > 1:
            self._budget.force(look.calls - 1)
        entry = self._followed.get(ref)
        if entry is None:
            self._details.came(ref, look, now)
            return
        self._writer.guard(ref, entry, now, lambda: self._learn(ref, entry, look, now, listed=listed))

    def _learn(self, ref: JobRef, entry: Entry, look: Look, now: datetime, *, listed: bool) -> None:
        error, facts, at = look.error, look.facts, now.timestamp()
        if isinstance(error, DSSNotFound | DSSNotVisible):
            self._missing(ref, entry, now, error)
            return
        if isinstance(error, DSSError):
            entry.unanswered(at)
            entry.unreadable = isinstance(error, DSSUnreadable)
            entry.slow += look.slow
            log.warning("follow.no_status", job=ref.job_id, times=entry.unread, error=str(error))
            return
        if error is not None:
            raise error
        if facts is None:
            return
        self._read += 1
        if not facts.finished and not listed:
            entry.not_listed(at, self._budget.seconds(2 * self._unlisted))
        self._writer.write(
            ref, entry, observe(entry.row, facts, now, self._limits), now, excerpt=look.excerpt
        )
        entry.answered(at, slow=look.slow)

    def _missing(self, ref: JobRef, entry: Entry, now: datetime, error: DSSError) -> None:
        entry.missing += 1
        entry.look_at = now.timestamp() + 5.0
        log.warning("follow.missing", job=ref.job_id, times=entry.missing, error=str(error))
        if entry.missing >= GONE_AFTER:
            self._writer.write(ref, entry, observe_vanished(entry.row, now), now)

    def _take(self, ref: JobRef, entry: Entry, facts: JobFacts, now: datetime) -> None:
        """Take in what a list says of a job."""
        self._writer.guard(
            ref,
            entry,
            now,
            lambda: self._writer.write(
                ref, entry, observe(entry.row, facts, now, self._limits), now, by_list=True
            ),
        )

    def _look_at_details(self, now: datetime) -> None:
        """Look up how jobs ended of whose end only a list told, with what is left of the budget."""
        for ref in self._details.due(now):
            if not self._looks.free(suspect=True) or not self._budget.take() or not self._holds():
                return
            look = self._looks.look(ref, suspect=False)
            if look is not None:
                self._details.came(ref, look, now)

    def _resume(self, now: datetime) -> None:
        """After a restart or a take-over: say in the cards when nobody looked."""
        seen = self._store.marks.get(self._mark)
        log.info("follow.resumed", instance=self._dss.instance, jobs=len(self._followed))
        self._answered_at = now  # whether DSS answered while nobody asked is not known
        if seen is None or now - seen < self._limits.silence:
            return
        for ref, entry in self._followed:
            if not self._holds():
                return
            since = entry.row.memory.followed_since
            if since is not None and since < seen and entry.row.memory.silent_since is None:
                gap = Gap(start=seen, end=now)
                step = observe_absence(entry.row, gap, now)
                self._writer.guard(ref, entry, now, partial(self._writer.write, ref, entry, step, now))

    def _answered(self, now: datetime) -> None:
        self._answered_at = now
        self._silence = None
        if self._marked_at is None or now - self._marked_at >= MARK_EVERY:
            self._store.marks.set(self._mark, now)
            self._marked_at = now

    def _unanswered(self, now: datetime, error: DSSError) -> None:
        """DSS does not answer: after a while each thread is told, once."""
        self._silence = f"{type(error).__name__}: {error}"
        since = self._answered_at = self._answered_at or now
        log.warning(
            "follow.no_answer", instance=self._dss.instance, error=str(error), since=since.isoformat()
        )
        if now - since < self._limits.silence:
            return
        why = _silence_of(error)
        for ref, entry in self._followed:
            if not self._holds():
                return
            step = observe_silence(entry.row, since, now, why)
            self._writer.guard(ref, entry, now, partial(self._writer.write, ref, entry, step, now))


def _silence_of(error: DSSError) -> Silence:
    """Say what a silence looks like from outside."""
    if isinstance(error, DSSBadKey):
        return Silence.KEY
    return Silence.UNREADABLE if isinstance(error, DSSUnreadable) else Silence.OUTAGE
