"""Rows that this version can't read, on SQLite and PostgreSQL: each affects only itself."""

import json

import pytest
from sqlalchemy import Table, update

from bot import views
from bot.domain import JobInfo, Message, Place
from bot.domain.slack_rates import SlackRates
from bot.domain.stored_records import (
    BuildPlan,
    Draft,
    FollowedJob,
    FollowState,
    Intent,
    IntentState,
    UnreadableIntent,
    Urgency,
)
from bot.store import Change, Recording, Store
from bot.store.codec import dump
from bot.store.intents import MOST_ATTEMPTS
from bot.store.tables import intents, jobs, watches
from tests.support.clocks import HandClock
from tests.support.samples import REF, draft, intent, job_info, watch

FREE = SlackRates(post_channel_ms=0, post_workspace_ms=0, update_ms=0)
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
"""As a follow state: it has a default for everything, and unknown parts come from a newer version."""


def spoil(store: Store, table: Table, **values: str) -> None:
    """Overwrite every row of a table."""
    with store.database.write() as connection:
        connection.execute(update(table).values(**values))


def follow(store: Store) -> Recording:
    """Follow a job."""
    made = watch()
    root = draft(id=made.root_id, watch_id=made.id)
    recorded = Recording(job=FollowedJob(info=job_info()), watch=made, drafts=(root,))
    assert store.jobs.record(recorded)
    return recorded


@pytest.mark.parametrize("column", ["wish", "place"])
@pytest.mark.parametrize("bad", BAD)
def test_an_intent_that_can_not_be_read_lets_the_next_one_through(
    store: Store, clock: HandClock, column: str, bad: str
) -> None:
    """It is claimed, its attempt is counted, and it is set aside together with its report."""
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
    # Whatever it kept busy is free again.
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


def test_an_intent_that_waits_for_its_job_is_looked_at_often(store: Store, clock: HandClock) -> None:
    """An abort waits for ten minutes for the end, and looks every three seconds."""
    written = intent()
    store.intents.add(written, delivery="a")
    store.intents.claim("me", 20)
    plan = BuildPlan(instance="dss", project="CHURN", outputs=())
    assert store.intents.starting(written.id, "me", plan)
    for _ in range(200):
        store.intents.again(written.id, "me", 3)
        clock.advance(3)
        assert isinstance(store.intents.claim("me", 20), Intent)


@pytest.mark.parametrize("at", [10**17, -(10**17), -1])
def test_an_intent_of_no_time_is_set_aside_and_told(store: Store, at: int) -> None:
    """The message just doesn't say when it was asked for."""
    store.intents.add(intent(), delivery="a")
    with store.database.write() as connection:
        connection.execute(update(intents).values(created_at=at, starting_at=10**17))
    row = store.intents.claim("me", 30)
    assert isinstance(row, UnreadableIntent)
    assert row.created_at is None
    assert "couldn't read your request, so" in views.set_aside(row).text


@pytest.mark.parametrize("tries", [2**31 - 1, -(2**31), "many"])
def test_a_number_of_tries_that_cannot_be_stops_nobody_else(store: Store, tries: object) -> None:
    """PostgreSQL can't count further, and SQLite accepts text; a negative number counts as none."""
    if tries == "many" and not store.database.is_sqlite:
        return
    first, second = intent(), intent()
    store.intents.add(first, delivery="a")
    store.intents.add(second, delivery="b")
    with store.database.write() as connection:
        connection.execute(update(intents).where(intents.c.id == first.id).values(attempts=tries))
    rows = [store.intents.claim("me", 30), store.intents.claim("me", 30)]
    found = {row.id: row for row in rows if row is not None}
    assert isinstance(found[second.id], Intent)
    assert isinstance(found[first.id], Intent if tries == -(2**31) else UnreadableIntent)


@pytest.mark.parametrize("column", ["facts", "memory"])
@pytest.mark.parametrize("bad", BAD)
def test_a_job_that_can_not_be_read_is_begun_anew(store: Store, column: str, bad: str) -> None:
    """Other columns say which job it is and who follows it; the old contents are kept."""
    if column == "memory" and bad in READS_AS_EMPTY:
        return
    made = follow(store)
    spoil(store, jobs, **{column: bad})
    row = store.jobs.job(REF)
    assert row is not None
    assert row.info.ref == REF
    assert (row.info.state == "RUNNING") is (column == "memory")
    assert row.follow_state.rebuilt is not None
    assert store.jobs.followed("dss") == {REF: row}
    assert [one.id for one, _ in store.jobs.recent_of("U1")] == [made.watch.id]
    assert store.jobs.apply(
        Change(job=FollowedJob(info=job_info(), follow_state=row.follow_state, version=row.version))
    )


@pytest.mark.parametrize(
    ("column", "changes"),
    [
        ("facts", {"initiated_at": "2026-11-25T12:00:00"}),
        ("facts", {"started_at": "0001-01-01T00:00:00Z"}),
        ("facts", {"ended_at": "9999-12-31T23:59:59Z"}),
        ("facts", {"warnings": 10**18}),
        ("facts", {"activities": [{"id": "a", "state": "DONE", "ended_at": "2026-11-25T12:00:00"}]}),
        ("memory", {"followed_since": "2026-11-25T12:00:00"}),
        ("memory", {"silent_since": "2026-11-25T12:00:00"}),
        ("memory", {"abort": {"by": "U1", "at": "2026-11-25T12:00:00"}}),
        (
            "memory",
            {"gaps": [{"start": "0001-01-01T00:00:00+14:00", "end": "2026-11-25T12:00:00Z"}]},
        ),
        ("memory", {"usual_seconds": 1e308}),
    ],
)
def test_a_job_that_can_not_be_computed_with_is_begun_anew(
    store: Store, column: str, changes: dict[str, object]
) -> None:
    """It can be decoded, but every round would stumble over it."""
    follow(store)
    sound = job_info() if column == "facts" else FollowState()
    spoil(store, jobs, **{column: json.dumps(json.loads(dump(sound)) | changes)})
    row = store.jobs.job(REF)
    assert row is not None
    assert row.follow_state.rebuilt is not None
    assert (row.info.state == "RUNNING") is (column == "memory")


@pytest.mark.parametrize("at", [10**17, -(10**17), 2**62])
def test_times_that_cannot_be_cost_no_job(store: Store, at: int) -> None:
    """The job is followed from now on, and its watch is as old as its last change."""
    made = follow(store)
    with store.database.write() as connection:
        connection.execute(update(jobs).values(facts="{}", memory="null", updated_at=at))
        connection.execute(update(watches).values(created_at=at, closed_at=at))
    row = store.jobs.job(REF)
    assert row is not None
    assert row.follow_state.rebuilt is not None
    assert row.follow_state.followed_since is None
    (found,) = store.jobs.watches_of(REF, still_open=False)
    assert found.created_at == found.closed_at == made.watch.created_at


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
    """Every build asks for the jobs that have just started."""
    follow(store)
    spoil(store, jobs, facts="{}")
    found: list[JobInfo] = list(store.jobs.just_started("dss", "CHURN", clock()))
    assert found == []


def test_bytes_that_are_no_text_cost_their_row(store: Store, clock: HandClock) -> None:
    """As a damaged disk leaves them; PostgreSQL accepts none."""
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
