"""Who asked for what, what was decided, and what was done."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, insert, select

from bot.store.database import Database, from_ms
from bot.store.tables import audit


class AuditEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One decision or act."""

    user_id: str
    team_id: str
    verb: str
    instance: str = ""
    project: str = ""
    target: str = ""
    allowed: bool
    act_as: str | None = None
    note: str = ""
    at: datetime | None = None


class AuditStore:
    """Append-only table of decisions and acts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, entry: AuditEntry) -> None:
        """Write one entry in a transaction of its own."""
        with self._database.write() as connection:
            self.add_in(connection, entry)

    def add_in(self, connection: Connection, entry: AuditEntry) -> None:
        """Write one entry as part of a transaction."""
        values = msgspec.structs.asdict(entry) | {"at": self._database.now_ms(connection)}
        connection.execute(insert(audit).values(**values))

    def newest(self, limit: int = 100) -> Sequence[AuditEntry]:
        """Return the newest entries, newest first."""
        with self._database.read() as connection:
            rows = connection.execute(select(audit).order_by(audit.c.id.desc()).limit(limit)).mappings()
            return [
                AuditEntry(**{**{k: v for k, v in row.items() if k != "id"}, "at": from_ms(row["at"])})
                for row in rows
            ]
