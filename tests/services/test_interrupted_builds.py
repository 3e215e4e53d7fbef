"""After a lost answer: find our job among the recent ones; and the usual duration of builds."""

from datetime import timedelta
from typing import Any

import pytest

from bot.domain import JobInfo, JobRef, Output
from bot.domain.stored_records import BuildPlan
from bot.domain.usual_duration import KEPT, Usual, usual_duration, usual_seconds
from bot.services.build_plan import CLOCK_SKEW, find_started
from tests.support.samples import NOW, job_info

SCORED = Output(project="CHURN", id="scored", partition="NP")


def part(partition: str | None) -> Output:
    """Return the output with a partition."""
    return Output(project="CHURN", id="scored", partition=partition)


def plan(**changes: Any) -> BuildPlan:
    """Return the plan whose answer was lost."""
    values: dict[str, Any] = {
        "instance": "dss",
        "project": "CHURN",
        "outputs": (SCORED,),
        "initiator": "alice",
        "known_ids": ("before",),
    }
    return BuildPlan(**(values | changes))


def job(job_id: str = "new", **changes: Any) -> JobInfo:
    """Return the job that the plan would have created."""
    return job_info(ref=JobRef(instance="dss", project="CHURN", job_id=job_id), **changes)


def test_our_job_is_found() -> None:
    """Even if it has ended meanwhile."""
    assert find_started([job()], plan(), NOW) == job()
    ended = job(state="FAILED", finished=True)
    assert find_started([ended], plan(), NOW) == ended


@pytest.mark.parametrize(
    "other",
    [
        job("before"),
        job(outputs=(Output(project="CHURN", id="other"),)),
        job(outputs=(SCORED, Output(project="CHURN", id="other"))),
        job(outputs=()),
        job(mode="RECURSIVE_BUILD"),
        job(initiator="bob"),
        job(initiated_at=NOW - CLOCK_SKEW - timedelta(seconds=1)),
    ],
    ids=[
        "known before",
        "other output",
        "more outputs",
        "no outputs",
        "other mode",
        "somebody else",
        "older",
    ],
)
def test_somebody_elses_job_is_never_adopted(other: JobInfo) -> None:
    """Any single difference is enough."""
    assert find_started([other], plan(), NOW) is None
    assert find_started([other, job()], plan(), NOW) == job()


def test_two_candidates_are_none() -> None:
    """A guess might follow somebody else's job."""
    assert find_started([job("one"), job("two")], plan(), NOW) is None


def test_a_job_that_is_listed_twice_is_one() -> None:
    """The second row of a list says nothing new, even if the job has moved on in it."""
    assert find_started([job(), job()], plan(), NOW) == job()
    assert find_started([job(state="RUNNING"), job(state="DONE")], plan(), NOW) is not None


def test_nothing_new_is_none() -> None:
    """In that case, nothing was started, as far as the bot can tell."""
    assert find_started([], plan(), NOW) is None


@pytest.mark.parametrize(
    "vague",
    [
        job(initiated_at=NOW - CLOCK_SKEW),
        job(initiated_at=None),
        job(initiator=""),
        job(mode=""),
    ],
    ids=["clock behind", "no time", "no initiator", "no mode"],
)
def test_what_dss_does_not_say_does_not_count_against_a_job(vague: JobInfo) -> None:
    """Old versions give less information; clocks differ slightly."""
    assert find_started([vague], plan(), NOW) == vague


def test_a_key_whose_label_is_not_known_takes_any_initiator() -> None:
    """DSS shows calls by the key itself as ``API (label)``."""
    assert find_started([job(initiator="API (bot)")], plan(initiator=""), NOW) is not None


@pytest.mark.parametrize(
    ("asked", "shown", "ours"),
    [
        ("FR", ["FR"], True),
        ("FR", ["EN"], False),
        ("FR", [None], True),
        ("NP", [None], True),
        ("FR,EN", ["FR,EN"], True),
        ("FR,EN", ["EN", "FR"], True),
        ("FR,EN", ["FR"], False),
        ("FR", ["FR", "EN"], False),
    ],
)
def test_the_partitions_tell_jobs_apart(asked: str, shown: list[str | None], ours: bool) -> None:
    """Whether DSS lists them in one output or several."""
    found = job(outputs=tuple(part(one) for one in shown))
    wanted = plan(outputs=(part(asked),))
    assert find_started([found], wanted, NOW) == (found if ours else None)


def ended(seconds: float, **changes: Any) -> JobInfo:
    """Return a job with this duration."""
    values: dict[str, Any] = {"state": "DONE", "finished": True, "ended_at": NOW + timedelta(seconds=seconds)}
    return job_info(**(values | changes))


MODE = job_info().mode


def test_usual_is_the_median_of_the_newest() -> None:
    """One slow night doesn't change it, nor do old jobs."""
    assert usual_seconds([ended(10), ended(1_000), ended(20)], [SCORED], MODE) == 20
    many = [ended(10)] * KEPT + [ended(9_999)] * 50
    assert usual_seconds(many, [SCORED], MODE) == 10


def test_the_spread_leaves_out_one_bad_night() -> None:
    """From five jobs on, neither the shortest nor the longest counts."""
    few = usual_duration([ended(10), ended(1_000), ended(20)], [SCORED], MODE)
    assert few == Usual(median=20, spread=(10, 1_000))
    more = usual_duration([ended(n) for n in (10, 9_999, 20, 30, 1)], [SCORED], MODE)
    assert more == Usual(median=20, spread=(10, 30))


def test_one_job_is_not_a_habit() -> None:
    """In that case, nothing is shown."""
    assert usual_seconds([ended(10)], [SCORED], MODE) is None


@pytest.mark.parametrize(
    "other",
    [
        {"state": "FAILED"},
        {"mode": "RECURSIVE_BUILD"},
        {"outputs": (Output(project="CHURN", id="other"),)},
        {"started_at": None},
        {"ended_at": None},
    ],
)
def test_other_builds_do_not_count(other: dict[str, Any]) -> None:
    """Another outcome, mode, or output, or unknown times."""
    assert usual_seconds([ended(10), ended(500, **other)], [SCORED], MODE) is None


def test_the_partition_does_not_matter_for_what_is_usual() -> None:
    """Yesterday's partition took as long as today's will."""
    jobs = [ended(10, outputs=(part("a"),)), ended(20, outputs=(part("b"),))]
    assert usual_seconds(jobs, [part("c")], MODE) == 15
