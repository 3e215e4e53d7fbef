"""The contract of digests, on SQLite and PostgreSQL."""

from collections.abc import Sequence

import pytest
from sqlalchemy import update

from bot.domain import Message
from bot.domain.slack_rates import SlackRates
from bot.domain.stored_records import PendingEnd, Urgency
from bot.store import Store
from bot.store.tables import messages
from tests.support.clocks import HandClock
from tests.support.samples import draft

FREE = SlackRates(post_channel_ms=0, post_workspace_ms=0, update_ms=0)

UNREADABLE = [
    "{}",
    "",
    "null",
    "[1]",
    '{"text": 7, "blocks": []}',
    '{"text": "cut of',
    "[" * 9_999,
    "\u00fe\u0001",
]


def said(told: Sequence[PendingEnd]) -> Message:
    """Render a digest for a test."""
    return Message(text="; ".join(f"{one.text} {one.root_ts} {one.asker}" for one in told))


def ends(store: Store, count: int, channel: str = "C1") -> None:
    """Write threads with visible roots, each with pending news and a pending end."""
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
    """Then each thread gets its own end, but not its pending news."""
    ends(store, 5)
    assert store.digests.channels_with_many_ends(5) == ["C1"]
    assert store.digests.gather("C1", least=5, most=10, make=said) == 5
    digest, *later = store.outbox.claim("me", limit=50, lease_seconds=9, rates=FREE)
    assert digest.is_root
    assert digest.message.text == "; ".join(f"end {number} {number}.0 U1" for number in range(5))
    assert [(row.message.text, row.thread_ts, row.urgency) for row in later] == [
        (f"end {number}", f"{number}.0", Urgency.LATER) for number in range(5)
    ]
    assert store.digests.channels_with_many_ends(1) == []


def test_what_a_digest_told_waits_for_everything_more_urgent(store: Store) -> None:
    """Roots, ends, and news that arrived later go first, and no alarm is raised meanwhile."""
    ends(store, 5)
    store.digests.gather("C1", least=5, most=10, make=said)
    more = {urgency: draft(channel_id="C1", urgency=urgency) for urgency in Urgency}
    store.outbox.write(list(more.values()))
    rows = store.outbox.claim("me", limit=50, lease_seconds=9, rates=FREE)
    late = [number for number, row in enumerate(rows) if row.urgency is Urgency.LATER and not row.is_root]
    before = {row.urgency for row in rows[: late[0]] if row.urgency is not Urgency.LATER}
    assert before == {Urgency.END, Urgency.ROOT, Urgency.NEWS}


def test_an_end_that_a_digest_told_is_not_urgent_again(store: Store) -> None:
    """New content doesn't make it urgent again, and a second digest doesn't include it."""
    ends(store, 5)
    store.digests.gather("C1", least=5, most=10, make=said)
    rows = store.outbox.claim("me", limit=50, lease_seconds=9, rates=FREE)
    told = next(row for row in rows if row.urgency is Urgency.LATER)
    store.outbox.later(told, "me", 0, "timeout")
    store.outbox.write([draft(id=told.id, urgency=Urgency.END, message=Message(text="newer"), asker="U1")])
    assert store.digests.channels_with_many_ends(1) == []
    (again,) = store.outbox.claim("me", limit=50, lease_seconds=9, rates=FREE)
    assert (again.message.text, again.urgency) == ("newer", Urgency.LATER)


def test_the_failed_ones_are_told_first(store: Store) -> None:
    """Even if they aren't the oldest."""
    ends(store, 9)

    def rank(told: PendingEnd) -> int:
        return 0 if told.text in {"end 7", "end 8"} else 1

    store.digests.gather("C1", least=5, most=3, make=said, rank=rank)
    digest, *_ = store.outbox.claim("me", limit=50, lease_seconds=9, rates=FREE)
    assert [text.split(" ")[1] for text in digest.message.text.split("; ")] == ["7", "8", "0"]


@pytest.mark.parametrize("body", UNREADABLE)
def test_one_end_that_cannot_be_read_is_set_aside(store: Store, body: str) -> None:
    """The others are reported, and the person who asked for it learns that there was one."""
    ends(store, 6)
    with store.database.write() as connection:
        one = messages.c.body.like("%end 3%")
        connection.execute(update(messages).where(one).values(body=body))
    told = store.digests.gather(
        "C1", least=5, most=10, make=said, unreadable=lambda _ref: Message(text="not readable")
    )
    assert told == 5
    rows = store.outbox.claim("me", limit=50, lease_seconds=9, rates=FREE)
    assert [(row.channel_id, row.message.text) for row in rows if row.channel_id != "C1"] == [
        ("U1", "not readable")
    ]
    (dead,) = store.outbox.dead_letters()
    assert dead.reason.startswith("unreadable")


def test_few_ends_are_told_in_their_threads(store: Store) -> None:
    """Below the limit, no digest is made."""
    ends(store, 3)
    assert store.digests.channels_with_many_ends(4) == []
    assert store.digests.gather("C1", least=4, most=10, make=said) == 0


def test_a_digest_has_a_limit(store: Store) -> None:
    """The oldest go first; the others wait for the next digest."""
    ends(store, 6)
    assert store.digests.gather("C1", least=2, most=4, make=said) == 4
    assert store.digests.gather("C1", least=2, most=4, make=said) == 2
    assert store.digests.gather("C1", least=2, most=4, make=said) == 0


def test_news_before_an_end_are_not_mistaken_for_ends(store: Store) -> None:
    """They become urgent because the end waits for them, but the digest doesn't report them as ends."""
    ends(store, 1)
    assert store.digests.channels_with_many_ends(2) == []


def test_while_a_channel_takes_nothing_the_ends_gather(store: Store, clock: HandClock) -> None:
    """The digest is made when it can be sent, so that it includes every end up to then."""
    ends(store, 5)
    store.outbox.hold(SlackRates().in_channel("C1"), 3)
    assert store.digests.channels_with_many_ends(5) == []
    clock.advance(3)
    assert store.digests.channels_with_many_ends(5) == ["C1"]


def test_one_digest_at_a_time_waits(store: Store) -> None:
    """Until Slack has it, no second one is made, however many ends there are."""
    ends(store, 6)
    store.digests.gather("C1", least=2, most=4, make=said)
    assert store.digests.channels_with_many_ends(2) == []
    store.outbox.claim("me", limit=1, lease_seconds=9, rates=FREE)
    assert store.digests.channels_with_many_ends(2) == ["C1"]


def test_a_digest_goes_before_the_ends_that_still_wait(store: Store) -> None:
    """It takes the position of its oldest end."""
    ends(store, 6)
    store.digests.gather("C1", least=2, most=4, make=said)
    (first,) = store.outbox.claim("me", limit=1, lease_seconds=9, rates=FREE)
    assert first.is_root
    assert first.message.text.startswith("end 0 ")


def test_a_digest_that_cannot_be_told_is_told_to_each_who_asked(store: Store) -> None:
    """The channel was archived, or the bot was removed: the ends aren't lost with the digest."""
    ends(store, 5)
    store.digests.gather("C1", least=5, most=10, make=said)
    (digest,) = store.outbox.claim("me", limit=1, lease_seconds=9, rates=FREE)
    store.outbox.dead(digest, "me", "is_archived")
    told = store.outbox.claim("me", limit=50, lease_seconds=9, rates=FREE)
    assert sorted(row.message.text for row in told) == [f"end {number}" for number in range(5)]
    assert {(row.channel_id, row.is_root) for row in told} == {("U1", True)}
