"""What arrives in Slack when everything works: order, edits, content digests."""

import threading
from concurrent.futures import ThreadPoolExecutor

from bot.domain.stored_records import Urgency
from tests.contract.outbox.post import Post


def test_a_thread_is_told_in_order(post: Post) -> None:
    """The root, then its replies in the order of writing, however urgent; and nothing twice."""
    root = post.root()
    post.reply(root, "one")
    post.reply(root, "two", Urgency.END)
    post.reply(root, "three", Urgency.PROGRESS)
    post.run()
    (message,) = post.roots()
    assert [reply.text for reply in message.replies] == ["one", "two", "three"]
    assert post.waiting() == {"sent": 4}
    assert post.slack.violations == []


def test_every_post_carries_its_row(post: Post) -> None:
    """A lookup after a lost answer uses it; it holds nothing else, because every app can read it."""
    root = post.root()
    post.run(1)
    assert post.roots()[0].metadata == {"event_type": "dss_bot_message", "event_payload": {"id": root.id}}


def test_updates_before_the_first_sending_are_one_message(post: Post) -> None:
    """Nobody sees outdated content."""
    root = post.root("first")
    for number in range(10):
        post.edit(root, f"version {number}")
    post.run()
    (message,) = post.roots()
    assert (message.text, message.edits) == ("version 9", ())


def test_updates_faster_than_slack_takes_them_are_coalesced(post: Post) -> None:
    """A hundred in a minute become fewer than fifty edits, and the newest content stays."""
    root = post.root("0")
    for number in range(1, 101):
        post.edit(root, f"{number}")
        post.run(0.6, step=0.6)
    post.run(10)
    assert post.roots()[0].text == "100"
    edits = post.calls("chat.update")
    assert 10 < len(edits) < 60
    assert all(call.ok for call in post.slack.calls)


def test_an_edit_of_what_is_shown_is_made_in_place(post: Post) -> None:
    """One message, which keeps its older version."""
    root = post.root("queued")
    post.run(2)
    post.edit(root, "running")
    post.run(5)
    (message,) = post.roots()
    assert message.text == "running"
    assert [edit.text for edit in message.edits] == ["queued"]


def test_two_senders_never_send_one_row_twice(post: Post) -> None:
    """Thirty messages to as many channels, with two senders on one store at the same time."""
    channels = [post.slack.add_channel(f"c{number}") for number in range(30)]
    for channel in channels:
        post.root(channel, channel_id=channel)
    senders = [post.sender, post.new_sender("two")]
    with ThreadPoolExecutor(2) as pool:
        for _ in range(20):
            list(pool.map(lambda sender: sender.round(), senders))
            post.clock.advance(1)
    assert [post.texts(channel) for channel in channels] == [[channel] for channel in channels]
    assert len(post.calls("chat.postMessage")) == 30


def test_the_rows_of_a_lost_sender_are_taken_over(post: Post) -> None:
    """One claimed rows and died: after the lease, another continues, in order."""
    root = post.root()
    post.reply(root, "one")
    claimed = post.store.outbox.claim("dead", limit=10, lease_seconds=20, rates=post.rates)
    assert [row.id for row in claimed] == [root.id]
    post.run(19)
    assert post.roots() == []
    post.run(10)
    (message,) = post.roots()
    assert [reply.text for reply in message.replies] == ["one"]


def test_a_slow_message_does_not_hold_up_the_others_of_its_batch(post: Post) -> None:
    """With a pool, every row of a batch is sent and counted, whatever happens to one of them."""
    counted: list[str] = []
    post.slack.faults.add("chat.postMessage", kind="503")
    channels = [post.slack.add_channel(f"c{number}") for number in range(5)]
    for channel in channels:
        post.root(channel, channel_id=channel)
    with ThreadPoolExecutor(4) as pool:
        sender = post.new_sender("pool", pool=pool, on_sent=lambda row: counted.append(row.message.text))
        assert sender.round() == 5
        assert len(counted) == 4
        post.run(5, sender=sender)
    assert sorted(counted) == sorted(channels)
    assert [post.texts(channel) for channel in channels] == [[channel] for channel in channels]


def test_who_was_frozen_for_longer_than_a_lease_sends_no_more_of_it(post: Post) -> None:
    """A paused machine: meanwhile another sender took over, and nothing is posted twice."""
    roots = [post.root(f"{number}", channel_id=post.slack.add_channel(f"c{number}")) for number in range(3)]
    other = post.new_sender("two", uptime=lambda: post.clock().timestamp())
    asleep: list[bool] = []

    def sleep(_row: object) -> None:
        if not asleep:
            asleep.append(True)
            post.clock.advance(25)
            while other.round():
                pass

    frozen = post.new_sender("one", uptime=lambda: post.clock().timestamp(), on_sent=sleep)
    frozen.round()
    post.run(60, sender=other)
    assert [post.texts(f"c{number}") for number in range(len(roots))] == [["0"], ["1"], ["2"]]


def test_a_sender_that_is_to_stop_gives_back_what_it_has_not_sent(post: Post) -> None:
    """A slow Slack must not delay the process's end; the next process sends the rest at once."""
    for number in range(3):
        post.root(f"{number}", channel_id=post.slack.add_channel(f"c{number}"))
    stopping = threading.Event()
    post.new_sender("one", stopping=stopping, on_sent=lambda _row: stopping.set()).round()
    assert post.waiting() == {"sent": 1, "due": 2}
    post.run(5, sender=post.new_sender("two"))
    assert post.waiting() == {"sent": 3}
