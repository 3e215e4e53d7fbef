"""Intents: people's commands, which must be carried out once, whatever crashes (DESIGN.md §4)."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, RowMapping, and_, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from bot.domain import JobRef, Place
from bot.domain.audit import AuditEntry
from bot.domain.stored_records import BuildPlan, Draft, Intent, IntentState, SetAside, UnreadableIntent
from bot.store.audit import AuditStore
from bot.store.codec import UnreadableRow, dump, load, load_computable, load_request
from bot.store.database import Database, from_ms, readable_ms, to_ms
from bot.store.outbox import OutboxStore
from bot.store.statements import counted, readable_tries
from bot.store.tables import intents

DOUBLE_CLICK = timedelta(seconds=10)
"""If a person repeats exactly the same request in the same way within this time, it counts once."""

PATIENCE = 1.5
"""Seconds to wait for another writer: Slack waits three for the acknowledgement that follows the row."""

MOST_ATTEMPTS = 50
"""No new intent is claimed this many times in normal operation, however often it's postponed."""

MOST_LOOKS = 500
"""The same once its call was made: its job is looked for, or waited for, every few seconds for 30 minutes."""

LONGEST_WAIT = timedelta(seconds=60)
"""No lease and no pause of an intent is longer. A later time was written before the clock was set back."""

_OPEN = (IntentState.NEW, IntentState.STARTING)


class Added(StrEnum):
    """The result of adding an intent."""

    NEW = "new"
    BEFORE = "before"
    """The same delivery arrived before: there's nothing to do or say."""
    TWICE = "twice"
    """It was a double click: the first one counts."""
    BUSY = "busy"
    """Somebody asked for the same thing, and it's in progress."""


