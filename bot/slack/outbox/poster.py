"""The calls that show a message: posting, editing, and looking whether it is there already."""

import re

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.errors import BotError
from bot.facts import Message
from bot.facts.records import OutboxRow, Urgency
from bot.slack import views
from bot.slack.outbox.lookup import Lookup
from bot.slack.outbox.verdicts import Verdict, code_of, judge

log = structlog.get_logger(__name__)

EVENT_TYPE = "dss_bot_message"
"""``event_type`` of the metadata that carries the row's id, by which a doubtful message is found again."""

_TS = re.compile(r"\d{1,20}\.\d{1,10}", re.ASCII)


class UnreadableAnswer(BotError):
    """Slack, or something before it, gave an answer without sense: whether it was done is not known."""


class Poster:
    """Shows rows in Slack.

    Args:
        client: with the bot token.
        lookup: finds messages whose sending had an unknown outcome.
    """

    def __init__(self, client: WebClient, lookup: Lookup | None) -> None:
        self._client = client
        self._lookup = lookup

    def show(self, row: OutboxRow) -> tuple[str, str]:
        """Make the call that shows a row; return channel and timestamp.

        What Slack does not take with its blocks is shown as mere text.

        Raises:
            SlackApiError: Slack refused.
            UnreadableAnswer: the answer makes no sense.
            Exception: whatever slack_sdk raises on an answer that is none; the outcome is not known then.
        """
        told = row.message
        if row.urgency is Urgency.LATER and row.ts is None:
            told = views.without_mention(told, row.asker)
        if row.ts is not None:
            return self._edit(told, row, row.channel_id, row.ts)
        if row.doubtful and self._lookup and (found := self._lookup.find(row)):
            log.info("outbox.found_again", row=row.id)
            return self._edit(told, row, *found)  # it may show what the row said before
        try:
            return self._post(told, row, metadata=True)
        except SlackApiError as error:
            if not _about_content(error, row):
                raise
            return self._post(
                views.in_text_only(told, row.asker), row, metadata=not code_of(error).count("metadata")
            )

    def works(self) -> bool:
        """Say whether Slack answers at all: then what it does not take is about that message or its place."""
        try:
            return self._client.auth_test().get("ok") is True
        except Exception as error:  # noqa: BLE001 - an answer can be anything, and none is a reason to end
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
        return _where(posted.data)

    def _edit(self, told: Message, row: OutboxRow, channel: str, ts: str) -> tuple[str, str]:
        try:
            self._update(told, channel, ts)
        except SlackApiError as error:
            if not _about_content(error, row):
                raise
            self._update(views.in_text_only(told), channel, ts)
        return channel, ts

    def _update(self, told: Message, channel: str, ts: str) -> None:
        _where(
            self._client.chat_update(channel=channel, ts=ts, text=told.text, blocks=list(told.blocks)).data
        )


def _about_content(error: SlackApiError, row: OutboxRow) -> bool:
    if judge(error) is not Verdict.CONTENT:
        return False
    log.error("outbox.text_only", row=row.id, error=code_of(error), details=details(error))
    return True


def details(error: SlackApiError) -> object:
    """Return what Slack says beside its word: which block it does not take."""
    data = error.response.data if hasattr(error.response, "data") else None
    return data.get("response_metadata") if isinstance(data, dict) else None


def _where(data: object) -> tuple[str, str]:
    """Return channel and timestamp of an answer that says ``ok: true``.

    slack_sdk lets anything pass whose ``ok`` is not empty, and reads a missing timestamp as ``None``.
    """
    if isinstance(data, dict) and data.get("ok") is True:
        channel, ts = data.get("channel"), data.get("ts")
        if isinstance(channel, str) and channel and isinstance(ts, str) and _TS.fullmatch(ts):
            return channel, ts
    raise UnreadableAnswer("unreadable_answer")
