"""Lists as long as those of a large instance."""

from typing import Any

from bot.sandbox.dss import DssSandbox, ManualClock


def test_running_jobs_by_the_thousand(sandbox: DssSandbox, get: Any, clock: ManualClock) -> None:
    """All are listed with unique ids and keep running, and one of them can be aborted."""
    ids = sandbox.world.add_running_jobs(10_000)
    more = sandbox.world.add_running_jobs(10, project="SALES")
    listed = get("/jobs/running/").json()
    assert sorted(one["jobId"] for one in listed) == sorted(ids + more)
    assert {one["state"] for one in listed} == {"RUNNING"}
    assert get(f"/projects/CHURN/jobs/{ids[0]}/abort", "POST").ok
    clock.advance(100_000)
    assert len(get("/projects/CHURN/jobs/running/").json()) == 9_999


def test_adding_twice_at_the_same_moment_gives_other_ids(sandbox: DssSandbox) -> None:
    """Ids stay unique within a project."""
    ids = sandbox.world.add_running_jobs(50) + sandbox.world.add_running_jobs(50)
    assert len(set(ids)) == 100


def test_history_by_the_thousand_is_older_than_what_is_there(sandbox: DssSandbox, get: Any) -> None:
    """The list stays newest first; ids are unique, states are mixed, and details exist."""
    ids = sandbox.world.add_history("CHURN", 20_000)
    listed = get("/projects/CHURN/jobs/").json()
    assert [one["def"]["id"] for one in listed[10:]] == ids
    times = [one["def"]["initiationTimestamp"] for one in listed]
    assert times == sorted(times, reverse=True)
    assert len(set(ids)) == 20_000
    assert {one["state"] for one in listed} == {"DONE", "FAILED", "ABORTED"}
    failed = next(one for one in listed[10:] if one["state"] == "FAILED")
    status = get(f"/projects/CHURN/jobs/{failed['def']['id']}/").json()
    assert status["globalState"]["failed"] == 1


def test_a_deleted_job_is_gone(sandbox: DssSandbox, get: Any) -> None:
    """It is neither listed nor found."""
    job = sandbox.world.start("CHURN", {"outputs": [{"id": "scored"}]})
    sandbox.world.delete_job("CHURN", job.id)
    assert get(f"/projects/CHURN/jobs/{job.id}/").status_code == 404
    assert job.id not in get("/projects/CHURN/jobs/").text
    assert get("/jobs/running/").json() == []
