"""chat.*: what a post, an edit, a deletion, and an ephemeral message do."""

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack import SlackSandbox
from tests.sandbox.slack.apps import actions, button, refused, section

METADATA = {"event_type": "row", "event_payload": {"id": 7}}


def test_a_post_and_its_thread(slack: SlackSandbox, web: WebClient) -> None:
    """Replies belong to their root; a reply to a reply goes to the same thread."""
    root = web.chat_postMessage(channel="#data", text="root", metadata=METADATA)
    reply = web.chat_postMessage(channel=root["channel"], text="reply", thread_ts=root["ts"])
    web.chat_postMessage(channel=root["channel"], text="deeper", thread_ts=reply["ts"], reply_broadcast=True)
    (message,) = slack.messages("data")
    assert message.metadata == METADATA
    assert [one.text for one in message.replies] == ["reply", "deeper"]
    assert [one.broadcast for one in message.replies] == [False, True]
    assert message.replies[0].thread_ts == root["ts"]


def test_ts_grow_even_when_the_clock_stands(web: WebClient) -> None:
    """Two messages at the same time get different ts, in order."""
    first, second = (web.chat_postMessage(channel="#data", text="a")["ts"] for _ in range(2))
    assert float(first) < float(second)


def test_ids_are_filled_in(slack: SlackSandbox, web: WebClient) -> None:
    """A block and an element without ids get generated ones."""
    element = {"type": "button", "text": {"type": "plain_text", "text": "Go"}}
    web.chat_postMessage(channel="#data", text="a", blocks=[actions(element)])
    (block,) = slack.messages("data")[0].blocks
    assert block["block_id"]
    assert block["elements"][0]["action_id"]


def test_a_long_text_becomes_several_messages(slack: SlackSandbox, web: WebClient) -> None:
    """A post over 4,000 characters is split, and the answer contains only one part."""
    answer = web.chat_postMessage(channel="#data", text="x" * 4001)
    parts = slack.messages("data")
    assert [len(part.text) for part in parts] == [4000, 1]
    assert answer["ts"] == parts[0].ts


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        ("C404", "channel_not_found"),
        ("private", "channel_not_found"),
        ("archived", "is_archived"),
        ("foreign", "not_in_channel"),
    ],
)
def test_where_the_bot_cannot_post(slack: SlackSandbox, web: WebClient, channel: str, error: str) -> None:
    """Each reason has its own error."""
    ids = {
        "private": slack.add_channel("private", private=True, bot_member=False),
        "archived": slack.add_channel("archived", archived=True),
        "foreign": slack.add_channel("foreign", bot_member=False),
    }
    with pytest.raises(SlackApiError) as caught:
        web.chat_postMessage(channel=ids.get(channel, channel), text="a")
    assert refused(caught.value) == error


def test_posting_to_a_person_opens_the_direct_messages(slack: SlackSandbox, web: WebClient) -> None:
    """A user id as the channel means that person's direct messages."""
    answer = web.chat_postMessage(channel=slack.user_id("alice"), text="psst")
    assert answer["channel"] == slack.dm("alice")
    assert [one.text for one in slack.messages(slack.dm("alice"))] == ["psst"]


def test_an_edit_keeps_the_past_and_the_metadata(slack: SlackSandbox, web: WebClient) -> None:
    """An edit replaces text and blocks; metadata stays unless the edit has new metadata."""
    post = web.chat_postMessage(channel="#data", text="old", blocks=[section("old")], metadata=METADATA)
    web.chat_update(channel=post["channel"], ts=post["ts"], text="new", blocks=[section("new")])
    (message,) = slack.messages("data")
    assert (message.text, message.metadata) == ("new", METADATA)
    assert [edit.text for edit in message.edits] == ["old"]


def test_an_edit_with_text_alone_removes_the_blocks(slack: SlackSandbox, web: WebClient) -> None:
    """chat.update has the same trap here."""
    post = web.chat_postMessage(channel="#data", text="old", blocks=[section()])
    web.chat_update(channel=post["channel"], ts=post["ts"], text="new")
    assert slack.messages("data")[0].blocks == []


