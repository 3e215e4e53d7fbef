"""Personal DSS API keys that people connected, encrypted: at most one in use per person and instance."""

from collections.abc import Sequence
from uuid import uuid4

import msgspec
from sqlalchemy import ColumnElement, RowMapping, and_, delete, insert, select, update

from bot.settings import Secret
from bot.store.database import Database
from bot.store.encryption import CannotDecrypt, Encryption
from bot.store.tables import personal_keys as table

CONFIRM_WITHIN_MS = 3_600_000
"""How long an unconfirmed key is kept: one hour."""


class PersonalKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key that a person connected."""

    id: str
    instance: str
    user_id: str
    login: str
    """The DSS login that the key belongs to."""
    key: Secret | None
    """``None`` if it can't be decrypted."""
    refused: bool = False
    """Whether DSS has refused it: then it's never used again."""


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """What the table holds, apart from unconfirmed keys."""

    connected: int = 0
    """People with a key on an instance, however many of those keys can be used."""
    refused: int = 0
    """Of these, keys that DSS refused."""
    undecryptable: int = 0
    """Of these, keys that no encryption key decrypts."""


class _Sealed(msgspec.Struct, frozen=True):
    """What is encrypted. A token that somebody moved to another person's row doesn't fit there."""

    instance: str
    user_id: str
    key: str


class PersonalKeyStore:
    """The table of personal keys."""

    def __init__(self, database: Database, encryption: Encryption) -> None:
        self._database = database
        self._encryption = encryption

    @property
    def is_on(self) -> bool:
        """Whether keys can be encrypted at all."""
        return self._encryption.is_on

    def put(self, instance: str, user_id: str, login: str, key: Secret, *, confirmed: bool) -> str:
        """Keep a key, and return its row's id.

        A confirmed key replaces the one in use. An unconfirmed one waits for `confirm`.
        """
        sealed = msgspec.json.encode(_Sealed(instance, user_id, key.reveal()))
        row_id = uuid4().hex
        with self._database.write() as connection:
            now = self._database.now_ms(connection)
            mine = and_(table.c.instance == instance, table.c.user_id == user_id)
            old = mine if confirmed else and_(mine, table.c.confirmed.is_(False))
            connection.execute(delete(table).where(old))
            connection.execute(delete(table).where(_lapsed(now)))
            connection.execute(
                insert(table).values(
                    id=row_id,
                    instance=instance,
                    user_id=user_id,
                    login=login,
                    confirmed=confirmed,
                    token=self._encryption.encrypt(sealed),
                    created_at=now,
                )
            )
        return row_id

    def confirm(self, row_id: str, user_id: str) -> PersonalKey | None:
        """Put an unconfirmed key of this person in use; ``None`` if it is no longer there."""
        with self._database.write() as connection:
            now = self._database.now_ms(connection)
            connection.execute(delete(table).where(_lapsed(now)))
            waiting = and_(table.c.id == row_id, table.c.user_id == user_id, table.c.confirmed.is_(False))
            row = connection.execute(select(table).where(waiting)).mappings().first()
            if row is None:
                return None
            used = and_(
                table.c.instance == row["instance"],
                table.c.user_id == user_id,
                table.c.confirmed.is_(True),
            )
            connection.execute(delete(table).where(used))
            connection.execute(update(table).where(table.c.id == row_id).values(confirmed=True))
        return self._read(row)

    def find(self, instance: str, user_id: str) -> PersonalKey | None:
        """Return the key that a person connected, refused or not."""
        mine = and_(table.c.instance == instance, table.c.user_id == user_id, table.c.confirmed.is_(True))
        with self._database.read() as connection:
            row = connection.execute(select(table).where(mine)).mappings().first()
        return self._read(row) if row is not None else None

    def delete(self, instance: str, user_id: str) -> str | None:
        """Delete a person's key, confirmed or not; return its login, or ``None`` if there was none."""
        mine = and_(table.c.instance == instance, table.c.user_id == user_id)
        with self._database.write() as connection:
            found = connection.execute(select(table.c.login).where(mine).order_by(table.c.confirmed.desc()))
            login = found.scalars().first()
            connection.execute(delete(table).where(mine))
        return login

    def mark_refused(self, row_id: str) -> None:
        """Record that DSS refuses a key. A key that replaced it meanwhile has another id."""
        with self._database.write() as connection:
            now = self._database.now_ms(connection)
            connection.execute(
                update(table).where(table.c.id == row_id, table.c.refused_at.is_(None)).values(refused_at=now)
            )

    def counts(self) -> Counts:
        """Count the keys, and try to decrypt each."""
        keys = [self._read(row) for row in self._rows()]
        return Counts(
            connected=len(keys),
            refused=sum(key.refused for key in keys),
            undecryptable=sum(key.key is None for key in keys),
        )

    def rotate(self) -> tuple[int, int]:
        """Encrypt every key anew with the newest encryption key.

        Safe while the bot runs, and safe to repeat: a row that changed meanwhile keeps its change.

        Returns:
            How many were encrypted anew, and how many couldn't be decrypted.
        """
        rotated = failed = 0
        for row in self._rows(unconfirmed=True):
            try:
                token = self._encryption.rotate(row["token"])
            except CannotDecrypt:
                failed += 1
                continue
            same = and_(table.c.id == row["id"], table.c.token == row["token"])
            with self._database.write() as connection:
                rotated += connection.execute(update(table).where(same).values(token=token)).rowcount
        return rotated, failed

    def _rows(self, *, unconfirmed: bool = False) -> Sequence[RowMapping]:
        wanted = select(table) if unconfirmed else select(table).where(table.c.confirmed.is_(True))
        with self._database.read() as connection:
            return connection.execute(wanted).mappings().all()

    def _read(self, row: RowMapping) -> PersonalKey:
        return PersonalKey(
            id=row["id"],
            instance=row["instance"],
            user_id=row["user_id"],
            login=row["login"],
            key=self._unsealed(row),
            refused=row["refused_at"] is not None,
        )

    def _unsealed(self, row: RowMapping) -> Secret | None:
        try:
            sealed = msgspec.json.decode(self._encryption.decrypt(row["token"]), type=_Sealed)
        except (CannotDecrypt, msgspec.DecodeError):
            return None
        fits = (sealed.instance, sealed.user_id) == (row["instance"], row["user_id"])
        return Secret(sealed.key) if fits else None


def _lapsed(now: int) -> ColumnElement[bool]:
    return and_(table.c.confirmed.is_(False), table.c.created_at < now - CONFIRM_WITHIN_MS)
