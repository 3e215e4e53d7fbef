"""Intents: what people asked for that must happen once, whatever crashes (DESIGN.md §4)."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, RowMapping, and_, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.facts import JobRef, Place
from bot.facts.records import Draft, Intent, IntentState, Plan, SetAside, UnreadableIntent
from bot.store.codec import UnreadableRow, dump, load, load_wish
from bot.store.database import Database, from_ms, to_ms
from bot.store.outbox import OutboxStore
from bot.store.tables import intents

DOUBLE_CLICK = timedelta(seconds=10)
"""The same person asking for exactly the same in the same way within this time meant it once."""

PATIENCE = 1.5
"""Seconds to wait for another writer: Slack waits three for the acknowledgement that follows the row."""

MOST_ATTEMPTS = 50
"""More than any intent is taken up that is put off in the usual ways."""

_OPEN = (IntentState.NEW, IntentState.STARTING)


class Added(StrEnum):
    """What became of an intent that was to be added."""

    NEW = "new"
    BEFORE = "before"
    """The same delivery came before: there is nothing to do or to say."""
    TWICE = "twice"
    """A double click: the first one counts."""
    BUSY = "busy"
    """Somebody asked for the same, and it is under way."""


class IntentStore:
    """The table of intents."""

    def __init__(self, database: Database, outbox: OutboxStore) -> None:
        self._database = database
        self._outbox = outbox

    def add(
        self, intent: Intent, *, delivery: str, busy: str | None = None, twice: str | None = None
    ) -> Added:
        """Write a new intent, if it is one.

        Args:
            intent: the intent.
            delivery: key of the Slack delivery it came from. The same delivery again changes nothing.
            busy: key of what may not be under way twice at the same moment, whoever asks.
            twice: key of the button or the command that may not count twice within `DOUBLE_CLICK`.
        """
        twice = twice or delivery
        try:
            with self._database.write(patience=PATIENCE) as connection:
                now = self._database.now_ms(connection)
                since = now - round(DOUBLE_CLICK.total_seconds() * 1000)
                if connection.execute(select(intents.c.id).where(intents.c.delivery == delivery)).first():
                    return Added.BEFORE
                just_now = select(func.count()).where(
                    intents.c.twice == twice,
                    intents.c.created_at >= since,
                    intents.c.state != IntentState.REFUSED,
                )
                if connection.execute(just_now).scalar_one():
                    return Added.TWICE
                connection.execute(
                    insert(intents).values(
                        id=intent.id,
                        delivery=delivery,
                        busy=busy,
                        twice=twice,
                        wish=dump(intent.wish),
                        user_id=intent.user_id,
                        team_id=intent.team_id,
                        place=dump(intent.place),
                        state=intent.state,
                        created_at=to_ms(intent.created_at),
                        updated_at=now,
                    )
                )
        except IntegrityError:
            return Added.BUSY
        return Added.NEW

    def claim(self, owner: str, lease_seconds: float) -> Intent | UnreadableIntent | None:
        """Take the oldest intent that is due and that nobody works on; its state says how far it is.

        The attempt is counted before the row is read: one that can't be read, or at which the process dies
        each time, comes back as unreadable. Give that to `set_aside`.
        """
        with self._database.write() as connection:
            now = self._database.now_ms(connection)
            due = and_(intents.c.state.in_(_OPEN), intents.c.not_before <= now, intents.c.lease_until < now)
            row = (
                connection.execute(
                    select(intents)
                    .where(due)
                    .order_by(intents.c.created_at)
                    .limit(1)
                    .with_for_update(skip_locked=True)
                )
                .mappings()
                .first()
            )
            if row is None:
                return None
            connection.execute(
                update(intents)
                .where(intents.c.id == row["id"])
                .values(
                    owner=owner,
                    lease_until=now + round(lease_seconds * 1000),
                    attempts=intents.c.attempts + 1,
                    updated_at=now,
                )
            )
        if row["attempts"] >= MOST_ATTEMPTS:
            return _unreadable(row, f"it was taken up {row['attempts']} times and never finished")
        try:
            return _intent(row)
        except (UnreadableRow, ValueError, OverflowError) as error:
            return _unreadable(row, str(error))

    def set_aside(self, row: UnreadableIntent, told: Draft) -> None:
        """End an intent that can't be read, together with the message that says so."""
        with self._database.write() as connection:
            now = self._database.now_ms(connection)
            close_intent(connection, now, row.id, IntentState.SET_ASIDE, note=row.reason[:500])
            self._outbox.write_in(connection, [told])

    def aside_count(self) -> int:
        """Return how many intents are set aside."""
        with self._database.read() as connection:
            counted = select(func.count()).where(intents.c.state == IntentState.SET_ASIDE)
            return connection.execute(counted).scalar_one()

    def aside(self, since: datetime | None = None, limit: int = 100) -> Sequence[SetAside]:
        """Return the newest intents that were set aside, of all time or since a moment."""
        wanted = intents.c.state == IntentState.SET_ASIDE
        if since is not None:
            wanted &= intents.c.updated_at >= to_ms(since)
        asked = select(intents.c.id, intents.c.note, intents.c.updated_at).where(wanted)
        with self._database.read() as connection:
            found = connection.execute(asked.order_by(intents.c.updated_at.desc()).limit(limit))
            return [
                SetAside(table="intents", id=row[0], reason=row[1] or "", at=from_ms(row[2])) for row in found
            ]

    def renew(self, owner: str, ids: Collection[str], lease_seconds: float) -> None:
        """Keep for longer what ``owner`` is working on at this moment."""
        if not ids:
            return
        with self._database.write() as connection:
            now = self._database.now_ms(connection)
            held = and_(
                intents.c.id.in_(ids),
                intents.c.owner == owner,
                intents.c.lease_until >= now,
                intents.c.state.in_(_OPEN),
            )
            until = now + round(lease_seconds * 1000)
            connection.execute(update(intents).where(held).values(lease_until=until))

    def starting(self, intent_id: str, owner: str, plan: Plan) -> bool:
        """Commit that the call to DSS is about to be made; say whether the intent is still ours."""
        with self._database.write() as connection:
            now = self._database.now_ms(connection)
            mine = and_(intents.c.id == intent_id, intents.c.owner == owner, intents.c.lease_until >= now)
            changed = connection.execute(
                update(intents)
                .where(mine, intents.c.state == IntentState.NEW)
                .values(state=IntentState.STARTING, plan=dump(plan), starting_at=now, updated_at=now)
            )
            return changed.rowcount == 1

    def again(self, intent_id: str, owner: str, seconds: float) -> None:
        """Give a claimed intent back, to be looked at again after a pause."""
        with self._database.write() as connection:
            now = self._database.now_ms(connection)
            connection.execute(
                update(intents)
                .where(intents.c.id == intent_id, intents.c.owner == owner)
                .values(lease_until=0, not_before=now + round(seconds * 1000), updated_at=now)
            )

    def close(self, intent_id: str, state: IntentState, *, job: JobRef | None = None, note: str = "") -> None:
        """End an intent."""
        with self._database.write() as connection:
            now = self._database.now_ms(connection)
            close_intent(connection, now, intent_id, state, job=job, note=note)

    def open_count(self) -> int:
        """Return how many intents are not closed yet."""
        with self._database.read() as connection:
            counted = select(func.count()).where(intents.c.state.in_(_OPEN))
            return connection.execute(counted).scalar_one()

    def state_of(self, intent_id: str) -> IntentState | None:
        """Return an intent's state, or ``None`` when there is no such intent."""
        with self._database.read() as connection:
            state = connection.execute(select(intents.c.state).where(intents.c.id == intent_id)).scalar()
            return IntentState(state) if state else None


