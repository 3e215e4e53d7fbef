"""Starting, watching, and aborting jobs through the official client."""

from typing import Any

import pytest
from dataikuapi.utils import DataikuException

from bot.sandbox.dss import DssSandbox, ManualClock

SCORED = {"type": "RECURSIVE_BUILD", "outputs": [{"type": "DATASET", "id": "scored", "partition": "NP"}]}
ONLY_SCORED = {"type": "NON_RECURSIVE_FORCED_BUILD", "outputs": [{"id": "scored", "partition": "NP"}]}


def state(job: Any) -> str:
    return str(job.get_status()["baseStatus"]["state"])


def test_a_job_goes_through_its_states_as_time_passes(connect: Any, clock: ManualClock) -> None:
    """NOT_STARTED, COMPUTING_DEPS, RUNNING, DONE, at times that the plan sets to the millisecond."""
    job = connect().get_project("CHURN").start_job(ONLY_SCORED)
    seen = []
    for seconds in (0.999, 0.001, 1.499, 0.001, 17.299, 0.001):
        clock.advance(seconds)
        seen.append(state(job))
    assert seen == ["NOT_STARTED", "COMPUTING_DEPS", "COMPUTING_DEPS", "RUNNING", "RUNNING", "DONE"]


def test_status_tells_counters_times_records_and_progress(connect: Any, clock: ManualClock) -> None:
    """Halfway through, half of the source has been read; at the end, all records are written."""
    job = connect().get_project("CHURN").start_job(ONLY_SCORED)
    began = job.get_status()["baseStatus"]["def"]["initiationTimestamp"]
    clock.advance(2.8 + 8.5)
    status = job.get_status()
    assert status["globalState"] == {
        "done": 0,
        "failed": 0,
        "running": 1,
        "notStarted": 0,
        "aborted": 0,
        "total": 1,
    }
    activity = status["baseStatus"]["activities"]["compute_scored_NP"]
    assert (activity["state"], activity["startTime"], activity["endTime"]) == ("RUNNING", began + 2800, 0)
    assert (
        activity["sources"][0]["totalReadBytes"] * 2 == activity["sources"][0]["partitions"][0]["totalSize"]
    )
    clock.advance(60)
    status = job.get_status()
    activity = status["baseStatus"]["activities"]["compute_scored_NP"]
    assert activity["targets"][0]["records"] == 10_000
    assert status["baseStatus"]["jobStartTime"] == began + 1000
    assert status["baseStatus"]["jobEndTime"] == activity["endTime"] == began + 19_800


def test_list_is_newest_first_and_limit_cuts_it(connect: Any, clock: ManualClock, get: Any) -> None:
    """The latest job is first in the list; limit 0 means all."""
    project = connect().get_project("CHURN")
    job = project.start_job(ONLY_SCORED)
    jobs = project.list_jobs()
    assert jobs[0]["def"]["id"] == job.id
    times = [one["def"]["initiationTimestamp"] for one in jobs]
    assert times == sorted(times, reverse=True)
    assert get("/projects/CHURN/jobs/?limit=3").json() == [dict(one) for one in jobs[:3]]
    assert len(get("/projects/CHURN/jobs/?limit=0").json()) == len(jobs) == 11
    assert get("/projects/CHURN/jobs/?limit=x").status_code == 400


def test_history_has_every_outcome_and_an_aborted_job_without_times(connect: Any) -> None:
    """DONE, DONE with warnings, FAILED, and ABORTED with both times 0 exist from the start."""
    jobs = connect().get_project("FRAUD").list_jobs()
    assert {(one["state"], one["warningsCount"] > 0) for one in jobs} >= {
        ("DONE", False),
        ("DONE", True),
        ("FAILED", False),
        ("ABORTED", False),
    }
    aborted = next(one for one in jobs if one["state"] == "ABORTED")
    assert (aborted["startTime"], aborted["endTime"], aborted["stableState"]) == (0, 0, True)


def test_start_answers_with_the_definition(get: Any) -> None:
    """The answer has the id, which ends with the initiation time in UTC."""
    answer = get("/projects/CHURN/jobs/", "POST", json=ONLY_SCORED).json()
    assert answer["id"] == "Build_scored__NP__2026-11-23T08-15-00.000"
    assert answer["initiator"] == "API (dss-bot)"
    assert answer["outputs"][0]["targetDataset"] == "scored"


@pytest.mark.parametrize(
    ("definition", "status", "message"),
    [
        ({"outputs": [{"id": "nope"}]}, 404, "dataset does not exist: CHURN.nope"),
        ({"outputs": [{"id": "O2ue6CX3"}]}, 404, "dataset does not exist: CHURN.O2ue6CX3"),
        ({"outputs": []}, 500, "No output"),
        ({"type": "BUILD", "outputs": [{"id": "scored"}]}, 500, "No enum constant"),
        ({"outputs": [{"id": "scored", "type": "TABLE"}]}, 500, "Unknown output type"),
        ({"outputs": [{"id": "scored", "partition": "2026-11-22"}]}, 500, "not partitioned"),
        ({"outputs": [{"id": "daily_sessions"}]}, 500, "partition must be given"),
        ({"outputs": ["scored"]}, 400, "Expected an object"),
        ([], 400, "Expected a job definition"),
    ],
)
def test_a_definition_that_cannot_be_is_refused(get: Any, definition: Any, status: int, message: str) -> None:
    """Each mistake gets DSS's answer, and no job is created."""
    before = get("/projects/CHURN/jobs/").json()
    answer = get("/projects/CHURN/jobs/", "POST", json=definition)
    assert (answer.status_code, message in answer.json()["message"]) == (status, True)
    assert get("/projects/CHURN/jobs/").json() == before


