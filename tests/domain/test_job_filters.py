"""Filters and pages of job lists."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from bot.domain import JobInfo, JobRef, ListJobs, Output
from bot.domain.job_filters import matches, newest_first, page

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
JOB = JobInfo(
    ref=JobRef(instance="main", project="CHURN", job_id="j1"),
    state="FAILED",
    finished=True,
    initiator="Alice",
    outputs=(Output(project="CHURN", id="Scored"), Output(project="SALES", id="O2ue6CX3", name="Files")),
    initiated_at=NOON,
)
ALL = ListJobs(project="CHURN")


def _with(**changes: object) -> JobInfo:
    return msgspec.structs.replace(JOB, **changes)


def _found(job: JobInfo, request: ListJobs, since: datetime | None = None, login: str = "") -> bool:
    return matches(job, request, since=since, logins={login})


def test_without_filters_every_job_matches() -> None:
    """A list without filters leaves nothing out."""
    assert _found(JOB, ALL)
    assert _found(_with(state="ODD", finished=False, outputs=(), initiated_at=None), ALL)


@pytest.mark.parametrize(
    ("state", "finished", "shown"),
    [
        ("FAILED", True, "failed"),
        ("DONE", True, "done"),
        ("ABORTED", True, "aborted"),
        ("RUNNING", False, "running"),
        ("NOT_STARTED", False, "running"),
        ("SOMETHING_NEW", False, "running"),
        ("FAILED", False, "running"),
    ],
)
def test_each_job_is_in_exactly_one_state(state: str, finished: bool, shown: str) -> None:
    """ "running" is everything that has not finished, known or not."""
    job = _with(state=state, finished=finished)
    requests = [
        msgspec.convert({"type": "ListJobs", "project": "CHURN", "state": word}, ListJobs) for word in WORDS
    ]
    assert [request.state for request in requests if _found(job, request)] == [shown]


WORDS = ("failed", "running", "done", "aborted")


def test_since_compares_the_time_a_job_was_asked_for() -> None:
    """The time itself is included; without a request time, a job's start time counts."""
    assert _found(JOB, ALL, since=NOON)
    assert not _found(JOB, ALL, since=NOON + timedelta(milliseconds=1))
    assert _found(_with(initiated_at=None, started_at=NOON), ALL, since=NOON)


def test_a_job_without_times_is_recent_only_while_it_runs() -> None:
    """DSS can list finished jobs without any time."""
    assert not _found(_with(initiated_at=None), ALL, since=NOON)
    assert _found(_with(initiated_at=None, finished=False, state="RUNNING"), ALL, since=NOON)


def test_by_compares_logins_in_any_case() -> None:
    """A job without an initiator is nobody's."""
    by_me, by_bob = (ListJobs(project="CHURN", by=by) for by in ("me", "bob"))
    assert _found(JOB, by_me, login="alice")
    assert not _found(JOB, by_me, login="bob")
    assert not _found(JOB, by_me)
    assert not _found(_with(initiator=""), by_me, login="alice")
    assert _found(_with(initiator="BOB"), by_bob, login="bob")


@pytest.mark.parametrize(
    ("dataset", "found"),
    [
        ("scored", True),
        ("CHURN.scored", True),
        ("files", True),
        ("o2UE6cx3", True),
        ("sales.files", True),
        ("SALES.scored", False),
        ("score", False),
    ],
)
def test_dataset_compares_ids_and_names(dataset: str, found: bool) -> None:
    """With or without the project, in any case, but never a part of a name."""
    assert _found(JOB, ListJobs(project="CHURN", dataset=dataset)) is found


def test_newest_first_puts_jobs_without_times_last() -> None:
    """DSS's order is kept where the times don't decide."""
    jobs = [
        _with(initiated_at=None, name="c"),
        _with(name="b"),
        _with(initiated_at=None, name="d"),
        _with(initiated_at=None, started_at=NOON + timedelta(1), name="a"),
    ]
    assert [job.name for job in newest_first(jobs)] == ["a", "b", "c", "d"]


def test_pages() -> None:
    """Pages cover all jobs once, and a page number out of range is moved into it."""
    jobs = [_with(name=str(number)) for number in range(5)]
    pages = [page(jobs, number, 2) for number in range(3)]
    assert [job.name for part in pages for job in part.jobs] == ["0", "1", "2", "3", "4"]
    assert [part.more for part in pages] == [True, True, False]
    assert page(jobs, 9, 2) == pages[2]
    assert page(jobs, -1, 2) == pages[0]
    empty = page([], 0, 2)
    assert (empty.jobs, empty.pages, empty.total, empty.more) == ((), 1, 0, False)
    with pytest.raises(ValueError, match="at least one"):
        page(jobs, 0, 0)
