"""The contract of pruning, on SQLite and PostgreSQL: everything that ended long ago is deleted."""

from datetime import timedelta

from sqlalchemy import func, select, update

from bot.domain.stored_records import Urgency, Watch
from bot.store import Change, Recording, Store
from bot.store.pruning import AT_ONCE
from bot.store.tables import messages
from tests.contract.store.test_crowds import ends, said
from tests.contract.store.test_outbox import claim
from tests.support.clocks import HandClock
from tests.support.samples import draft, followed, job_info, watch

KEEP = timedelta(days=30)


def left(store: Store) -> int:
    """Count the remaining messages."""
    with store.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(messages)).scalar_one())


def show(store: Store) -> None:
    """Make Slack accept everything that is due."""
    while rows := claim(store):
        for row in rows:
            store.outbox.sent(row, "me", row.ts or "1.0", row.channel_id)


def follow_to_the_end(store: Store, made: Watch) -> None:
    """Follow a job whose end is written but not yet shown."""
    root = draft(id=made.root_id, watch_id=made.id)
    assert store.jobs.record(Recording(job=followed(), watch=made, drafts=(root,)))
    show(store)
    told = draft(id=f"{made.id}:ended", root_id=root.id, watch_id=made.id, urgency=Urgency.END)
    ended = followed(info=job_info(state="DONE", finished=True))
    assert store.jobs.apply(Change(job=ended, drafts=(root, told), close=True))


def test_a_message_that_was_shown_after_its_watch_was_closed_goes_too(store: Store, clock: HandClock) -> None:
    """Also if the watch itself was deleted in between."""
    follow_to_the_end(store, watch())
    closed = clock()
    clock.advance(20)
    show(store)
    store.prune(closed + timedelta(seconds=10))
    assert left(store) == 2
    clock.advance(86_400 * 31)
    store.prune(clock() - KEEP)
    assert left(store) == 0


def test_a_digest_and_what_it_told_go_too(store: Store, clock: HandClock) -> None:
    """A digest covers many jobs and belongs to none."""
    ends(store, 5)
    with store.database.write() as connection:
        connection.execute(update(messages).values(watch_id="a watch that is gone"))
    store.digests.gather("C1", least=5, most=10, make=said)
    show(store)
    clock.advance(86_400 * 29)
    assert store.prune(clock() - KEEP) == 0
    clock.advance(86_400 * 2)
    store.prune(clock() - KEEP)
    assert left(store) == 0


def test_what_is_needed_or_waits_stays(store: Store, clock: HandClock) -> None:
    """The root of a followed job is edited as long as the job runs; a waiting message is sent."""
    running = watch()
    root = draft(id=running.root_id, watch_id=running.id)
    assert store.jobs.record(Recording(job=followed(), watch=running, drafts=(root,)))
    show(store)
    store.outbox.write([draft()])
    clock.advance(86_400 * 365)
    assert store.prune(clock() - KEEP) == 0
    assert left(store) == 2


def test_a_year_of_messages_goes_in_many_short_transactions(store: Store, clock: HandClock) -> None:
    """A person who types a command meanwhile must not wait for all of them."""
    store.outbox.write([draft() for _ in range(2 * AT_ONCE + 1)])
    show(store)
    clock.advance(86_400 * 365)
    assert store.prune(clock() - KEEP) == 2 * AT_ONCE + 1
    assert left(store) == 0