class IntentStore:
    """The table of intents."""

    def __init__(self, database: Database, outbox: OutboxStore, audit: AuditStore) -> None:
        self._database = database
        self._outbox = outbox
        self._audit = audit

    def add(
        self, intent: Intent, *, delivery: str, busy: str | None = None, twice: str | None = None
    ) -> Added:
        """Write an intent if it's new.

        Args:
            intent: the intent.
            delivery: key of the Slack delivery that it came from. A repeated delivery changes nothing.
            busy: key of what must not be in progress twice at the same time, whoever asks.
            twice: key of the button or the command, which must not count twice within `DOUBLE_CLICK`.
        """
        twice = twice or delivery
        try:
            with self._database.write(patience=PATIENCE) as connection:
                now = self._database.now_ms(connection)
                just = round(DOUBLE_CLICK.total_seconds() * 1000)
                if connection.execute(select(intents.c.id).where(intents.c.delivery == delivery)).first():
                    return Added.BEFORE
                just_now = select(func.count()).where(
                    intents.c.twice == twice,
                    # Not later either: that was another click, before the clock was set back.
                    intents.c.created_at.between(now - just, now + just),
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
                        wish=dump(intent.request),
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

    def was_delivered(self, delivery: str) -> bool:
        """Return whether there is an intent of a Slack delivery."""
        with self._database.read() as connection:
            found = connection.execute(select(intents.c.id).where(intents.c.delivery == delivery)).first()
        return found is not None

    def claim(
        self,
        owner: str,
        lease_seconds: float,
        *,
        working: Collection[str] = (),
        enough: Collection[str] = (),
    ) -> Intent | UnreadableIntent | None:
        """Claim the oldest due intent that nobody is working on. Its state says how far it has progressed.

        The attempt is counted before the row is decoded. A row that can't be read, or that crashes the
        process each time, is returned as unreadable. Pass that to `set_aside`.

        Args:
            owner: who claims it.
            lease_seconds: how long it stays theirs.
            working: intents that ``owner`` is working on, whatever a clock makes of their leases.
            enough: people whose intents have to wait, because enough of theirs are being carried out.
        """
        with self._database.write() as connection:
            now = self._database.now_ms(connection)
            far = now + round(LONGEST_WAIT.total_seconds() * 1000)
            due = and_(
                intents.c.state.in_(_OPEN),
                or_(intents.c.not_before <= now, intents.c.not_before > far),
                or_(intents.c.lease_until < now, intents.c.lease_until > far),
                intents.c.id.not_in(working),
                intents.c.user_id.not_in(enough),
            )
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
                    attempts=counted(intents.c.attempts),
                    updated_at=now,
                )
            )
        try:
            most = MOST_LOOKS if row["state"] == IntentState.STARTING else MOST_ATTEMPTS
            if (tries := readable_tries(row["attempts"])) >= most:
                return unreadable(row, f"it was claimed {tries} times and never finished")
            return _intent(row)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one row, carry out the others
            return unreadable(row, str(error))

    def set_aside(self, row: UnreadableIntent, told: Draft, audit: AuditEntry | None = None) -> None:
        """Close an intent that can't be read, and write the message that says so and the audit entry."""
        with self._database.write() as connection:
            now = self._database.now_ms(connection)
            close_intent(connection, now, row.id, IntentState.SET_ASIDE, note=row.reason[:500])
            self._outbox.write_in(connection, [told])
            if audit is not None:
                self._audit.add_in(connection, audit)

    def aside_count(self) -> int:
        """Return how many intents are set aside."""
        with self._database.read() as connection:
            counted = select(func.count()).where(intents.c.state == IntentState.SET_ASIDE)
            return connection.execute(counted).scalar_one()

    def aside(self, since: datetime | None = None, limit: int = 100) -> Sequence[SetAside]:
        """Return the newest intents that were set aside, ever or since ``since``."""
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
        """Extend the leases of the intents that ``owner`` is working on."""
        if not ids:
            return
        with self._database.write() as connection:
            now = self._database.now_ms(connection)
            held = and_(
                intents.c.id.in_(ids),
                intents.c.owner == owner,
                # Even if a clock that jumped ahead ended the lease, as long as nobody else has claimed it.
                intents.c.lease_until > 0,
                intents.c.state.in_(_OPEN),
            )
            until = now + round(lease_seconds * 1000)
            connection.execute(update(intents).where(held).values(lease_until=until))

    def starting(self, intent_id: str, owner: str, plan: BuildPlan) -> bool:
        """Record that the call to DSS is about to be made; return whether the intent is still ours."""
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
        """Return a claimed intent to the queue, to be claimed again after a pause."""
        with self._database.write() as connection:
            now = self._database.now_ms(connection)
            connection.execute(
                update(intents)
                .where(intents.c.id == intent_id, intents.c.owner == owner)
                .values(lease_until=0, not_before=now + round(seconds * 1000), updated_at=now)
            )

    def close(
        self,
        intent_id: str,
        state: IntentState,
        *,
        job: JobRef | None = None,
        note: str = "",
        audit: AuditEntry | None = None,
    ) -> None:
        """Close an intent, and write what came of it into the audit."""
        with self._database.write() as connection:
            now = self._database.now_ms(connection)
            close_intent(connection, now, intent_id, state, job=job, note=note)
            if audit is not None:
                self._audit.add_in(connection, audit)

    def open_count(self) -> int:
        """Return how many intents aren't closed yet."""
        with self._database.read() as connection:
            counted = select(func.count()).where(intents.c.state.in_(_OPEN))
            return connection.execute(counted).scalar_one()

    def state_of(self, intent_id: str) -> IntentState | None:
        """Return an intent's state, or ``None`` if there's no such intent."""
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
    """Close an intent as part of a transaction; ``now`` is in milliseconds since the epoch."""
    connection.execute(
        update(intents)
        .where(intents.c.id == intent_id)
        .values(
            state=state, busy=None, job=dump(job) if job else None, note=note, lease_until=0, updated_at=now
        )
    )


def unreadable(row: RowMapping, reason: str) -> UnreadableIntent:
    """Return what can be said of an intent that can't be read."""
    try:
        place = load(row["place"], Place)
    except UnreadableRow:
        place = Place(channel_id=str(row["user_id"]))
    return UnreadableIntent(
        id=row["id"],
        user_id=str(row["user_id"]),
        place=place,
        begun=row["state"] != IntentState.NEW,
        created_at=readable_ms(row["created_at"]),
        reason=reason,
    )


def _intent(row: RowMapping) -> Intent:
    return Intent(
        id=row["id"],
        request=load_request(row["wish"]),
        user_id=row["user_id"],
        team_id=row["team_id"],
        place=load(row["place"], Place),
        state=IntentState(row["state"]),
        plan=load_computable(row["plan"], BuildPlan) if row["plan"] else None,
        attempts=readable_tries(row["attempts"]),
        created_at=from_ms(row["created_at"]),
        starting_at=from_ms(row["starting_at"]) if row["starting_at"] else None,
    )
