"""The external upload, as slack_sdk's files_upload_v2 does it."""

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack import SlackSandbox
from tests.sandbox.slack.apps import refused, web_client


def test_a_file_lands_in_the_thread(slack: SlackSandbox, web: WebClient) -> None:
    """Announce, send, complete: the file is a reply with its comment, and its bytes are there."""
    root = web.chat_postMessage(channel="#data", text="root")
    answer = web.files_upload_v2(
        channel=root["channel"],
        thread_ts=root["ts"],
        content="line\n" * 1000,
        filename="job.log",
        title="Log",
        initial_comment="here",
    )
    (reply,) = slack.messages("data")[0].replies
    (file,) = slack.files
    assert (reply.text, reply.files) == ("here", (file.id,))
    assert (file.title, file.content) == ("Log", b"line\n" * 1000)
    assert web.files_info(file=answer["file"]["id"])["file"]["size"] == 5000


def test_a_file_that_was_not_sent_cannot_be_completed(web: WebClient) -> None:
    """Completing without the bytes is refused."""
    announced = web.files_getUploadURLExternal(filename="a.txt", length=3)
    with pytest.raises(SlackApiError) as caught:
        web.files_completeUploadExternal(files=[{"id": announced["file_id"], "title": "a"}])
    assert refused(caught.value) == "file_not_found"
    with pytest.raises(SlackApiError) as caught:
        web.files_info(file=announced["file_id"])
    assert refused(caught.value) == "file_not_found"


def test_files_need_their_scope() -> None:
    """files:write is not there by default."""
    with SlackSandbox() as slack, pytest.raises(SlackApiError) as caught:
        web_client(slack).files_getUploadURLExternal(filename="a.txt", length=3)
    assert caught.value.response["needed"] == "files:write"
