"""The contract of jobs, watches, audit, and schema, on SQLite and PostgreSQL."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from bot.domain import Message, Place
from bot.domain.slack_rates import SlackRates
from bot.domain.stored_records import FollowedJob, FollowState, IntentState
from bot.store import AuditEntry, Change, Database, Recording, Store, UnknownSchema, check_schema, migrate
from bot.store.tables import metadata
from tests.support.clocks import HandClock
from tests.support.databases import postgres_database
from tests.support.samples import REF, draft, followed, intent, job_info, watch


def record(store: Store, **changes: object) -> bool:
    """Record a job as the build service does."""
    a_watch = watch(**changes)
    root = draft(id=a_watch.root_id, channel_id=a_watch.place.channel_id, watch_id=a_watch.id)
    return store.jobs.record(Recording(job=followed(), watch=a_watch, drafts=(root,)))


def test_job_watch_message_and_intent_commit_together(store: Store) -> None:
    """A start commits everything: facts, watch, root message, the intent's end, the audit."""
    asked = intent()
    store.intents.add(asked, delivery="d")
    a_watch = watch()
    entry = AuditEntry(user_id="U1", team_id="T1", verb="build", allowed=True, target="CHURN.scored")
    recording = Recording(
        job=followed(),
        watch=a_watch,
        drafts=(draft(id=a_watch.root_id),),
        intent_id=asked.id,
        audit=entry,
    )
    assert store.jobs.record(recording)
    assert store.jobs.job(REF) == followed()
    assert store.jobs.watches_of(REF) == [a_watch]
    assert store.intents.state_of(asked.id) is IntentState.DONE
    assert store.outbox.counts() == {"due": 1}
    assert [found.target for found in store.audit.newest()] == ["CHURN.scored"]


def test_one_thread_for_a_job_and_channel(store: Store) -> None:
    """Following twice in a channel has one effect; another channel has its own thread."""
    assert record(store)
    assert not record(store)
    assert record(store, place=Place(channel_id="C2"))
    assert store.outbox.counts() == {"due": 2}
    assert len(store.jobs.watches_of(REF)) == 2


def test_a_change_is_written_once(store: Store) -> None:
    """Two followers started from the same facts: one writes, and the other learns that it was late."""
    record(store)
    before = store.jobs.job(REF)
    assert before is not None
    after = FollowedJob(
        info=job_info(state="DONE", finished=True),
        follow_state=FollowState(told=("ended",)),
        version=before.version,
    )
    change = Change(job=after, drafts=(draft(message=Message(text="done")),), close=True)
    assert store.jobs.apply(change)
    assert not store.jobs.apply(change)
    assert store.outbox.counts() == {"due": 2}
    stored = store.jobs.job(REF)
    assert stored is not None
    assert (stored.info.state, stored.follow_state.told) == ("DONE", ("ended",))
    assert store.jobs.watches_of(REF) == []
    assert len(store.jobs.watches_of(REF, still_open=False)) == 1
    assert store.jobs.followed("dss") == {}


def test_changes_are_seen_by_their_mark(store: Store, clock: HandClock) -> None:
    """A follower learns of new and closed watches without reading all of them."""
    mark, _ = store.jobs.changes_since("dss", 0)
    clock.advance(60)
    record(store)
    _, refs = store.jobs.changes_since("dss", mark)
    assert refs == [REF]
    clock.advance(60)
    mark, _ = store.jobs.changes_since("dss", mark)
    assert store.jobs.changes_since("dss", mark)[1] == []
    (open_watch,) = store.jobs.watches_of(REF)
    store.jobs.close_watch(open_watch.id)
    assert store.jobs.changes_since("dss", mark)[1] == [REF]


def test_unfollowing_closes_one_place(store: Store) -> None:
    """The other channel continues."""
    record(store)
    record(store, place=Place(channel_id="C2"))
    first, second = store.jobs.watches_of(REF)
    assert store.jobs.close_watch(first.id)
    assert not store.jobs.close_watch(first.id)
    assert store.jobs.watches_of(REF) == [second]
    assert list(store.jobs.followed("dss")) == [REF]


def test_a_persons_recent_jobs_are_newest_first(store: Store) -> None:
    """The list of my jobs in `/dss-jobs`."""
    record(store)
    assert [job.info.ref for _, job in store.jobs.recent_of("U1")] == [REF]
    assert store.jobs.recent_of("U2") == []
    assert store.jobs.named(REF.job_id) == [REF]


def test_the_migrations_make_the_tables_of_the_code(store: Store) -> None:
    """The revisions and the metadata agree."""
    with store.database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each kind, without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'bot.sqlite3'}"
        return
    with postgres_database(request.getfixturevalue("postgres"), f"t{uuid4().hex}") as address:
        yield address


def test_a_database_without_our_schema_is_refused_with_what_to_run(empty_database: str) -> None:
    """Empty, older, or newer: each error says what to do."""
    database = Database(empty_database)
    with pytest.raises(UnknownSchema, match="dss-bot migrate"):
        check_schema(database)
    migrate(database)
    check_schema(database)
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'from-the-future'"))
    with pytest.raises(UnknownSchema, match="newer"):
        check_schema(database)
    database.close()


def test_pruning_deletes_what_is_over_and_nothing_else(store: Store, clock: HandClock) -> None:
    """A finished job goes with its watch and messages; a followed one stays, however old it is."""
    record(store)
    other = job_info(ref=msgspec.structs.replace(REF, job_id="other"))
    a_watch = watch(ref=other.ref)
    root = draft(id=a_watch.root_id, watch_id=a_watch.id)
    store.jobs.record(Recording(job=FollowedJob(info=other), watch=a_watch, drafts=(root,)))
    for row in store.outbox.claim("me", limit=9, lease_seconds=30, rates=SlackRates(channel_burst=9)):
        store.outbox.sent(row, "me", "1.0", "C1")
    ended = FollowedJob(info=job_info(state="DONE", finished=True))
    store.jobs.apply(Change(job=ended, close=True))
    clock.advance(3600)
    assert store.prune(clock() - timedelta(minutes=30)) == 3
    assert store.jobs.job(REF) is None
    assert list(store.jobs.followed("dss")) == [other.ref]
    assert store.outbox.counts() == {"sent": 1}


def test_what_was_just_started_is_known_without_dss(store: Store, clock: HandClock) -> None:
    """DSS might list a job with a delay; until then, the bot's own row says that it is running."""
    record(store, created_at=clock())
    assert store.jobs.just_started("dss", "CHURN", clock()) == [job_info()]
    assert store.jobs.just_started("dss", "OTHER", clock()) == []
    assert store.jobs.just_started("dss", "CHURN", clock() + timedelta(seconds=1)) == []


def test_a_job_that_is_followed_in_two_places_counts_once(store: Store) -> None:
    """The count is of jobs; each place has its own entry in the list of what a person followed."""
    for channel in ("C1", "C2"):
        made = watch(place=Place(channel_id=channel))
        assert store.jobs.record(Recording(job=followed(), watch=made, drafts=()))
    assert store.jobs.followed_count() == 1
    assert store.jobs.open_refs("dss") == {REF}
    assert len(store.jobs.recent_of("U1")) == 2
