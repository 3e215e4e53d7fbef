"""The contract of digests, on SQLite and on PostgreSQL."""

from collections.abc import Sequence

from bot.facts import Message
from bot.facts.rates import Rates
from bot.facts.records import Told, Urgency
from bot.store import Store
from tests.support.clocks import HandClock
from tests.support.samples import draft

FREE = Rates(post_channel_ms=0, post_workspace_ms=0, update_ms=0)


def said(told: Sequence[Told]) -> Message:
    """Render a digest for a test."""
    return Message(text="; ".join(f"{one.text} {one.root_ts} {one.asker}" for one in told))


def ends(store: Store, count: int, channel: str = "C1") -> None:
    """Write threads whose roots are shown, each with some news and an end that wait."""
    roots = [draft(channel_id=channel) for _ in range(count)]
    store.outbox.write(roots)
    for row in store.outbox.claim("me", limit=50, lease_seconds=9, rates=FREE):
        number = [root.id for root in roots].index(row.id)
        store.outbox.sent(row, "me", f"{number}.0", channel)
    for number, root in enumerate(roots):
        news = draft(channel_id=channel, root_id=root.id, urgency=Urgency.NEWS)
        told = draft(
            channel_id=channel,
            root_id=root.id,
            urgency=Urgency.END,
            message=Message(text=f"end {number}"),
            asker="U1",
        )
        store.outbox.write([news, told])


def test_many_ends_of_a_channel_become_one_message(store: Store) -> None:
    """What the threads had still to say goes with them; nothing of it is sent besides."""
    ends(store, 5)
    assert store.crowds.crowded(5) == ["C1"]
    assert store.crowds.gather("C1", least=5, most=10, make=said) == 5
    (digest,) = store.outbox.claim("me", limit=50, lease_seconds=9, rates=FREE)
    assert digest.is_root
    assert digest.message.text == "; ".join(f"end {number} {number}.0 U1" for number in range(5))


def test_few_ends_are_told_in_their_threads(store: Store) -> None:
    """Below the limit nothing is gathered."""
    ends(store, 3)
    assert store.crowds.crowded(4) == []
    assert store.crowds.gather("C1", least=4, most=10, make=said) == 0


def test_a_digest_has_a_limit(store: Store) -> None:
    """The oldest come first; the others wait for the next digest."""
    ends(store, 6)
    assert store.crowds.gather("C1", least=2, most=4, make=said) == 4
    assert store.crowds.gather("C1", least=2, most=4, make=said) == 2
    assert store.crowds.gather("C1", least=2, most=4, make=said) == 0


def test_news_before_an_end_are_not_mistaken_for_ends(store: Store) -> None:
    """They are hurried, because the end waits for them, but they are not told as ends."""
    ends(store, 1)
    assert store.crowds.crowded(2) == []


def test_while_a_channel_takes_nothing_the_ends_gather(store: Store, clock: HandClock) -> None:
    """The digest is made when it can go, so that it tells all that came in until then."""
    ends(store, 5)
    store.outbox.hold(Rates().in_channel("C1"), 3)
    assert store.crowds.crowded(5) == []
    clock.advance(3)
    assert store.crowds.crowded(5) == ["C1"]


def test_one_digest_at_a_time_waits(store: Store) -> None:
    """Until it is taken to Slack no second one is made, however many ends there are."""
    ends(store, 6)
    store.crowds.gather("C1", least=2, most=4, make=said)
    assert store.crowds.crowded(2) == []
    store.outbox.claim("me", limit=1, lease_seconds=9, rates=FREE)
    assert store.crowds.crowded(2) == ["C1"]


def test_a_digest_goes_before_the_ends_that_still_wait(store: Store) -> None:
    """It has the turn of the oldest end that it tells."""
    ends(store, 6)
    store.crowds.gather("C1", least=2, most=4, make=said)
    (first,) = store.outbox.claim("me", limit=1, lease_seconds=9, rates=FREE)
    assert first.is_root
    assert first.message.text.startswith("end 0 ")


def test_a_digest_that_cannot_be_told_is_told_to_each_who_asked(store: Store) -> None:
    """The channel was archived, or the bot was put out: the ends are not lost with it."""
    ends(store, 5)
    store.crowds.gather("C1", least=5, most=10, make=said)
    (digest,) = store.outbox.claim("me", limit=50, lease_seconds=9, rates=FREE)
    store.outbox.dead(digest, "me", "is_archived")
    told = store.outbox.claim("me", limit=50, lease_seconds=9, rates=FREE)
    assert sorted(row.message.text for row in told) == [f"end {number}" for number in range(5)]
    assert {(row.channel_id, row.is_root) for row in told} == {("U1", True)}
