"""Files for one person, and pictures for blocks, in three steps each (WIRE-FACTS-2026-11.md §5)."""

import urllib.request

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.domain import Message
from bot.domain.errors import BotError
from bot.slack.error_codes import ErrorKind, classify, code_of, retry_after

log = structlog.get_logger(__name__)

UPLOAD_TIMEOUT = 60
"""Seconds for the bytes of one file."""
PICTURE_TIMEOUT = 15
"""Seconds for the bytes of one picture, which are few."""
AGAIN_AFTER = 5.0
"""Seconds until an upload is tried again, unless Slack asks for more."""

_WEB = ("https://", "http://")

_NO_SCOPE = frozenset({"missing_scope", "no_permission", "not_allowed_token_type"})


class UploadRefused(BotError):
    """Slack didn't take a file.

    Attributes:
        code: Slack's word, or the name of the error.
        maybe_sent: whether the file might have arrived anyway.
        again_after: seconds after which the same call might work; ``None`` if it won't.
    """

    def __init__(self, code: str, *, maybe_sent: bool = False, again_after: float | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.maybe_sent = maybe_sent
        self.again_after = again_after


class FileUploads:
    """Sends files as direct messages, and uploads pictures for blocks.

    Sharing isn't idempotent, and the bot has no scope to look for a shared file. So that isn't repeated. A
    picture is never shared: the message with the block shows it, so each of its steps can be repeated.
    """

    def __init__(self, client: WebClient) -> None:
        self._client = client

    def send(self, user_id: str, note: Message, *, name: str, content: bytes) -> None:
        """Send somebody a note, then the file.

        The file is uploaded before the note is posted, so that a missing scope leaves no note behind. Sharing
        takes the id of a conversation, not of a user (slackapi/bolt-js#2115). Slack's answer to the note has
        it; asking for it would take one more scope.

        Raises:
            UploadRefused: the file wasn't sent, or Slack didn't confirm it.
        """
        try:
            file_id = self._upload(name, content)
            channel, ts = self._post(user_id, note)
        except Exception as error:
            raise _refused(error, sharing=False) from error
        try:
            self._client.files_completeUploadExternal(
                files=[{"id": file_id, "title": name}], channel_id=channel
            )
        except Exception as error:
            refused = _refused(error, sharing=True)
            if not refused.maybe_sent:
                self._take_back(channel, ts)
            raise refused from error

    def upload(self, name: str, content: bytes, *, alt_text: str) -> str:
        """Upload a picture without completing it; return the file's id. Nobody sees it yet.

        Raises:
            UploadRefused: it wasn't uploaded.
        """
        try:
            return self._upload(name, content, alt_text, PICTURE_TIMEOUT)
        except Exception as error:
            raise _refused(error, sharing=False) from error

    def complete(self, file_id: str, title: str) -> None:
        """Complete an upload without sharing the file, so that a block can show it.

        Raises:
            UploadRefused: Slack refused, or didn't confirm it.
        """
        try:
            self._client.files_completeUploadExternal(files=[{"id": file_id, "title": title}])
        except Exception as error:
            raise _refused(error, sharing=True) from error

    def processed(self, file_id: str) -> bool | None:
        """Return whether Slack has processed a picture, which it does after the upload.

        Until then, Slack refuses a block with it. ``None`` without the scope ``files:read``.

        Raises:
            UploadRefused: the file isn't there, or Slack doesn't answer.
        """
        try:
            file = self._client.files_info(file=file_id).get("file")
        except Exception as error:
            refused = _refused(error, sharing=False)
            if refused.code in _NO_SCOPE:
                return None
            raise refused from error
        return isinstance(file, dict) and str(file.get("mimetype") or "").startswith("image/")

    def _upload(
        self, name: str, content: bytes, alt_text: str | None = None, timeout: float = UPLOAD_TIMEOUT
    ) -> str:
        announced = self._client.files_getUploadURLExternal(
            filename=name, length=len(content), alt_txt=alt_text
        )
        url, file_id = announced.get("upload_url"), announced.get("file_id")
        if not (isinstance(file_id, str) and isinstance(url, str) and url.startswith(_WEB)):
            raise UploadRefused("unreadable_answer")
        request = urllib.request.Request(url, data=content, method="POST")  # noqa: S310 - checked above
        request.add_header("Content-Type", "application/octet-stream")
        with urllib.request.urlopen(request, timeout=timeout) as answer:  # noqa: S310
            answer.read(1_000)
        return file_id

    def _post(self, user_id: str, note: Message) -> tuple[str, str]:
        blocks = list(note.blocks) or None
        posted = self._client.chat_postMessage(channel=user_id, text=note.text, blocks=blocks)
        channel, ts = posted.get("channel"), posted.get("ts")
        if not (channel and isinstance(channel, str) and isinstance(ts, str)):
            # Without a channel, Slack would accept the file and show it to nobody.
            raise UploadRefused("unreadable_answer")
        return channel, ts

    def _take_back(self, channel: str, ts: str) -> None:
        """Delete the note about a file that doesn't follow."""
        try:
            self._client.chat_delete(channel=channel, ts=ts)
        except Exception as error:  # noqa: BLE001 - the person is told anyway
            log.warning("file.note_stays", error=type(error).__name__)


def _refused(error: Exception, *, sharing: bool) -> UploadRefused:
    """Name an error. Only a refusal of Slack's says for sure that a file wasn't shared."""
    if isinstance(error, UploadRefused):
        refused = error
    elif isinstance(error, SlackApiError):
        kind = classify(error)
        unclear = kind in {ErrorKind.RETRY, ErrorKind.UNREADABLE}
        again = retry_after(error, AGAIN_AFTER) if unclear or kind is ErrorKind.RATE else None
        refused = UploadRefused(code_of(error), maybe_sent=sharing and unclear, again_after=again)
    else:
        refused = UploadRefused(type(error).__name__, maybe_sent=sharing, again_after=AGAIN_AFTER)
    log.warning("file.refused", error=refused.code, sharing=sharing)
    return refused
