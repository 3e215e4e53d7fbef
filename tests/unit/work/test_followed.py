"""When thousands of followed jobs are looked at: in turn, and within what all of them share."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.facts.records import FollowedJob
from bot.work.followed import Entry
from tests.support.samples import facts
from tests.unit.work.watchers import Watchers

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def test_after_a_start_the_cards_of_many_jobs_come_in_turn(watchers: Watchers) -> None:
    """A hundred cards share 40 edits a minute: a new process does not ask for all their details at once."""
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
    """It depends on how many are followed now, not on how many were when the job was looked at last."""
    entry = Entry(FollowedJob(facts=facts(started_at=NOW)), looked_at=NOW.timestamp())
    assert not entry.due(NOW + timedelta(seconds=pause - 1), live)
    assert entry.due(NOW + timedelta(seconds=pause + 1), live)
