"""Many ends at once in one channel: gathered into digests, because Slack takes one message a second."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

from sqlalchemy import Select, and_, func, select, update

from bot.facts import Message
from bot.facts.rates import Rates
from bot.facts.records import URGENCY_ORDER, Draft, Told, Urgency
from bot.store.codec import load
from bot.store.database import Database
from bot.store.outbox import OutboxStore
from bot.store.statements import DUE, GATHERED
from bot.store.tables import messages, pace

_END = URGENCY_ORDER.index(Urgency.END)


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
            paused = select(pace.c.key).where(pace.c.key.in_(keys), pace.c.next_at > now)
            shut = {keys[key] for key in connection.execute(paused).scalars()}
            queued = select(messages.c.channel_id).where(waiting, messages.c.root_id.is_(None))
            shut.update(connection.execute(queued).scalars())
        return [channel for channel in found if channel not in shut]

    def gather(
        self, channel_id: str, *, least: int, most: int, make: Callable[[Sequence[Told]], Message]
    ) -> int:
        """Put the oldest waiting ends of a channel into one message, in one transaction.

        Args:
            channel_id: the channel.
            least: with fewer than this nothing is gathered.
            most: how many one digest tells.
            make: renders the digest.

        Returns:
            How many were gathered.
        """
        with self._database.write() as connection:
            rows = connection.execute(_waiting(channel_id, most)).mappings().all()
            if len(rows) < least:
                return 0
            told = [
                Told(
                    text=load(row["body"], Message).text,
                    asker=row["asker"],
                    channel_id=channel_id,
                    root_ts=row["root_ts"],
                )
                for row in rows
            ]
            digest = Draft(id=uuid4().hex, channel_id=channel_id, message=make(told), urgency=Urgency.END)
            # What a thread had still to say before its end is said by the digest and the root message too.
            unsaid = and_(
                messages.c.root_id.in_([row["root_id"] for row in rows]),
                messages.c.state == DUE,
                messages.c.ts.is_(None),
            )
            gathered = {"state": GATHERED, "reason": digest.id}
            connection.execute(update(messages).where(unsaid).values(**gathered))
            self._outbox.write_in(connection, [digest])
            # It has the turn of the oldest that it tells: those that still wait must not go before it.
            turn = {"seq": rows[0]["seq"]}
            connection.execute(update(messages).where(messages.c.id == digest.id).values(turn))
            return len(rows)


def _waiting(channel_id: str, most: int) -> Select[Any]:
    """Ask for the oldest ends that wait to be told in a channel, and for where their threads are."""
    root = messages.alias("root")
    return (
        select(messages.c.seq, messages.c.root_id, messages.c.body, messages.c.asker)
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
        .limit(most)
        .with_for_update(of=messages, skip_locked=True)
    )
