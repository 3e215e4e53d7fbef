"""The contract of what the bot knows of jobs for lists, on SQLite and PostgreSQL."""

from datetime import timedelta

from bot.domain import JobRef, Place
from bot.store import Change, Recording, Store
from tests.contract.store.test_outbox import claim
from tests.support.samples import NOW, REF, draft, followed, job_info, watch

OTHER = JobRef(instance="dss", project="CHURN", job_id="other")


def record(store: Store, ref: JobRef = REF, channel: str = "C1", *, minutes: int = 0) -> None:
    """Record a job as the build service does."""
    when = NOW + timedelta(minutes=minutes)
    a_watch = watch(ref=ref, place=Place(channel_id=channel), created_at=when)
    root = draft(id=a_watch.root_id, channel_id=channel, watch_id=a_watch.id)
    job = followed(info=job_info(ref=ref))
    assert store.jobs.record(Recording(job=job, watch=a_watch, drafts=(root,)))


def end(store: Store, ref: JobRef) -> None:
    """Write a job's end, which closes its watches."""
    before = store.jobs.job(ref)
    assert before is not None
    over = followed(info=job_info(ref=ref, state="DONE", finished=True), version=before.version)
    assert store.jobs.apply(Change(job=over, close=True))


def test_a_job_is_known_with_all_its_threads_the_newest_first(store: Store) -> None:
    """A thread has a timestamp once its root message is posted, wherever that was."""
    record(store)
    record(store, channel="U2", minutes=1)
    record(store, OTHER)
    for row in claim(store):
        store.outbox.sent(row, "me", "7.0", "D2" if row.channel_id == "U2" else row.channel_id)
        if row.channel_id == "U2":
            break
    known = store.known_jobs.of([REF])
    assert list(known) == [REF]
    assert known[REF].job.info == job_info()
    assert [thread.channel_id for thread in known[REF].threads] == ["D2", "C1"]
    assert known[REF].threads[0].ts == "7.0"


def test_a_job_that_was_never_followed_is_not_known(store: Store) -> None:
    """Nor is anything asked for nothing."""
    assert store.known_jobs.of([OTHER]) == {}
    assert store.known_jobs.of([]) == {}


def test_ended_jobs_come_with_the_newest_end_first_and_once(store: Store) -> None:
    """However many places followed them; running ones and other instances are left out."""
    record(store)
    record(store, channel="C2")
    record(store, OTHER)
    assert store.known_jobs.ended("dss", 10) == []
    end(store, REF)
    assert [job.info.ref for job in store.known_jobs.ended("dss", 10)] == [REF]
    assert store.known_jobs.ended("elsewhere", 10) == []


def test_where_a_project_has_posted(store: Store) -> None:
    """Whether it is still followed there or not; a channel whose id only begins alike is another one."""
    record(store, channel="C1")
    end(store, REF)
    assert store.known_jobs.posted("dss", "CHURN", "C1")
    assert not store.known_jobs.posted("dss", "CHURN", "C")
    assert not store.known_jobs.posted("dss", "CHURN", "C_")
    assert not store.known_jobs.posted("dss", "SALES", "C1")
    assert not store.known_jobs.posted("elsewhere", "CHURN", "C1")
