"""After a lost answer: which of the recent jobs is ours, if one is; and how long builds usually take."""

from datetime import timedelta
from typing import Any

import pytest

from bot.facts import JobFacts, JobRef, Output
from bot.facts.records import Plan
from bot.jobs.building import CLOCK_SKEW, find_started
from bot.jobs.usual import KEPT, usual_seconds
from tests.support.samples import NOW, facts

SCORED = Output(project="CHURN", id="scored", partition="NP")


def part(partition: str | None) -> Output:
    """Return the output with a partition."""
    return Output(project="CHURN", id="scored", partition=partition)


def plan(**changes: Any) -> Plan:
    """Return the plan whose answer was lost."""
    values: dict[str, Any] = {
        "instance": "dss",
        "project": "CHURN",
        "outputs": (SCORED,),
        "initiator": "alice",
        "known_ids": ("before",),
    }
    return Plan(**(values | changes))


def job(job_id: str = "new", **changes: Any) -> JobFacts:
    """Return the job that the plan would have made."""
    return facts(ref=JobRef(instance="dss", project="CHURN", job_id=job_id), **changes)


def test_our_job_is_found() -> None:
    """Also when it has ended meanwhile."""
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
def test_somebody_elses_job_is_never_adopted(other: JobFacts) -> None:
    """Each difference alone is enough."""
    assert find_started([other], plan(), NOW) is None
    assert find_started([other, job()], plan(), NOW) == job()


def test_two_candidates_are_none() -> None:
    """Guessing would follow a stranger's job."""
    assert find_started([job("one"), job("two")], plan(), NOW) is None


def test_nothing_new_is_none() -> None:
    """Then nothing was started, as far as can be told."""
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
def test_what_dss_does_not_say_does_not_count_against_a_job(vague: JobFacts) -> None:
    """Old versions say less; clocks differ by a little."""
    assert find_started([vague], plan(), NOW) == vague


def test_a_key_whose_label_is_not_known_takes_any_initiator() -> None:
    """Calls as the key itself are shown as ``API (label)``."""
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
    """Whether DSS lists them in one output or in several."""
    found = job(outputs=tuple(part(one) for one in shown))
    wanted = plan(outputs=(part(asked),))
    assert find_started([found], wanted, NOW) == (found if ours else None)


def ended(seconds: float, **changes: Any) -> JobFacts:
    """Return a job that took so long."""
    values: dict[str, Any] = {"state": "DONE", "finished": True, "ended_at": NOW + timedelta(seconds=seconds)}
    return facts(**(values | changes))


MODE = facts().mode


def test_usual_is_the_median_of_the_newest() -> None:
    """One slow night does not make a habit, nor do old jobs."""
    assert usual_seconds([ended(10), ended(1_000), ended(20)], [SCORED], MODE) == 20
    many = [ended(10)] * KEPT + [ended(9_999)] * 50
    assert usual_seconds(many, [SCORED], MODE) == 10


def test_one_job_is_not_a_habit() -> None:
    """Nothing is said then."""
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
    """Another outcome, mode or output, or times that are not known."""
    assert usual_seconds([ended(10), ended(500, **other)], [SCORED], MODE) is None


def test_the_partition_does_not_matter_for_what_is_usual() -> None:
    """Yesterday's partition took as long as today's will."""
    jobs = [ended(10, outputs=(part("a"),)), ended(20, outputs=(part("b"),))]
    assert usual_seconds(jobs, [part("c")], MODE) == 15