def test_edits_that_slack_refuses(slack: SlackSandbox, web: WebClient) -> None:
    """Other people's, missing, overlong, ephemeral, and archived messages can't be edited."""
    channel = slack.channel_id("data")
    slack.as_user("alice").say("mine", "#data")
    theirs = slack.messages("data")[0].ts
    own = web.chat_postMessage(channel=channel, text="a")["ts"]
    shown = web.chat_postEphemeral(channel=channel, user=slack.user_id("alice"), text="psst")["message_ts"]
    for ts, text, error in (
        (theirs, "b", "cant_update_message"),
        ("1.000001", "b", "message_not_found"),
        (shown, "b", "message_not_found"),
        (own, "b" * 4001, "msg_too_long"),
        (own, "", "no_text"),
    ):
        with pytest.raises(SlackApiError) as caught:
            web.api_call("chat.update", json={"channel": channel, "ts": ts, "text": text})
        assert refused(caught.value) == error
    slack.change_channel("data", archived=True)
    with pytest.raises(SlackApiError) as caught:
        web.chat_update(channel=channel, ts=own, text="b")
    assert refused(caught.value) == "is_inactive"


def test_a_rich_text_message_stays_one(web: WebClient) -> None:
    """block_mismatch: rich text can't become other blocks."""
    rich = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]}
    post = web.chat_postMessage(channel="#data", text="a", blocks=[rich])
    with pytest.raises(SlackApiError) as caught:
        web.chat_update(channel=post["channel"], ts=post["ts"], text="b", blocks=[section()])
    assert refused(caught.value) == "block_mismatch"


def test_deleting(slack: SlackSandbox, web: WebClient) -> None:
    """The bot's own messages disappear; others' stay."""
    slack.as_user("alice").say("mine", "#data")
    channel = slack.channel_id("data")
    with pytest.raises(SlackApiError) as caught:
        web.chat_delete(channel=channel, ts=slack.messages("data")[0].ts)
    assert refused(caught.value) == "cant_delete_message"
    web.chat_delete(channel=channel, ts=web.chat_postMessage(channel=channel, text="a")["ts"])
    assert [one.text for one in slack.messages("data")] == ["mine"]


def test_an_ephemeral_message_is_for_one(slack: SlackSandbox, web: WebClient) -> None:
    """Only its addressee sees it, and the channel has no such message."""
    web.chat_postEphemeral(channel="#data", user=slack.user_id("alice"), text="psst")
    assert [one.text for one in slack.ephemerals("alice")] == ["psst"]
    assert slack.ephemerals("bob") == slack.messages("data") == []
    with pytest.raises(SlackApiError) as caught:
        web.chat_postEphemeral(channel="#data", user=slack.user_id("stranger"), text="psst")
    assert refused(caught.value) == "user_not_in_channel"


def test_an_ephemeral_message_is_pressed_by_its_addressee_only(slack: SlackSandbox, web: WebClient) -> None:
    """Bob can't press a button that only alice sees."""
    web.chat_postEphemeral(
        channel="#data", user=slack.user_id("alice"), text="psst", blocks=[actions(button())]
    )
    with pytest.raises(PermissionError):
        slack.as_user("bob").press(slack.ephemerals("alice")[0], action_id="go")


def test_permalinks(web: WebClient) -> None:
    """A reply's link names its thread."""
    root = web.chat_postMessage(channel="#data", text="a")
    reply = web.chat_postMessage(channel="#data", text="b", thread_ts=root["ts"])
    link = web.chat_getPermalink(channel=root["channel"], message_ts=reply["ts"])["permalink"]
    assert link.endswith(f"?thread_ts={root['ts']}&cid={root['channel']}")


def test_reactions(slack: SlackSandbox, web: WebClient) -> None:
    """The same emoji can be added to a message only once."""
    post = web.chat_postMessage(channel="#data", text="a")
    web.reactions_add(channel=post["channel"], timestamp=post["ts"], name="eyes")
    assert slack.messages("data")[0].reactions == {"eyes": (slack.bot_user_id,)}
    with pytest.raises(SlackApiError) as caught:
        web.reactions_add(channel=post["channel"], timestamp=post["ts"], name="eyes")
    assert refused(caught.value) == "already_reacted"


