"""The contract of the outbox, on SQLite and PostgreSQL."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import update

from bot.domain import Message
from bot.domain.slack_rates import SlackRates
from bot.domain.stored_records import OutboxRow, Urgency
from bot.store import Store
from bot.store.tables import messages
from tests.support.clocks import HandClock
from tests.support.samples import draft

FREE = SlackRates(post_channel_ms=0, post_workspace_ms=0, update_ms=0)


def claim(store: Store, rates: SlackRates = FREE, limit: int = 50, owner: str = "me") -> Sequence[OutboxRow]:
    """Claim as a single sender does."""
    return store.outbox.claim(owner, limit=limit, lease_seconds=30, rates=rates)


def texts(rows: Sequence[OutboxRow]) -> list[str]:
    """Return the texts of the rows."""
    return [row.message.text for row in rows]


def test_a_reply_waits_for_its_root_and_for_the_replies_before_it(store: Store) -> None:
    """A thread is posted in order, whatever is claimed when."""
    root = draft(message=Message(text="root"))
    replies = [
        draft(message=Message(text=text), root_id=root.id, urgency=urgency)
        for text, urgency in [("first", Urgency.NEWS), ("second", Urgency.END)]
    ]
    store.outbox.write([root, *replies])
    seen = []
    for _ in range(3):
        (row,) = claim(store)
        seen.append((row.message.text, row.thread_ts))
        store.outbox.sent(row, "me", f"ts-{row.message.text}", "C1")
    assert seen == [("root", None), ("first", "ts-root"), ("second", "ts-root")]
    assert claim(store) == []


def test_only_the_newest_content_is_sent(store: Store) -> None:
    """Five updates of an unsent message become one message."""
    root = draft()
    for number in range(5):
        store.outbox.write([draft(id=root.id, message=Message(text=f"{number}"))])
    (row,) = claim(store)
    assert (row.message.text, row.ts) == ("4", None)


@pytest.mark.parametrize("came", ["nowhere", "on its way", "there"])
def test_a_reply_that_settles_one_which_nobody_has_seen_is_not_said(store: Store, came: str) -> None:
    """Then neither is posted; a reply that is being sent, or was seen, is answered."""
    first = draft(message=Message(text="silent"))
    store.outbox.write([first])
    (row,) = claim(store) if came != "nowhere" else (None,)
    if row and came == "there":
        store.outbox.sent(row, "me", "1.0", "C1")
    store.outbox.write([draft(message=Message(text="back"), settles=first.id)])
    if row and came == "on its way":
        store.outbox.sent(row, "me", "1.0", "C1")
    assert texts(claim(store)) == ([] if came == "nowhere" else ["back"])


def test_content_written_while_sending_becomes_an_edit(store: Store) -> None:
    """Nothing is lost between the claim and Slack's answer."""
    root = draft(message=Message(text="old"))
    store.outbox.write([root])
    (row,) = claim(store)
    store.outbox.write([draft(id=root.id, message=Message(text="new"))])
    assert claim(store) == []
    store.outbox.sent(row, "me", "1.0", "C1")
    (edit,) = claim(store)
    assert (edit.message.text, edit.ts) == ("new", "1.0")
    store.outbox.sent(edit, "me", "1.0", "C1")
    assert claim(store) == []


def test_ends_go_first(store: Store) -> None:
    """The most urgent goes first, whenever it was written."""
    for urgency in (Urgency.PROGRESS, Urgency.NEWS, Urgency.ROOT, Urgency.END):
        store.outbox.write([draft(message=Message(text=urgency), urgency=urgency)])
    assert texts(claim(store)) == ["end", "root", "news", "progress"]


