"""The clock is set back: messages go out at once, as if nothing had been waiting, on both databases."""

import pytest
from sqlalchemy import insert, update

from bot.domain.slack_rates import SlackRates
from bot.domain.stored_records import OutboxRow, Urgency
from bot.store import Store
from bot.store.rate_limits import open_at
from bot.store.tables import marks, pace
from tests.support.clocks import HandClock
from tests.support.samples import draft

RATES = SlackRates()
FREE = SlackRates(post_channel_ms=0, post_workspace_ms=0, update_ms=0)
BACK = [-60, -600, -3_600, -86_400]


def claim(store: Store, rates: SlackRates = RATES) -> list[OutboxRow]:
    """Claim everything that is due within the rates."""
    return list(store.outbox.claim("me", limit=50, lease_seconds=20, rates=rates))


def show(store: Store, rates: SlackRates = RATES) -> int:
    """Make Slack accept what is due; return how many messages that were."""
    rows = claim(store, rates)
    for row in rows:
        store.outbox.sent(row, "me", row.ts or "1.0", row.channel_id)
    return len(rows)


@pytest.mark.parametrize("back", BACK)
def test_rates_hold_up_nothing(store: Store, clock: HandClock, back: int) -> None:
    """They were used up to their limits just before; after that, they hold again."""
    card = draft()
    store.outbox.write([card, draft()])
    while show(store):
        store.outbox.write([card])
    clock.advance(back)
    store.outbox.write([card, draft(channel_id="C2")])
    assert show(store) == 3  # the second one of C1 had to wait
    store.outbox.write([draft()])
    assert show(store) == 0


@pytest.mark.parametrize("back", BACK[1:])
def test_a_pause_of_slack_is_forgotten(store: Store, clock: HandClock, back: int) -> None:
    """One call asks again: Slack says how long it still is."""
    for rate in (RATES.in_channel("C1"), *RATES.shared()):
        store.outbox.hold(rate, 30, asked=30)
    store.outbox.write([draft()])
    assert show(store) == 0
    clock.advance(back)
    assert store.outbox.shut_rates() == []
    assert show(store) == 1


def test_a_pause_of_slack_is_kept_as_long_as_the_clock_is_right(store: Store, clock: HandClock) -> None:
    """Up to ten minutes, and for a pause that goes on."""
    store.outbox.hold(RATES.in_channel("C1"), 300, asked=300)
    store.outbox.write([draft()])
    clock.advance(200)
    store.outbox.hold(RATES.in_channel("C1"), 600, asked=900)
    clock.advance(599)
    assert show(store) == 0
    clock.advance(2)
    assert show(store) == 1


@pytest.mark.parametrize("back", [*BACK[1:], -7_000])
@pytest.mark.parametrize("unknown", [True, False])
def test_a_retry_is_not_waited_for(store: Store, clock: HandClock, back: int, *, unknown: bool) -> None:
    """It was to be tried again a second later."""
    store.outbox.write([draft()])
    (row,) = claim(store, FREE)
    (store.outbox.doubt if unknown else store.outbox.later)(row, "me", 1, "500")
    clock.advance(back)
    assert show(store, FREE) == 1


@pytest.mark.parametrize("back", BACK[1:])
def test_what_a_killed_process_was_sending_is_taken_over(store: Store, clock: HandClock, back: int) -> None:
    """Its lease lasts for seconds, not for hours."""
    store.outbox.write([draft()])
    assert len(claim(store, FREE)) == 1
    clock.advance(back)
    (row,) = claim(store, FREE)
    assert row.doubtful


def test_a_lease_that_is_renewed_after_that_is_kept(store: Store, clock: HandClock) -> None:
    """The row itself looks as if it were changed later than now."""
    store.outbox.write([draft()])
    (row,) = claim(store, FREE)
    clock.advance(-3_600)
    store.outbox.renew("me", [row.id], 20)
    assert claim(store, FREE) == []


def test_long_pauses_are_kept(store: Store, clock: HandClock) -> None:
    """An hour between two tries is on purpose, as long as the clock is right."""
    store.outbox.write([draft()])
    (row,) = claim(store, FREE)
    store.outbox.later(row, "me", 3_840, "restricted")
    clock.advance(3_839)
    assert claim(store, FREE) == []
    clock.advance(2)
    assert len(claim(store, FREE)) == 1


@pytest.mark.parametrize("at", ["never", 10**17, -(2**63), 2**63 - 1])
def test_a_rate_that_can_not_be_stops_nobody(store: Store, at: object) -> None:
    """SQLite accepts text; PostgreSQL can't compute beyond its numbers."""
    if isinstance(at, str) and not store.database.is_sqlite:
        return
    with store.database.write() as connection:
        for key in ("update", "post", "post:C1"):
            open_at(connection, store.database, key, 0)
        connection.execute(update(pace).values(next_at=at))
        keys = [f"shut.{what}:{key}" for what in ("since", "until", "asked") for key in ("update", "post:C1")]
        connection.execute(insert(marks), [{"key": key, "at": at} for key in (*keys, "seen:dss")])
    end = draft(urgency=Urgency.END)
    store.outbox.write([draft(), end])
    assert store.digests.channels_with_many_ends(1) == []
    assert [row.id for row in claim(store)] == [end.id]
    assert store.outbox.shut_rates() == []
    store.outbox.hold(RATES.update(), 30, asked=30)
    assert [(one.key, one.seconds) for one in store.outbox.shut_rates()] == [("update", 30)]
    assert store.marks.get("seen:dss") is None
