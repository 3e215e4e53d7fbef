"""When Slack refuses: rates, places where the bot can't post, content that Slack rejects, tokens."""

from itertools import pairwise

import pytest
from structlog.testing import capture_logs

from bot.domain import Message
from bot.domain.stored_records import Urgency
from bot.sandbox.slack import SlackSandbox
from tests.contract.outbox.post import HISTORY, Post


def test_retry_after_of_a_post_holds_its_channel_only(post: Post) -> None:
    """For exactly as long as Slack said; other channels continue."""
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
    """``chat.update`` has a limit for the workspace; posts continue."""
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
    """The rate is the workspace's, so one refusal holds for all messages."""
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
    """It arrives in the end, and Slack isn't hammered meanwhile."""
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
    """A message that has waited long is tried every minute, not once a day."""
    post.slack.faults.add("chat.postMessage", kind="503", times=12)
    post.root()
    post.run(900, step=3)
    assert post.texts() == ["root"]
    assert max(later - earlier for earlier, later in pairwise(post.tries())) <= 63


@pytest.mark.parametrize("why", ["archived", "not a member", "unknown"])
def test_a_root_that_cannot_be_posted_goes_to_the_asker(post: Post, why: str) -> None:
    """With the whole thread, a notice of the intended channel, and all later updates."""
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
    """A person who finds the thread in their messages first reads why it is there."""
    channel = post.slack.add_channel("closed", archived=True)
    root = post.root(channel_id=channel)
    post.reply(root, "end", Urgency.END, channel_id=channel)
    post.run()
    (message,) = post.dm()
    assert [reply.text == "end" for reply in message.replies] == [False, True]


def test_an_end_is_told_to_the_asker_when_the_channel_was_closed_meanwhile(post: Post) -> None:
    """The awaited end arrives; plain news and the last edit are given up on, with the reason."""
    root = post.root()
    post.run(2)
    post.slack.change_channel("data", archived=True)
    post.edit(root, "changed")
    post.reply(root, "news")
    post.reply(root, "end", Urgency.END)
    post.run()
    assert [message.text for message in post.dm()] == ["end"]
    reasons = {row.text: row.reason for row in post.store.outbox.dead_letters()}
    assert reasons == {"changed": "is_inactive", "news": "is_archived"}


def test_a_place_that_is_gone_without_an_asker_is_given_up(post: Post) -> None:
    """The reason is visible; the replies share the root's fate."""
    channel = post.slack.add_channel("closed", archived=True)
    root = post.root(channel_id=channel, asker=None)
    post.reply(root, "one", asker=None)
    post.run()
    assert {row.text: row.reason for row in post.store.outbox.dead_letters()} == {
        "root": "is_archived",
        "one": "is_archived",
    }
    assert len(post.calls("chat.postMessage")) == 1


def test_an_asker_who_cannot_be_written_to_either_is_the_end(post: Post) -> None:
    """The message doesn't go back and forth between places."""
    gone = post.slack.add_user("gone", deleted=True)
    post.root(channel_id=post.slack.add_channel("closed", archived=True), asker=gone)
    post.run()
    assert {row.reason for row in post.store.outbox.dead_letters()} == {"user_disabled"}
    assert len(post.calls("chat.postMessage")) == 2


@pytest.mark.parametrize("code", ["message_not_found", "edit_window_closed", "cant_update_message"])
def test_an_edit_that_is_refused_for_ever_does_not_stop_the_thread(post: Post, code: str) -> None:
    """The card stays as it is; the thread still gets its replies."""
    root = post.root("old")
    post.run(2)
    post.slack.faults.add("chat.update", kind=f"error:{code}")
    post.edit(root, "new")
    post.reply(root, "end", Urgency.END)
    post.run()
    (message,) = post.roots()
    assert (message.text, [reply.text for reply in message.replies]) == ("old", ["end"])
    assert [row.reason for row in post.store.outbox.dead_letters()] == [code]


def test_content_that_slack_does_not_take_is_shown_as_text_and_logged(post: Post) -> None:
    """It is the bot's fault: the log has Slack's objection, and people can still read the text."""
    bad = Message(text="bad", blocks=({"type": "header", "text": {"type": "plain_text", "text": "x" * 151}},))
    with capture_logs() as logs:
        root = post.root(message=bad)
        post.run(2)
        post.root(id=root.id, message=Message(text="worse", blocks=bad.blocks))
        post.run()
    assert (post.texts(), post.waiting()) == (["worse"], {"sent": 1})
    (entry, _) = [one for one in logs if one["event"] == "outbox.text_only"]
    assert entry["log_level"] == "error"
    assert "/blocks/0/text/text" in str(entry["details"])


@pytest.mark.parametrize("code", ["token_revoked", "account_inactive", "missing_scope"])
def test_a_token_that_does_not_work_loses_nothing(post: Post, code: str) -> None:
    """Health shows the problem until the token works again; then everything arrives, in order."""
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
    """Forty threads in one channel at once: all arrive without a single refusal from Slack."""
    roots = [post.root(f"{number}") for number in range(40)]
    for root in roots:
        post.edit(root, f"{root.message.text}!")
    post.run(60)
    assert len(post.texts()) == 40
    assert [call for call in slack.calls if call.status == 429] == []


