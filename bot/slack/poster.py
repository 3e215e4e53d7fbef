"""The calls that show a message: post it, edit it, or check whether it already exists."""

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot import views
from bot.domain import Message
from bot.domain.stored_records import OutboxRow, Urgency
from bot.slack.answers import where
from bot.slack.block_support import BlockSupport
from bot.slack.error_codes import ErrorKind, classify, code_of
from bot.slack.message_lookup import MessageLookup

log = structlog.get_logger(__name__)

EVENT_TYPE = "dss_bot_message"
"""``event_type`` of the metadata with the row's ID, which is how the bot finds a doubtful message again."""


class Poster:
    """Shows rows in Slack.

    Args:
        client: a client with the bot token.
        lookup: finds messages with an unknown outcome.
        support: knows which newer blocks the workspace accepts.
    """

    def __init__(
        self, client: WebClient, lookup: MessageLookup | None, support: BlockSupport | None = None
    ) -> None:
        self._client = client
        self._lookup = lookup
        self._support = support or BlockSupport()

    def show(self, row: OutboxRow) -> tuple[str, str]:
        """Make the call that shows a row; return the channel and timestamp.

        If Slack doesn't accept newer blocks, this shows classic ones, and plain text if it doesn't accept
        those either.

        Raises:
            SlackApiError: Slack refused.
            UnreadableAnswer: the answer makes no sense.
            Exception: slack_sdk can raise anything on an invalid answer; then the outcome is unknown.
        """
        told = row.message
        if row.urgency is Urgency.LATER and row.ts is None:
            told = views.without_mention(told, row.asker)
        if row.ts is not None:
            return self._edit(told, row, row.channel_id, row.ts)
        if row.doubtful and self._lookup and (found := self._lookup.find(row)):
            log.info("outbox.found_again", row=row.id)
            return self._edit(told, row, *found)  # it might show the row's previous content
        try:
            return self._support.show(told, row.id, lambda form: self._post(form, row, metadata=True))
        except SlackApiError as error:
            if not _about_content(error, row):
                raise
            return self._post(
                views.in_text_only(told, row.asker), row, metadata=not code_of(error).count("metadata")
            )

    def works(self) -> bool:
        """Return whether Slack answers at all. If it does, a refusal is about that message or its place."""
        try:
            return self._client.auth_test().get("ok") is True
        except Exception as error:  # noqa: BLE001 - an answer can be anything, and none is a reason to exit
            log.warning("outbox.slack_not_answering", error=type(error).__name__)
            return False

    def _post(self, told: Message, row: OutboxRow, *, metadata: bool) -> tuple[str, str]:
        carried = {"event_type": EVENT_TYPE, "event_payload": {"id": row.id}}
        posted = self._client.chat_postMessage(
            channel=row.channel_id,
            text=told.text,
            blocks=list(told.blocks) or None,
            thread_ts=row.thread_ts,
            unfurl_links=False,
            unfurl_media=False,
            link_names=False,
            metadata=carried if metadata else None,
        )
        return where(posted.data)

    def _edit(self, told: Message, row: OutboxRow, channel: str, ts: str) -> tuple[str, str]:
        try:
            self._support.show(told, row.id, lambda form: self._update(form, channel, ts))
        except SlackApiError as error:
            if not _about_content(error, row):
                raise
            self._update(views.in_text_only(told), channel, ts)
        return channel, ts

    def _update(self, told: Message, channel: str, ts: str) -> None:
        where(self._client.chat_update(channel=channel, ts=ts, text=told.text, blocks=list(told.blocks)).data)


def _about_content(error: SlackApiError, row: OutboxRow) -> bool:
    if classify(error) is not ErrorKind.CONTENT:
        return False
    log.error("outbox.text_only", row=row.id, error=code_of(error), details=details(error))
    return True


def details(error: SlackApiError) -> object:
    """Return what Slack sends with its error code, such as which block it doesn't accept."""
    data = error.response.data if hasattr(error.response, "data") else None
    return data.get("response_metadata") if isinstance(data, dict) else None
