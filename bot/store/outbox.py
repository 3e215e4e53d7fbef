"""The outbox: each row is one Slack message with its latest content and the revision that Slack shows.

Newer content replaces the content of a row that hasn't been sent yet, so there's never a queue of edits.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, RowMapping, and_, func, select, update
from sqlalchemy.exc import DBAPIError

from bot.domain import Message
from bot.domain.slack_rates import Rate, SlackRates
from bot.domain.stored_records import URGENCY_ORDER, Draft, OutboxRow, SetAside, Urgency
from bot.store import statements
from bot.store.claims import take
from bot.store.codec import dump, load
from bot.store.database import Database, from_ms, to_ms
from bot.store.dead_letters import DeadLetter, Notice, dead_letters, give_up, lost, set_aside
from bot.store.rate_limits import ClosedRate, hold, shut
from bot.store.statements import DEAD, DUE, SENDING, UNREADABLE, readable_tries
from bot.store.tables import messages

NOTE_AGAIN = (0.2, 1.0, 3.0)
"""Seconds between attempts to record that a message was shown."""


class OutboxStore:
    """The table of messages."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._seq = 0

    def write_in(self, connection: Connection, drafts: Sequence[Draft]) -> None:
        """Write new messages, and new content of existing ones, as part of a transaction."""
        if not drafts:
            return
        now = self._database.now_ms(connection)
        for draft in drafts:
            if draft.settles and connection.execute(statements.TAKEN_BACK, {"row": draft.settles}).rowcount:
                continue
            self._seq = max(now * 1000, self._seq + 1)
            if not self._replace(connection, draft, now):
                self._insert(connection, draft, now, seq=self._seq)
                if draft.urgency is Urgency.END and draft.root_id is not None:
                    connection.execute(statements.HURRY, {"root": draft.root_id})

    def write(self, drafts: Sequence[Draft]) -> None:
        """Write drafts in their own transaction."""
        with self._database.write() as connection:
            self.write_in(connection, drafts)

    def claim(
        self,
        owner: str,
        *,
        limit: int,
        lease_seconds: float,
        rates: SlackRates,
        unreadable: Notice | None = None,
    ) -> Sequence[OutboxRow]:
        """Claim messages that are due and within the rates, the most urgent first.

        A root goes before its replies, and the replies go in their order. Each claim counts against the rate,
        so that replicas on one database stay within it together. The attempt is counted before anything is
        decoded. A row that can't be read is set aside, and ``unreadable`` makes the notice for the asker.
        """
        with self._database.write() as connection:
            taken = take(connection, self._database, owner, limit, lease_seconds, rates)
        claimed: list[OutboxRow] = []
        for row in taken:
            try:
                claimed.append(_row(row))
            except Exception as error:  # noqa: BLE001 - whatever is wrong with one row, send the others
                self._set_aside(row, owner, error, unreadable)
        return claimed

    def _set_aside(self, row: RowMapping, owner: str, error: Exception, notice: Notice | None) -> None:
        with self._database.write() as connection:
            mine = select(messages.c.id).where(messages.c.id == row["id"], messages.c.owner == owner)
            same = mine.where(messages.c.revision == row["revision"])
            if connection.execute(same.with_for_update()).first() is None:
                self._give_back(connection, row["id"], owner)  # its newer content might be readable
                return
            now = self._database.now_ms(connection)
            said = set_aside(connection, row, error, notice, now)
            self.write_in(connection, [said] if said else [])

    @staticmethod
    def _give_back(connection: Connection, row_id: str, owner: str) -> None:
        mine = and_(messages.c.id == row_id, messages.c.owner == owner)
        connection.execute(update(messages).where(mine).values(state=DUE, lease_until=0))

    def renew(self, owner: str, ids: Collection[str], lease_seconds: float) -> None:
        """Extend the leases of the messages that ``owner`` is sending."""
        if not ids:
            return
        with self._database.write() as connection:
            now = self._database.now_ms(connection)
            held = and_(
                messages.c.id.in_(ids),
                messages.c.owner == owner,
                messages.c.state == SENDING,
                messages.c.lease_until >= now,
            )
            until = now + round(lease_seconds * 1000)
            connection.execute(update(messages).where(held).values(lease_until=until))

    def sent(self, row: OutboxRow, owner: str, ts: str, channel_id: str) -> None:
        """Record that a revision is shown. If a newer one was written meanwhile, the row becomes due again.

        This retries for a while: a message that Slack has but the database doesn't know might be sent twice.
        """
        shown = {"row": row.id, "by": owner, "slack_ts": ts, "channel": channel_id, "seen": row.revision}
        for pause in (*NOTE_AGAIN, None):
            try:
                with self._database.write() as connection:
                    connection.execute(statements.SHOWN, shown | {"at": self._database.now_ms(connection)})
                    if channel_id != row.channel_id:
                        in_thread = messages.c.root_id == row.id
                        connection.execute(update(messages).where(in_thread).values(channel_id=channel_id))
            except DBAPIError:
                if pause is None:
                    raise
                time.sleep(pause)
            else:
                return

    def later(
        self, row: OutboxRow, owner: str, seconds: float, reason: str, *, tries: int | None = None
    ) -> None:
        """Return a message to the queue, to be tried again after a pause; ``tries`` have failed so far."""
        with self._database.write() as connection:
            now = self._database.now_ms(connection)
            due = {"state": DUE, "lease_until": 0, "not_before": now + round(seconds * 1000)}
            self._back(connection, row, owner, due | {"reason": reason, "updated_at": now}, tries)

    def doubt(
        self, row: OutboxRow, owner: str, seconds: float, reason: str, *, tries: int | None = None
    ) -> None:
        """Return a message whose outcome is unknown: it stays "sending" until the pause is over."""
        with self._database.write() as connection:
            now = self._database.now_ms(connection)
            # It has no owner until the pause is over, so nobody renews its lease.
            nobodys = {"owner": None, "lease_until": now + round(seconds * 1000)}
            self._back(connection, row, owner, nobodys | {"reason": reason, "updated_at": now}, tries)

    @staticmethod
    def _back(
        connection: Connection, row: OutboxRow, owner: str, values: Mapping[str, object], tries: int | None
    ) -> None:
        mine = and_(messages.c.id == row.id, messages.c.owner == owner)
        counted = row.attempts + 1 if tries is None else tries
        connection.execute(update(messages).where(mine).values(**values, attempts=counted))

    def reroute(
        self, row: OutboxRow, owner: str, channel_id: str, notice: Message, told: Message | None = None
    ) -> None:
        """Send a message that hasn't been posted yet to another channel instead, with the content ``told``.

        If newer content was written meanwhile, that stays. A root takes its thread along, which starts with
        the notice; a reply becomes a message of its own.
        """
        with self._database.write() as connection:
            mine = and_(messages.c.id == row.id, messages.c.owner == owner)
            values = {"state": DUE, "lease_until": 0, "not_before": 0, "root_id": None, "attempts": 0}
            changed = connection.execute(update(messages).where(mine).values(channel_id=channel_id, **values))
            if told is not None:
                same = and_(messages.c.id == row.id, messages.c.revision == row.revision)
                connection.execute(update(messages).where(same).values(body=dump(told)))
            if not changed.rowcount or not row.is_root:
                return
            in_thread = messages.c.root_id == row.id
            connection.execute(update(messages).where(in_thread).values(channel_id=channel_id))
            said = Draft(
                id=f"{row.id}:moved",
                channel_id=channel_id,
                message=notice,
                urgency=Urgency.NEWS,
                root_id=row.id,
            )
            seq = connection.execute(select(messages.c.seq).where(messages.c.id == row.id)).scalar_one()
            self._insert(connection, said, self._database.now_ms(connection), seq=seq)

    def dead(self, row: OutboxRow, owner: str, reason: str) -> None:
        """Give up a message, with the reason (`bot.store.dead_letters.give_up`)."""
        with self._database.write() as connection:
            mine = select(messages.c.id).where(messages.c.id == row.id, messages.c.owner == owner)
            if connection.execute(mine.with_for_update()).first() is not None:
                give_up(connection, row.id, reason, self._database.now_ms(connection))

    def hold(self, rate: Rate, seconds: float, *, asked: float = 0.0) -> None:
        """Close a rate for a while: Slack sent ``Retry-After`` (`bot.store.rate_limits.hold`)."""
        with self._database.write() as connection:
            hold(connection, self._database, rate, seconds, asked, self._database.now_ms(connection))

    def shut_rates(self) -> Sequence[ClosedRate]:
        """Return the rates under which Slack currently refuses calls."""
        with self._database.read() as connection:
            return shut(connection, self._database.now_ms(connection))

    def lost(self, within_seconds: float) -> int:
        """Count the roots and ends given up recently: nobody can get them, or they can't be read."""
        with self._database.read() as connection:
            return lost(connection, self._database.now_ms(connection) - round(within_seconds * 1000))

    def aside(self, since: datetime | None = None, limit: int = 100) -> Sequence[SetAside]:
        """Return the newest messages that were set aside as unreadable, ever or since ``since``."""
        wanted = and_(messages.c.state == DEAD, messages.c.reason.startswith(UNREADABLE))
        if since is not None:
            wanted &= messages.c.updated_at >= to_ms(since)
        asked = select(messages.c.id, messages.c.reason, messages.c.updated_at).where(wanted)
        with self._database.read() as connection:
            found = connection.execute(asked.order_by(messages.c.updated_at.desc()).limit(limit))
            return [SetAside(table="messages", id=row[0], reason=row[1], at=from_ms(row[2])) for row in found]

    def aside_count(self) -> int:
        """Return how many messages are set aside."""
        wanted = and_(messages.c.state == DEAD, messages.c.reason.startswith(UNREADABLE))
        with self._database.read() as connection:
            return connection.execute(select(func.count()).where(wanted)).scalar_one()

    def ts_of(self, message_id: str) -> tuple[str, str | None] | None:
        """Return the channel and Slack timestamp of a message, or ``None`` if there's no such row."""
        with self._database.read() as connection:
            asked = select(messages.c.channel_id, messages.c.ts).where(messages.c.id == message_id)
            found = connection.execute(asked).first()
            return (found[0], found[1]) if found else None

    def dead_letters(self, limit: int = 100) -> Sequence[DeadLetter]:
        """Return the newest messages that were given up."""
        with self._database.read() as connection:
            return dead_letters(connection, limit)

    def counts(self) -> dict[str, int]:
        """Return the number of messages in each state."""
        with self._database.read() as connection:
            asked = select(messages.c.state, func.count()).group_by(messages.c.state)
            return {row[0]: row[1] for row in connection.execute(asked)}

    def oldest_due_seconds(self) -> float:
        """Return how long the oldest message that hasn't been posted yet has been waiting; 0 if there's none.

        Edits don't count: there can be more than Slack accepts, and each shows the latest content when it's
        sent. Ends that a digest has reported don't count either.
        """
        with self._database.read() as connection:
            now = self._database.now_ms(connection)
            later = messages.c.urgency == URGENCY_ORDER.index(Urgency.LATER)
            unseen = and_(messages.c.state.in_((DUE, SENDING)), messages.c.ts.is_(None), ~later)
            asked = select(func.min(messages.c.created_at)).where(unseen)
            oldest = connection.execute(asked).scalar()
            return max(0, now - oldest) / 1000 if oldest else 0.0

    def _replace(self, connection: Connection, draft: Draft, now: int) -> bool:
        wanted = URGENCY_ORDER.index(draft.urgency)
        newer = {"row": draft.id, "content": dump(draft.message), "wanted": wanted, "at": now}
        same = connection.execute(statements.NEWER, newer)
        return same.rowcount == 1

    def _insert(self, connection: Connection, draft: Draft, now: int, *, seq: int) -> None:
        new: dict[str, object] = {
            "id": draft.id,
            "channel_id": draft.channel_id,
            "root_id": draft.root_id,
            "seq": seq,
            "watch_id": draft.watch_id,
            "asker": draft.asker,
            "urgency": URGENCY_ORDER.index(draft.urgency),
            "body": dump(draft.message),
            "state": DUE,
            "reason": None,
            "created_at": now,
            "updated_at": now,
        }
        if draft.root_id is not None:
            root = connection.execute(statements.ROOT, {"row": draft.root_id}).mappings().first()
            new |= _below(draft, root) if root else {}
        connection.execute(statements.NEW, new)


def _below(draft: Draft, root: RowMapping) -> dict[str, object]:
    """Return where a reply goes: to its root's channel, or to the asker if the root will never be posted."""
    if root["state"] != DEAD or root["ts"] is not None:
        return {"channel_id": root["channel_id"]}  # the root might have been moved
    if draft.urgency is Urgency.END and draft.asker:
        return {"channel_id": draft.asker, "root_id": None}
    return {"state": DEAD, "reason": root["reason"]}


def _row(row: RowMapping) -> OutboxRow:
    return OutboxRow(
        id=row["id"],
        channel_id=row["channel_id"],
        message=load(row["body"], Message),
        urgency=URGENCY_ORDER[row["urgency"]],
        revision=row["revision"],
        ts=row["ts"],
        thread_ts=row["root_ts"],
        attempts=readable_tries(row["attempts"]),
        asker=row["asker"],
        is_root=row["root_id"] is None,
        doubtful=row["state"] == SENDING,
        created_at=from_ms(row["created_at"]),
    )