def test_newer_content_keeps_the_turn_of_what_was_not_shown_yet(store: Store) -> None:
    """Later counts of one job wait behind the ends of others, but don't hold back its own end."""
    roots = [draft(message=Message(text="Running")) for _ in range(3)]
    store.outbox.write(roots)
    for row in claim(store):
        store.outbox.sent(row, "me", f"1.{row.id}", row.channel_id)
    ended = [draft(id=root.id, message=Message(text="Done"), urgency=Urgency.END) for root in roots]
    store.outbox.write(ended)
    (first,) = claim(store, limit=1)
    store.outbox.sent(first, "me", str(first.ts), first.channel_id)
    counted = Message(text="Done, all counted")
    for root in roots:
        if root.id in {first.id, roots[-1].id}:
            store.outbox.write([draft(id=root.id, message=counted, urgency=Urgency.PROGRESS)])
    assert [row.id for row in claim(store)] == [roots[1].id, roots[2].id, first.id]


def test_a_channel_gets_one_post_a_second(store: Store, clock: HandClock) -> None:
    """The rate is per channel and doesn't delay other channels."""
    for number in range(3):
        store.outbox.write([draft(channel_id="C1", message=Message(text=f"one-{number}"))])
    store.outbox.write([draft(channel_id="C2", message=Message(text="two"))])
    assert sorted(texts(claim(store, SlackRates()))) == ["one-0", "two"]
    assert claim(store, SlackRates()) == []
    clock.advance(1.01)
    assert texts(claim(store, SlackRates())) == ["one-1"]


def test_edits_share_one_budget(store: Store, clock: HandClock) -> None:
    """``chat.update`` has a limit per workspace, not per channel."""
    rates = SlackRates(post_channel_ms=0, post_workspace_ms=0, update_burst=1)
    roots = [draft(channel_id=f"C{number}") for number in range(3)]
    store.outbox.write(roots)
    for row in claim(store):
        store.outbox.sent(row, "me", f"ts-{row.id}", row.channel_id)
    store.outbox.write(roots)
    assert len(claim(store, rates)) == 1
    clock.advance(1.21)
    assert len(claim(store, rates)) == 1


def test_retry_after_closes_its_scope_only(store: Store, clock: HandClock) -> None:
    """A channel's 429 holds that channel for as long as Slack said."""
    store.outbox.write([draft(channel_id="C1"), draft(channel_id="C2")])
    store.outbox.hold(SlackRates().in_channel("C1"), 30)
    (other,) = claim(store, SlackRates())
    assert other.channel_id == "C2"
    store.outbox.sent(other, "me", "1.0", "C2")
    clock.advance(31)
    assert [row.channel_id for row in claim(store, SlackRates())] == ["C1"]


def test_a_lost_sender_leaves_a_doubtful_row(store: Store, clock: HandClock) -> None:
    """After the lease, the row is claimed again and marked as having an unknown outcome."""
    store.outbox.write([draft()])
    assert not claim(store)[0].doubtful
    clock.advance(31)
    (again,) = claim(store, owner="other")
    assert again.doubtful


def test_a_late_answer_of_a_lost_sender_changes_nothing(store: Store, clock: HandClock) -> None:
    """Only the row's current owner can report that it was sent."""
    store.outbox.write([draft()])
    (row,) = claim(store, owner="slow")
    clock.advance(31)
    (taken,) = claim(store, owner="quick")
    store.outbox.sent(taken, "quick", "2.0", "C1")
    store.outbox.sent(row, "slow", "1.0", "C1")
    assert store.outbox.ts_of(row.id) == ("C1", "2.0")


def test_a_dead_root_takes_its_replies_along(store: Store) -> None:
    """What can never be shown doesn't wait forever, and the reason stays readable."""
    root = draft()
    store.outbox.write([root, draft(root_id=root.id)])
    (row,) = claim(store)
    store.outbox.dead(row, "me", "is_archived")
    assert claim(store) == []
    assert {row.reason for row in store.outbox.dead_letters()} == {"is_archived"}
    assert store.outbox.counts() == {"dead": 2}


def test_a_rerouted_root_takes_its_thread_along(store: Store) -> None:
    """A root that can't be posted in its channel goes elsewhere, and its replies follow."""
    root = draft()
    store.outbox.write([root, draft(root_id=root.id)])
    (row,) = claim(store)
    store.outbox.reroute(row, "me", "U1", Message(text="here instead"))
    (row,) = claim(store)
    assert (row.channel_id, row.message.text) == ("U1", "hello")
    store.outbox.sent(row, "me", "1.0", "D1")
    for text in ("here instead", "hello"):
        (reply,) = claim(store)
        assert (reply.channel_id, reply.message.text, reply.thread_ts) == ("D1", text, "1.0")
        store.outbox.sent(reply, "me", "2.0", "D1")
    store.outbox.write([draft(root_id=root.id, channel_id="C1")])
    assert claim(store)[0].channel_id == "D1"


