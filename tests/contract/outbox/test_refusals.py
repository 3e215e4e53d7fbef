"""When Slack says no: rates, places that cannot be written to, content that it does not take, tokens."""

from itertools import pairwise

import pytest
from structlog.testing import capture_logs

from bot.facts import Message
from bot.facts.records import Urgency
from bot.sandbox.slack import SlackSandbox
from tests.contract.outbox.post import Post


def test_retry_after_of_a_post_holds_its_channel_only(post: Post) -> None:
    """For exactly as long as Slack said; other channels go on."""
    post.slack.faults.add("chat.postMessage", kind="429", retry_after=20)
    post.root("here")
    post.run(1)
    post.root("there", channel_id=post.slack.channel_id("random"))
    post.root("here too")
    post.run(18.5)
    assert (post.texts("data"), post.texts("random")) == ([], ["there"])
    post.run(5)
    assert sorted(post.texts("data")) == ["here", "here too"]
    assert post.tries()[2] >= 20


def test_retry_after_of_an_edit_holds_this_edit_and_no_post(post: Post) -> None:
    """``chat.update`` is limited for the workspace; posting goes on."""
    root = post.root("old")
    post.run(2)
    post.slack.faults.add("chat.update", kind="429", retry_after=20)
    post.edit(root, "new")
    post.run(1)
    post.root("posted", channel_id=post.slack.channel_id("random"))
    post.run(18.5)
    assert (post.texts("data"), post.texts("random")) == (["old"], ["posted"])
    post.run(5)
    assert post.texts("data") == ["new"]
    assert post.tries("chat.update") == pytest.approx([0, 20], abs=2)


@pytest.mark.parametrize("seconds", [4, 20])
def test_retry_after_of_an_edit_holds_every_edit(post: Post, seconds: int) -> None:
    """The rate is the workspace's, so one refusal speaks for all messages."""
    first, second = post.root("a"), post.root("b", channel_id=post.slack.channel_id("random"))
    post.run(10)
    post.slack.faults.add("chat.update", kind="429", retry_after=seconds)
    post.edit(first, "a2")
    post.sender.round()
    post.clock.advance(0.5)
    post.edit(second, "b2")
    post.run(seconds + 10)
    refused, *later = post.tries("chat.update")
    assert len(later) == 2
    assert min(later) - refused >= seconds


@pytest.mark.parametrize("kind", ["500", "503", "error:internal_error", "error:fatal_error"])
def test_a_server_error_is_tried_again_with_growing_pauses(post: Post, kind: str) -> None:
    """It arrives in the end, and Slack is not hammered meanwhile."""
    post.slack.faults.add("chat.postMessage", kind=kind, times=5)
    post.root()
    post.run(70)
    assert post.texts() == ["root"]
    pauses = [later - earlier for earlier, later in pairwise(post.tries())]
    assert len(pauses) == 5
    assert pauses == sorted(pauses)
    assert pauses[0] < 3
    assert pauses[-1] > 10


def test_pauses_have_an_end(post: Post) -> None:
    """A message that waited for long is tried every minute, not once a day."""
    post.slack.faults.add("chat.postMessage", kind="503", times=12)
    post.root()
    post.run(900, step=3)
    assert post.texts() == ["root"]
    assert max(later - earlier for earlier, later in pairwise(post.tries())) <= 63


@pytest.mark.parametrize("why", ["archived", "not a member", "unknown"])
def test_a_root_that_cannot_be_posted_goes_to_the_asker(post: Post, why: str) -> None:
    """With the whole thread, a notice of where it should have been, and all later updates."""
    channel = post.slack.add_channel("closed", archived=why == "archived", bot_member=why == "archived")
    root = post.root(channel_id="C0UNKNOWN" if why == "unknown" else channel)
    post.reply(root, "end", Urgency.END, channel_id=root.channel_id)
    post.run()
    (message,) = post.dm()
    assert message.text == "root"
    (notice,) = (reply for reply in message.replies if reply.text != "end")
    assert root.channel_id in str([notice.text, notice.blocks])
    assert len(message.replies) == 2
    post.edit(root, "changed")
    post.run()
    assert [one.text for one in post.dm()] == ["changed"]


def test_a_moved_thread_begins_with_the_notice(post: Post) -> None:
    """A person who finds the thread in their messages reads first why it is there."""
    channel = post.slack.add_channel("closed", archived=True)
    root = post.root(channel_id=channel)
    post.reply(root, "end", Urgency.END, channel_id=channel)
    post.run()
    (message,) = post.dm()
    assert [reply.text == "end" for reply in message.replies] == [False, True]


def test_an_end_is_told_to_the_asker_when_the_channel_was_closed_meanwhile(post: Post) -> None:
    """What the person waits for arrives; mere news and the last edit are given up, with the reason."""
    root = post.root()
    post.run(2)
    post.slack.change_channel("data", archived=True)
    post.edit(root, "changed")
    post.reply(root, "news")
    post.reply(root, "end", Urgency.END)
    post.run()
    assert [message.text for message in post.dm()] == ["end"]
    reasons = {row.text: row.reason for row in post.store.outbox.dead_rows()}
    assert reasons == {"changed": "is_inactive", "news": "is_archived"}