def test_a_token_that_does_not_work_is_tried_once_a_minute(post: Post) -> None:
    """A thousand messages wait; Slack and the log get a few attempts, not thousands."""
    post.slack.faults.add("chat.postMessage", kind="error:token_revoked", times=20)
    for number in range(100):
        post.root(f"{number}", channel_id=post.slack.add_channel(f"c{number}"))
    with capture_logs() as logs:
        post.run(300)
    assert len(post.calls("chat.postMessage")) <= 6
    assert post.sender.trouble == "token_revoked"
    assert [one["event"] for one in logs].count("outbox.not_allowed") == 1


def test_the_ends_of_a_crowd_in_an_archived_channel_go_to_who_asked(post: Post) -> None:
    """As with only a few ends."""
    gone = post.slack.add_channel("gone")
    roots = [post.root(f"root {number}", channel_id=gone) for number in range(10)]
    post.run(20)
    post.slack.change_channel("gone", archived=True)
    for number, root in enumerate(roots):
        post.reply(root, f"end {number}", Urgency.END, channel_id=gone)
    post.run(60, sender=post.new_sender("two", digests=post.store.digests))
    assert sorted(message.text for message in post.dm()) == [f"end {number}" for number in range(10)]


def test_where_nothing_is_allowed_not_even_a_direct_message(post: Post) -> None:
    """The attempts get rarer and finally stop, with an error in the log; nobody else waits."""
    post.slack.faults.add("chat.postMessage", kind="error:access_denied", times=100)
    post.root("here")
    post.run(2)
    post.slack.faults.clear()
    post.root("there", channel_id=post.slack.channel_id("random"), asker=None)
    post.sender.round()
    assert (post.texts("random"), post.sender.trouble) == (["there"], None)
    post.slack.faults.add("chat.postMessage", kind="error:access_denied", times=100)
    with capture_logs() as logs:
        post.run(60 * 60 * 12, step=30)
    assert post.waiting() == {"sent": 1, "dead": 2}  # including the thread's notice
    assert len(post.tries()) <= 18
    assert [one["log_level"] for one in logs if one["event"] == "outbox.dead"] == ["error"]
    assert post.store.outbox.lost(24 * 3_600) == 1


UNKNOWN = [
    "cannot_reply_to_message",
    "a_word_of_next_year",
    "no_permission",
    "is_archived",
    "thread_not_found",
]


@pytest.mark.parametrize("code", UNKNOWN)
def test_an_end_that_is_refused_is_told_to_the_asker_with_the_reason(post: Post, code: str) -> None:
    """At once, whether or not the code is known, and with its full text."""
    root = post.root()
    post.run(2)
    post.slack.faults.add("chat.postMessage", kind=f"error:{code}")
    post.reply(root, "end", Urgency.END)
    post.run(5)
    (message,) = post.dm()
    assert message.text == "end"
    said = str(message.blocks)
    assert "end" in said
    assert post.data in said
    assert (code in said) == (code == "a_word_of_next_year")


@pytest.mark.parametrize("code", UNKNOWN)
def test_a_root_that_is_refused_goes_to_the_asker_with_the_reason(post: Post, code: str) -> None:
    """The thread continues there to its end."""
    post.slack.faults.add("chat.postMessage", kind=f"error:{code}")
    root = post.root()
    post.run(5)
    post.reply(root, "end", Urgency.END)
    post.run(5)
    (message,) = post.dm()
    notice, end = message.replies
    assert (message.text, end.text) == ("root", "end")
    assert post.data in notice.text
    assert (code in notice.text) == (code == "a_word_of_next_year")


@pytest.mark.parametrize("kind", ["error:external_channel_migrating", "error:fatal_error", "503", "reset"])
def test_what_passes_is_retried_where_it_belongs(post: Post, kind: str) -> None:
    """And no direct message claims otherwise."""
    root = post.root()
    post.run(2)
    post.slack.faults.add("chat.postMessage", kind=kind, times=3)
    post.reply(root, "end", Urgency.END)
    post.run(60)
    (message,) = post.roots()
    assert [reply.text for reply in message.replies] == ["end"]
    assert post.dm() == []


def test_what_should_pass_and_does_not_is_told_to_the_asker(post: Post) -> None:
    """After a quarter of an hour; Slack works otherwise, so the problem is this channel."""
    post.slack.faults.add("chat.postMessage", kind="error:external_channel_migrating", times=20)
    post.root()
    post.run(1_200, step=2)
    assert [message.text for message in post.dm()] == ["root"]


