"""Which channels are shared with other organizations (Slack Connect), cached for a few minutes."""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from http.client import HTTPException

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from bot.domain.cached import is_fresh

log = structlog.get_logger(__name__)

FRESH = timedelta(minutes=5)
"""A channel that becomes shared is noticed within this time."""


class SharedChannels:
    """`conversations.info` with a cache. It needs the scopes ``channels:read`` and ``groups:read``."""

    def __init__(self, client: WebClient, clock: Callable[[], datetime]) -> None:
        self._client = client
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, tuple[datetime, bool]] = {}

    def is_shared(self, channel_id: str) -> bool:
        """Return whether a channel is shared, or might be because Slack doesn't tell."""
        now = self._clock()
        with self._lock:
            kept = self._known.get(channel_id)
        if kept is not None and is_fresh(kept[0], now, FRESH):
            return kept[1]
        try:
            channel: object = self._client.conversations_info(channel=channel_id).get("channel")
        except (SlackClientError, OSError, HTTPException) as error:
            log.warning("rules.channel_unread", channel=channel_id, error=str(error)[:200])
            channel = None
        shared = _is_shared(channel)
        with self._lock:
            self._known = {k: v for k, v in self._known.items() if is_fresh(v[0], now, FRESH)}
            self._known[channel_id] = (now, shared)
        return shared


def _is_shared(channel: object) -> bool:
    if not isinstance(channel, Mapping):
        return True
    return bool(channel.get("is_ext_shared") or channel.get("is_pending_ext_shared"))
