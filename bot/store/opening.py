"""Open the database that the settings name: upgrade SQLite, check PostgreSQL, or only read."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from alembic.migration import MigrationContext
from sqlalchemy.engine import make_url

from bot.domain.errors import BotError
from bot.settings import Secret
from bot.store import Database, OldSchema, Store, StoreTrouble, check_schema, migrate


class CannotOpen(BotError):
    """The database can't be used. The text says why and doesn't contain the password."""


class NoDatabase(CannotOpen):
    """The SQLite file doesn't exist yet."""


@contextmanager
def database_trouble() -> Iterator[None]:
    """Turn any error that makes a database unusable into one sentence.

    Raises:
        CannotOpen: with that sentence.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise CannotOpen(
            f"needs {error.name}, which isn't installed: pip install 'dss-bot[postgres]'"
        ) from error
    except (StoreTrouble, OSError) as error:
        raise CannotOpen(
            f"can't be opened: {(str(error) or type(error).__name__).splitlines()[0]}"
        ) from error


def open_store(database_url: Secret) -> Store:
    """Open the database. Upgrade SQLite right away, but only check PostgreSQL, because others share it.

    Raises:
        UnknownSchema: the text says what to run.
        CannotOpen: the text says why.
    """
    with database_trouble(), ExitStack() as on_failure:
        database = Database(database_url.reveal())
        on_failure.callback(database.close)
        try:
            check_schema(database)
        except OldSchema:
            if not database.is_sqlite:
                raise
            migrate(database)
        on_failure.pop_all()
        return Store(database)


def open_for_reading(database_url: Secret) -> Store:
    """Open the database without creating or changing anything.

    Raises:
        NoDatabase: there is no such file.
        UnknownSchema: the text says what to run.
        CannotOpen: the text says why.
    """
    with database_trouble(), ExitStack() as on_failure:
        _check_file(sqlite_file(database_url))
        database = Database(database_url.reveal(), read_only=True)
        on_failure.callback(database.close)
        check_schema(database)
        on_failure.pop_all()
        return Store(database)


def check_writable(database_url: Secret) -> None:
    """Make sure, without trying, that this user may write to the SQLite file, or create it.

    Raises:
        CannotOpen: the text names the file or folder.
    """
    file = sqlite_file(database_url)
    if file is None:
        return
    with database_trouble():
        folder = next(parent for parent in file.parents if parent.exists())
        if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
            raise CannotOpen(f"can't be written: this user may not create files in {folder}")
        if file.exists() and not os.access(file, os.W_OK):
            raise CannotOpen(f"can't be written: this user may not write to {file}")


def sqlite_file(database_url: Secret) -> Path | None:
    """Return the absolute path of a SQLite database's file; ``None`` for another database."""
    url = make_url(database_url.reveal())
    return Path(url.database or "").absolute() if url.get_backend_name() == "sqlite" else None


def shown(database_url: Secret) -> str:
    """Return the address for people: no password, and where a relative path leads."""
    url = make_url(database_url.reveal())
    url = url.update_query_dict({name: "hidden" for name in url.query if "password" in name.lower()})
    file = sqlite_file(database_url)
    return (url.set(database=str(file)) if file else url).render_as_string(hide_password=True)


def _check_file(file: Path | None) -> None:
    """Make sure that a SQLite file exists: SQLite would create it."""
    try:
        if file is not None:
            file.stat()
    except FileNotFoundError as error:
        raise NoDatabase(
            f"can't be opened: there is no file {file} yet. `dss-bot run` and `dss-bot migrate` create it"
        ) from error


def bring_up_to_date(database_url: Secret) -> str:
    """Upgrade the database to this version's schema; return a sentence about what was done.

    Raises:
        UnknownSchema: a newer version created the schema.
        CannotOpen: the text says why.
    """
    with database_trouble(), closing(Database(database_url.reveal())) as database:
        try:
            check_schema(database)
        except OldSchema:
            migrate(database)
            return f"The database is now at schema {_schema(database)}."
        return f"The database was already at schema {_schema(database)}: there was nothing to do."


def _schema(database: Database) -> str | None:
    with database.read() as connection:
        return MigrationContext.configure(connection).get_current_revision()
