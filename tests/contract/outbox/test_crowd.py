"""Many ends at once in one channel: a quick digest for the channel, then each end in its own thread."""

from bot.domain import Message
from bot.domain.stored_records import Draft, Urgency
from bot.sandbox.slack import Message as Posted
from bot.slack.sender import OutboxSender
from tests.contract.outbox.post import HISTORY, Post

MANY = 14


def section(text: str) -> tuple[dict[str, object], ...]:
    """Return blocks with this text for a reply."""
    return ({"type": "section", "text": {"type": "mrkdwn", "text": text}},)


def shown_roots(post: Post) -> list[Draft]:
    """Post the roots of many jobs."""
    roots = [post.root(f"root {number}") for number in range(MANY)]
    post.run(MANY + 2)
    return roots


def end_all(post: Post, roots: list[Draft]) -> None:
    """End all of them, two with a failure; each has pending news."""
    for number, root in enumerate(roots):
        word = "Failed" if number in {11, 13} else "Done"
        blocks = section(f"<@{post.alice}> *{word}* {number}")
        text = f"{word} after 1 min: {number}. The cause of {number}"
        post.reply(root, "news")
        post.reply(root, text, Urgency.END, message=Message(text=text, blocks=blocks))


def crowd_sender(post: Post, owner: str = "crowd") -> OutboxSender:
    """Return a sender that makes digests."""
    return post.new_sender(owner, digests=post.store.digests)


def digests(post: Post) -> list[Posted]:
    """Return the messages that aren't roots."""
    return [message for message in post.roots() if not message.text.startswith(("root", "urgent"))]


def threads(post: Post) -> list[list[str]]:
    """Return the texts in the blocks of each thread's replies."""
    return [
        [str(reply.blocks or reply.text) for reply in message.replies]
        for message in post.roots()
        if message.text.startswith("root")
    ]


def test_every_thread_gets_its_end_after_the_digest(post: Post) -> None:
    """Once, with its text, and without a second mention; the digest lists the failed jobs first."""
    roots = shown_roots(post)
    end_all(post, roots)
    sender = crowd_sender(post)
    post.run(3, sender=sender)
    (digest,) = digests(post)
    said = str(digest.blocks)
    assert all(f": {number}." in said for number in range(MANY))
    assert said.index("Failed after 1 min: 13") < said.index("Done after")
    assert "The cause of 11" in said
    assert said.count(f"<@{post.alice}>") == 1
    post.run(MANY * 1.2 + 2, sender=sender)
    told = threads(post)
    assert [len(thread) for thread in told] == [1] * MANY
    assert all(f"* {number}" in thread[0] for number, thread in enumerate(told))
    assert post.alice not in str(told)
    assert len(digests(post)) == 1
    assert [call for call in post.slack.calls if call.status == 429] == []


def test_what_is_urgent_goes_before_the_threads(post: Post) -> None:
    """A new command's root in that channel waits a second or two, and other channels don't wait at all."""
    roots = shown_roots(post)
    end_all(post, roots)
    sender = crowd_sender(post)
    post.run(4, sender=sender)
    post.root("urgent here")
    post.root("urgent there", channel_id=post.slack.channel_id("random"))
    post.run(2.5, sender=sender)
    assert "urgent here" in post.texts()
    assert post.texts("random") == ["urgent there"]
    assert any(not thread for thread in threads(post))


def test_a_crash_in_between_loses_and_doubles_nothing(post: Post) -> None:
    """Killed after the digest was written, and again while the threads get their ends."""
    for scope in HISTORY:
        post.slack.add_scope(scope)
    roots = shown_roots(post)
    end_all(post, roots)
    first = crowd_sender(post, "first")
    first._gather()
    second = crowd_sender(post, "second")
    post.run(5, sender=second)
    for row in post.store.outbox.claim("second", limit=40, lease_seconds=20, rates=post.rates):
        second._poster.show(row)
    post.run(60, sender=crowd_sender(post, "third"))
    assert len(digests(post)) == 1
    assert [len(thread) for thread in threads(post)] == [1] * MANY


def test_a_thread_that_takes_no_reply_is_told_of_directly(post: Post) -> None:
    """As with any end, with the reason; the other threads continue."""
    roots = shown_roots(post)
    end_all(post, roots)
    sender = crowd_sender(post)
    post.run(2, sender=sender)
    post.slack.faults.add("chat.postMessage", kind="error:cannot_reply_to_message")
    post.run(30, sender=sender)
    (message,) = post.dm()
    assert "doesn't allow replies" in str(message.blocks)
    assert sum(len(thread) for thread in threads(post)) == MANY - 1
