"""What the sender needs of the store, in its own words."""

from collections.abc import Callable, Collection, Sequence
from typing import Protocol

from bot.facts import JobRef, Message
from bot.facts.rates import Rate, Rates
from bot.facts.records import OutboxRow, Told

Notice = Callable[[JobRef | None], Message]
"""Says that a message about a job cannot be read any more."""


class Rows(Protocol):
    """The messages that are to be shown."""

    def claim(
        self,
        owner: str,
        *,
        limit: int,
        lease_seconds: float,
        rates: Rates,
        unreadable: Notice | None = None,
    ) -> Sequence[OutboxRow]:
        """Take messages that are due and that the rates let through now, the most urgent first."""

    def renew(self, owner: str, ids: Collection[str], lease_seconds: float) -> None:
        """Keep for longer what ``owner`` is sending at this moment."""

    def sent(self, row: OutboxRow, owner: str, ts: str, channel_id: str) -> None:
        """Record that a revision is shown."""

    def later(
        self, row: OutboxRow, owner: str, seconds: float, reason: str, *, tries: int | None = None
    ) -> None:
        """Give a message back, to be tried again after a pause."""

    def doubt(
        self, row: OutboxRow, owner: str, seconds: float, reason: str, *, tries: int | None = None
    ) -> None:
        """Give a message back whose outcome is not known."""

    def reroute(
        self, row: OutboxRow, owner: str, channel_id: str, notice: Message, told: Message | None = None
    ) -> None:
        """Send a message that was not posted yet to another channel instead, in the words ``told``."""

    def dead(self, row: OutboxRow, owner: str, reason: str) -> None:
        """Give a message up, with the reason."""

    def hold(self, rate: Rate, seconds: float, *, asked: float = 0.0) -> None:
        """Let nothing through under a rate for a while."""


class Crowds(Protocol):
    """Channels where many ends wait at once."""

    def crowded(self, at_least: int) -> Sequence[str]:
        """Return the channels in which so many ends wait to be told."""

    def gather(
        self,
        channel_id: str,
        *,
        least: int,
        most: int,
        make: Callable[[Sequence[Told]], Message],
        rank: Callable[[Told], int] = ...,
        unreadable: Notice | None = None,
    ) -> int:
        """Put waiting ends of a channel into one message; return how many."""
