"""Requests for an approval: every change of state is one conditional UPDATE, together with its effects.

Whoever changes a row first wins, on SQLite and on PostgreSQL; everybody else changes nothing (ADR 0017).
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec
import structlog
from sqlalchemy import ColumnElement, Connection, RowMapping, Select, and_, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from bot.domain import Build, Place
from bot.domain.approvals import Approval, ApprovalState, Reason, definition_key
from bot.domain.audit import AuditEntry
from bot.domain.stored_records import BuildPlan, Draft, Intent, IntentState
from bot.store.audit import AuditStore
from bot.store.codec import UnreadableRow, dump, load
from bot.store.database import Database, from_ms, readable_ms, to_ms
from bot.store.intents import close_intent
from bot.store.outbox import OutboxStore
from bot.store.tables import approvals, intents

log = structlog.get_logger(__name__)

AT_ONCE = 100
"""Rows that one look for lapsed requests takes."""


class _Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a row that never changes."""

    request: Build
    plan: BuildPlan
    because: tuple[Reason, ...]
    place: Place
    channel_id: str


class _Gone(Exception):
    """Somebody else changed the row first: nothing of the transaction counts."""


class Unreadable(msgspec.Struct, frozen=True, kw_only=True):
    """A request that this version can't read: it's damaged, or a newer version wrote it."""

    id: str
    user_id: str


class Effects(msgspec.Struct, frozen=True, kw_only=True):
    """What is written in the same transaction as a change of state."""

    drafts: tuple[Draft, ...] = ()
    closes: str | None = None
    """ID of the intent that asked for the change."""
    start: Intent | None = None
    """The intent that starts the build."""
    audit: AuditEntry | None = None


class ApprovalStore:
    """The table of requests for an approval."""

    def __init__(self, database: Database, outbox: OutboxStore, audit: AuditStore) -> None:
        self._database = database
        self._outbox = outbox
        self._audit = audit

    def ask(
        self, approval: Approval, intent_id: str, effects: Effects, *, replaces: str | None = None
    ) -> bool:
        """Write a request with its message, and close the intent that it came from.

        Args:
            approval: the request.
            intent_id: the intent of the build, which must still be open and not started.
            effects: the message, and the audit entry.
            replaces: ID of an approved request whose build has changed.

        Returns:
            Whether it was written. If not, the same build is waiting already, or another process has dealt
            with the intent.
        """
        try:
            with self._database.write() as connection:
                now = self._database.now_ms(connection)
                open_still = update(intents).where(
                    intents.c.id == intent_id, intents.c.state == IntentState.NEW
                )
                if not connection.execute(open_still.values(updated_at=now)).rowcount:
                    return False
                close_intent(connection, now, intent_id, IntentState.DONE, note="waits for an approval")
                if replaces is not None:
                    _change(connection, now, replaces, ApprovalState.APPROVED, ApprovalState.REPLACED)
                connection.execute(insert(approvals).values(_row(approval, now)))
                self._write(connection, now, effects)
        except IntegrityError:
            return False
        return True

    def decide(self, decided: Approval, now: datetime, effects: Effects) -> bool:
        """Record a decision about a pending request, and with an approval the intent that starts the build.

        Args:
            decided: the request with its new state, and who decided.
            now: an aware time. A request that has lapsed by then can't be decided.
            effects: what else to write.

        Returns:
            Whether this decision counts. If not, nothing was written: somebody else was quicker.
        """
        due = approvals.c.expires_at <= to_ms(now)
        in_time = due if decided.state is ApprovalState.LAPSED else ~due
        same = approvals.c.fingerprint == decided.fingerprint
        return self._move(decided, ApprovalState.PENDING, effects, and_(in_time, same))

    def not_started(self, approval: Approval, effects: Effects) -> bool:
        """Record that an approved build wasn't started; return whether nobody else has."""
        return self._move(approval, ApprovalState.APPROVED, effects)

    def get(self, approval_id: str) -> Approval | None:
        """Return a request, or ``None`` if there is none or this version can't read it."""
        return self._one(approvals.c.id == approval_id)

    def started_by(self, intent_id: str) -> Approval | None:
        """Return the request whose build an intent starts."""
        return self._one(approvals.c.start_id == intent_id)

    def waiting(self, plan: BuildPlan) -> Approval | None:
        """Return the pending request for the same build, whoever asked."""
        return self._one(approvals.c.open_key == definition_key(plan))

    def lapsed(self, now: datetime) -> Sequence[Approval | Unreadable]:
        """Return the pending requests whose time is over."""
        # Not by its state: a newer version might have left one of its own behind.
        over = and_(approvals.c.open_key.is_not(None), approvals.c.expires_at <= to_ms(now))
        return self._several(select(approvals).where(over))

    def unsettled(self) -> Sequence[Approval | Unreadable]:
        """Return the approved requests whose start ended without a job and without anybody saying so."""
        ended = (IntentState.REFUSED, IntentState.UNKNOWN, IntentState.SET_ASIDE)
        asked = (
            select(approvals)
            .join(intents, intents.c.id == approvals.c.start_id)
            .where(approvals.c.state == ApprovalState.APPROVED, intents.c.state.in_(ended))
        )
        return self._several(asked)

    def set_aside(self, row: Unreadable, told: Draft) -> bool:
        """Close a request that can't be read, and write the message that says so."""
        unsettled = or_(approvals.c.open_key.is_not(None), approvals.c.state == ApprovalState.APPROVED)
        with self._database.write() as connection:
            now = self._database.now_ms(connection)
            mine = and_(approvals.c.id == row.id, unsettled)
            new = {"state": ApprovalState.UNREADABLE, "open_key": None, "updated_at": now}
            changed = connection.execute(update(approvals).where(mine).values(new))
            if changed.rowcount:
                self._outbox.write_in(connection, [told])
            return changed.rowcount == 1

    def pending_count(self) -> int:
        """Return how many requests wait."""
        with self._database.read() as connection:
            pending = select(approvals.c.id).where(approvals.c.state == ApprovalState.PENDING)
            return len(connection.execute(pending).all())

    def _move(
        self,
        changed: Approval,
        before: ApprovalState,
        effects: Effects,
        condition: ColumnElement[bool] | None = None,
    ) -> bool:
        values: dict[str, object] = {
            "decided_by": changed.decided_by,
            "decided_team": changed.decided_team,
            "decided_at": to_ms(changed.decided_at) if changed.decided_at else None,
            "reason": changed.reason,
            "start_id": changed.start_id,
        }
        try:
            with self._database.write() as connection:
                now = self._database.now_ms(connection)
                _change(connection, now, changed.id, before, changed.state, condition, values)
                self._write(connection, now, effects)
        except _Gone:
            return False
        return True

    def _write(self, connection: Connection, now: int, effects: Effects) -> None:
        if effects.closes is not None:
            close_intent(connection, now, effects.closes, IntentState.DONE)
        if effects.start is not None:
            connection.execute(insert(intents).values(_start(effects.start, now)))
        self._outbox.write_in(connection, effects.drafts)
        if effects.audit is not None:
            self._audit.add_in(connection, effects.audit)

    def _one(self, which: ColumnElement[bool]) -> Approval | None:
        with self._database.read() as connection:
            row = connection.execute(select(approvals).where(which)).mappings().first()
        found = _read(row) if row is not None else None
        return found if isinstance(found, Approval) else None

    def _several(self, asked: Select[tuple[object, ...]]) -> Sequence[Approval | Unreadable]:
        with self._database.read() as connection:
            rows = connection.execute(asked.order_by(approvals.c.expires_at).limit(AT_ONCE)).mappings().all()
        return [_read(row) for row in rows]


