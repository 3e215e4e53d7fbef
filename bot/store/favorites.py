"""Favorites and default projects. A change closes the intent that asked for it, in the same transaction."""

from collections.abc import Callable, Mapping, Sequence

import structlog
from sqlalchemy import ColumnElement, Connection, RowMapping, Table, and_, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bot.domain.audit import AuditEntry
from bot.domain.errors import Refusal
from bot.domain.favorites import MOST, ChannelDefault, Favorite, name_key
from bot.domain.requests import Build
from bot.domain.stored_records import IntentState
from bot.language import t
from bot.store.audit import AuditStore
from bot.store.codec import UnreadableRow, dump, load_request
from bot.store.database import Database
from bot.store.intents import close_intent
from bot.store.tables import channel_defaults, favorites, intents

log = structlog.get_logger(__name__)


class FavoriteStore:
    """The tables of favorites and of default projects."""

    def __init__(self, database: Database, audit: AuditStore) -> None:
        self._database = database
        self._audit = audit

    def find(self, owners: Sequence[str], name: str) -> Favorite | None:
        """Return the favorite with a name, of the first owner that has it."""
        asked = select(favorites).where(favorites.c.owner.in_(owners), favorites.c.key == name_key(name))
        with self._database.read() as connection:
            found = {row["owner"]: row for row in connection.execute(asked).mappings()}
        return next((_read(found[owner]) for owner in owners if owner in found), None)

    def of_owner(self, owner: str) -> tuple[Favorite, ...]:
        """Return a person's or a channel's favorites by name; those that can't be read are left out."""
        asked = select(favorites).where(favorites.c.owner == owner).order_by(favorites.c.key).limit(MOST)
        with self._database.read() as connection:
            rows = connection.execute(asked).mappings().all()
        return tuple(one for one in map(_read, rows) if one is not None)

    def save(self, favorite: Favorite, intent_id: str, audit: AuditEntry) -> None:
        """Save a favorite, in place of another with the same name.

        Raises:
            Refusal: there are already as many as there can be.
        """
        key = name_key(favorite.name)

        def write(connection: Connection, now: int) -> None:
            counted = select(func.count()).where(favorites.c.owner == favorite.owner, favorites.c.key != key)
            if connection.execute(counted).scalar_one() >= MOST:
                raise Refusal(
                    t(
                        "There are already {number} favorites. Delete one that nobody needs, then save "
                        "this one.",
                        number=MOST,
                    ),
                    example="/dss-build list",
                )
            values = {
                "name": favorite.name,
                "build": dump(favorite.build),
                "saved_by": favorite.saved_by,
                "saved_at": now,
            }
            self._put(connection, favorites, {"owner": favorite.owner, "key": key}, values)

        self._once(intent_id, audit, write)

    def rename(self, owner: str, name: str, to: str, intent_id: str, audit: AuditEntry) -> None:
        """Give a favorite another name.

        Raises:
            Refusal: the other name is taken.
        """

        def write(connection: Connection, _: int) -> None:
            taken = connection.execute(select(favorites.c.name).where(_is(owner, to))).first()
            if taken is not None and name_key(to) != name_key(name):
                raise Refusal(t("There is already a favorite “{name}”.", name=to), example="/dss-build list")
            connection.execute(update(favorites).where(_is(owner, name)).values(key=name_key(to), name=to))

        self._once(intent_id, audit, write)

    def delete(self, owner: str, name: str, intent_id: str, audit: AuditEntry) -> None:
        """Delete a favorite."""
        self._once(
            intent_id,
            audit,
            lambda connection, _: connection.execute(delete(favorites).where(_is(owner, name))),
        )

    def default_of(self, channel_id: str) -> ChannelDefault | None:
        """Return a channel's default project."""
        asked = select(channel_defaults).where(channel_defaults.c.channel_id == channel_id)
        with self._database.read() as connection:
            row = connection.execute(asked).mappings().first()
        if row is None:
            return None
        return ChannelDefault(project=row["project"], instance=row["instance"], set_by=row["set_by"])

    def set_default(
        self, channel_id: str, default: ChannelDefault | None, intent_id: str, audit: AuditEntry
    ) -> None:
        """Set or clear a channel's default project."""

        def write(connection: Connection, now: int) -> None:
            if default is None:
                connection.execute(
                    delete(channel_defaults).where(channel_defaults.c.channel_id == channel_id)
                )
                return
            values = {
                "instance": default.instance,
                "project": default.project,
                "set_by": default.set_by,
                "set_at": now,
            }
            self._put(connection, channel_defaults, {"channel_id": channel_id}, values)

        self._once(intent_id, audit, write)

    def _once(self, intent_id: str, audit: AuditEntry, write: Callable[[Connection, int], object]) -> None:
        """Write, unless another process has already carried out the intent."""
        with self._database.write() as connection:
            now = self._database.now_ms(connection)
            asked = select(intents.c.state).where(intents.c.id == intent_id).with_for_update()
            state = connection.execute(asked).scalar()
            if state not in {IntentState.NEW, IntentState.STARTING}:
                return
            write(connection, now)
            close_intent(connection, now, intent_id, IntentState.DONE)
            self._audit.add_in(connection, audit)

    def _put(
        self, connection: Connection, table: Table, key: Mapping[str, object], values: Mapping[str, object]
    ) -> None:
        insert = sqlite_insert if self._database.is_sqlite else postgresql_insert
        new = insert(table).values(**key, **values)
        connection.execute(new.on_conflict_do_update(index_elements=list(key), set_=dict(values)))


def _is(owner: str, name: str) -> ColumnElement[bool]:
    return and_(favorites.c.owner == owner, favorites.c.key == name_key(name))


def _read(row: RowMapping) -> Favorite | None:
    """Read a row; ``None`` if another version of the bot wrote what this one can't read."""
    try:
        build = load_request(row["build"])
    except UnreadableRow as error:
        log.warning("favorite.unreadable", owner=row["owner"], reason=str(error))
        return None
    if not isinstance(build, Build):
        return None
    return Favorite(owner=row["owner"], name=row["name"], build=build, saved_by=row["saved_by"])
