"""Who is in a Slack user group, cached for a few minutes. It needs the optional scope ``usergroups:read``."""

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from http.client import HTTPException

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from bot.domain.cached import is_fresh

log = structlog.get_logger(__name__)

FRESH = timedelta(minutes=5)
"""Somebody who joins or leaves a group is noticed within this time."""


class UserGroups:
    """`usergroups.users.list` and, for handles, `usergroups.list`, with a cache."""

    def __init__(self, client: WebClient, clock: Callable[[], datetime]) -> None:
        self._client = client
        self._clock = clock
        self._lock = threading.Lock()
        self._members: dict[str, tuple[datetime, frozenset[str] | None]] = {}
        self._handles: tuple[datetime, Mapping[str, str]] | None = None

    def members(self, group: str) -> frozenset[str] | None:
        """Return the members' IDs.

        Args:
            group: ID of the group, or its handle without the ``@``.

        Returns:
            The IDs; ``None`` when Slack doesn't tell, or knows no group with that handle.
        """
        now = self._clock()
        with self._lock:
            kept = self._members.get(group)
        if kept is not None and is_fresh(kept[0], now, FRESH):
            return kept[1]
        try:
            found = self._ask(group, now)
        except (SlackClientError, OSError, HTTPException) as error:
            log.warning("rules.group_unread", group=group, error=str(error)[:200])
            found = None
        with self._lock:
            self._members[group] = (now, found)
        return found

    def _ask(self, group: str, now: datetime) -> frozenset[str] | None:
        group_id = group if group[:1] == "S" else self._ids(now).get(group)
        if group_id is None:
            log.warning("rules.group_unknown", group=group)
            return None
        listed: object = self._client.usergroups_users_list(usergroup=group_id).get("users")
        return frozenset(str(one) for one in _list(listed))

    def _ids(self, now: datetime) -> Mapping[str, str]:
        """Return the ID for each handle of a group that isn't disabled."""
        with self._lock:
            kept = self._handles
        if kept is not None and is_fresh(kept[0], now, FRESH):
            return kept[1]
        groups = _list(self._client.usergroups_list().get("usergroups"))
        ids = {
            str(one.get("handle")): str(one.get("id"))
            for one in groups
            if isinstance(one, Mapping) and not one.get("date_delete")
        }
        with self._lock:
            self._handles = (now, ids)
        return ids


def _list(said: object) -> Sequence[object]:
    return said if isinstance(said, list) else ()
