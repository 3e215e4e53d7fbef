"""How much one person, and all people of one channel, can ask for within a minute."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from bot.domain.slack_rates import Rate

PREFIX = "limit:"
"""Of the keys of these rates: Slack's own rates are in the same table."""

_MINUTE_MS = 60_000


class Limited(StrEnum):
    """A kind of request that is limited."""

    STARTS = "starts"
    """Starts a job in DSS."""
    READS = "reads"
    """Reads a log, or searches several projects: DSS or the bot has work for seconds."""


class RequestLimits(msgspec.Struct, frozen=True, kw_only=True):
    """How many requests are allowed in a minute, and so many at once after a pause; 0 means no limit."""

    starts_per_person: int = 20
    starts_per_channel: int = 60
    reads_per_person: int = 30
    reads_per_channel: int = 120

    def rates(self, kind: Limited, user_id: str, channel_id: str) -> Mapping[str, Rate]:
        """Return the rates that apply, by the name of the setting."""
        found = {
            f"{kind}_per_person": (self._number(kind, "person"), user_id),
            f"{kind}_per_channel": (self._number(kind, "channel"), channel_id),
        }
        return {
            name: Rate(key=f"{PREFIX}{name}:{whose}", interval_ms=_MINUTE_MS // number, burst=number)
            for name, (number, whose) in found.items()
            if number and whose
        }

    def _number(self, kind: Limited, whose: str) -> int:
        if kind is Limited.STARTS:
            return self.starts_per_person if whose == "person" else self.starts_per_channel
        return self.reads_per_person if whose == "person" else self.reads_per_channel


UNLIMITED = RequestLimits(starts_per_person=0, starts_per_channel=0, reads_per_person=0, reads_per_channel=0)
