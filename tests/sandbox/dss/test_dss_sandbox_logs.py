"""Logs: their format, their secrets, their size."""

import itertools
import re
from typing import Any

import pytest

from bot.sandbox.dss import DssSandbox, ManualClock
from bot.sandbox.dss.logs import SECRET_PASSWORD, SECRET_TICKET, job_log

STAMP = re.compile(r"\[(\d{4}/\d\d/\d\d-\d\d:\d\d:\d\d\.\d{3})\] \[[^\]]+\] \[[A-Z]+\] \[[\w.]+\] .*")


@pytest.fixture
def failed(connect: Any, clock: ManualClock) -> Any:
    job = (
        connect()
        .get_project("CHURN")
        .start_job({"type": "RECURSIVE_FORCED_BUILD", "outputs": [{"id": "features_broken"}]})
    )
    clock.advance(100)
    return job


def test_lines_have_their_prefix_and_their_order(failed: Any) -> None:
    """Lines with a timestamp are in order; only the Java stack has no prefix."""
    lines = failed.get_log().splitlines()
    stamped = [match[1] for line in lines if (match := STAMP.fullmatch(line))]
    assert stamped == sorted(stamped)
    assert all(line.startswith(("\tat ", "com.dataiku.")) for line in lines if not STAMP.fullmatch(line))


def test_a_failure_is_told_with_traceback_and_stack(failed: Any) -> None:
    """Python's traceback under null-err, then ERROR, then Java."""
    log = failed.get_log()
    assert re.search(r"\[null-err-68\] \[INFO\] \[dku.utils\]  - Traceback \(most recent call last\):", log)
    assert "- KeyError: 'amount'\n" in log
    assert (
        "[ERROR] [dku.flow.jobrunner] running compute_features_broken_NP - Activity unexpectedly failed"
        in log
    )
    assert log.rstrip().endswith("Job finished, state FAILED")


def test_logs_hold_secrets(failed: Any) -> None:
    """Code that shows logs has secrets to redact."""
    log = failed.get_log()
    assert f'"jobTicketSecret":"{SECRET_TICKET}"' in log
    assert f"password={SECRET_PASSWORD}" in log


def test_one_activity(failed: Any, get: Any) -> None:
    """Only the activity's own lines; 404 for an activity that isn't in the job."""
    log = failed.get_log(activity="compute_customers_clean_NP")
    assert "compute_customers_clean_NP" in log
    assert "features_broken" not in log
    answer = get(f"/projects/CHURN/jobs/{failed.id}/log?activity=nope")
    assert (answer.status_code, "Activity not found" in answer.json()["message"]) == (404, True)


def test_the_log_grows_with_the_job(connect: Any, clock: ManualClock) -> None:
    """Empty before the job's process starts; later logs begin with the earlier ones."""
    job = connect().get_project("CHURN").start_job({"outputs": [{"id": "scored"}]})
    logs = [job.get_log()]
    for _ in range(6):
        clock.advance(4)
        logs.append(job.get_log())
    assert logs[0] == ""
    assert all(later.startswith(earlier) for earlier, later in itertools.pairwise(logs))
    assert len(set(logs)) >= 6


def test_a_cleared_log_is_404_and_the_job_says_removed(failed: Any, sandbox: DssSandbox, get: Any) -> None:
    """The job is still listed, but its details are gone."""
    sandbox.world.clear_logs("CHURN", failed.id)
    answer = get(f"/projects/CHURN/jobs/{failed.id}/log")
    assert (answer.status_code, "Job log not found" in answer.json()["message"]) == (404, True)
    status = failed.get_status()
    assert (status["removed"], status["baseStatus"]["activities"]) == (True, {})
    assert status["baseStatus"]["state"] == "FAILED"


@pytest.mark.parametrize("size", [20_000, 65_536, 3_000_001])
def test_a_log_of_any_size(failed: Any, sandbox: DssSandbox, get: Any, size: int) -> None:
    """Exactly this many bytes, with the same beginning and end, as plain text without a charset."""
    plain = failed.get_log()
    sandbox.world.set_log_size("CHURN", failed.id, size)
    answer = get(f"/projects/CHURN/jobs/{failed.id}/log")
    assert len(answer.content) == size
    assert answer.text[:500] == plain[:500]
    assert answer.text[-2000:] == plain[-2000:]
    assert answer.headers["Content-Type"] == "text/plain"


def test_a_huge_log_is_never_built(failed: Any, sandbox: DssSandbox, clock: ManualClock) -> None:
    """A terabyte log starts at once: blocks are generated as they are read."""
    sandbox.world.set_log_size("CHURN", failed.id, 10**12)
    blocks = job_log(sandbox.world.job("CHURN", failed.id), clock.now_ms())
    assert [len(next(blocks)) < 100_000 for _ in range(100)] == [True] * 100
