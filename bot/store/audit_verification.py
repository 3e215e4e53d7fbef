"""Verifies the audit's chain from its first entry to its last, in bounded memory."""

import msgspec
from sqlalchemy import Connection, Integer, func, select, type_coerce
from sqlalchemy.engine import RowMapping

from bot.domain.audit import CHAINED, GENESIS, AuditEvent, entry_hash
from bot.store.audit import HEAD, PRUNED, START, ChainHead
from bot.store.database import Database
from bot.store.tables import audit, audit_chain

UPDATE_TAKES_MS = 3_600_000
"""So long after the migration, replicas of an older version can still write entries without a position."""

_PAGE = 1_000


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """What the verification found."""

    head: ChainHead
    """What the table says is the last entry."""
    checked: int
    """How many entries follow each other without a fault."""
    pruned: int
    """How many of the first ones were pruned."""
    outside: int
    """How many entries aren't part of the chain: they were written before it began."""
    broken: str = ""
    """What is wrong with the first broken entry; empty if nothing is."""
    anchored: bool | None = None
    """Whether the chain contains the expected hash; ``None`` if none was expected."""


class _Broken(Exception):
    """The sentence says what is wrong."""


class _Walk:
    """Goes from entry to entry."""

    def __init__(self, begin: ChainHead, expected: str | None) -> None:
        self.at = begin
        self.checked = 0
        self.pruned_at: tuple[object, object] | None = None
        """What the last entry about pruning says."""
        self.anchored = begin.hash == expected

    def step(self, row: RowMapping, expected: str | None) -> None:
        """Check that a row is the next entry.

        Raises:
            _Broken: it isn't.
        """
        here, want = row["position"], self.at.position + 1
        if here != want:
            raise _Broken(f"entry {want} is missing: it was removed, or its position was changed")
        try:
            right = entry_hash(row) == row["hash"]
        except (TypeError, ValueError):
            right = False
        if not right:
            raise _Broken(f"entry {here} was changed: its hash is not that of its contents")
        if row["previous"] != self.at.hash:
            raise _Broken(
                f"entry {here} does not continue entry {here - 1}: one of the two was replaced, or they were "
                "written anew"
            )
        if row["event"] == AuditEvent.PRUNED:
            self.pruned_at = (row["target"], row["reference"])
        self.at = ChainHead(here, row["hash"])
        self.checked += 1
        self.anchored = self.anchored or row["hash"] == expected


def verify(database: Database, *, expected: str | None = None) -> Verification:
    """Verify the whole chain at one moment, while others may go on writing.

    Args:
        database: the database.
        expected: the hash of an entry that was noted elsewhere; the chain must still contain it.
    """
    with database.snapshot() as connection:
        marks = {row.key: row for row in connection.execute(select(audit_chain))}
        lost = [key for key in (HEAD, PRUNED, START) if key not in marks]
        if lost:
            broken = f"the table audit_chain has lost its row {lost[0]}"
            return Verification(head=ChainHead(0, ""), checked=0, pruned=0, outside=0, broken=broken)
        head = ChainHead(marks[HEAD].position, marks[HEAD].hash)
        begin = ChainHead(marks[PRUNED].position, marks[PRUNED].hash)
        walk, broken = _Walk(begin, expected), ""
        try:
            _check_outside(connection, begin, marks[START].at)
            _check_chain(connection, walk, head, expected)
            _check_pruned(walk, begin)
        except _Broken as found:
            broken = str(found)
        counted = select(func.count()).where(audit.c.position.is_(None))
        return Verification(
            head=head,
            checked=walk.checked,
            pruned=begin.position,
            outside=connection.execute(counted).scalar_one(),
            broken=broken,
            anchored=None if expected is None else walk.anchored,
        )


def _check_outside(connection: Connection, begin: ChainHead, started_ms: int) -> None:
    late = audit.c.position.is_(None) & (audit.c.at > started_ms + UPDATE_TAKES_MS)
    row = connection.execute(select(audit.c.id).where(late).limit(1)).first()
    if row is not None:
        raise _Broken(f"the row with id {row.id} was inserted: it has no position, but the chain had begun")
    early = select(func.min(audit.c.position)).where(audit.c.position <= begin.position)
    position = connection.execute(early).scalar()
    if position is not None:
        raise _Broken(f"entry {position} was inserted: the entries up to {begin.position} were pruned")


def _check_chain(connection: Connection, walk: _Walk, head: ChainHead, expected: str | None) -> None:
    columns = [audit.c[name] for name in CHAINED if name != "allowed"]
    # As the database holds it: SQLAlchemy would read any number as true.
    raw = type_coerce(audit.c.allowed, Integer).label("allowed")
    asked = select(*columns, raw, audit.c.hash).where(audit.c.position > walk.at.position)
    with connection.execute(asked.order_by(audit.c.position).execution_options(yield_per=_PAGE)) as rows:
        for row in rows.mappings():
            walk.step(row, expected)
    if walk.at.position < head.position:
        first = walk.at.position + 1
        raise _Broken(f"the end is missing: entries {first} to {head.position} were removed")
    if walk.at != head:
        raise _Broken(f"entry {walk.at.position} is not the one that was written last ({head})")


def _check_pruned(walk: _Walk, begin: ChainHead) -> None:
    """Check that a pruner set the beginning: it leaves an entry, which the chain covers."""
    says = (str(begin.position), begin.hash)
    if begin.position == 0:
        right = begin.hash == GENESIS and walk.pruned_at is None
    else:
        right = walk.pruned_at == says
    if not right:
        raise _Broken(
            f"the entries up to {begin.position} were removed, but not by the pruner: no entry says so"
        )
