"""The audit table: entries are added and, when they are old, pruned. Nothing ever changes one.

The rows of ``audit_chain`` say where the chain is. ``head`` is its last entry; its row lock puts the entries
of all replicas into one order. ``pruned`` is the last one that was pruned, from which verification starts.
``start`` says when the chain began. Triggers refuse everything else (migration ``audit_chain``).
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from itertools import islice
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, bindparam, delete, insert, or_, select, update

from bot.domain.audit import AuditEntry, AuditEvent, cleaned, entry_hash
from bot.store.database import Database, readable_ms, to_ms
from bot.store.tables import audit, audit_chain

HEAD, PRUNED, START = "head", "pruned", "start"

AT_ONCE = 500
"""How many entries one transaction prunes: a writer must not wait for a year's worth."""
_PAGE = 1_000
_AHEAD_MS = 86_400_000
"""An entry that is later than this from now was written while the clock was wrong; it isn't kept for that."""

_HEAD = select(audit_chain.c.position, audit_chain.c.hash).where(audit_chain.c.key == HEAD).with_for_update()
_ADD = insert(audit)
_MOVE_HEAD = (
    update(audit_chain)
    .where(audit_chain.c.key == HEAD)
    .values(position=bindparam("to"), hash=bindparam("its_hash"), at=bindparam("now"))
)


class ChainHead(msgspec.Struct, frozen=True):
    """The last entry of the chain; position 0 while there is none."""

    position: int
    hash: str

    def __str__(self) -> str:
        return f"{self.position}:{self.hash}"


class AuditFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which entries to list; ``None`` means all."""

    user: str | None = None
    """A Slack user ID or a DSS login."""
    project: str | None = None
    verb: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    reference: str | None = None
    """The beginning of one."""
    denied: bool = False
    """Only what was refused."""


class AuditStore:
    """An append-only table of decisions and outcomes, chained by hash."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, *entries: AuditEntry) -> None:
        """Write entries in their own transaction."""
        with self._database.write() as connection:
            for entry in entries:
                self.add_in(connection, entry)

    def add_in(self, connection: Connection, entry: AuditEntry) -> None:
        """Write one entry as the last part of a transaction: until it ends, no replica can write another."""
        head = connection.execute(_HEAD).one()
        values = cleaned(entry)
        values |= {
            "position": head.position + 1,
            "at": self._database.now_ms(connection),
            "previous": head.hash,
        }
        values["hash"] = entry_hash(values)
        connection.execute(_ADD, values)
        moved = {"to": values["position"], "its_hash": values["hash"], "now": values["at"]}
        connection.execute(_MOVE_HEAD, moved)

    def newest(self, limit: int = 100) -> Sequence[AuditEntry]:
        """Return the newest entries, newest first."""
        with closing(self.find(AuditFilter())) as found:
            return list(islice(found, limit))

    def find(self, wanted: AuditFilter) -> Generator[AuditEntry]:
        """Yield entries, newest first, a page at a time: a year's worth doesn't fit into memory."""
        asked = select(audit).where(*_conditions(wanted)).order_by(audit.c.id.desc())
        last: int | None = None
        while True:
            page = asked if last is None else asked.where(audit.c.id < last)
            with self._database.read() as connection:
                rows = connection.execute(page.limit(_PAGE)).mappings().all()
            for row in rows:
                yield _entry(row)
            if len(rows) < _PAGE:
                return
            last = rows[-1]["id"]

    def head(self) -> ChainHead:
        """Return the last entry of the chain."""
        asked = select(audit_chain.c.position, audit_chain.c.hash).where(audit_chain.c.key == HEAD)
        with self._database.read() as connection:
            return ChainHead(*connection.execute(asked).one())

    def oldest_ms(self) -> int | None:
        """Return when the first entry that can be pruned was written, in milliseconds since the epoch."""
        with self._database.read() as connection:
            asked = select(audit.c.at).where(audit.c.event != AuditEvent.PRUNED).order_by(audit.c.id).limit(1)
            at = connection.execute(asked).scalar()
            return at if isinstance(at, int) else None

    def prune(self, limit_ms: int) -> int:
        """Delete the entries from before ``limit_ms``; return how many.

        Entries go from the beginning of the chain only, so that what stays can be verified. Each transaction
        adds an entry that says so.
        """
        count = 0
        for prune_some in (self._prune_unchained, self._prune_chained):
            while some := prune_some(limit_ms):
                count += some
        return count

    def _prune_unchained(self, limit_ms: int) -> int:
        old = (audit.c.position.is_(None), audit.c.at < limit_ms)
        with self._database.read() as connection:
            ids = connection.execute(select(audit.c.id).where(*old).limit(AT_ONCE)).scalars().all()
        if not ids:
            return 0
        with self._database.write() as connection:
            pruned = (audit_chain.c.key == PRUNED, audit_chain.c.at < limit_ms)
            connection.execute(update(audit_chain).where(*pruned).values(at=limit_ms))
            return connection.execute(delete(audit).where(audit.c.id.in_(ids), *old)).rowcount

    def _prune_chained(self, limit_ms: int) -> int:
        with self._database.write() as connection:
            connection.execute(_HEAD)  # first, so that two replicas don't prune the same entries
            rows = self._old(connection, limit_ms)
            if len(rows) < AT_ONCE and all(row.event == AuditEvent.PRUNED for row in rows):
                return 0  # else, each round would prune the entry of an earlier one and add another
            last = rows[-1]
            self.add_in(connection, pruned_entry(last.position, last.hash))
            at = max(limit_ms, connection.execute(select(audit_chain.c.at).where(_IS_PRUNED)).scalar_one())
            moved = update(audit_chain).where(_IS_PRUNED)
            connection.execute(moved.values(position=last.position, hash=last.hash, at=at))
            return connection.execute(delete(audit).where(audit.c.position <= last.position)).rowcount

    def _old(self, connection: Connection, limit_ms: int) -> Sequence[Any]:
        """Return the first entries of the chain, as far as they are old."""
        now = self._database.now_ms(connection)
        asked = (
            select(audit.c.position, audit.c.hash, audit.c.at, audit.c.event)
            .where(audit.c.position.is_not(None))
            .order_by(audit.c.position)
            .limit(AT_ONCE)
        )
        old = []
        for row in connection.execute(asked):
            if isinstance(row.at, int) and limit_ms <= row.at <= now + _AHEAD_MS:
                break
            old.append(row)
        return old


_IS_PRUNED = audit_chain.c.key == PRUNED


def pruned_entry(position: int, its_hash: str) -> AuditEntry:
    """Return the entry that says up to which entry the chain was pruned."""
    return AuditEntry(
        event=AuditEvent.PRUNED,
        user_id="",
        team_id="",
        verb="prune",
        target=str(position),
        surface="worker",
        allowed=True,
        rule="store.keep_days",
        reference=its_hash,
    )


def _conditions(wanted: AuditFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.user:
        yield or_(audit.c.user_id == wanted.user, audit.c.act_as == wanted.user)
    if wanted.project:
        yield audit.c.project == wanted.project
    if wanted.verb:
        yield audit.c.verb == wanted.verb
    if wanted.since:
        yield audit.c.at >= to_ms(wanted.since)
    if wanted.until:
        yield audit.c.at < to_ms(wanted.until)
    if wanted.reference:
        yield audit.c.reference.startswith(wanted.reference, autoescape=True)
    if wanted.denied:
        yield audit.c.allowed.is_(False)


def _entry(row: Any) -> AuditEntry:  # noqa: ANN401 - a row's mapping
    known = {name: row[name] for name in AuditEntry.__struct_fields__ if name != "at"}
    return AuditEntry(**known, at=readable_ms(row["at"]))
