"""Broken connections: what was never sent is resent; for what might have arrived, the bot looks first."""

import json
import socket

import pytest

from bot.domain.stored_records import Urgency
from tests.contract.outbox.post import HISTORY, Post


def allow_history(post: Post) -> None:
    """Give the bot the optional scopes."""
    for scope in HISTORY:
        post.slack.add_scope(scope)


def test_an_effect_whose_answer_was_lost_is_found_again(post: Post) -> None:
    """With history to read, there is one message, and its thread continues."""
    allow_history(post)
    post.slack.faults.add("chat.postMessage", kind="lose_answer")
    root = post.root()
    post.reply(root, "one")
    post.run()
    (message,) = post.roots()
    assert [reply.text for reply in message.replies] == ["one"]
    assert post.waiting() == {"sent": 2}


def test_a_reply_is_found_again_in_its_thread(post: Post) -> None:
    """And a direct message is found in its channel."""
    allow_history(post)
    root = post.root()
    post.run(2)
    post.slack.faults.add("chat.postMessage", kind="lose_answer")
    post.reply(root, "one", Urgency.END)
    post.run()
    (message,) = post.roots()
    assert [reply.text for reply in message.replies] == ["one"]


def test_what_is_found_again_shows_the_newest_content(post: Post) -> None:
    """Content written while the answer was lost doesn't count as shown."""
    allow_history(post)
    post.slack.faults.add("chat.postMessage", kind="lose_answer")
    root = post.root("old")
    post.sender.round()
    post.edit(root, "new")
    post.run()
    assert post.texts() == ["new"]
    assert len(post.calls("chat.postMessage")) == 1


@pytest.mark.parametrize("kind", ["429", "500", "503", "lose_answer", "error:internal_error", "reset"])
def test_a_doubt_outlives_a_look_that_fails(post: Post, kind: str) -> None:
    """While Slack can't say, the message isn't sent again."""
    allow_history(post)
    post.slack.faults.add("chat.postMessage", kind="lose_answer")
    post.slack.faults.add("conversations.history", kind=kind, times=3)
    post.root()
    post.run(60)
    assert post.texts() == ["root"]
    assert len(post.calls("chat.postMessage")) == 1
    assert post.waiting() == {"sent": 1}


def test_without_history_a_lost_answer_can_show_a_message_twice(post: Post) -> None:
    """The documented price of not reading channels: at most two, and one of them is kept up to date."""
    post.slack.faults.add("chat.postMessage", kind="lose_answer")
    root = post.root()
    post.run()
    assert post.texts() == ["root", "root"]
    post.edit(root, "changed")
    post.run()
    assert post.texts() == ["root", "changed"]


def test_a_missing_scope_is_no_trouble(post: Post) -> None:
    """The admin left it out on purpose. Other kinds of channel might have it, so the bot tries."""
    post.slack.faults.add("chat.postMessage", kind="lose_answer", times=3)
    post.root()
    post.run(60)
    assert {call.error for call in post.calls("conversations.history")} == {"missing_scope"}
    assert post.sender.trouble is None
    assert post.waiting() == {"sent": 1}


@pytest.mark.parametrize("kind", ["500", "error:fatal_error"])
def test_a_server_error_leaves_a_doubt(post: Post, kind: str) -> None:
    """Slack itself says that something might have happened, so the bot looks first."""
    allow_history(post)
    post.slack.faults.add("chat.postMessage", kind=kind)
    post.root()
    post.run()
    assert post.texts() == ["root"]
    assert len(post.calls("conversations.history")) == 1


def test_an_edit_whose_answer_was_lost_is_simply_made_again(post: Post) -> None:
    """The same edit twice is one edit, so the bot needs no lookup."""
    allow_history(post)
    root = post.root("old")
    post.run(2)
    post.slack.faults.add("chat.update", kind="lose_answer")
    post.edit(root, "new")
    post.run()
    assert post.texts() == ["new"]
    assert post.calls("conversations.history") == []
    assert len(post.calls("chat.update")) == 2


def test_a_reset_before_the_effect_is_sent_again(post: Post) -> None:
    """Nothing had arrived: the lookup finds nothing, and there is one message in the end."""
    allow_history(post)
    post.slack.faults.add("chat.postMessage", kind="reset", times=2)
    post.root()
    post.run()
    assert post.texts() == ["root"]


