"""Waiting for a job: every end, every change, and no endless loop."""

from collections.abc import Mapping
from typing import Any

import pytest

from bot.dss import DSSClient, DSSJobWaiter, DSSRefused, DSSUnavailable, JobFailed, JobWaitTimeout
from bot.dss.waiter import LONGEST_WAIT
from tests.dss.conftest import Clock, Serve
from tests.dss.stub import HTML, PAGE, Say


def at(state: str, **more: object) -> Say:
    return Say({"baseStatus": {"state": state, **more}, "globalState": {"done": 0}})


def waiter(client: DSSClient, clock: Clock, **options: float) -> DSSJobWaiter:
    job = client.get_project("P").get_job("j")
    return DSSJobWaiter(job, clock=clock, sleep=clock.sleep, **options)


def test_a_wait_returns_the_state_and_backs_off(serve: Serve, clock: Clock) -> None:
    """Pauses grow up to their maximum."""
    _, client = serve(*[at("RUNNING")] * 9, at("DONE"))
    assert waiter(client, clock).wait() == "DONE"
    assert clock.slept[:3] == [1.0, 1.5, 2.25]
    assert max(clock.slept) == 15.0
    assert len(clock.slept) == 9


@pytest.mark.parametrize("state", ["FAILED", "ABORTED"])
def test_another_end_than_done_is_raised_unless_told_not_to(serve: Serve, clock: Clock, state: str) -> None:
    """The error has the state and the reason; ``no_fail`` returns the state."""
    _, client = serve(at(state, unexpectedFailure={"message": "disk full"}))
    with pytest.raises(JobFailed, match=f"j ended {state}: disk full") as caught:
        waiter(client, clock).wait()
    assert caught.value.state == state
    assert waiter(client, clock).wait(no_fail=True) == state


def test_a_reason_of_an_unknown_shape_does_not_hide_the_end(serve: Serve, clock: Clock) -> None:
    """The state counts, whatever the rest looks like."""
    _, client = serve(at("FAILED", unexpectedFailure="words"))
    with pytest.raises(JobFailed, match=r"ended FAILED$"):
        waiter(client, clock).wait()


def test_a_timeout_is_no_failure(serve: Serve, clock: Clock) -> None:
    """The wait ends within a second of the timeout, and the error says that the job continues."""
    _, client = serve(at("RUNNING"))
    began = clock.now
    with pytest.raises(JobWaitTimeout) as caught:
        waiter(client, clock).wait(timeout=10)
    assert clock.now - began == 10
    assert caught.value.state == "RUNNING"
    assert isinstance(caught.value, TimeoutError)
    assert caught.value.job.id == "j"


def test_no_wait_is_endless(serve: Serve, clock: Clock) -> None:
    """A job that waits for confirmation, or is in an unknown state, ends the wait after a week."""
    _, client = serve(at("WAITING_CONFIRMATION"))
    began = clock.now
    with pytest.raises(JobWaitTimeout):
        waiter(client, clock, longest_pause=3600).wait()
    assert clock.now - began == LONGEST_WAIT


def test_each_change_is_told_once(serve: Serve, clock: Clock) -> None:
    """The first poll, each new state, and each new count of activities; nothing else."""
    done = Say({"baseStatus": {"state": "DONE"}, "globalState": {"done": 1}})
    half = Say({"baseStatus": {"state": "RUNNING"}, "globalState": {"done": 1}})
    _, client = serve(at("NOT_STARTED"), at("RUNNING"), at("RUNNING"), half, half, done)
    seen: list[tuple[str, int]] = []

    def told(status: Mapping[str, Any]) -> None:
        seen.append((status["baseStatus"]["state"], status["globalState"]["done"]))

    waiter(client, clock).wait(on_change=told)
    assert seen == [("NOT_STARTED", 0), ("RUNNING", 0), ("RUNNING", 1), ("DONE", 1)]


def test_a_missing_state_is_not_the_end(serve: Serve, clock: Clock) -> None:
    """No state, null, or no base status at all: poll again."""
    odd = [Say({}), Say({"baseStatus": None}), at(None), Say({"baseStatus": {"state": 3}})]  # type: ignore[arg-type]
    _, client = serve(*odd, at("DONE"))
    assert waiter(client, clock).wait() == "DONE"


def test_a_restart_of_dss_is_outlived(serve: Serve, clock: Clock) -> None:
    """Minutes of 502 don't end a wait; a DSS that stays away does, with its own error."""
    down = Say(PAGE, 502, HTML)
    _, client = serve(at("RUNNING"), *[down] * 30, at("ABORTED"))
    assert waiter(client, clock).wait(no_fail=True) == "ABORTED"
    _, client = serve(down)
    began = clock.now
    with pytest.raises(DSSUnavailable):
        waiter(client, clock, patience=600).wait()
    assert 600 <= clock.now - began < 700


def test_a_refusal_ends_the_wait(serve: Serve, clock: Clock) -> None:
    """An error that another poll can't change is raised at once."""
    _, client = serve(Say({"errorType": "x.Y", "message": "no"}, 403))
    with pytest.raises(DSSRefused):
        waiter(client, clock).wait()
    assert clock.slept == []


def test_start_and_wait_does_both(serve: Serve) -> None:
    """The builder and the project start, wait, and return what the documentation says."""
    started = Say({"id": "j"})
    _, client = serve(started, at("DONE"), started, at("FAILED"), started, at("DONE"))
    project = client.get_project("P")
    assert project.new_job().with_output("a").start_and_wait().id == "j"
    assert project.new_job().with_output("a").start_and_wait(no_fail=True).id == "j"
    assert project.start_job_and_wait({"outputs": []}) == "DONE"