def test_abort_takes_a_moment(connect: Any, clock: ManualClock) -> None:
    """The request is accepted at once, the job stops 2 s later, and running activities become ABORTED."""
    job = connect().get_project("CHURN").start_job(SCORED)
    clock.advance(5)
    assert isinstance(job.abort(), dict)
    clock.advance(1.999)
    assert state(job) == "RUNNING"
    clock.advance(0.001)
    status = job.get_status()
    assert status["baseStatus"]["state"] == "ABORTED"
    assert status["globalState"]["aborted"] == status["globalState"]["total"] == 4


def test_abort_may_be_too_late_and_is_accepted_when_finished(connect: Any, clock: ManualClock) -> None:
    """A job that ends within the 2 s ends as planned; aborting it again changes nothing."""
    job = connect().get_project("CHURN").start_job(ONLY_SCORED)
    clock.advance(18.5)
    job.abort()
    clock.advance(5)
    assert state(job) == "DONE"
    job.abort()
    clock.advance(5)
    assert state(job) == "DONE"


def test_a_statement_that_ignores_the_abort_goes_on(connect: Any, clock: ManualClock) -> None:
    """SALES.warehouse_copy is SQL that runs to its end."""
    job = connect().get_project("SALES").start_job({"outputs": [{"id": "warehouse_copy"}]})
    clock.advance(5)
    job.abort()
    clock.advance(30)
    assert state(job) == "RUNNING"
    clock.advance(30)
    assert state(job) == "DONE"


def test_failure_names_its_cause(connect: Any, clock: ManualClock) -> None:
    """features_broken fails with a message and a Java stack; what depends on it doesn't run."""
    definition = {"type": "RECURSIVE_FORCED_BUILD", "outputs": [{"id": "scored_broken"}]}
    job = connect().get_project("CHURN").start_job(definition)
    clock.advance(60)
    status = job.get_status()
    activities = status["baseStatus"]["activities"]
    failure = activities["compute_features_broken_NP"]["firstFailure"]
    assert failure["message"] == "Error in Python process: KeyError: 'amount'"
    assert "\tat com.dataiku" in failure["stackTraceStr"]
    assert activities["compute_scored_broken_NP"]["state"] == "ABORTED"
    assert (status["baseStatus"]["state"], status["globalState"]["failed"]) == ("FAILED", 1)


def test_same_output_twice_fails_the_second_job_at_once(connect: Any) -> None:
    """The POST succeeds; the job is FAILED and names the earlier job."""
    project = connect().get_project("CHURN")
    first, second = project.start_job(ONLY_SCORED), project.start_job(ONLY_SCORED)
    assert second.id != first.id
    base = second.get_status()["baseStatus"]
    assert base["state"] == "FAILED"
    assert base["incompatibilities"] == [
        {
            "jobProjectKey": "CHURN",
            "jobId": first.id,
            "datasetProjectKey": "CHURN",
            "datasetName": "scored",
            "partition": "NP",
        }
    ]


def test_an_aborted_job_frees_its_outputs(connect: Any, clock: ManualClock) -> None:
    """After the first job has ended, the same output can be built again."""
    project = connect().get_project("CHURN")
    project.start_job(ONLY_SCORED).abort()
    clock.advance(3)
    again = project.start_job(ONLY_SCORED)
    clock.advance(60)
    assert state(again) == "DONE"


def test_unknown_jobs_are_404(connect: Any, get: Any) -> None:
    """Status, log, and abort of a nonexistent job."""
    path = "/projects/CHURN/jobs/Build_x__NP__2020-01-01T00-00-00.000"
    for method, tail in (("GET", "/"), ("GET", "/log"), ("POST", "/abort")):
        answer = get(path + tail, method)
        assert (answer.status_code, answer.json()["errorType"].rsplit(".", 1)[1]) == (
            404,
            "NotFoundException",
        )


def test_slashes_count(get: Any, connect: Any) -> None:
    """Abort and log accept both forms; the collection and a single job only the one with a slash."""
    job = connect().get_project("CHURN").start_job(ONLY_SCORED)
    path = f"/projects/CHURN/jobs/{job.id}"
    assert get("/projects/CHURN/jobs").status_code == get(path).status_code == 404
    assert get(path + "/log/").status_code == get(path + "/log").status_code == 200
    assert get(path + "/abort/", "POST").status_code == get(path + "/abort", "POST").status_code == 200


