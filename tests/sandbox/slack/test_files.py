"""The external upload, as slack_sdk's files_upload_v2 does it."""

import urllib.request

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.slack import SlackSandbox
from tests.sandbox.slack.apps import Clock, refused, web_client


def test_a_file_lands_in_the_thread(slack: SlackSandbox, web: WebClient) -> None:
    """Announce, send, complete: the file is a reply with its comment, and its bytes are stored."""
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
    """Completing an upload without the bytes is refused."""
    announced = web.files_getUploadURLExternal(filename="a.txt", length=3)
    with pytest.raises(SlackApiError) as caught:
        web.files_completeUploadExternal(files=[{"id": announced["file_id"], "title": "a"}])
    assert refused(caught.value) == "file_not_found"
    with pytest.raises(SlackApiError) as caught:
        web.files_info(file=announced["file_id"])
    assert refused(caught.value) == "file_not_found"


def test_files_need_their_scope() -> None:
    """files:write isn't a default scope."""
    with SlackSandbox() as slack, pytest.raises(SlackApiError) as caught:
        web_client(slack).files_getUploadURLExternal(filename="a.txt", length=3)
    assert caught.value.response["needed"] == "files:write"


def test_sharing_takes_the_id_of_a_conversation(slack: SlackSandbox, web: WebClient) -> None:
    """A user's id is refused, as in slackapi/bolt-js#2115; the id of the direct messages works."""
    alice = slack.user_id("alice")
    announced = web.files_getUploadURLExternal(filename="a.txt", length=3)
    with urllib.request.urlopen(announced["upload_url"], data=b"abc"):
        pass
    files = [{"id": announced["file_id"], "title": "a"}]
    with pytest.raises(SlackApiError) as caught:
        web.files_completeUploadExternal(files=files, channel_id=alice)
    assert refused(caught.value) == "invalid_arguments"
    web.files_completeUploadExternal(files=files, channel_id=slack.dm("alice"))
    assert [file.channels for file in slack.files] == [(slack.dm("alice"),)]


def test_a_block_shows_a_picture_once_it_is_processed(
    slack: SlackSandbox, web: WebClient, clock: Clock
) -> None:
    """Before that, and for a file that is no picture, the block is refused; the file stays unshared."""
    png, text = _upload(web, b"\x89PNG\r\n\x1a\n..."), _upload(web, b"abc")
    assert web.files_info(file=png)["file"]["mimetype"] == ""
    for file_id in (png, "F0NOSUCH"):
        with pytest.raises(SlackApiError) as caught:
            web.chat_postMessage(channel="#data", text="t", blocks=[_image(file_id)])
        assert refused(caught.value) == "invalid_blocks"
        assert "/blocks/0/slack_file" in caught.value.response["response_metadata"]["messages"][0]
    clock.advance(1)
    assert web.files_info(file=text)["file"]["mimetype"] == "text/plain"
    assert web.files_info(file=png)["file"]["mimetype"] == "image/png"
    with pytest.raises(SlackApiError):
        web.chat_postMessage(channel="#data", text="t", blocks=[_image(text)])
    web.chat_postMessage(channel="#data", text="t", blocks=[_image(png)])
    assert all(file.channels == () for file in slack.files)


def _image(file_id: str) -> dict[str, object]:
    return {"type": "image", "slack_file": {"id": file_id}, "alt_text": "a picture"}


def _upload(web: WebClient, content: bytes) -> str:
    announced = web.files_getUploadURLExternal(filename="a", length=len(content))
    with urllib.request.urlopen(announced["upload_url"], data=content):
        pass
    web.files_completeUploadExternal(files=[{"id": announced["file_id"], "title": "a"}])
    return str(announced["file_id"])
