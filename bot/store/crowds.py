"""Many ends at once in one channel: gathered into digests, because Slack takes one message a second.

A digest tells the channel quickly; each thread still gets its end, behind all that is more urgent (ADR 0012).
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, RowMapping, Select, and_, func, select, update

from bot.facts import Message
from bot.facts.rates import Rates
from bot.facts.records import URGENCY_ORDER, Draft, Told, Urgency
from bot.store.codec import load
from bot.store.database import Database
from bot.store.dead import Notice, set_aside
from bot.store.outbox import OutboxStore
from bot.store.pace import LONGEST_SHUT_MS
from bot.store.statements import DUE, GATHERED
from bot.store.tables import messages, pace

_END = URGENCY_ORDER.index(Urgency.END)
_LATER = URGENCY_ORDER.index(Urgency.LATER)

AT_ONCE = 1_000
"""Waiting ends that are looked at for one digest: the failed ones among them go first."""


class CrowdStore:
    """Finds channels where more ends wait than can be told one by one, and gathers them."""

    def __init__(self, database: Database, outbox: OutboxStore) -> None:
        self._database = database
        self._outbox = outbox

    def crowded(self, at_least: int) -> Sequence[str]:
        """Return the channels in which so many ends wait to be told, and that take a message now.

        While a channel takes none, ends that are still coming in join the next digest: the fuller each
        is, the sooner the last end is told.
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
            keys = {Rates().in_channel(channel).key: channel for channel in found}
            now = self._database.now_ms(connection)
            shut_until = and_(pace.c.next_at > now, pace.c.next_at <= now + LONGEST_SHUT_MS)
            paused = select(pace.c.key).where(pace.c.key.in_(keys), shut_until)
            shut = {keys[key] for key in connection.execute(paused).scalars()}
            queued = select(messages.c.channel_id).where(waiting, messages.c.root_id.is_(None))
            shut.update(connection.execute(queued).scalars())
        return [channel for channel in found if channel not in shut]

    def gather(
        self,
        channel_id: str,
        *,
        least: int,
        most: int,
        make: Callable[[Sequence[Told]], Message],
        rank: Callable[[Told], int] = lambda _told: 0,
        unreadable: Notice | None = None,
    ) -> int:
        """Put waiting ends of a channel into one message, in one transaction: a digest.

        Each of them is still told in its thread, later.

        Args:
            channel_id: the channel.
            least: with fewer than this nothing is gathered.
            most: how many one digest tells.
            make: renders the digest.
            rank: which ends go first: those with the lowest number, of these the oldest.
            unreadable: says to the person who asked that an end cannot be read.

        Returns:
            How many were gathered.
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
            # What a thread had still to say before its end is said by the end too.
            unsaid = and_(
                messages.c.root_id.in_([row["root_id"] for row, _ in told]),
                messages.c.urgency != _END,
                messages.c.state == DUE,
                messages.c.ts.is_(None),
            )
            connection.execute(update(messages).where(unsaid).values(state=GATHERED, reason=digest.id))
            connection.execute(update(messages).where(ends).values(urgency=_LATER, reason=digest.id))
            self._outbox.write_in(connection, [digest])
            # It has the turn of the oldest that waits: those that still do must not go before it.
            turn = {"seq": rows[0]["seq"]}
            connection.execute(update(messages).where(messages.c.id == digest.id).values(turn))
            return len(told)

    def _readable(
        self, connection: Connection, rows: Sequence[RowMapping], notice: Notice | None
    ) -> Iterator[tuple[RowMapping, Told]]:
        """Decode the ends; what cannot be read is set aside, and the others are told."""
        for row in rows:
            try:
                text = load(row["body"], Message).text
            except Exception as error:  # noqa: BLE001 - whatever is wrong with one row, the others are told
                said = set_aside(connection, row, error, notice, self._database.now_ms(connection))
                self._outbox.write_in(connection, [said] if said else [])
            else:
                told = Told(
                    text=text, asker=row["asker"], channel_id=row["channel_id"], root_ts=row["root_ts"]
                )
                yield row, told


def _waiting(channel_id: str) -> Select[Any]:
    """Ask for the oldest ends that wait to be told in a channel, and for where their threads are."""
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
