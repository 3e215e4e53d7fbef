"""Messages with newer blocks: where Slack refuses them, classic blocks say the same, and nothing is lost."""

import json

import pytest

from bot.domain import Message, NewerBlocks
from bot.domain.stored_records import Urgency
from bot.sandbox.slack import NEWER_BLOCKS
from bot.slack.block_support import BlockSupport
from bot.slack.sender import OutboxSender
from bot.store.codec import dump, load
from tests.contract.outbox.post import Post


def text_block(text: str) -> dict[str, object]:
    """Return a section."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


PLAN: dict[str, object] = {
    "type": "plan",
    "title": "1 of 2 done",
    "tasks": [{"type": "task_card", "task_id": "1", "title": "join: done", "status": "complete"}],
}
CONTAINER: dict[str, object] = {
    "type": "container",
    "title": {"type": "plain_text", "text": "Notes"},
    "child_blocks": [text_block("noted")],
}
BOTH = Message(
    text="Running",
    blocks=(text_block("top"), text_block("classic plan"), text_block("a note"), text_block("noted")),
    newer=(
        NewerBlocks(blocks=(PLAN,), start=1, count=1),
        NewerBlocks(blocks=(CONTAINER,), start=2, count=2),
    ),
)


def sender(post: Post, owner: str = "one", *, enabled: bool = True) -> OutboxSender:
    """Return a sender that remembers what the workspace refuses."""
    support = BlockSupport(post.store.block_support, post.slack.team_id, enabled=enabled)
    return post.new_sender(owner, support=support)


def kinds(post: Post, number: int = 0) -> list[str]:
    """Return the types of a message's blocks."""
    return [block["type"] for block in post.roots()[number].blocks]


def codes(post: Post) -> list[str | None]:
    """Return the error code of each call that shows a message."""
    shown = ("chat.postMessage", "chat.update")
    return [call.error for call in post.slack.calls if call.method in shown]


def test_a_workspace_that_knows_them_shows_them(post: Post) -> None:
    """One call, with the newer blocks in their places."""
    post.root(message=BOTH)
    post.run(2, sender=sender(post))
    assert kinds(post) == ["section", "plan", "container"]
    assert codes(post) == [None]
    assert post.store.block_support.refused(post.slack.team_id, 100) == frozenset()


def test_an_old_workspace_shows_classic_blocks_and_is_not_asked_again(post: Post) -> None:
    """The first message takes a second call; edits, other messages and other processes take one each."""
    post.slack.refuse_blocks(NEWER_BLOCKS)
    first = post.root(message=BOTH)
    mine = sender(post)
    post.run(2, sender=mine)
    assert kinds(post) == ["section"] * 4
    assert codes(post) == ["invalid_blocks", None]
    post.root(id=first.id, message=BOTH, urgency=Urgency.PROGRESS)
    post.root(message=BOTH)
    post.run(5, sender=mine)
    post.root(message=BOTH)
    post.run(5, sender=sender(post, "two"))
    assert codes(post) == ["invalid_blocks", None, None, None, None]
    assert [kinds(post, number) for number in range(3)] == [["section"] * 4] * 3
    assert post.waiting() == {"sent": 3}


@pytest.mark.parametrize("known", ["plan", "container"])
def test_only_the_kind_that_slack_names_is_given_up(post: Post, known: str) -> None:
    """The other kind is still shown."""
    post.slack.refuse_blocks(NEWER_BLOCKS - {known, "task_card"})
    post.root(message=BOTH)
    post.run(2, sender=sender(post))
    assert known in kinds(post)
    assert set(kinds(post)) == {"section", known}
    refused = {"plan", "container"} - {known}
    assert post.store.block_support.refused(post.slack.team_id, 100) == refused


def test_an_edit_that_is_refused_falls_back_too(post: Post) -> None:
    """A workspace can stop accepting them, too."""
    mine = sender(post)
    first = post.root(message=BOTH)
    post.run(2, sender=mine)
    post.slack.refuse_blocks(NEWER_BLOCKS)
    post.root(id=first.id, message=BOTH, urgency=Urgency.PROGRESS)
    post.run(5, sender=mine)
    assert kinds(post) == ["section"] * 4
    assert len(post.roots()) == 1


