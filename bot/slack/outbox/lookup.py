"""Looks for a message whose sending had an unknown outcome, before it is sent again."""

from datetime import timedelta

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.facts.records import OutboxRow
from bot.slack.outbox.verdicts import Verdict, code_of, judge

log = structlog.get_logger(__name__)

LOOK_BACK = 100
"""Messages that are looked through: a channel's newest, or a thread's since the row was written."""

SKEW = timedelta(minutes=10)
"""How far the clocks of the database and of Slack may be apart."""

_ASK_AGAIN = frozenset({Verdict.RETRY, Verdict.RATE, Verdict.UNREADABLE, Verdict.AUTH})
"""What passes. Anything else: this place cannot be looked through."""


class Lookup:
    """Reads history for the row id that travels in a message's metadata.

    Needs ``channels:history`` and its like, which careful administrators refuse: then nothing is found, and
    the narrow window in which a crash can show a message twice stays (docs/operations.md).
    """

    def __init__(self, client: WebClient) -> None:
        self._client = client

    def find(self, row: OutboxRow) -> tuple[str, str] | None:
        """Return channel and timestamp of the message that carries the row's id, if it is there.

        Raises:
            SlackApiError: Slack cannot tell now; asking again later may help.
        """
        try:
            if row.thread_ts:
                # A thread may be read from its beginning, and be longer than one answer. A channel is read
                # from its end: what was just sent is among the newest, however long the row had waited.
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
            # Each kind of channel has a history scope of its own: what is refused here may work elsewhere.
            if code_of(error) == "missing_scope" or judge(error) not in _ASK_AGAIN:
                return None
            raise
        for message in found.get("messages") or ():
            if (ts := _carries(message, row.id)) is not None:
                return row.channel_id, ts
        return None


def _carries(message: object, row_id: str) -> str | None:
    """Return a message's timestamp if its metadata name the row."""
    match message:
        case {"ts": str(ts), "metadata": {"event_payload": {"id": str(carried)}}} if carried == row_id:
            return ts
    return None