def test_a_refused_connection_leaves_no_doubt(post: Post) -> None:
    """Nothing can arrive where nobody listens: the bot retries without a lookup, and the message arrives."""
    allow_history(post)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        deaf = post.new_sender("deaf", api_url=f"http://127.0.0.1:{nobody.getsockname()[1]}/api/")
        post.root()
        post.run(10, sender=deaf)
    assert post.waiting() == {"due": 1}
    post.run(30)
    assert post.texts() == ["root"]
    assert post.calls("conversations.history") == []


def test_a_refused_connection_while_looking_keeps_the_doubt(post: Post) -> None:
    """The first attempt might still have arrived."""
    allow_history(post)
    post.slack.faults.add("chat.postMessage", kind="lose_answer")
    post.root()
    post.sender.round()
    post.clock.advance(5)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        post.run(
            5, sender=post.new_sender("deaf", api_url=f"http://127.0.0.1:{nobody.getsockname()[1]}/api/")
        )
    post.run(30)
    assert post.texts() == ["root"]


def test_a_killed_senders_message_is_found_again(post: Post) -> None:
    """It was posted, and the process died before it could record that."""
    allow_history(post)
    root = post.root()
    (row,) = post.store.outbox.claim("dead", limit=1, lease_seconds=20, rates=post.rates)
    post.new_sender("dead")._poster.show(row)
    post.reply(root, "one")
    post.run(40)
    (message,) = post.roots()
    assert [reply.text for reply in message.replies] == ["one"]


def test_a_reply_is_not_posted_before_a_doubtful_one_ahead_of_it(post: Post) -> None:
    """A lost answer doesn't change the order."""
    allow_history(post)
    root = post.root()
    post.run(2)
    post.slack.faults.add("chat.postMessage", kind="lose_answer")
    post.reply(root, "one")
    post.reply(root, "two", Urgency.END)
    post.run()
    assert [reply.text for reply in post.roots()[0].replies] == ["one", "two"]


def test_a_reply_is_found_again_in_a_long_thread(post: Post) -> None:
    """It doesn't matter which end of a thread Slack returns first: older messages aren't requested."""
    allow_history(post)
    root = post.root()
    for number in range(110):
        post.reply(root, f"{number}")
    post.run(150, step=1)
    post.clock.advance(3_600)
    post.slack.faults.add("chat.postMessage", kind="lose_answer")
    post.reply(root, "the end")
    post.run()
    (message,) = post.roots()
    assert [reply.text for reply in message.replies][-2:] == ["109", "the end"]


def test_a_root_that_waited_long_is_found_among_the_newest_of_a_busy_channel(post: Post) -> None:
    """Messages that others wrote after the row don't hide it."""
    allow_history(post)
    post.slack.faults.add("chat.postMessage", kind="429", retry_after=3_600)
    post.root()
    post.run(2)
    for number in range(120):
        post.slack.as_user("bob").say(f"{number}", "data")
        post.clock.advance(1)
    post.slack.faults.add("chat.postMessage", kind="lose_answer")
    post.clock.advance(3_600)
    post.run()
    assert post.texts().count("root") == 1


@pytest.mark.parametrize(
    "body",
    [
        '{"ok": true}',
        '{"ok": true, "messages": null}',
        '{"ok": true, "messages": {"a": 1}}',
        '{"ok": true, "messages": 7}',
        '{"ok": true, "messages": [7, "x", null]}',
        '{"ok": 1, "messages": []}',
        "[1]",
    ],
)
def test_a_history_without_sense_does_not_mean_that_nothing_is_there(post: Post, body: str) -> None:
    """Only an empty list says so: the bot asks again before it posts."""
    allow_history(post)
    post.slack.faults.add("chat.postMessage", kind="lose_answer")
    post.slack.faults.add("conversations.history", kind=f"body:{body}")
    post.root()
    post.run(60)
    assert (post.texts(), len(post.calls("chat.postMessage"))) == (["root"], 1)
    assert post.waiting() == {"sent": 1}


def test_a_message_that_is_found_without_a_timestamp_is_looked_for_again(post: Post) -> None:
    """It can't be edited, and must not be posted a second time."""
    allow_history(post)
    post.slack.faults.add("chat.postMessage", kind="lose_answer")
    root = post.root()
    found = {"ts": "1.\ud83d", "metadata": {"event_payload": {"id": root.id}}}
    post.slack.faults.add(
        "conversations.history", kind="body:" + json.dumps({"ok": True, "messages": [found]})
    )
    post.run(60)
    assert (post.texts(), len(post.calls("chat.postMessage"))) == (["root"], 1)
