"""Which newer kinds of blocks a workspace has refused, so that nobody tries them with every message."""

from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bot.store.database import Database
from bot.store.tables import block_support


class BlockSupportStore:
    """The refused kinds, for all replicas on one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def refused(self, workspace: str, within_seconds: float) -> frozenset[str]:
        """Return the kinds of blocks that the workspace refused recently.

        Args:
            workspace: its id.
            within_seconds: an older refusal doesn't count anymore: Slack might accept the blocks by now.
        """
        with self._database.read() as connection:
            since = self._database.now_ms(connection) - round(within_seconds * 1000)
            recent = block_support.c.refused_at > since
            asked = select(block_support.c.kind).where(block_support.c.workspace == workspace, recent)
            return frozenset(row[0] for row in connection.execute(asked))

    def refuse(self, workspace: str, kinds: Collection[str]) -> None:
        """Remember that the workspace has just refused these kinds of blocks."""
        if not kinds:
            return
        insert = sqlite_insert if self._database.is_sqlite else postgresql_insert
        with self._database.write() as connection:
            now = self._database.now_ms(connection)
            # In one order, so that two replicas don't wait for each other's rows.
            rows = [{"workspace": workspace, "kind": kind, "refused_at": now} for kind in sorted(kinds)]
            new = insert(block_support).values(rows)
            newer = {"refused_at": new.excluded.refused_at}
            keys = [block_support.c.workspace, block_support.c.kind]
            connection.execute(new.on_conflict_do_update(index_elements=keys, set_=newer))

    def forget(self) -> int:
        """Forget every refusal, so that all kinds are tried again; return how many there were."""
        with self._database.write() as connection:
            return connection.execute(delete(block_support)).rowcount
