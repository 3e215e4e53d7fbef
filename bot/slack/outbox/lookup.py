"""Looks for a message whose sending had an unknown outcome, before it is sent again."""

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.facts.records import OutboxRow
from bot.slack.outbox.verdicts import code_of

log = structlog.get_logger(__name__)

LOOK_BACK = 100
"""Newest messages of the channel or the thread that are looked through."""


class Lookup:
    """Reads history for the row id that travels in a message's metadata.

    Needs ``channels:history`` and its like, which careful administrators refuse: then nothing is found, and
    the narrow window in which a crash can show a message twice stays (docs/operations.md).
    """

    def __init__(self, client: WebClient) -> None:
        self._client = client
        self.allowed = True

    def find(self, row: OutboxRow) -> tuple[str, str] | None:
        """Return channel and timestamp of the message that carries the row's id, if it is there.

        Raises:
            SlackApiError: Slack cannot tell now; asking again later may help.
        """
        if not self.allowed:
            return None
        try:
            if row.thread_ts:
                found = self._client.conversations_replies(
                    channel=row.channel_id, ts=row.thread_ts, limit=LOOK_BACK, include_all_metadata=True
                )
            else:
                found = self._client.conversations_history(
                    channel=row.channel_id, limit=LOOK_BACK, include_all_metadata=True
                )
        except SlackApiError as error:
            if code_of(error) in {"missing_scope", "not_in_channel", "channel_not_found", "unknown_method"}:
                self.allowed = code_of(error) != "missing_scope"
                return None
            raise
        for message in found.get("messages") or ():
            payload = (message.get("metadata") or {}).get("event_payload") or {}
            if payload.get("id") == row.id:
                return row.channel_id, str(message["ts"])
        return None
