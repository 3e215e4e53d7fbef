"""The contract of the ended runs, on SQLite and PostgreSQL."""

from datetime import timedelta

import msgspec

from bot.domain.error_history import KEPT, EndedRun
from bot.domain.stored_records import FollowedJob
from bot.store import Change, Recording, Store
from bot.store.ended_runs import put_run
from tests.support.samples import NOW, REF, draft, followed, job_info, watch

RUN = EndedRun(ref=REF, outputs_key="key", state="FAILED", fingerprint="e", ended_at=NOW)


def put(store: Store, *runs: EndedRun) -> None:
    """Write runs."""
    with store.database.write() as connection:
        for run in runs:
            put_run(connection, run)


def other(number: int, **changes: object) -> EndedRun:
    """Return a run that ended this many hours before."""
    ref = msgspec.structs.replace(REF, job_id=f"job{number}")
    run = msgspec.structs.replace(RUN, ref=ref, ended_at=NOW - timedelta(hours=number))
    return msgspec.structs.replace(run, **changes)


def test_an_end_is_remembered_with_the_change_or_not_at_all(store: Store) -> None:
    """A change that comes too late leaves no run; late details replace what was known."""
    made = watch()
    store.jobs.record(Recording(job=followed(), watch=made, drafts=(draft(id=made.root_id),)))
    ended = FollowedJob(info=job_info(state="FAILED", finished=True), version=0)
    without = msgspec.structs.replace(RUN, fingerprint=None)
    assert store.jobs.apply(Change(job=ended, run=without))
    assert not store.jobs.apply(Change(job=ended, run=RUN))
    assert store.ended_runs.before(RUN) == [without]
    assert store.jobs.apply(Change(job=msgspec.structs.replace(ended, version=1), run=RUN))
    assert store.ended_runs.before(RUN) == [RUN]


def test_runs_of_other_outputs_and_instances_are_not_found(store: Store) -> None:
    """The latest come first."""
    elsewhere = other(3, ref=msgspec.structs.replace(REF, instance="another"))
    put(store, other(2), RUN, other(1), elsewhere, other(4, outputs_key="another"))
    assert [run.ref.job_id for run in store.ended_runs.before(RUN)] == [REF.job_id, "job1", "job2"]


def test_there_are_never_more_than_the_latest(store: Store) -> None:
    """A build that runs every minute doesn't fill the database."""
    put(store, *(other(number) for number in range(KEPT + 20, 0, -1)))
    found = store.ended_runs.before(RUN)
    assert [run.ref.job_id for run in found] == [f"job{number}" for number in range(1, KEPT + 1)]


def test_old_runs_are_pruned(store: Store) -> None:
    """With everything else that ended before."""
    put(store, RUN, other(30))
    store.prune(NOW - timedelta(hours=24))
    assert store.ended_runs.before(RUN) == [RUN]
