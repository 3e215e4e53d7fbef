"""When to look at thousands of followed jobs: in turn, and within their shared limits."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.stored_records import FollowedJob
from bot.workers.followed_jobs import FollowedEntry
from tests.support.samples import job_info
from tests.workers.watchers import Watchers

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def test_after_a_start_the_cards_of_many_jobs_come_in_turn(watchers: Watchers) -> None:
    """A hundred cards share 40 edits per minute: a new process doesn't request all their details at once."""
    watchers.follow_many(100)
    watchers.store.leases.release_all("one", patience=1)
    fresh = watchers.new_waiter("two")
    watchers.dss.calls.clear()
    fresh.round()
    assert [name for name, _ in watchers.dss.calls].count("job") <= 1
    for _ in range(30):
        watchers.clock.advance(2)
        fresh.round()
    assert 36 <= [name for name, _ in watchers.dss.calls].count("job") <= 42


@pytest.mark.parametrize(("live", "pause"), [(1, 5.0), (100, 150.0)])
def test_a_turn_is_as_long_as_the_crowd_is_now(live: int, pause: float) -> None:
    """It depends on how many jobs are followed now, not on how many were at the last look."""
    entry = FollowedEntry(FollowedJob(info=job_info(started_at=NOW)), looked_at=NOW.timestamp())
    assert not entry.due(NOW + timedelta(seconds=pause - 1), live)
    assert entry.due(NOW + timedelta(seconds=pause + 1), live)
