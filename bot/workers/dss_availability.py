"""Tracks when a DSS instance last answered, and reports its silences to the threads of its jobs."""

from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.domain import Gap, Silence
from bot.domain.errors import DSSBadKey, DSSError, DSSUnreadable
from bot.domain.follow_rules import Limits, observe_absence, observe_silence
from bot.store import MarkStore
from bot.workers.followed_jobs import FollowedJobs
from bot.workers.instance_lease import InstanceLease
from bot.workers.job_writer import JobWriter

log = structlog.get_logger(__name__)

MARK_EVERY = timedelta(seconds=20)
"""How often to record that DSS answered, for the replica that takes over after a crash."""


class DssAvailability:
    """Remembers when DSS last answered, even across restarts, and reports each silence once."""

    def __init__(
        self,
        marks: MarkStore,
        instance: str,
        followed: FollowedJobs,
        lease: InstanceLease,
        writer: JobWriter,
        limits: Limits,
    ) -> None:
        self._marks = marks
        self._instance = instance
        self._key = f"seen:{instance}"
        self._followed = followed
        self._lease = lease
        self._writer = writer
        self._limits = limits
        self._answered_at: datetime | None = None
        self._marked_at: datetime | None = None
        self.trouble: str | None = None
        """The error behind DSS's silence; ``None`` while it answers."""

    def forget(self) -> None:
        """Forget when DSS answered: another replica follows the jobs now."""
        self._answered_at = None

    def resume(self, now: datetime) -> None:
        """After a restart or a takeover, record in the cards when no replica was watching."""
        seen = self._marks.get(self._key)
        log.info("follow.resumed", instance=self._instance, jobs=len(self._followed))
        self._answered_at = now  # it isn't known whether DSS was up while nobody asked
        if seen is None or now - seen < self._limits.silence:
            return
        for ref, entry in self._followed:
            if not self._lease.held():
                return
            state = entry.row.follow_state
            since = state.followed_since
            if since is not None and since < seen and state.silent_since is None:
                step = observe_absence(entry.row, Gap(start=seen, end=now), now)
                self._writer.guard(ref, entry, now, partial(self._writer.write, ref, entry, step, now))

    def answered(self, now: datetime) -> None:
        """Record that DSS answered."""
        self._answered_at = now
        self.trouble = None
        if self._marked_at is None or now - self._marked_at >= MARK_EVERY:
            self._marks.set(self._key, now)
            self._marked_at = now

    def unanswered(self, now: datetime, error: DSSError) -> None:
        """Record that DSS doesn't answer; after a while, post to each thread once."""
        self.trouble = f"{type(error).__name__}: {error}"
        since = self._answered_at = self._answered_at or now
        log.warning("follow.no_answer", instance=self._instance, error=str(error), since=since.isoformat())
        if now - since < self._limits.silence:
            return
        why = _kind_of_silence(error)
        for ref, entry in self._followed:
            if not self._lease.held():
                return
            step = observe_silence(entry.row, since, now, why)
            self._writer.guard(ref, entry, now, partial(self._writer.write, ref, entry, step, now))


def _kind_of_silence(error: DSSError) -> Silence:
    if isinstance(error, DSSBadKey):
        return Silence.KEY
    return Silence.UNREADABLE if isinstance(error, DSSUnreadable) else Silence.OUTAGE
