"""Leases and marks: who does what, until when. After a crash, the next claim after the expiry takes over."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bot.store.database import Database, readable_ms, to_ms
from bot.store.tables import leases, marks

LONGEST = 60.0
"""Maximum duration of a lease in seconds."""


class LeaseStore:
    """Named leases with an owner and an expiry."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, name: str, owner: str, seconds: float) -> bool:
        """Take or renew the lease; return whether ``owner`` holds it now."""
        insert = sqlite_insert if self._database.is_sqlite else postgresql_insert
        with self._database.write() as connection:
            now = self._database.now_ms(connection)
            wanted = insert(leases).values(name=name, owner=owner, until=now + round(seconds * 1000))
            # No lease lasts this long: the clock was set back since, and the owner might be gone.
            astray = leases.c.until > now + round(LONGEST * 1000)
            free = (leases.c.owner == owner) | (leases.c.until < now) | astray
            taken = wanted.on_conflict_do_update(
                index_elements=[leases.c.name],
                set_={"owner": wanted.excluded.owner, "until": wanted.excluded.until},
                where=free,
            )
            return connection.execute(taken.returning(leases.c.name)).first() is not None

    def release_all(self, owner: str, *, patience: float) -> None:
        """Release every lease of ``owner`` at once, so that no replica has to wait for the expiry.

        Args:
            owner: the owner of the leases.
            patience: seconds to wait for another writer.
        """
        with self._database.write(patience=patience) as connection:
            connection.execute(delete(leases).where(leases.c.owner == owner))


class MarkStore:
    """Times that outlive a process: when something was last known to be true."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def set(self, key: str, moment: datetime) -> None:
        """Write a mark."""
        insert = sqlite_insert if self._database.is_sqlite else postgresql_insert
        wanted = insert(marks).values(key=key, at=to_ms(moment))
        with self._database.write() as connection:
            connection.execute(
                wanted.on_conflict_do_update(index_elements=[marks.c.key], set_={"at": wanted.excluded.at})
            )

    def get(self, key: str) -> datetime | None:
        """Read a mark; ``None`` also if it can't be a time."""
        with self._database.read() as connection:
            at = connection.execute(select(marks.c.at).where(marks.c.key == key)).scalar()
            return readable_ms(at)
