"""The waiter's state for the jobs it follows: their rows, and when to check each one next."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.domain import JobRef
from bot.domain.polling_schedule import detail_pause, unlisted_pause
from bot.domain.stored_records import FollowedJob
from bot.store import JobStore

CATCH_UP = 60.0
"""Seconds between two full comparisons with the followed jobs in the store."""


HELD_AT_FIRST = 5.0
"""Seconds that a job is on hold after its first failure; doubled after each further one."""
HELD_AT_MOST = 600.0


class FollowedEntry:
    """One followed job."""

    __slots__ = (
        "failures",
        "held_until",
        "look_at",
        "looked_at",
        "missing",
        "reason",
        "row",
        "slow",
        "sought",
        "sought_at",
        "unlisted",
        "unread",
        "unread_since",
        "unreadable",
    )

    def __init__(self, row: FollowedJob, looked_at: float = 0.0) -> None:
        self.row = row
        self.looked_at = looked_at
        """When its activities were last requested, in seconds of the waiter's clock."""
        self.look_at = 0.0
        """Earliest time of the next status call while no list shows the job."""
        self.unlisted = 0
        """Number of status calls since a list last showed it."""
        self.sought = False
        """Whether its project's list was already read to learn how it ended: a second one wouldn't help."""
        self.sought_at = 0.0
        self.missing = 0
        """How many times in a row DSS didn't know the job."""
        self.failures = 0
        """How many times in a row checking, computing or writing the job failed, for any reason."""
        self.reason = ""
        """The last of these failures."""
        self.unread = 0
        """How many times in a row DSS gave no readable answer about the job."""
        self.unread_since = 0.0
        """When that series began, in seconds of the waiter's clock."""
        self.unreadable = False
        """Whether DSS did answer the last time, but unreadably."""
        self.slow = 0
        """How many times in a row DSS answered slowly."""
        self.held_until = 0.0
        """No status calls until then, because the job has cost more than its share."""

    def due(self, now: datetime, live: int) -> bool:
        """Return whether to request its activities now, given the number of followed jobs."""
        pause = detail_pause(timedelta(seconds=age(self, now)), live)
        return now.timestamp() - self.looked_at >= pause

    @property
    def troubled(self) -> bool:
        """Whether its status is unreliable at the moment."""
        return bool(self.failures or self.slow or self.unread > 1 or self.missing > 1)

    def hold(self, now: float, times: int) -> None:
        """Put the job on hold; the time grows with the number of ``times`` in a row."""
        self.held_until = now + min(HELD_AT_FIRST * 2 ** min(times - 1, 10), HELD_AT_MOST)

    def failed(self, now: float, error: Exception) -> None:
        """Record a failure, and put the job on hold."""
        self.failures += 1
        self.reason = f"{type(error).__name__}: {error}"[:200]
        self.hold(now, self.failures)

    def unanswered(self, now: float) -> None:
        """Record that DSS gave no readable answer, and put the job on hold."""
        self.unread += 1
        self.unread_since = self.unread_since if self.unread > 1 else now
        self.hold(now, self.unread)

    def answered(self, now: float, *, slow: bool) -> None:
        """Record an answer; a slow one still puts the job on hold."""
        self.failures = self.unread = self.missing = 0
        self.slow = self.slow + 1 if slow else 0
        if slow:
            self.hold(now, self.slow)

    def not_listed(self, now: float, least: float) -> None:
        """Plan the next check of a running job that no list shows: in ``least`` seconds or later."""
        self.unlisted += 1
        self.look_at = now + max(least, unlisted_pause(self.unlisted))


class FollowedJobs:
    """All followed jobs of one instance, kept in sync with the store through its changes."""

    def __init__(self, jobs: JobStore, instance: str) -> None:
        self._jobs = jobs
        self._instance = instance
        self._entries: dict[JobRef, FollowedEntry] = {}
        self._mark: int | None = None
        self._caught_up_at = 0.0

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[tuple[JobRef, FollowedEntry]]:
        return iter(list(self._entries.items()))

    def get(self, ref: JobRef) -> FollowedEntry | None:
        """Return a job's entry while it is followed."""
        return self._entries.get(ref)

    def _catch_up(self, now: float) -> None:
        """Compare with the store from time to time, as a change can be committed long after its timestamp."""
        if self._caught_up_at <= now < self._caught_up_at + CATCH_UP:
            return
        self._caught_up_at = now
        for ref in self._entries.keys() ^ self._jobs.open_refs(self._instance):
            self.reload(ref)

    def projects(self) -> frozenset[str]:
        """Return the projects with followed jobs."""
        return frozenset(ref.project for ref in self._entries)

    def forget(self) -> None:
        """Drop everything: another replica follows now."""
        self._entries.clear()
        self._mark = None

    def sync(self, now: float) -> bool:
        """Load what was followed and unfollowed since the last call; return whether this was the first call.

        Jobs that were followed before this process started already have their cards, so their checks are
        spread over one full cycle instead of all coming right after the start.
        """
        first = self._mark is None
        self._mark, changed = self._jobs.changes_since(self._instance, self._mark or _FUTURE)
        if first:
            self._caught_up_at = now
            rows = self._jobs.followed(self._instance)
            spread = least_pause(len(rows))
            self._entries = {
                ref: FollowedEntry(row, now - spread * turn / len(rows))
                for turn, (ref, row) in enumerate(rows.items())
            }
            return True
        for ref in changed:
            self.reload(ref)
        self._catch_up(now)
        return False

    def reload(self, ref: JobRef) -> None:
        """Reload one job from the store."""
        row = self._jobs.job(ref)
        if row is None or not self._jobs.watches_of(ref):
            self._entries.pop(ref, None)
        elif (entry := self._entries.get(ref)) is not None:
            entry.row = row
        else:
            self._entries[ref] = FollowedEntry(row)

    def drop(self, ref: JobRef) -> None:
        """Stop following a job that has ended."""
        self._entries.pop(ref, None)


_FUTURE = 2**62
"""Later than any change: the first call reads all rows instead."""


def least_pause(live: int) -> float:
    """Return the minimum seconds between two checks of any job, given the number of followed jobs."""
    return detail_pause(timedelta(0), live)


def age(entry: FollowedEntry, now: datetime) -> float:
    """Return how many seconds a job has been running or waiting to run."""
    info, follow_state = entry.row.info, entry.row.follow_state
    since = info.started_at or info.initiated_at or follow_state.followed_since or now
    return max(0.0, (now - since).total_seconds())