def test_a_row_given_back_waits(store: Store, clock: HandClock) -> None:
    """The store respects a pause and counts the attempts."""
    store.outbox.write([draft()])
    (row,) = claim(store)
    store.outbox.later(row, "me", 5, "timeout")
    assert claim(store) == []
    clock.advance(6)
    assert claim(store)[0].attempts == 1


def test_senders_share_without_sending_one_twice(store: Store) -> None:
    """Forty messages, four senders: each message is claimed once."""
    store.outbox.write([draft(channel_id=f"C{number}") for number in range(40)])

    def take(owner: int) -> list[str]:
        taken = []
        while rows := claim(store, limit=3, owner=f"o{owner}"):
            taken += [row.id for row in rows]
        return taken

    with ThreadPoolExecutor(4) as pool:
        ids = [i for taken in pool.map(take, range(4)) for i in taken]
    assert len(ids) == len(set(ids)) == 40


@pytest.mark.parametrize(("urgency", "state"), [(Urgency.END, "due"), (Urgency.NEWS, "dead")])
def test_a_reply_to_a_root_that_was_given_up(store: Store, urgency: Urgency, state: str) -> None:
    """The end goes to the person who asked; the rest isn't posted and doesn't wait forever."""
    root = draft(asker="U1")
    store.outbox.write([root])
    (row,) = claim(store)
    store.outbox.dead(row, "me", "is_archived")
    store.outbox.write([draft(root_id=root.id, urgency=urgency, asker="U1")])
    assert store.outbox.counts() == ({"dead": 1, "due": 1} if state == "due" else {"dead": 2})
    for told in claim(store):
        assert (told.channel_id, told.is_root) == ("U1", True)


def test_how_long_the_oldest_has_waited(store: Store, clock: HandClock) -> None:
    """Since it was first written, however often Slack has refused it; a pending edit isn't news."""
    shown = draft()
    store.outbox.write([shown])
    (row,) = claim(store)
    store.outbox.sent(row, "me", "1.0", "C1")
    clock.advance(600)
    store.outbox.write([shown])
    assert store.outbox.oldest_due_seconds() == 0
    waiting = draft()
    store.outbox.write([waiting])
    for _ in range(60):
        for row in claim(store):
            store.outbox.later(row, "me", 60, "token_revoked")
        clock.advance(60)
        store.outbox.write([waiting])
    assert store.outbox.oldest_due_seconds() == 3_600


def test_replicas_that_claim_edits_and_posts_do_not_wait_for_each_other(store: Store) -> None:
    """All of them take the rates in one fixed order, not in the order of their messages."""
    shown = [draft(channel_id=f"C{number}") for number in range(200)]
    store.outbox.write(shown)
    for row in claim(store, limit=200):
        store.outbox.sent(row, "me", f"{row.id}.0", row.channel_id)
    posts = [draft(channel_id=f"D{number}") for number in range(200)]
    store.outbox.write([one for pair in zip(shown, posts, strict=True) for one in pair])
    with store.database.write() as connection:  # alternating: an edit, a post, a post, an edit
        for number, (edit, post) in enumerate(zip(shown, posts, strict=True)):
            first, second = (edit, post) if number % 2 else (post, edit)
            for seq, one in enumerate((first, second)):
                turn = update(messages).where(messages.c.id == one.id)
                connection.execute(turn.values(seq=2 * number + seq))
    rates = SlackRates(post_channel_ms=0, workspace_burst=1_000, update_burst=1_000)

    def empty(owner: str) -> int:
        claimed = 0
        while rows := store.outbox.claim(owner, limit=3, lease_seconds=30, rates=rates):
            claimed += len(rows)
        return claimed

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(empty, "abcd")) == 400
