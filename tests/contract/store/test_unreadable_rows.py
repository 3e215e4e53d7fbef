"""Rows that this version can't read, on SQLite and on PostgreSQL: each costs no more than itself."""

import pytest
from sqlalchemy import Table, update

from bot.facts import JobFacts, Message, Place
from bot.facts.rates import Rates
from bot.facts.records import Draft, FollowedJob, Intent, IntentState, UnreadableIntent, Urgency
from bot.store import Change, Recording, Store
from bot.store.intents import MOST_ATTEMPTS
from bot.store.tables import intents, jobs, watches
from tests.support.clocks import HandClock
from tests.support.samples import REF, draft, facts, intent, watch

FREE = Rates(post_channel_ms=0, post_workspace_ms=0, update_ms=0)
BAD = [
    "{}",
    "null",
    "[]",
    "not json",
    "",
    '{"type":"teleport"}',
    '{"ref":{"instance":"dss"}}',
    "[" * 100_000,
    '{"x":1e999}',
]


READS_AS_EMPTY = {"{}", '{"type":"teleport"}', '{"ref":{"instance":"dss"}}', '{"x":1e999}'}
"""As a memory: it has a default for everything, and what it doesn't know is of a newer version."""


def spoil(store: Store, table: Table, **values: str) -> None:
    """Write something else into every row of a table."""
    with store.database.write() as connection:
        connection.execute(update(table).values(**values))


def follow(store: Store) -> Recording:
    """Follow a job."""
    made = watch()
    root = draft(id=made.root_id, watch_id=made.id)
    recorded = Recording(job=FollowedJob(facts=facts()), watch=made, drafts=(root,))
    assert store.jobs.record(recorded)
    return recorded


@pytest.mark.parametrize("column", ["wish", "place"])
@pytest.mark.parametrize("bad", BAD)
def test_an_intent_that_can_not_be_read_lets_the_next_one_through(
    store: Store, clock: HandClock, column: str, bad: str
) -> None:
    """It is claimed as what it is, its attempt counted, and set aside together with what is told of it."""
    first = intent()
    store.intents.add(first, delivery="a", busy="b")
    spoil(store, intents, **{column: bad})
    clock.advance(1)
    second = intent(created_at=clock())
    store.intents.add(second, delivery="b")
    row = store.intents.claim("me", 30)
    assert isinstance(row, UnreadableIntent)
    assert (row.id, row.user_id, row.begun) == (first.id, "U1", False)
    assert row.place.channel_id == ("C1" if column == "wish" else "U1")
    store.intents.set_aside(
        row, Draft(id="t", channel_id="U1", message=Message(text="x"), urgency=Urgency.END)
    )
    taken = store.intents.claim("me", 30)
    assert isinstance(taken, Intent)
    assert taken.id == second.id
    (aside,) = store.intents.aside()
    assert (aside.id, aside.table, store.intents.aside_count()) == (first.id, "intents", 1)
    assert aside.reason.startswith("unreadable")
    assert store.intents.state_of(first.id) is IntentState.SET_ASIDE
    (told,) = store.outbox.claim("me", limit=5, lease_seconds=9, rates=FREE)
    assert told.channel_id == "U1"
    # What was busy with it is free again.
    assert store.intents.add(intent(created_at=clock()), delivery="c", busy="b") == "new"


def test_an_intent_at_which_the_process_dies_each_time_ends(store: Store, clock: HandClock) -> None:
    """The attempt is counted before anything is done with the row."""
    store.intents.add(intent(), delivery="a")
    for _ in range(MOST_ATTEMPTS):
        assert isinstance(store.intents.claim("me", 1), Intent)
        clock.advance(2)
    row = store.intents.claim("me", 1)
    assert isinstance(row, UnreadableIntent)
    assert "never finished" in row.reason


@pytest.mark.parametrize("column", ["facts", "memory"])
@pytest.mark.parametrize("bad", BAD)
def test_a_job_that_can_not_be_read_is_begun_anew(store: Store, column: str, bad: str) -> None:
    """Which job it is, and who follows it, stands in other columns; what it has is kept."""
    if column == "memory" and bad in READS_AS_EMPTY:
        return
    made = follow(store)
    spoil(store, jobs, **{column: bad})
    row = store.jobs.job(REF)
    assert row is not None
    assert row.facts.ref == REF
    assert (row.facts.state == "RUNNING") is (column == "memory")
    assert row.memory.rebuilt is not None
    assert store.jobs.followed("dss") == {REF: row}
    assert [one.id for one, _ in store.jobs.recent_of("U1")] == [made.watch.id]
    assert store.jobs.apply(Change(job=FollowedJob(facts=facts(), memory=row.memory, version=row.version)))


@pytest.mark.parametrize("bad", BAD)
def test_a_watch_that_can_not_be_read_still_leads_to_its_channel(store: Store, bad: str) -> None:
    """The key of an open watch names the channel; a closed one has its person."""
    made = follow(store)
    spoil(store, watches, place=bad)
    (found,) = store.jobs.watches_of(REF)
    assert found.place == Place(channel_id="C1")
    store.jobs.close_watch(made.watch.id)
    (closed,) = store.jobs.watches_of(REF, still_open=False)
    assert closed.place == Place(channel_id="U1")


def test_a_list_leaves_out_what_it_can_not_read(store: Store, clock: HandClock) -> None:
    """What was started just now is asked about before each build."""
    follow(store)
    spoil(store, jobs, facts="{}")
    found: list[JobFacts] = list(store.jobs.just_started("dss", "CHURN", clock()))
    assert found == []


def test_bytes_that_are_no_text_cost_their_row(store: Store, clock: HandClock) -> None:
    """As a damaged disk leaves them; PostgreSQL takes none."""
    if not store.database.is_sqlite:
        return
    first = intent()
    store.intents.add(first, delivery="a")
    with store.database.write() as connection:
        connection.exec_driver_sql("UPDATE intents SET wish = CAST(X'7bff' AS TEXT)")
    clock.advance(1)
    second = intent(created_at=clock())
    store.intents.add(second, delivery="b")
    row = store.intents.claim("me", 30)
    assert isinstance(row, UnreadableIntent)
    store.intents.set_aside(
        row, Draft(id="t", channel_id="U1", message=Message(text="x"), urgency=Urgency.END)
    )
    taken = store.intents.claim("me", 30)
    assert isinstance(taken, Intent)
    assert taken.id == second.id
