"""Messages that this version can't read: set aside with a reason, reported, and nobody else waits."""

import pytest
from sqlalchemy import select, update

from bot.domain import JobRef, Message
from bot.domain.slack_rates import SlackRates
from bot.domain.stored_records import OutboxRow, Urgency
from bot.store import Store
from bot.store.jobs import Recording
from bot.store.rate_limits import open_at
from bot.store.tables import messages
from tests.contract.store.test_crowds import UNREADABLE
from tests.support.clocks import HandClock
from tests.support.samples import REF, draft, followed, watch

FREE = SlackRates(post_channel_ms=0, post_workspace_ms=0, update_ms=0)


def notice(ref: JobRef | None) -> Message:
    """Return a one-word notice."""
    return Message(text=f"unreadable {ref}")


def claim(store: Store) -> list[OutboxRow]:
    """Claim everything that is due."""
    return list(store.outbox.claim("me", limit=50, lease_seconds=9, rates=FREE, unreadable=notice))


def damage(store: Store, row_id: str, **columns: object) -> None:
    """Write into a row what no version of the bot would write."""
    with store.database.write() as connection:
        connection.execute(update(messages).where(messages.c.id == row_id).values(**columns))


@pytest.mark.parametrize("body", UNREADABLE)
def test_the_next_rows_are_taken(store: Store, body: str) -> None:
    """The bad row isn't tried again; it is listed without its text."""
    bad, good = draft(), draft()
    store.outbox.write([bad, good])
    damage(store, bad.id, body=body)
    assert [row.id for row in claim(store)] == [good.id]
    assert claim(store) == []
    (dead,) = store.outbox.dead_letters()
    assert (dead.id, dead.text) == (bad.id, "")
    assert dead.reason.startswith("unreadable")
    assert store.outbox.lost(60) == 1


@pytest.mark.parametrize("columns", [{"urgency": 99}, {"urgency": -9}, {"created_at": 10**18}])
def test_other_columns_can_be_damaged_too(store: Store, columns: dict[str, object]) -> None:
    """A number without a meaning in this version."""
    bad, good = draft(), draft()
    store.outbox.write([bad, good])
    damage(store, bad.id, **columns)
    assert good.id in [row.id for row in claim(store)]
    assert [row.id for row in store.outbox.dead_letters()] == [bad.id]


def test_the_try_is_counted_before_anything_is_read(store: Store) -> None:
    """Whatever the content does to the process."""
    bad = draft()
    store.outbox.write([bad])
    damage(store, bad.id, body="{}")
    claim(store)
    with store.database.read() as connection:
        assert connection.execute(messages.select()).mappings().one()["attempts"] == 1


def test_the_asker_of_an_end_is_told(store: Store) -> None:
    """With the job's name, so that they can look it up."""
    place = watch(asker="U7")
    root = draft(id=place.root_id, watch_id=place.id, asker="U7")
    store.jobs.record(Recording(job=followed(), watch=place, drafts=(root,)))
    end = draft(root_id=root.id, urgency=Urgency.END, watch_id=place.id, asker="U7")
    (row,) = claim(store)
    store.outbox.sent(row, "me", "1.0", "C1")
    store.outbox.write([end])
    damage(store, end.id, body="{}")
    assert claim(store) == []
    (told,) = claim(store)
    assert (told.channel_id, told.is_root) == ("U7", True)
    assert told.message.text == f"unreadable {REF}"


def test_news_and_edits_that_cannot_be_read_are_dropped(store: Store) -> None:
    """Nobody is told; the card gets its next content, which is readable."""
    root = draft(asker="U7")
    store.outbox.write([root])
    (row,) = claim(store)
    store.outbox.sent(row, "me", "1.0", "C1")
    news = draft(root_id=root.id, urgency=Urgency.NEWS, asker="U7")
    store.outbox.write([root, news])
    damage(store, root.id, body="{}")
    damage(store, news.id, body="{}")
    assert claim(store) == []
    assert claim(store) == []
    store.outbox.write([root])
    assert [row.id for row in claim(store)] == [root.id]


def test_the_end_of_a_root_that_cannot_be_read_is_told_to_the_asker(store: Store) -> None:
    """It has no thread to go to."""
    root = draft(asker="U7")
    end = draft(root_id=root.id, urgency=Urgency.END, asker="U7", message=Message(text="the end"))
    store.outbox.write([root, end])
    damage(store, root.id, body="{}")
    claim(store)
    assert sorted((row.channel_id, row.message.text) for row in claim(store)) == [
        ("U7", "the end"),
        ("U7", "unreadable None"),
    ]


@pytest.mark.parametrize(("tries", "read"), [(2**31 - 1, 1_000_000), (-1_000, 0)])
def test_a_number_of_tries_that_cannot_be_is_put_right(store: Store, tries: int, read: int) -> None:
    """A negative one would be tried without a pause and never move; PostgreSQL can't count further."""
    bad, good = draft(), draft()
    store.outbox.write([bad, good])
    damage(store, bad.id, attempts=tries)
    found = {row.id: row.attempts for row in claim(store)}
    assert found == {bad.id: read, good.id: 0}
    with store.database.read() as connection:
        kept = connection.execute(select(messages.c.attempts).where(messages.c.id == bad.id)).scalar_one()
    assert 0 < kept <= 1_000_000


def test_tries_that_are_no_number_cost_their_row(store: Store) -> None:
    """SQLite accepts text in every column."""
    if not store.database.is_sqlite:
        return
    bad, good = draft(), draft()
    store.outbox.write([bad, good])
    damage(store, bad.id, attempts="many")
    assert [row.id for row in claim(store)] == [good.id]
    assert [row.id for row in store.outbox.dead_letters()] == [bad.id]


def test_times_that_lie_far_ahead_are_not_waited_for(store: Store, clock: HandClock) -> None:
    """Written before the clock was set back, or by a version that accepted any ``Retry-After``."""
    paused, sending = draft(), draft()
    store.outbox.write([paused, sending])
    day = 86_400_000
    now = round(clock().timestamp() * 1000)
    damage(store, paused.id, not_before=now + day)
    damage(store, sending.id, state="sending", owner="gone", lease_until=now + day)
    assert {row.id for row in claim(store)} == {paused.id, sending.id}


def test_a_rate_that_is_shut_for_a_day_is_open(store: Store) -> None:
    """The same for a rate; after that, the normal rate applies again."""
    rates = SlackRates()
    with store.database.write() as connection:
        far = store.database.now_ms(connection) + 86_400_000
        for key in ("update", "post", "post:C1"):
            open_at(connection, store.database, key, far)
    store.outbox.write([draft()])
    taken = store.outbox.claim("me", limit=5, lease_seconds=9, rates=rates)
    assert len(taken) == 1
    store.outbox.write([draft()])
    assert store.outbox.claim("me", limit=5, lease_seconds=9, rates=rates) == []