def close_intent(
    connection: Connection,
    now: int,
    intent_id: str,
    state: IntentState,
    *,
    job: JobRef | None = None,
    note: str = "",
) -> None:
    """End an intent as part of a transaction; ``now`` is in milliseconds since the epoch."""
    connection.execute(
        update(intents)
        .where(intents.c.id == intent_id)
        .values(
            state=state, busy=None, job=dump(job) if job else None, note=note, lease_until=0, updated_at=now
        )
    )


def _unreadable(row: RowMapping, reason: str) -> UnreadableIntent:
    try:
        place = load(row["place"], Place)
    except UnreadableRow:
        place = Place(channel_id=row["user_id"])
    return UnreadableIntent(
        id=row["id"],
        user_id=row["user_id"],
        place=place,
        begun=row["state"] == IntentState.STARTING,
        created_at=from_ms(row["created_at"]),
        reason=reason,
    )


def _intent(row: RowMapping) -> Intent:
    return Intent(
        id=row["id"],
        wish=load_wish(row["wish"]),
        user_id=row["user_id"],
        team_id=row["team_id"],
        place=load(row["place"], Place),
        state=IntentState(row["state"]),
        plan=load(row["plan"], Plan) if row["plan"] else None,
        attempts=row["attempts"],
        created_at=from_ms(row["created_at"]),
        starting_at=from_ms(row["starting_at"]) if row["starting_at"] else None,
    )
