"""Jobs that no list shows: queued ones, where DSS does not count them as running, and others' failures."""

from collections.abc import Sequence

import pytest

from bot.errors import DSSError, DSSServerError, DSSUnavailable
from bot.facts import JobFacts, JobRef
from tests.support.fake_dss import FakeDss
from tests.unit.work.watchers import Watchers

BAD = JobRef(instance="dss", project="BAD", job_id="bad")


class WithoutQueue(FakeDss):
    """Its list of what runs leaves out what is queued (an open question in DSS-API.md)."""

    def running_jobs(self) -> Sequence[JobFacts] | None:
        listed = super().running_jobs() or ()
        return tuple(job for job in listed if job.state != "NOT_STARTED")


def queue(watchers: Watchers, count: int) -> list[JobRef]:
    """Follow jobs that stand in a queue which DSS does not list."""
    watchers.dss = WithoutQueue()
    watchers.waiter = watchers.start()
    refs = [JobRef(instance="dss", project="P", job_id=f"queued-{number}") for number in range(count)]
    for ref in refs:
        watchers.follow(ref, state="NOT_STARTED", started_at=None)
    return refs


@pytest.mark.parametrize("count", [40, 200])
def test_a_job_that_ends_is_told_soon_however_many_are_queued(watchers: Watchers, count: int) -> None:
    """Those that were asked after in vain before can wait."""
    queue(watchers, count)
    mine = watchers.follow()
    watchers.run(120, step=2)
    watchers.end()
    watchers.run(6, step=2)
    assert "ended" in watchers.told(mine)


def test_each_of_many_queued_jobs_gets_its_turn(watchers: Watchers) -> None:
    """The one that ended is found, whichever it is, and half of the budget is left for others."""
    refs = queue(watchers, 200)
    watchers.run(120, step=2)
    watchers.calls()
    watchers.run(200, step=2)
    assert watchers.calls().count("job") <= 200 * 5 / 2 + 50
    watchers.end(refs[-1])
    watchers.run(120, step=2)
    assert watchers.store.jobs.watches_of(refs[-1]) == []


def test_a_project_that_fails_keeps_nobody_elses_end_back(watchers: Watchers) -> None:
    """Forty jobs whose ends cannot be read, and one of another project."""
    bad = [JobRef(instance="dss", project="BAD", job_id=f"bad-{number}") for number in range(40)]
    for ref in bad:
        watchers.follow(ref)
    mine = watchers.follow()
    watchers.run(10, step=2)
    watchers.dss.refusing_projects["BAD"] = DSSServerError("boom", status=500)
    for ref in bad:
        watchers.end(ref)
    watchers.run(20, step=2)
    watchers.end()
    watchers.run(20, step=2)
    assert "ended" in watchers.told(mine)


@pytest.mark.parametrize("error", [DSSServerError("boom", status=500), DSSUnavailable("504", status=504)])
def test_before_15_2_one_project_that_fails_keeps_nobody_back(watchers: Watchers, error: DSSError) -> None:
    """Its list cannot be read; that is no silence of DSS."""
    watchers.older()
    watchers.waiter = watchers.start()
    watchers.follow(BAD)
    mine = watchers.follow()
    running = watchers.follow(JobRef(instance="dss", project="GOOD", job_id="good"))
    watchers.dss.refusing_projects["BAD"] = error
    watchers.run(120)
    watchers.end()
    watchers.run(10)
    assert (watchers.told(mine), watchers.told(running)) == (["ended"], [])
    assert watchers.waiter.trouble is None


@pytest.mark.parametrize("older", [True, False])
def test_a_clock_that_was_set_back_is_noticed(watchers: Watchers, *, older: bool) -> None:
    """Nothing waits until the time comes that it was planned for."""
    if older:
        watchers.older()
        watchers.waiter = watchers.start()
        mine = watchers.follow()
    else:
        queue(watchers, 0)
        mine = watchers.follow(state="NOT_STARTED")
    watchers.run(30)
    watchers.clock.advance(-3_600)
    watchers.end()
    watchers.run(60)
    assert "ended" in watchers.told(mine)
