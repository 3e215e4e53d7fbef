"""Whether a token that Slack refused doesn't work at all, or only in one place."""

from collections.abc import Callable

from bot.domain.stored_records import OutboxRow

REMEMBERED = 600.0
"""Seconds: what another place took longer ago says nothing about the token now."""

_Place = tuple[str, bool]
"""A channel, and whether a message in it is edited or posted."""


class TokenRefusals:
    """The places where Slack refused the token, and when it last worked elsewhere.

    The first refusal in a place is taken as one of the token. If another place then takes a message, and this
    one refuses again, it is about this place alone, and nobody else has to wait for it.
    """

    def __init__(self, uptime: Callable[[], float]) -> None:
        self._uptime = uptime
        self._works_elsewhere: dict[_Place, float | None] = {}

    def taken(self, row: OutboxRow) -> None:
        """Record that Slack took a message."""
        self._works_elsewhere.pop(_place(row), None)
        for place in list(self._works_elsewhere):
            self._works_elsewhere[place] = self._uptime()

    def only_here(self, row: OutboxRow) -> bool:
        """Record that Slack refused the token; say whether other places have taken messages since before."""
        worked = self._works_elsewhere.get(_place(row))
        if worked is not None and self._uptime() - worked < REMEMBERED:
            return True
        self._works_elsewhere[_place(row)] = None
        return False


def _place(row: OutboxRow) -> _Place:
    return row.channel_id, row.ts is not None
