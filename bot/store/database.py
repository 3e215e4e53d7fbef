"""The engine, its transactions and its clock. The address selects SQLite (WAL) or PostgreSQL."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url

from bot.store.private_files import make_private, sqlite_path
from bot.store.write_queue import WriteQueue

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Clock = Callable[[], datetime]

PATIENCE = 10.0
"""Seconds that a writer waits for another writer."""


_LIVELY = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""Options for libpq, so that a PostgreSQL whose packets are dropped is noticed within half a minute."""


def to_ms(moment: datetime) -> int:
    """Return an aware datetime as milliseconds since the epoch."""
    return round((moment - EPOCH).total_seconds() * 1000)


def from_ms(ms: int) -> datetime:
    """Return milliseconds since the epoch as an aware datetime (UTC)."""
    return datetime.fromtimestamp(ms / 1000, UTC)


LAST_MS = 7_258_118_400_000
"""The year 2200. A number beyond it isn't a time (ADR 0013)."""


def readable_ms(ms: object) -> datetime | None:
    """Return milliseconds since the epoch as an aware datetime; ``None`` if that can't be a time.

    SQLite keeps whatever was written into a column of numbers, such as text.
    """
    return from_ms(ms) if isinstance(ms, int) and 0 <= ms < LAST_MS else None


_AS_TEXT = partial(str, encoding="utf-8", errors="replace")
"""Invalid UTF-8 must affect only its own row: otherwise, the driver would fail the whole query."""


def _prepare_reading(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DBAPI connection
    connection.isolation_level = None
    connection.text_factory = _AS_TEXT
    connection.execute("PRAGMA query_only=ON").close()


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DBAPI connection
    # The driver must not open transactions itself: `_begin_sqlite` does, and takes the write lock right away,
    # because a transaction that reads first and writes later fails with "locked" instead of waiting.
    connection.isolation_level = None
    connection.text_factory = _AS_TEXT
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("read_only"):
        patience = options.get("patience", PATIENCE)
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {round(patience * 1000)}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")


class Database:
    """An engine with short write transactions, reads outside of them, and one clock for leases.

    Args:
        address: SQLAlchemy address: ``sqlite:///file`` or ``postgresql+psycopg://…``.
        clock: returns an aware datetime. ``None`` means PostgreSQL's own clock, so that replicas on machines
            with different clocks agree, or this machine's clock for SQLite, which no other machine shares.
        read_only: whether to leave a SQLite file exactly as it is, its journal mode included.
    """

    def __init__(self, address: str, *, clock: Clock | None = None, read_only: bool = False) -> None:
        url = make_url(address)
        self.is_sqlite = url.get_backend_name() == "sqlite"
        if (file := sqlite_path(url)) is not None and not read_only:
            make_private(file)
        # Listener threads, workers and senders: each holds one connection for one short transaction.
        self.engine: Engine = create_engine(
            url,
            pool_pre_ping=not self.is_sqlite,
            pool_size=20,
            max_overflow=20,
            connect_args={} if self.is_sqlite else {k: v for k, v in _LIVELY.items() if k not in url.query},
        )
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_reading if read_only else _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        self._clock = clock
        self._turns = WriteQueue() if self.is_sqlite else None

    @contextmanager
    def write(self, *, patience: float = PATIENCE) -> Iterator[Connection]:
        """Open a transaction; commit it at the end, or roll it back on any error.

        Args:
            patience: seconds to wait for another writer of the SQLite file.
        """
        with (
            self._in_turn(patience) as left,
            self.engine.connect().execution_options(patience=left) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def _in_turn(self, patience: float) -> Iterator[float]:
        """Let one thread at a time write to SQLite; yield the seconds left to wait for other processes.

        A file allows only one writer anyway. But SQLite waits by polling, up to 100 ms at a time and in no
        particular order, while here the next thread in line is woken.
        """
        if self._turns is None:
            yield patience
            return
        until = time.monotonic() + patience
        taken = self._turns.acquire(patience)
        try:
            yield max(0.0, until - time.monotonic())
        finally:
            if taken:
                self._turns.release()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a read-only connection, which never waits for a writer."""
        with self.engine.connect().execution_options(read_only=True) as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Open a read-only connection whose statements all see the database as it was at one moment."""
        level = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with self.engine.connect().execution_options(read_only=True, **level) as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN")
            yield connection

    def now_ms(self, connection: Connection) -> int:
        """Return the time of the clock for leases, in milliseconds since the epoch."""
        if self._clock is not None:
            return to_ms(self._clock())
        if self.is_sqlite:
            return to_ms(datetime.now(UTC))
        asked = text("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")
        return int(connection.execute(asked).scalar_one())

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()
