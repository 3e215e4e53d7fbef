"""The waiter's memory of the jobs it follows: the rows, and when each is looked at next."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.facts import JobRef
from bot.facts.records import FollowedJob
from bot.following.schedule import detail_pause, unlisted_pause
from bot.store import JobStore

CATCH_UP = 60.0
"""Seconds between two comparisons with all that the store says is followed."""


HELD_AT_FIRST = 5.0
"""Seconds for which a job is left alone after its first failure; twice as long after each further one."""
HELD_AT_MOST = 600.0


class Entry:
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
        """When its activities were asked for last, in seconds of the waiter's clock."""
        self.look_at = 0.0
        """When it may be asked after again, while no list shows it."""
        self.unlisted = 0
        """Looks at it since a list last showed it."""
        self.sought = False
        """Whether a list of its project was read to learn how it ended: a second one would not help."""
        self.sought_at = 0.0
        self.missing = 0
        """Times in a row that DSS said it did not know the job."""
        self.failures = 0
        """Times in a row that the job could not be looked at, computed or written, whatever it was."""
        self.reason = ""
        """What the last of these failures was."""
        self.unread = 0
        """Times in a row that DSS gave no answer about the job that can be read."""
        self.unread_since = 0.0
        """When that began, in seconds of the waiter's clock."""
        self.unreadable = False
        """Whether the last of these was an answer, and only not readable."""
        self.slow = 0
        """Times in a row that DSS took long to answer."""
        self.held_until = 0.0
        """Until then the job is not looked at closely: it has cost more than its share."""

    def due(self, now: datetime, live: int) -> bool:
        """Say whether its activities are to be asked for, while so many jobs are followed."""
        pause = detail_pause(timedelta(seconds=age(self, now)), live)
        return now.timestamp() - self.looked_at >= pause

    @property
    def troubled(self) -> bool:
        """Whether its status can't be relied upon at the moment."""
        return bool(self.failures or self.slow or self.unread > 1)

    def hold(self, now: float, times: int) -> None:
        """Leave the job alone for a while that grows with the number of ``times`` in a row."""
        self.held_until = now + min(HELD_AT_FIRST * 2 ** min(times - 1, 10), HELD_AT_MOST)

    def failed(self, now: float, error: Exception) -> None:
        """Note a failure, and set the job back."""
        self.failures += 1
        self.reason = f"{type(error).__name__}: {error}"[:200]
        self.hold(now, self.failures)

    def unanswered(self, now: float) -> None:
        """Note that DSS gave no answer that can be read, and set the job back."""
        self.unread += 1
        self.unread_since = self.unread_since if self.unread > 1 else now
        self.hold(now, self.unread)

    def answered(self, now: float, *, slow: bool) -> None:
        """Note an answer; one that took long sets the job back all the same."""
        self.failures = self.unread = self.missing = 0
        self.slow = self.slow + 1 if slow else 0
        if slow:
            self.hold(now, self.slow)

    def not_listed(self, now: float, least: float) -> None:
        """Plan the next look at a job that goes on though no list shows it: in ``least`` seconds or later."""
        self.unlisted += 1
        self.look_at = now + max(least, unlisted_pause(self.unlisted))


class Followed:
    """All followed jobs of one instance, kept in step with the store by its changes."""

    def __init__(self, jobs: JobStore, instance: str) -> None:
        self._jobs = jobs
        self._instance = instance
        self._entries: dict[JobRef, Entry] = {}
        self._mark: int | None = None
        self._caught_up_at = 0.0

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[tuple[JobRef, Entry]]:
        return iter(list(self._entries.items()))

    def get(self, ref: JobRef) -> Entry | None:
        """Return a job's entry while it is followed."""
        return self._entries.get(ref)

    def _catch_up(self, now: float) -> None:
        """Compare with the store from time to time: a change may be committed long after its own time."""
        if self._caught_up_at <= now < self._caught_up_at + CATCH_UP:
            return
        self._caught_up_at = now
        for ref in self._entries.keys() ^ self._jobs.open_refs(self._instance):
            self.reload(ref)

    def projects(self) -> frozenset[str]:
        """Return the projects with followed jobs."""
        return frozenset(ref.project for ref in self._entries)

    def forget(self) -> None:
        """Drop everything: somebody else follows now."""
        self._entries.clear()
        self._mark = None

    def sync(self, now: float) -> bool:
        """Take in what was followed and unfollowed since; say whether it was the first time.

        Jobs that were followed before this process began have their cards: their turns are spread over the
        time that all of them share, instead of all coming at once after a start.
        """
        first = self._mark is None
        self._mark, changed = self._jobs.changes_since(self._instance, self._mark or _FUTURE)
        if first:
            self._caught_up_at = now
            rows = self._jobs.followed(self._instance)
            spread = least_pause(len(rows))
            self._entries = {
                ref: Entry(row, now - spread * turn / len(rows))
                for turn, (ref, row) in enumerate(rows.items())
            }
            return True
        for ref in changed:
            self.reload(ref)
        self._catch_up(now)
        return False

    def reload(self, ref: JobRef) -> None:
        """Read one job again from the store."""
        row = self._jobs.job(ref)
        if row is None or not self._jobs.watches_of(ref):
            self._entries.pop(ref, None)
        elif (entry := self._entries.get(ref)) is not None:
            entry.row = row
        else:
            self._entries[ref] = Entry(row)

    def drop(self, ref: JobRef) -> None:
        """Stop following a job that has ended."""
        self._entries.pop(ref, None)


_FUTURE = 2**62
"""No change is later: the first look reads all rows instead."""


def least_pause(live: int) -> float:
    """Return how many seconds there are between two looks at any job, while so many are followed."""
    return detail_pause(timedelta(0), live)


def age(entry: Entry, now: datetime) -> float:
    """Return how many seconds a job has been running, or waiting to."""
    facts, memory = entry.row.facts, entry.row.memory
    since = facts.started_at or facts.initiated_at or memory.followed_since or now
    return max(0.0, (now - since).total_seconds())
