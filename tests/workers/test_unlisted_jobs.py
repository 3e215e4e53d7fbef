"""Jobs that no list shows: queued ones, if DSS doesn't count them as running, and failures of others."""

from collections.abc import Sequence

import pytest

from bot.domain import JobInfo, JobRef
from bot.domain.errors import DSSError, DSSServerError, DSSUnavailable, DSSUnreachable
from tests.support.fake_dss import FakeDss
from tests.workers.watchers import Watchers

BAD = JobRef(instance="dss", project="BAD", job_id="bad")


class WithoutQueue(FakeDss):
    """Its running list leaves out queued jobs (an open question in DSS-API.md)."""

    def running_jobs(self) -> Sequence[JobInfo] | None:
        listed = super().running_jobs() or ()
        return tuple(job for job in listed if job.state != "NOT_STARTED")


def queue(watchers: Watchers, count: int) -> list[JobRef]:
    """Follow jobs in a queue that DSS doesn't list."""
    watchers.dss = WithoutQueue()
    watchers.waiter = watchers.start()
    refs = [JobRef(instance="dss", project="P", job_id=f"queued-{number}") for number in range(count)]
    for ref in refs:
        watchers.follow(ref, state="NOT_STARTED", started_at=None)
    return refs


@pytest.mark.parametrize("count", [40, 200])
def test_a_job_that_ends_is_told_soon_however_many_are_queued(watchers: Watchers, count: int) -> None:
    """Those that were checked without success before can wait."""
    queue(watchers, count)
    mine = watchers.follow()
    watchers.run(120, step=2)
    watchers.end()
    watchers.run(6, step=2)
    assert "ended" in watchers.told(mine)


def test_each_of_many_queued_jobs_gets_its_turn(watchers: Watchers) -> None:
    """The bot finds the one that ended, whichever it is, and half of the budget is left for others."""
    refs = queue(watchers, 200)
    watchers.run(120, step=2)
    watchers.calls()
    watchers.run(200, step=2)
    assert watchers.calls().count("job") <= 200 * 5 / 2 + 50
    watchers.end(refs[-1])
    watchers.run(120, step=2)
    assert watchers.store.jobs.watches_of(refs[-1]) == []


def test_a_project_that_fails_keeps_nobody_elses_end_back(watchers: Watchers) -> None:
    """Forty jobs with unreadable ends, and one from another project."""
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
    """Its list is unreadable; that isn't a silence of DSS."""
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
    """Nothing waits for a planned time that is now far ahead."""
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


def test_before_15_2_a_list_that_goes_on_to_fail_is_done_without(watchers: Watchers) -> None:
    """Its jobs are checked one by one: reported, not forgotten."""

    class OneListFails(FakeDss):
        def recent_jobs(self, project: str, limit: int) -> Sequence[JobInfo]:
            if project == BAD.project:
                raise DSSServerError("boom", status=500)
            return super().recent_jobs(project, limit)

    watchers.dss = OneListFails(knows_running=False)
    watchers.waiter = watchers.start()
    bad = watchers.follow(BAD)
    watchers.follow()
    watchers.run(65)
    watchers.end(BAD)
    watchers.run(30)
    assert watchers.told(bad) == ["ended"]
    assert watchers.waiter.trouble is None


@pytest.mark.parametrize("error", [DSSUnreachable("timed out"), DSSUnavailable("502", status=502)])
def test_before_15_2_an_outage_is_told_however_small_the_budget(watchers: Watchers, error: DSSError) -> None:
    """A round without a due project says nothing about DSS."""
    watchers.older()
    watchers.waiter = watchers.start(requests_per_second=0.4)
    made = watchers.follow()
    watchers.run(10)
    watchers.dss.broken = error
    troubles = 0
    for _ in range(300):
        watchers.run(1)
        troubles += watchers.waiter.trouble is not None
    assert [name.partition(":")[0] for name in watchers.told(made)] == ["silent"]
    assert troubles >= 290


def test_before_15_2_a_list_that_hangs_keeps_nobody_back(watchers: Watchers) -> None:
    """What was read from the others counts, whichever comes first."""
    watchers.older()
    watchers.waiter = watchers.start()
    watchers.follow(BAD)
    mine = watchers.follow()
    watchers.dss.refusing_projects["BAD"] = DSSUnreachable("timed out")
    watchers.run(30)
    watchers.end()
    watchers.run(10)
    assert "ended" in watchers.told(mine)
