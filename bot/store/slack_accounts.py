"""Which Slack accounts have changed: Slack tells one replica, and the others read it here."""

from collections.abc import Collection

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bot.store.database import Database
from bot.store.tables import slack_accounts


class SlackAccountStore:
    """A version for each account that a replica has asked Slack about.

    A replica notes the version before it asks, so that a change while Slack answers counts too. Versions are
    compared, never times: the clocks of replicas differ.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def version(self, user_id: str) -> int | None:
        """Return an account's version; ``None`` if nobody has asked about it lately."""
        with self._database.read() as connection:
            asked = select(slack_accounts.c.version).where(slack_accounts.c.user_id == user_id)
            found: int | None = connection.execute(asked).scalar()
        return found

    def note(self, user_id: str) -> int:
        """Note that a replica asks Slack about an account now; return its version."""
        insert = sqlite_insert if self._database.is_sqlite else postgresql_insert
        with self._database.write() as connection:
            now = self._database.now_ms(connection)
            new = insert(slack_accounts).values(user_id=user_id, version=0, asked_at=now)
            again = new.on_conflict_do_update(
                index_elements=[slack_accounts.c.user_id], set_={"asked_at": new.excluded.asked_at}
            )
            return int(connection.execute(again.returning(slack_accounts.c.version)).scalar_one())

    def changed(self, user_ids: Collection[str]) -> None:
        """Give accounts that have changed a new version.

        Those that nobody has asked about need none: a workspace has many, and they change often.
        """
        which = slack_accounts.c.user_id.in_(sorted(user_ids))
        with self._database.read() as connection:
            if connection.execute(select(slack_accounts.c.user_id).where(which)).first() is None:
                return
        with self._database.write() as connection:
            connection.execute(
                update(slack_accounts).where(which).values(version=slack_accounts.c.version + 1)
            )