def test_hold_and_release(connect: Any, clock: ManualClock, sandbox: DssSandbox) -> None:
    """A held job runs forever; if it is released after its planned end, it ends at that moment."""
    job = connect().get_project("CHURN").start_job(ONLY_SCORED)
    sandbox.world.hold("CHURN", job.id)
    clock.advance(3600)
    assert state(job) == "RUNNING"
    sandbox.world.release("CHURN", job.id)
    base = job.get_status()["baseStatus"]
    assert (base["state"], base["jobEndTime"]) == ("DONE", clock.now_ms())


def test_a_held_job_can_be_aborted(connect: Any, clock: ManualClock, sandbox: DssSandbox) -> None:
    """A held job can be aborted, and then leaves the running list."""
    client = connect()
    job = client.get_project("CHURN").start_job(ONLY_SCORED)
    sandbox.world.hold("CHURN", job.id)
    clock.advance(100)
    job.abort()
    clock.advance(2)
    assert state(job) == "ABORTED"
    assert client.list_running_jobs() == []


def test_plan_next_decides_outcome_length_and_steps(
    connect: Any, clock: ManualClock, sandbox: DssSandbox
) -> None:
    """Only the next job takes exactly this time and this many steps and has this outcome."""
    sandbox.world.plan_next(outcome="FAILED", duration=30, activities=3, message="boom")
    project = connect().get_project("CHURN")
    job = project.start_job(ONLY_SCORED)
    clock.advance(29.999)
    assert (state(job), job.get_status()["globalState"]["total"]) == ("RUNNING", 3)
    clock.advance(0.001)
    base = job.get_status()["baseStatus"]
    assert base["state"] == "FAILED"
    assert [one["state"] for one in base["activities"].values()] == ["DONE", "DONE", "FAILED"]
    assert base["activities"]["compute_scored_3_NP"]["firstFailure"]["message"].endswith("boom")
    after = project.start_job(ONLY_SCORED)
    clock.advance(60)
    assert state(after) == "DONE"


def test_waiting_for_confirmation_never_ends_alone(
    connect: Any, clock: ManualClock, sandbox: DssSandbox
) -> None:
    """The job stays in WAITING_CONFIRMATION until somebody aborts it."""
    sandbox.world.plan_next(waits=True)
    job = connect().get_project("CHURN").start_job(ONLY_SCORED)
    clock.advance(100_000)
    assert state(job) == "WAITING_CONFIRMATION"
    job.abort()
    clock.advance(2)
    assert state(job) == "ABORTED"


def test_a_crash_aborts_jobs_whose_activities_still_say_running(
    connect: Any, clock: ManualClock, sandbox: DssSandbox
) -> None:
    """The job's state overrides its activities' states, as after a restart of DSS."""
    job = connect().get_project("CHURN").start_job(ONLY_SCORED)
    clock.advance(5)
    sandbox.world.crash()
    base = job.get_status()["baseStatus"]
    assert base["state"] == "ABORTED"
    assert base["activities"]["compute_scored_NP"]["state"] == "RUNNING"


def test_warnings_are_counted_and_shown(connect: Any, clock: ManualClock) -> None:
    """DONE with warnings: the count in the list equals the activities' count."""
    project = connect().get_project("FRAUD")
    job = project.start_job({"outputs": [{"id": "payments_clean"}]})
    clock.advance(60)
    assert project.list_jobs()[0]["warningsCount"] == 3
    warnings = job.get_status()["baseStatus"]["activities"]["compute_payments_clean_NP"]["warnings"]
    assert warnings["totalCount"] == warnings["warnings"]["INPUT_DATA_BAD_TYPE"]["count"] == 3


def test_running_jobs_of_an_instance_and_a_project(connect: Any, clock: ManualClock) -> None:
    """The running lists hold unfinished jobs, with the ids at the top; ``allUsers`` false: only one's own."""
    alice, bob = connect("alice"), connect("bob")
    mine = alice.get_project("CHURN").start_job(ONLY_SCORED)
    his = bob.get_project("SALES").start_job({"outputs": [{"id": "revenue"}]})
    assert [(one["projectKey"], one["jobId"]) for one in alice.list_running_jobs()] == [
        ("SALES", his.id),
        ("CHURN", mine.id),
    ]
    assert [one["jobId"] for one in alice.list_running_jobs(all_users=False)] == [mine.id]
    assert [one["jobId"] for one in connect("frank").list_running_jobs()] == [his.id]
    assert [one.job_id for one in alice.get_project("CHURN").list_running_jobs()] == [mine.id]
    clock.advance(600)
    assert alice.list_running_jobs() == []


def test_before_15_2_there_are_no_running_calls(connect: Any) -> None:
    """The instance's call is a gateway's 404; the project's call treats ``running`` as a job id."""
    with DssSandbox(version="14.5.1", clock=ManualClock()) as old:
        client = connect(key=old.key_of("alice"), url=old.url)
        with pytest.raises(DataikuException, match="Unknown error: <html>"):
            client.list_running_jobs()
        with pytest.raises(DataikuException, match=r"Job not found: CHURN\.running"):
            client.get_project("CHURN").list_running_jobs()