def _change(
    connection: Connection,
    now: int,
    approval_id: str,
    before: ApprovalState,
    after: ApprovalState,
    condition: ColumnElement[bool] | None = None,
    values: dict[str, object] | None = None,
) -> None:
    """Change a row's state.

    Raises:
        _Gone: it isn't in the state before.
    """
    which = and_(approvals.c.id == approval_id, approvals.c.state == before)
    new = (values or {}) | {"state": after, "open_key": None, "updated_at": now}
    asked = update(approvals).where(which if condition is None else and_(which, condition)).values(new)
    if connection.execute(asked).rowcount != 1:
        raise _Gone


def _row(approval: Approval, now: int) -> dict[str, object]:
    asked = _Asked(
        request=approval.request,
        plan=approval.plan,
        because=approval.because,
        place=approval.place,
        channel_id=approval.channel_id,
    )
    return {
        "id": approval.id,
        "open_key": definition_key(approval.plan),
        "fingerprint": approval.fingerprint,
        "asked": dump(asked),
        "user_id": approval.user_id,
        "team_id": approval.team_id,
        "state": approval.state,
        "reason": "",
        "created_at": to_ms(approval.created_at),
        "expires_at": to_ms(approval.expires_at),
        "updated_at": now,
    }


def _start(intent: Intent, now: int) -> dict[str, object]:
    return {
        "id": intent.id,
        "delivery": intent.id,
        "busy": None,
        "twice": intent.id,
        "wish": dump(intent.request),
        "user_id": intent.user_id,
        "team_id": intent.team_id,
        "place": dump(intent.place),
        "state": IntentState.NEW,
        "created_at": to_ms(intent.created_at),
        "updated_at": now,
    }


def _read(row: RowMapping) -> Approval | Unreadable:
    try:
        asked = load(row["asked"], _Asked)
        return Approval(
            id=row["id"],
            fingerprint=row["fingerprint"],
            request=asked.request,
            plan=asked.plan,
            because=asked.because,
            user_id=row["user_id"],
            team_id=row["team_id"],
            place=asked.place,
            channel_id=asked.channel_id,
            created_at=from_ms(row["created_at"]),
            expires_at=from_ms(row["expires_at"]),
            state=ApprovalState(row["state"]),
            decided_by=row["decided_by"],
            decided_team=row["decided_team"],
            decided_at=readable_ms(row["decided_at"]),
            reason=row["reason"],
            start_id=row["start_id"],
        )
    except (UnreadableRow, ValueError, TypeError, OverflowError) as error:
        log.warning("approval.unreadable", approval=row["id"], error=str(error))
        return Unreadable(id=str(row["id"]), user_id=str(row["user_id"]))
