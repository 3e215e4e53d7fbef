"""Writers of a SQLite file take turns in the order in which they arrived."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from bot.store import Database
from bot.store.database import PATIENCE
from bot.store.write_queue import WriteQueue

LONG = 30.0


@contextmanager
def database(path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{path / 'turns.sqlite3'}")
    with made.write() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS said (who TEXT)"))
    try:
        yield made
    finally:
        made.close()


def until_waiting(turns: WriteQueue, number: int) -> None:
    end = time.monotonic() + LONG
    while turns.waiting < number:
        assert time.monotonic() < end
        time.sleep(0.001)


def test_one_after_the_other_in_the_order_in_which_they_came() -> None:
    turns, order = WriteQueue(), []

    def wait_and_note(name: str) -> None:
        assert turns.acquire(LONG)
        order.append(name)
        turns.release()

    assert turns.acquire(0)
    with ThreadPoolExecutor(5) as pool:
        for number, name in enumerate("abcde"):
            pool.submit(wait_and_note, name)
            until_waiting(turns, number + 1)
        turns.release()

    assert order == list("abcde")


def test_who_ends_a_turn_does_not_go_again_before_one_who_waits() -> None:
    turns, order = WriteQueue(), []

    def other() -> None:
        assert turns.acquire(LONG)
        order.append("other")
        turns.release()

    assert turns.acquire(0)
    thread = threading.Thread(target=other)
    thread.start()
    until_waiting(turns, 1)
    turns.release()
    assert turns.acquire(LONG)
    order.append("again")
    turns.release()
    thread.join()

    assert order == ["other", "again"]


def test_who_has_waited_in_vain_is_not_in_line_any_more() -> None:
    turns = WriteQueue()
    assert turns.acquire(0)

    assert not turns.acquire(0.01)
    assert turns.waiting == 0

    turns.release()
    assert turns.acquire(0)


def test_many_threads_write_and_nothing_is_lost(tmp_path: Path) -> None:
    with database(tmp_path) as one, ThreadPoolExecutor(8) as pool:

        def say(number: int) -> None:
            with one.write() as connection:
                connection.execute(text("INSERT INTO said VALUES (:who)"), {"who": str(number)})

        list(pool.map(say, range(200)))

        with one.read() as connection:
            assert connection.execute(text("SELECT count(DISTINCT who) FROM said")).scalar() == 200


def test_a_turn_ends_with_the_transaction_that_fails(tmp_path: Path) -> None:
    with database(tmp_path) as one:
        with pytest.raises(OperationalError, match="no such table"), one.write() as connection:
            connection.execute(text("INSERT INTO nowhere VALUES ('undone')"))

        with one.write(patience=0) as connection:
            assert connection.execute(text("SELECT count(*) FROM said")).scalar() == 0


@pytest.mark.parametrize("same_process", [True, False])
def test_patience_ends_when_another_writer_takes_too_long(tmp_path: Path, *, same_process: bool) -> None:
    """Another writer can be a thread of this process or another process: a separate `Database`."""
    with database(tmp_path) as one, database(tmp_path) as another:
        writer = one if same_process else another
        with ThreadPoolExecutor(1) as pool, writer.write():
            began = time.monotonic()

            def hurry() -> None:
                with one.write(patience=0.05):
                    pass

            with pytest.raises(OperationalError, match="locked"):
                pool.submit(hurry).result(LONG)
            assert time.monotonic() - began < PATIENCE

        with one.write(patience=0):
            pass
