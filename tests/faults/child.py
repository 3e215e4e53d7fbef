"""The bot in its own process, which can be killed, with a story's clock and watched commits."""

import dataclasses
import os
import signal
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from sqlalchemy import Connection, Engine, event

from bot.app.wiring import Bot
from bot.domain.request_limits import UNLIMITED
from bot.domain.slack_rates import SlackRates
from bot.ops import logging_setup
from bot.settings.reading import read_settings
from bot.store import Database, Store, check_schema, migrate
from tests.faults.board import FULL, READ_ONLY, Board
from tests.faults.points import Place, Places, Point

QUICK = SlackRates(post_channel_ms=0, post_workspace_ms=0, update_ms=0)
SLACK_TIMEOUT = 2
"""Seconds; with ten, timeout tests would only take longer."""
DSS_TIMEOUT = 2.0


@dataclass(frozen=True)
class Orders:
    """A process's instructions. Everything is picklable because a fork server starts the process."""

    environment: dict[str, str]
    folder: str
    name: str = "bot"
    point: Point | None = None
    """The commit at which to kill this process, if the point is a commit."""
    database_clock: bool = True
    """Whether leases use the story's clock; PostgreSQL has its own."""


def main(orders: Orders) -> None:
    """Run until killed."""
    folder = Path(orders.folder)
    log = os.open(folder / f"{orders.name}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    board = Board(folder / "board")
    settings = read_settings(orders.environment, lambda path: Path(path).read_text(), folder)
    logging_setup.configure(settings.log, settings.secrets())
    instances = tuple(dataclasses.replace(one, read_timeout=DSS_TIMEOUT) for one in settings.instances)
    often = dataclasses.replace(settings.following, tick_seconds=0.05, requests_per_second=50.0)
    unasked = dataclasses.replace(settings.visibility, ask_before_first_post=False)
    settings = dataclasses.replace(
        settings, following=often, instances=instances, limits=UNLIMITED, visibility=unasked
    )
    address = settings.store.database_url.reveal()
    database = Database(address, clock=board.now if orders.database_clock else None)
    Commits(database.engine, board, orders, folder / f"{orders.name}.commits")
    if database.is_sqlite:
        event.listen(database.engine, "checkout", lambda raw, record, _: _feel_disk(raw, record, board))
        migrate(database)
    check_schema(database)
    bot = Bot(settings, clock=board.now, rates=QUICK, store=Store(database))
    bot.client.timeout = SLACK_TIMEOUT
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    bot.start()
    stopped.wait()
    if not bot.stop():
        os._exit(1)


class Commits:
    """Watches an engine's transactions, names each, and ends the process at one of them."""

    def __init__(self, engine: Engine, board: Board, orders: Orders, trace: Path) -> None:
        self._board = board
        self._point = orders.point if orders.point and orders.point.place.kind == "commit" else None
        self._places = Places()
        self._trace = os.open(trace, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        event.listen(engine, "begin", self._began)
        event.listen(engine, "after_cursor_execute", self._executed)
        event.listen(engine, "commit", self._before)
        event.listen(engine, "checkin", self._after)

    @staticmethod
    def _began(connection: Connection) -> None:
        connection.info["wrote"] = False

    @staticmethod
    def _executed(
        connection: Connection,
        cursor: Any,
        _statement: str,
        _parameters: object,
        context: Any,
        _many: bool,
    ) -> None:
        changes = context.isinsert or context.isupdate or context.isdelete or context.isddl
        if changes and (cursor.rowcount != 0 or context.isddl):
            connection.info["wrote"] = True

    def _before(self, connection: Connection) -> None:
        if not connection.info.pop("wrote", False):
            return
        what = _called_from(sys._getframe())
        place = self._places.arrive(self._board.phase, "commit", what)
        os.write(self._trace, f"{place.phase}\t{place.what}\n".encode())
        self._strike(place, "kill before")
        connection.info["committed"] = place

    def _after(self, _connection: object, record: Any) -> None:
        place = record.info.pop("committed", None)
        if place is not None:
            self._strike(place, "kill after")

    def _strike(self, place: Place, fault: str) -> None:
        if self._point == Point(place, fault) and not self._board.fired:
            self._board.fire()
            os.kill(os.getpid(), signal.SIGKILL)
            signal.pause()  # this thread does nothing more


def _called_from(frame: FrameType | None) -> str:
    """Name a transaction by the store's function and that function's caller."""
    store = caller = ""
    for code in _codes(frame):
        name = code.co_qualname
        if "/bot/store/" in code.co_filename:
            if "database.py" not in code.co_filename:
                store = name
        elif "/bot/" in code.co_filename and store:
            caller = name
            break
    return f"{caller} → {store}" if caller else store or "?"


def _codes(frame: FrameType | None) -> Iterator[Any]:
    while frame is not None:
        yield frame.f_code
        frame = frame.f_back


def _feel_disk(raw: Any, record: Any, board: Board) -> None:
    """Make SQLite see the disk in the story's state."""
    state = board.disk
    if not state and not record.info.get("unwell"):
        return
    record.info["unwell"] = bool(state)
    cursor = raw.cursor()
    try:
        pages = cursor.execute("PRAGMA page_count").fetchone()[0] if state == FULL else 2**30
        cursor.execute(f"PRAGMA max_page_count = {pages}")
        cursor.execute(f"PRAGMA query_only = {int(state == READ_ONLY)}")
    finally:
        cursor.close()
