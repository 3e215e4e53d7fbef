"""Rows in a state that this version doesn't know: no claim would take them up, and nobody would notice."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, not_, select, update

from bot.domain.errors import BotError
from bot.domain.stored_records import IntentState, UnreadableIntent
from bot.store.database import Database
from bot.store.dead_letters import Notice, set_aside
from bot.store.intents import unreadable
from bot.store.outbox import OutboxStore
from bot.store.statements import DEAD, DUE, GATHERED, SENDING, SENT
from bot.store.tables import intents, messages

LEFT_ALONE_MS = 60_000
"""A newer version that is running, too, can finish what it has just touched."""

AT_ONCE = 100
"""Rows that one transaction takes."""


class UnknownState(BotError):
    """A newer version left a row in a state of its own, or the row is damaged."""


class UnknownStates:
    """Finds such rows. They are few, so nothing that runs all the time looks for them."""

    def __init__(self, database: Database, outbox: OutboxStore) -> None:
        self._database = database
        self._outbox = outbox

    def intents(self) -> Sequence[UnreadableIntent]:
        """Return the intents to set aside."""
        with self._database.read() as connection:
            left = _left(intents.c.updated_at, self._database.now_ms(connection))
            asked = select(intents).where(intents.c.state.not_in(list(IntentState)), left).limit(AT_ONCE)
            rows = connection.execute(asked).mappings().all()
        return [unreadable(row, "its state is unknown to this version") for row in rows]

    def set_aside_messages(self, notice: Notice) -> int:
        """Set aside messages that might not have been posted; show the others once more, which does no harm.

        Args:
            notice: makes the notice for the person who asked.

        Returns:
            How many messages there were.
        """
        known = (DUE, SENDING, SENT, DEAD, GATHERED)
        with self._database.write() as connection:
            now = self._database.now_ms(connection)
            asked = select(messages).where(messages.c.state.not_in(known), _left(messages.c.updated_at, now))
            rows = connection.execute(asked.limit(AT_ONCE).with_for_update(skip_locked=True)).mappings().all()
            for row in rows:
                if row["ts"] is not None:
                    again = {"state": DUE, "lease_until": 0, "not_before": 0, "updated_at": now}
                    connection.execute(update(messages).where(messages.c.id == row["id"]).values(again))
                    continue
                said = set_aside(connection, row, UnknownState(), notice, now)
                self._outbox.write_in(connection, [said] if said else [])
        return len(rows)


def _left(updated_at: ColumnElement[int], now: int) -> ColumnElement[bool]:
    just_now = and_(updated_at >= now - LEFT_ALONE_MS, updated_at <= now + LEFT_ALONE_MS)
    return not_(just_now)
