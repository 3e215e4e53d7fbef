"""The engine, its transactions and its clock: SQLite (WAL) or PostgreSQL by address."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url

from bot.store.turns import Turns

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Clock = Callable[[], datetime]

PATIENCE = 10.0
"""Seconds that a writer waits for another one."""


_LIVELY = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""What libpq is told, so that a PostgreSQL whose packets are dropped is noticed in half a minute."""


def to_ms(moment: datetime) -> int:
    """Return milliseconds since the epoch of an aware datetime."""
    return round((moment - EPOCH).total_seconds() * 1000)


def from_ms(ms: int) -> datetime:
    """Return the aware datetime (UTC) of milliseconds since the epoch."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DBAPI connection
    # The driver must not open transactions by itself: `_begin_sqlite` does, and takes the write lock at once,
    # because a transaction that reads first and writes later fails with "locked" instead of waiting.
    connection.isolation_level = None
    # Bytes that are no text are one row's trouble: the driver would refuse all that were asked for with it.
    connection.text_factory = partial(str, encoding="utf-8", errors="replace")
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
        address: SQLAlchemy address; ``sqlite:///file`` or ``postgresql+psycopg://…``.
        clock: returns an aware datetime; ``None`` takes PostgreSQL's own clock, so that replicas on machines
            with different clocks agree, and this machine's for SQLite, which no other machine shares.
    """

    def __init__(self, address: str, *, clock: Clock | None = None) -> None:
        url = make_url(address)
        self.is_sqlite = url.get_backend_name() == "sqlite"
        if self.is_sqlite and url.database and url.database != ":memory:":
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        # Listener threads, workers and senders: each holds one connection for one short transaction.
        self.engine: Engine = create_engine(
            url,
            pool_pre_ping=not self.is_sqlite,
            pool_size=20,
            max_overflow=20,
            connect_args={} if self.is_sqlite else {k: v for k, v in _LIVELY.items() if k not in url.query},
        )
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        self._clock = clock
        self._turns = Turns() if self.is_sqlite else None

    @contextmanager
    def write(self, *, patience: float = PATIENCE) -> Iterator[Connection]:
        """One transaction, committed at the end, rolled back on any error.

        Args:
            patience: seconds to wait for another writer of a SQLite file.
        """
        with (
            self._in_turn(patience) as left,
            self.engine.connect().execution_options(patience=left) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def _in_turn(self, patience: float) -> Iterator[float]:
        """Let one thread at a time write to SQLite; give the seconds that are left for other processes.

        A file takes one writer anyway. But SQLite waits by sleeping and looking again, up to 100 ms at a time
        and in no order, while here the next in line is woken.
        """
        if self._turns is None:
            yield patience
            return
        until = time.monotonic() + patience
        taken = self._turns.take(patience)
        try:
            yield max(0.0, until - time.monotonic())
        finally:
            if taken:
                self._turns.give()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for reading only: it never waits for a writer."""
        with self.engine.connect().execution_options(read_only=True) as connection:
            yield connection

    def now_ms(self, connection: Connection) -> int:
        """Return the time that leases go by, in milliseconds since the epoch."""
        if self._clock is not None:
            return to_ms(self._clock())
        if self.is_sqlite:
            return to_ms(datetime.now(UTC))
        asked = text("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")
        return int(connection.execute(asked).scalar_one())

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()
