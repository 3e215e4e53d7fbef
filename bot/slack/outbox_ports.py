"""The sender's interface to the store."""

from collections.abc import Callable, Collection, Sequence
from typing import Protocol

from bot.domain import JobRef, Message
from bot.domain.slack_rates import Rate, SlackRates
from bot.domain.stored_records import OutboxRow, PendingEnd

Notice = Callable[[JobRef | None], Message]
"""Makes the notice that a message about a job can't be read anymore."""


class OutboxRows(Protocol):
    """The messages to show."""

    def claim(
        self,
        owner: str,
        *,
        limit: int,
        lease_seconds: float,
        rates: SlackRates,
        unreadable: Notice | None = None,
    ) -> Sequence[OutboxRow]:
        """Claim messages that are due and within the rates, the most urgent first."""

    def renew(self, owner: str, ids: Collection[str], lease_seconds: float) -> None:
        """Extend the leases of the messages that ``owner`` is sending."""

    def sent(self, row: OutboxRow, owner: str, ts: str, channel_id: str) -> None:
        """Record that a revision is shown."""

    def later(
        self, row: OutboxRow, owner: str, seconds: float, reason: str, *, tries: int | None = None
    ) -> None:
        """Return a message to the queue, to be tried again after a pause."""

    def doubt(
        self, row: OutboxRow, owner: str, seconds: float, reason: str, *, tries: int | None = None
    ) -> None:
        """Return a message whose outcome is unknown."""

    def reroute(
        self, row: OutboxRow, owner: str, channel_id: str, notice: Message, told: Message | None = None
    ) -> None:
        """Send a message that hasn't been posted yet to another channel, with the content ``told``."""

    def dead(self, row: OutboxRow, owner: str, reason: str) -> None:
        """Give up a message, with the reason."""

    def hold(self, rate: Rate, seconds: float, *, asked: float = 0.0) -> None:
        """Close a rate for a while."""


class Digests(Protocol):
    """Channels where many ends are waiting at once."""

    def channels_with_many_ends(self, at_least: int) -> Sequence[str]:
        """Return the channels that have at least this many waiting ends."""

    def gather(
        self,
        channel_id: str,
        *,
        least: int,
        most: int,
        make: Callable[[Sequence[PendingEnd]], Message],
        rank: Callable[[PendingEnd], int] = ...,
        unreadable: Notice | None = None,
    ) -> int:
        """Put a channel's waiting ends into one message; return how many."""
