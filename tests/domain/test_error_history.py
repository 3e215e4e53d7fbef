"""What earlier runs say about an error."""

from datetime import timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import Failure, Output
from bot.domain.error_history import EndedRun, ErrorHistory, ended_run, error_history, outputs_key
from tests.support.samples import NOW, REF, job_info


def runs(*ends: str) -> list[EndedRun]:
    """Return runs, latest first: ``ok``, ``aborted``, or the fingerprint of an error."""
    return [
        EndedRun(
            ref=msgspec.structs.replace(REF, job_id=f"job{number}"),
            outputs_key="key",
            state={"ok": "DONE", "aborted": "ABORTED"}.get(end, "FAILED"),
            fingerprint=None if end in {"ok", "aborted"} else end,
            ended_at=NOW - timedelta(hours=number),
        )
        for number, end in enumerate(ends)
    ]


def history(*ends: str) -> ErrorHistory | None:
    """Return what the others say about the first one."""
    run, *_ = every = runs(*ends)
    return error_history(run, every)


def test_the_same_error_in_recent_runs_is_counted() -> None:
    """Only the last five count as recent; the run itself doesn't."""
    found = history("e", "ok", "e", "f", "e", "ok", "e")
    assert found is not None
    assert (found.same_recent, found.recent, found.same, found.runs) == (2, 5, 3, 6)


def test_what_followed_the_error_is_counted_with_this_run() -> None:
    """It succeeded after two of three; after the latest of them comes this run, which failed."""
    found = history("e", "e", "ok", "e", "ok", "e")
    assert found is not None
    assert (found.next_done, found.next_runs, found.often_passes) == (2, 3, True)


def test_aborted_runs_say_nothing() -> None:
    """The next run after an error is the next one that wasn't aborted."""
    found = history("e", "ok", "aborted", "e")
    assert found is not None
    assert (found.next_done, found.next_runs, found.runs) == (1, 1, 2)
    assert not found.often_passes  # once isn't often


def test_without_an_error_or_an_earlier_run_there_is_no_history() -> None:
    """Nothing is made up."""
    assert history("e") is None
    assert history("e", "aborted") is None
    assert history("ok", "e") is None


def test_a_new_error_is_new() -> None:
    """It's no error that the earlier runs had."""
    found = history("e", "f", "ok")
    assert found is not None
    assert (found.same, found.runs, found.often_passes) == (0, 2, False)


@given(st.lists(st.sampled_from(["e", "f", "ok", "aborted"]), max_size=30))
def test_the_counts_agree(ends: list[str]) -> None:
    """No part is larger than its whole."""
    if found := history("e", *ends):
        assert found.same_recent <= found.recent <= found.runs
        assert found.next_done <= found.next_runs == found.same <= found.runs


def test_outputs_are_the_same_whatever_their_order_and_partition() -> None:
    """The run of another day is a run of the same outputs."""
    a, b = Output(project="P", id="a", partition="2026-11-23"), Output(project="P", id="b")
    assert outputs_key([a, b]) == outputs_key([b, msgspec.structs.replace(a, partition="2026-11-24")])
    assert outputs_key([a]) != outputs_key([b])
    assert outputs_key([a]) != outputs_key([msgspec.structs.replace(a, kind="SAVED_MODEL")])
    assert outputs_key([]) is None


def test_only_an_end_that_says_something_is_remembered() -> None:
    """Not a running job, one whose outcome isn't known, or one that another job kept from starting."""
    failure = Failure(message="boom")
    assert ended_run(job_info(), NOW) is None
    assert ended_run(job_info(state="", finished=True), NOW) is None
    assert ended_run(job_info(state="FAILED", finished=True, conflicts=(REF,)), NOW) is None
    failed = ended_run(job_info(state="FAILED", finished=True, failure=failure), NOW)
    done = ended_run(job_info(state="DONE", finished=True, failure=failure), NOW)
    assert failed is not None
    assert done is not None
    assert (failed.fingerprint is None, done.fingerprint is None) == (False, True)