@pytest.mark.parametrize(
    ("metadata", "error"),
    [
        ({"event_type": "a"}, "invalid_metadata_schema"),
        ({"event_type": "a", "event_payload": {}, "more": 1}, "invalid_metadata_schema"),
        ({"event_type": "a", "event_payload": {"x": "y" * 20_000}}, "metadata_too_large"),
    ],
)
def test_metadata_is_checked(web: WebClient, metadata: dict[str, object], error: str) -> None:
    """Metadata needs a type and a payload, and its size is limited."""
    with pytest.raises(SlackApiError) as caught:
        web.chat_postMessage(channel="#data", text="a", metadata=metadata)
    assert refused(caught.value) == error


def coloured(*blocks: dict[str, object]) -> dict[str, object]:
    """Return an attachment with a colored bar."""
    return {"color": "#36a64f", "fallback": "a", "blocks": list(blocks)}


def test_attachments_hold_blocks(slack: SlackSandbox, web: WebClient) -> None:
    """Buttons in an attachment work; an edit with blocks keeps it, one with only text removes it."""
    post = web.chat_postMessage(channel="#data", text="a", attachments=[coloured(actions(button()))])
    message = slack.messages("data")[0]
    pressed = slack.as_user("alice").press(message, text="Go")
    assert pressed.wait().error == "dispatch_failed"
    container = pressed.payload["container"]
    assert (container["type"], container["attachment_id"]) == ("message_attachment", 1)
    web.chat_update(channel=post["channel"], ts=post["ts"], text="b", blocks=[section()])
    assert len(slack.messages("data")[0].attachments) == 1
    web.chat_update(channel=post["channel"], ts=post["ts"], text="c")
    assert slack.messages("data")[0].attachments == []


@pytest.mark.parametrize(
    ("attachments", "error"),
    [
        ([coloured()] * 101, "too_many_attachments"),
        ([coloured(section(""))], "invalid_attachments"),
        (["text"], "invalid_attachments"),
    ],
)
def test_attachments_are_checked(web: WebClient, attachments: list[object], error: str) -> None:
    """Messages limit the number of attachments and their blocks."""
    with pytest.raises(SlackApiError) as caught:
        web.api_call("chat.postMessage", json={"channel": "#data", "text": "a", "attachments": attachments})
    assert refused(caught.value) == error


def test_a_look_of_ones_own_needs_its_scope(web: WebClient) -> None:
    """username and icons need chat:write.customize."""
    with pytest.raises(SlackApiError) as caught:
        web.chat_postMessage(channel="#data", text="a", username="Somebody")
    assert caught.value.response["needed"] == "chat:write.customize"


def test_public_channels_without_membership_need_their_scope(slack: SlackSandbox, web: WebClient) -> None:
    """chat:write.public opens public channels, never private ones."""
    foreign = slack.add_channel("foreign", bot_member=False)
    private = slack.add_channel("private", private=True, bot_member=False)
    slack.add_scope("chat:write.public")
    web.chat_postMessage(channel=foreign, text="a")
    with pytest.raises(SlackApiError) as caught:
        web.chat_postMessage(channel=private, text="a")
    assert refused(caught.value) == "channel_not_found"


def test_text_and_markdown_text_exclude_each_other(web: WebClient) -> None:
    """Only one of them can be the text."""
    body = {"channel": "#data", "text": "a", "markdown_text": "b"}
    with pytest.raises(SlackApiError) as caught:
        web.api_call("chat.postMessage", json=body)
    assert refused(caught.value) == "markdown_text_conflict"


@pytest.mark.parametrize(("ts", "error"), [("now", "invalid_thread_ts"), ("1.000001", "thread_not_found")])
def test_a_thread_needs_its_root(web: WebClient, ts: str, error: str) -> None:
    """A reply to a nonexistent message is refused."""
    with pytest.raises(SlackApiError) as caught:
        web.chat_postMessage(channel="#data", text="a", thread_ts=ts)
    assert refused(caught.value) == error