@pytest.mark.parametrize("code", ["invalid_blocks", "invalid_blocks_format", "invalid_arguments"])
def test_refusals_without_details_give_up_all_kinds_of_two_messages(post: Post, code: str) -> None:
    """Whatever content code Slack uses: the classic form is shown, not only the text."""
    mine = sender(post)
    for refused in (set(), {"plan", "container"}):
        post.slack.faults.add("chat.postMessage", kind=f"error:{code}")
        post.root(message=BOTH)
        post.run(5, sender=mine)
        assert post.store.block_support.refused(post.slack.team_id, 100) == refused
    assert [kinds(post, number) for number in range(2)] == [["section"] * 4] * 2


def test_one_refused_message_changes_no_other(post: Post) -> None:
    """Slack refuses one edit for its content: only that message gets classic blocks."""
    mine = sender(post)
    first, second = post.root(message=BOTH), post.root(message=BOTH)
    post.run(5, sender=mine)
    post.slack.faults.add("chat.update", kind="error:block_mismatch")
    for one in (first, first, second):
        post.root(id=one.id, message=BOTH, urgency=Urgency.PROGRESS)
        post.run(5, sender=mine)
    assert kinds(post) == ["section"] * 4
    assert kinds(post, 1) == ["section", "plan", "container"]
    assert codes(post)[2:] == ["block_mismatch", None, None, None]
    assert post.store.block_support.refused(post.slack.team_id, 100) == frozenset()


def test_a_message_that_is_wrong_in_itself_turns_nothing_off(post: Post) -> None:
    """Slack refuses its classic form as well, so its text is shown and nothing is remembered."""
    wrong = Message(text="Running", blocks=(text_block("x" * 3_001), text_block("classic")), newer=BOTH.newer)
    post.root(message=wrong)
    post.run(2, sender=sender(post))
    assert post.texts() == ["Running"]
    assert kinds(post) == []
    assert post.store.block_support.refused(post.slack.team_id, 100) == frozenset()


def test_trouble_that_is_not_about_content_turns_nothing_off(post: Post) -> None:
    """A rate limit, an outage and a lost answer are handled as for any message; it's posted once."""
    for kind in ("429", "503", "lose_answer"):
        post.slack.faults.add("chat.postMessage", kind=kind)
    post.root(message=BOTH)
    post.run(120, sender=sender(post))
    assert kinds(post)[1] == "plan"
    assert post.store.block_support.refused(post.slack.team_id, 1_000) == frozenset()


def test_after_a_month_they_are_tried_again(post: Post) -> None:
    """Slack might have rolled them out."""
    post.slack.refuse_blocks(NEWER_BLOCKS)
    post.root(message=BOTH)
    post.run(2, sender=sender(post))
    post.slack.refuse_blocks(())
    post.clock.advance(31 * 86_400)
    post.root(message=BOTH)
    post.run(5, sender=sender(post))
    assert kinds(post, 1) == ["section", "plan", "container"]


def test_a_setting_turns_them_off(post: Post) -> None:
    """Then they are never tried."""
    post.root(message=BOTH)
    post.run(2, sender=sender(post, enabled=False))
    assert kinds(post) == ["section"] * 4
    assert codes(post) == [None]


def test_rows_of_older_and_newer_versions_can_be_read() -> None:
    """A row without the field has no newer blocks; a version that doesn't know it ignores it."""
    old = {"text": "Running", "blocks": [text_block("classic")]}
    assert load(json.dumps(old), Message) == Message(text="Running", blocks=(text_block("classic"),))
    again = load(dump(BOTH), Message)
    assert again == BOTH
    assert again.classic().blocks == BOTH.blocks
    odd = {"blocks": [], "start": 90, "count": -3}
    beyond = load(json.dumps(old | {"newer": [odd, odd | {"blocks": [PLAN]}]}), Message)
    assert [block["type"] for block in beyond.without(()).blocks] == ["section", "plan"]