def test_a_place_that_is_gone_without_an_asker_is_given_up(post: Post) -> None:
    """The reason can be read; the replies go with their root."""
    channel = post.slack.add_channel("closed", archived=True)
    root = post.root(channel_id=channel, asker=None)
    post.reply(root, "one", asker=None)
    post.run()
    assert {row.text: row.reason for row in post.store.outbox.dead_rows()} == {
        "root": "is_archived",
        "one": "is_archived",
    }
    assert len(post.calls("chat.postMessage")) == 1


def test_an_asker_who_cannot_be_written_to_either_is_the_end(post: Post) -> None:
    """No ping-pong between places."""
    gone = post.slack.add_user("gone", deleted=True)
    post.root(channel_id=post.slack.add_channel("closed", archived=True), asker=gone)
    post.run()
    assert {row.reason for row in post.store.outbox.dead_rows()} == {"user_disabled"}
    assert len(post.calls("chat.postMessage")) == 2


@pytest.mark.parametrize("code", ["message_not_found", "edit_window_closed", "cant_update_message"])
def test_an_edit_that_is_refused_for_ever_does_not_stop_the_thread(post: Post, code: str) -> None:
    """The card stays as it is; what is told in the thread still is."""
    root = post.root("old")
    post.run(2)
    post.slack.faults.add("chat.update", kind=f"error:{code}")
    post.edit(root, "new")
    post.reply(root, "end", Urgency.END)
    post.run()
    (message,) = post.roots()
    assert (message.text, [reply.text for reply in message.replies]) == ("old", ["end"])
    assert [row.reason for row in post.store.outbox.dead_rows()] == [code]


def test_content_that_slack_does_not_take_is_our_fault_and_logged(post: Post) -> None:
    """Never tried again; the log says what Slack has against it, and others go on."""
    bad = Message(text="bad", blocks=({"type": "header", "text": {"type": "plain_text", "text": "x" * 151}},))
    with capture_logs() as logs:
        post.root(message=bad)
        post.root("good", channel_id=post.slack.channel_id("random"))
        post.run()
    assert [row.reason for row in post.store.outbox.dead_rows()] == ["invalid_blocks"]
    assert post.texts("random") == ["good"]
    (entry,) = [one for one in logs if one["event"] == "outbox.dead"]
    assert entry["log_level"] == "error"
    assert "/blocks/0/text/text" in str(entry["details"])
    assert len([call for call in post.slack.calls if call.error == "invalid_blocks"]) == 1


@pytest.mark.parametrize("code", ["token_revoked", "account_inactive", "missing_scope"])
def test_a_token_that_does_not_work_loses_nothing(post: Post, code: str) -> None:
    """Health shows the trouble until it works again; then everything arrives, in order."""
    post.slack.faults.add("chat.*", kind=f"error:{code}", times=3)
    root = post.root()
    post.reply(root, "one")
    troubles = []
    for seconds in (100, 120):
        post.run(seconds, step=2)
        troubles.append((post.sender.trouble, len(post.roots()), post.waiting().get("dead", 0)))
    assert troubles == [(code, 0, 0), (None, 1, 0)]
    (message,) = post.roots()
    assert [reply.text for reply in message.replies] == ["one"]


def test_a_burst_stays_within_what_slack_takes(post: Post, slack: SlackSandbox) -> None:
    """Forty threads in one channel at once: all arrive, and Slack has to refuse nothing."""
    roots = [post.root(f"{number}") for number in range(40)]
    for root in roots:
        post.edit(root, f"{root.message.text}!")
    post.run(60)
    assert len(post.texts()) == 40
    assert [call for call in slack.calls if call.status == 429] == []


def test_a_token_that_does_not_work_is_tried_once_a_minute(post: Post) -> None:
    """A thousand messages wait; Slack and the log hear of it a few times, not thousands."""
    post.slack.faults.add("chat.postMessage", kind="error:token_revoked", times=20)
    for number in range(100):
        post.root(f"{number}", channel_id=post.slack.add_channel(f"c{number}"))
    with capture_logs() as logs:
        post.run(300)
    assert len(post.calls("chat.postMessage")) <= 6
    assert post.sender.trouble == "token_revoked"
    assert [one["event"] for one in logs].count("outbox.not_allowed") == 1


def test_the_ends_of_a_crowd_in_an_archived_channel_go_to_who_asked(post: Post) -> None:
    """As they do when they are few."""
    gone = post.slack.add_channel("gone")
    roots = [post.root(f"root {number}", channel_id=gone) for number in range(10)]
    post.run(20)
    post.slack.change_channel("gone", archived=True)
    for number, root in enumerate(roots):
        post.reply(root, f"end {number}", Urgency.END, channel_id=gone)
    post.run(60, sender=post.new_sender("two", crowds=post.store.crowds))
    assert sorted(message.text for message in post.dm()) == [f"end {number}" for number in range(10)]


def test_a_place_where_nothing_is_allowed_keeps_nobody_else_waiting(post: Post) -> None:
    """An organisation's rules for one channel: it is tried ever more rarely, and given up in the end."""
    post.slack.faults.add("chat.postMessage", kind="error:access_denied", times=100)
    post.root("here")
    post.sender.round()
    post.slack.faults.clear()
    post.root("there", channel_id=post.slack.channel_id("random"))
    post.run(5)
    assert (post.texts("random"), post.sender.trouble) == (["there"], None)
    post.slack.faults.add("chat.postMessage", kind="error:access_denied", times=100)
    post.run(60 * 60 * 12, step=30)
    assert post.waiting() == {"sent": 1, "dead": 1}
    assert len(post.tries()) <= 15
