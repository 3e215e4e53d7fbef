"""Rows that a newer version left in a state of its own, on SQLite and PostgreSQL: none waits for ever."""

from sqlalchemy import update

from bot.domain import JobRef, Message
from bot.domain.slack_rates import SlackRates
from bot.domain.stored_records import Draft, Intent, IntentState, OutboxRow, UnreadableIntent, Urgency
from bot.store import Recording, Store
from bot.store.tables import intents, messages
from bot.store.unknown_states import LEFT_ALONE_MS
from bot.workers.maintenance import Sweeper
from tests.support.clocks import HandClock
from tests.support.samples import draft, followed, intent, watch

FREE = SlackRates(post_channel_ms=0, post_workspace_ms=0, update_ms=0)


def claim(store: Store) -> list[OutboxRow]:
    """Claim everything that is due."""
    return list(store.outbox.claim("me", limit=50, lease_seconds=9, rates=FREE))


def notice(ref: JobRef | None) -> Message:
    """Return a one-word notice."""
    return Message(text=f"unreadable {ref}")


def test_an_intent_is_set_aside_and_what_it_kept_busy_is_free(store: Store, clock: HandClock) -> None:
    """Once, and only after the newer version has had its time; the others go on."""
    odd, sound = intent(), intent()
    store.intents.add(odd, delivery="a", busy="b")
    store.intents.add(sound, delivery="b")
    with store.database.write() as connection:
        connection.execute(update(intents).where(intents.c.id == odd.id).values(state="queued"))
    assert store.unknown_states.intents() == []
    clock.advance(LEFT_ALONE_MS / 1000 + 1)
    told: list[UnreadableIntent] = []

    def set_aside(row: UnreadableIntent) -> None:
        told.append(row)
        said = Draft(id="t", channel_id="U1", message=Message(text="x"), urgency=Urgency.END)
        store.intents.set_aside(row, said)

    sweeper = Sweeper(store, set_aside)
    sweeper.round()
    sweeper.round()
    assert [(row.id, row.begun) for row in told] == [(odd.id, True)]
    assert (store.intents.state_of(odd.id), store.intents.aside_count()) == (IntentState.SET_ASIDE, 1)
    assert store.intents.add(intent(), delivery="c", busy="b") == "new"
    taken = store.intents.claim("me", 20)
    assert isinstance(taken, Intent)
    assert taken.id == sound.id


def test_a_message_is_set_aside_or_shown_once_more(store: Store, clock: HandClock) -> None:
    """A card that is in Slack gets its content; an end that might be there is named to the asker."""
    place = watch(asker="U7")
    root = draft(id=place.root_id, watch_id=place.id, asker="U7")
    store.jobs.record(Recording(job=followed(), watch=place, drafts=(root,)))
    (row,) = claim(store)
    store.outbox.sent(row, "me", "1.0", "C1")
    end = draft(root_id=root.id, urgency=Urgency.END, watch_id=place.id, asker="U7")
    store.outbox.write([root, end])
    with store.database.write() as connection:
        connection.execute(update(messages).values(state="scheduled"))
    assert store.unknown_states.set_aside_messages(notice) == 0
    assert claim(store) == []
    clock.advance(LEFT_ALONE_MS / 1000 + 1)
    assert store.unknown_states.set_aside_messages(notice) == 2
    assert {(row.channel_id, row.ts) for row in claim(store)} == {("C1", "1.0"), ("U7", None)}
    assert [one.id for one in store.outbox.aside()] == [end.id]
    assert store.unknown_states.set_aside_messages(notice) == 0
