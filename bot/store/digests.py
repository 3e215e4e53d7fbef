"""Gather many ends in one channel into digests, because Slack accepts one message a second per channel.

A digest informs the channel quickly. Each thread still gets its end, after everything more urgent (ADR 0012).
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, RowMapping, Select, and_, func, select, update

from bot.domain import Message
from bot.domain.slack_rates import SlackRates
from bot.domain.stored_records import URGENCY_ORDER, Draft, PendingEnd, Urgency
from bot.store.codec import load
from bot.store.database import Database
from bot.store.dead_letters import Notice, set_aside
from bot.store.outbox import OutboxStore
from bot.store.rate_limits import ahead_of
from bot.store.statements import DUE, GATHERED
from bot.store.tables import messages

_END = URGENCY_ORDER.index(Urgency.END)
_LATER = URGENCY_ORDER.index(Urgency.LATER)

AT_ONCE = 1_000
"""How many waiting ends to consider for one digest: the failed ones among them go first."""


class DigestStore:
    """Finds channels where too many ends are waiting to be posted one by one, and gathers them."""

    def __init__(self, database: Database, outbox: OutboxStore) -> None:
        self._database = database
        self._outbox = outbox

    def channels_with_many_ends(self, at_least: int) -> Sequence[str]:
        """Return the channels that have at least this many waiting ends and can take a message now.

        While a channel can't take a message, new ends join the next digest. The fuller the digests are, the
        sooner the last end is reported.
        """
        waiting = and_(messages.c.state == DUE, messages.c.urgency == _END, messages.c.ts.is_(None))
        crowds = (
            select(messages.c.channel_id)
            .where(waiting, messages.c.root_id.is_not(None))
            .group_by(messages.c.channel_id)
            .having(func.count() >= at_least)
        )
        with self._database.read() as connection:
            found = list(connection.execute(crowds).scalars())
            if not found:
                return []
            rates = {channel: SlackRates().in_channel(channel) for channel in found}
            now = self._database.now_ms(connection)
            ahead = ahead_of(connection, list(rates.values()), now, lock=False)
            shut = {channel for channel, rate in rates.items() if ahead[rate.key] > now}
            queued = select(messages.c.channel_id).where(waiting, messages.c.root_id.is_(None))
            shut.update(connection.execute(queued).scalars())
        return [channel for channel in found if channel not in shut]

    def gather(
        self,
        channel_id: str,
        *,
        least: int,
        most: int,
        make: Callable[[Sequence[PendingEnd]], Message],
        rank: Callable[[PendingEnd], int] = lambda _told: 0,
        unreadable: Notice | None = None,
    ) -> int:
        """Put a channel's waiting ends into one message, a digest, in one transaction.

        Each end is still posted in its thread later.

        Args:
            channel_id: the channel.
            least: minimum number of ends; with fewer, nothing is gathered.
            most: maximum number of ends in one digest.
            make: renders the digest.
            rank: ranks the ends: the lowest number goes first, and among equals the oldest.
            unreadable: makes the notice for the person who asked that an end can't be read.

        Returns:
            How many ends were gathered.
        """
        with self._database.write() as connection:
            rows = connection.execute(_waiting(channel_id)).mappings().all()
            if len(rows) < least:
                return 0
            told = sorted(self._readable(connection, rows, unreadable), key=lambda one: rank(one[1]))[:most]
            if not told:
                return 0
            digest = Draft(
                id=uuid4().hex,
                channel_id=channel_id,
                message=make([one for _, one in told]),
                urgency=Urgency.END,
            )
            ends = messages.c.id.in_([row["id"] for row, _ in told])
            # A thread's end makes its other waiting replies unnecessary.
            unsaid = and_(
                messages.c.root_id.in_([row["root_id"] for row, _ in told]),
                messages.c.urgency != _END,
                messages.c.state == DUE,
                messages.c.ts.is_(None),
            )
            connection.execute(update(messages).where(unsaid).values(state=GATHERED, reason=digest.id))
            connection.execute(update(messages).where(ends).values(urgency=_LATER, reason=digest.id))
            self._outbox.write_in(connection, [digest])
            # The digest takes the position of the oldest waiting end: the other ends must not go before it.
            turn = {"seq": rows[0]["seq"]}
            connection.execute(update(messages).where(messages.c.id == digest.id).values(turn))
            return len(told)

    def _readable(
        self, connection: Connection, rows: Sequence[RowMapping], notice: Notice | None
    ) -> Iterator[tuple[RowMapping, PendingEnd]]:
        """Decode the ends. Set aside those that can't be read, and yield the others."""
        for row in rows:
            try:
                text = load(row["body"], Message).text
            except Exception as error:  # noqa: BLE001 - whatever is wrong with one row, report the others
                said = set_aside(connection, row, error, notice, self._database.now_ms(connection))
                self._outbox.write_in(connection, [said] if said else [])
            else:
                told = PendingEnd(
                    text=text, asker=row["asker"], channel_id=row["channel_id"], root_ts=row["root_ts"]
                )
                yield row, told


def _waiting(channel_id: str) -> Select[Any]:
    """Return the query for the oldest waiting ends of a channel and the roots of their threads."""
    root = messages.alias("root")
    return (
        select(messages)
        .add_columns(root.c.ts.label("root_ts"))
        .select_from(messages.outerjoin(root, root.c.id == messages.c.root_id))
        .where(
            messages.c.channel_id == channel_id,
            messages.c.state == DUE,
            messages.c.urgency == _END,
            messages.c.root_id.is_not(None),
            messages.c.ts.is_(None),
        )
        .order_by(messages.c.seq)
        .limit(AT_ONCE)
        .with_for_update(of=messages, skip_locked=True)
    )