def test_an_outage_of_slack_moves_nothing(post: Post) -> None:
    """However long it takes: when Slack answers again, everything is in its place."""
    post.slack.faults.add(".*", kind="503", times=1_000)
    root = post.root()
    post.reply(root, "end", Urgency.END)
    post.run(2 * 3_600, step=5)
    post.slack.faults.clear()
    post.run(180, step=1)
    (message,) = post.roots()
    assert [reply.text for reply in message.replies] == ["end"]
    assert post.dm() == []


ABSURD = [
    '{"ok": true}',
    '{"ok": true, "channel": "C1", "ts": 17}',
    '{"ok": true, "channel": "C1", "ts": null}',
    '{"ok": true, "channel": 5, "ts": "1.2"}',
    '{"ok": true, "channel": "C1", "ts": "NaN"}',
    '{"ok": true, "channel": "C1\\ud83d", "ts": "1.2"}',
    '{"ok": true, "channel": "C1\\u0000", "ts": "1.2"}',
    '{"ok": "false", "error": "channel_not_found"}',
    '{"ok": 1, "channel": "C1", "ts": "1.2"}',
    '{"ok": false, "error": {"a": 1}}',
    '{"ok": false}',
    "[]",
    "[1, 2]",
    "null",
    '"ok"',
    "17",
    "",
    "<html>Sign in</html>",
    '{"ok": tr',
    "[" * 50_000,
]


@pytest.mark.parametrize("body", ABSURD)
def test_an_answer_without_sense_is_no_yes(post: Post, body: str) -> None:
    """The bot retries it in its place, then tells the person who asked; a card gets its next content."""
    root = post.root("old")
    post.run(2)
    post.slack.faults.add("chat.*", kind=f"body:{body}", times=2)
    post.edit(root, "new")
    post.reply(root, "end", Urgency.END)
    post.run(60)
    (message,) = post.roots()
    assert (message.text, [reply.text for reply in message.replies]) == ("new", ["end"])
    post.slack.faults.add("chat.postMessage", kind=f"body:{body}", times=3)
    post.reply(root, "another end", Urgency.END)
    post.run(60)
    assert [message.text for message in post.dm()] == ["another end"]


@pytest.mark.parametrize("body", ABSURD)
def test_what_was_done_is_found_again_when_the_answer_had_no_sense(post: Post, body: str) -> None:
    """With history to read, nothing is posted twice."""
    for scope in HISTORY:
        post.slack.add_scope(scope)
    post.slack.faults.add("chat.postMessage", kind=f"done:{body}")
    post.root()
    post.run(30)
    assert (post.texts(), len(post.calls("chat.postMessage"))) == (["root"], 1)


@pytest.mark.parametrize("code", ["a_word_of_next_year", "edit_window_closed", "message_not_found"])
def test_a_card_whose_edit_was_refused_takes_its_next_content(post: Post, code: str) -> None:
    """It isn't frozen for good."""
    root = post.root("old")
    post.run(2)
    post.slack.faults.add("chat.update", kind=f"error:{code}", times=3)
    post.edit(root, "new")
    post.run(30)
    post.slack.faults.clear()
    post.edit(root, "newer")
    post.run(10)
    assert (post.texts(), post.waiting()) == (["newer"], {"sent": 1})


def test_content_that_is_refused_in_every_form_is_told_in_other_words(post: Post) -> None:
    """The person learns that there was a message, why it isn't shown, and where to look."""
    post.slack.faults.add("chat.postMessage", kind="error:no_text", times=2)
    post.root()
    post.run(5)
    (message,) = post.dm()
    assert "no_text" in message.text
    assert "/dss-jobs" in message.text


@pytest.mark.parametrize("said", ["99999", "1e308", "-5", "abc", "Wed, 21 Oct 2026 07:28:00 GMT", ""])
def test_no_retry_after_holds_anything_for_hours(post: Post, said: str) -> None:
    """Ten minutes at most; then one call checks again, and health reports it meanwhile."""
    roots = [post.root(str(number), channel_id=post.slack.add_channel(f"c{number}")) for number in range(6)]
    post.run(10)
    post.slack.faults.add("chat.update", kind="429", retry_after=said)
    for root in roots:
        post.edit(root, "new")
    post.sender.round()
    refused = len(post.calls("chat.update"))
    long = said in {"99999", "1e308"}
    assert [one.key for one in post.store.outbox.shut_rates() if one.seconds > 600] == ["update"] * long
    post.clock.advance(601)
    post.sender.round()
    if long:
        assert len(post.calls("chat.update")) == refused + 1
    post.run(90)
    assert [post.texts(f"c{number}") for number in range(6)] == [["new"]] * 6
    assert post.store.outbox.shut_rates() == []


def test_a_rate_that_stays_shut_is_known(post: Post) -> None:
    """Refused repeatedly, for more than ten minutes in total."""
    root = post.root()
    post.run(2)
    post.slack.faults.add("chat.update", kind="429", retry_after=120, times=8)
    post.edit(root, "new")
    post.run(500, step=1)
    assert [one.seconds > 600 for one in post.store.outbox.shut_rates()] == [False]
    post.run(300, step=1)
    assert [one.seconds > 600 for one in post.store.outbox.shut_rates()] == [True]
