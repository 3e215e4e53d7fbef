"""Look for a message with an unknown outcome before sending it again."""

from datetime import timedelta

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.domain.stored_records import OutboxRow
from bot.slack.answers import UnreadableAnswer, is_ts, messages_of
from bot.slack.error_codes import ErrorKind, classify, code_of

log = structlog.get_logger(__name__)

LOOK_BACK = 100
"""How many messages to search: the newest of a channel, or those of a thread since the row was written."""

SKEW = timedelta(minutes=10)
"""How far apart the clocks of the database and of Slack can be."""

_ASK_AGAIN = frozenset({ErrorKind.RETRY, ErrorKind.RATE, ErrorKind.UNREADABLE, ErrorKind.AUTH})
"""Temporary errors. Any other error means that this place can't be searched."""


class MessageLookup:
    """Searches the history for the row ID in a message's metadata.

    This needs ``channels:history`` and similar scopes, which careful administrators refuse. Then it finds
    nothing, and there's a narrow window in which a crash can show a message twice (docs/operations.md).
    """

    def __init__(self, client: WebClient) -> None:
        self._client = client

    def find(self, row: OutboxRow) -> tuple[str, str] | None:
        """Return the channel and timestamp of the message that has the row's ID, if it exists.

        Raises:
            SlackApiError: Slack can't answer now; asking again later might help.
            UnreadableAnswer: its answer is no history; the same applies.
        """
        try:
            if row.thread_ts:
                # Slack reads a thread from its start, and it can be longer than one answer. Slack reads a
                # channel from its end, so a message just sent is among the newest, however long it waited.
                found = self._client.conversations_replies(
                    channel=row.channel_id,
                    ts=row.thread_ts,
                    oldest=f"{(row.created_at - SKEW).timestamp():.6f}",
                    limit=LOOK_BACK,
                    include_all_metadata=True,
                )
            else:
                found = self._client.conversations_history(
                    channel=row.channel_id, limit=LOOK_BACK, include_all_metadata=True
                )
        except SlackApiError as error:
            # Each kind of channel has its own history scope: what's refused here might work elsewhere.
            if code_of(error) == "missing_scope" or classify(error) not in _ASK_AGAIN:
                return None
            raise
        for message in messages_of(found.data):
            if (ts := _carries(message, row.id)) is not None:
                return row.channel_id, ts
        return None


def _carries(message: object, row_id: str) -> str | None:
    """Return a message's timestamp if its metadata name the row.

    Raises:
        UnreadableAnswer: they do, but it has none.
    """
    match message:
        case {"ts": ts, "metadata": {"event_payload": {"id": str(carried)}}} if carried == row_id:
            if not isinstance(ts, str) or not is_ts(ts):
                raise UnreadableAnswer
            return ts
    return None
