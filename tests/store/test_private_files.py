"""The SQLite file and its siblings are for their owner alone."""

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from bot.ops.database_check import check_database
from bot.settings import Secret
from bot.store import Database
from bot.store.opening import open_store
from bot.store.private_files import sqlite_path


@pytest.fixture(autouse=True)
def generous() -> Iterator[None]:
    """The usual umask, with which SQLite makes a file that everybody can read."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    return {one.name: stat.S_IMODE(one.stat().st_mode) for one in folder.iterdir()}


def test_a_new_file_its_siblings_and_its_folders(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """While it's open, and from its first moment; folders that were there stay as they were."""
    before = modes(tmp_path.parent)[tmp_path.name]
    file = tmp_path / "a" / "b" / "bot.sqlite3"
    with closing(open_store(Secret(f"sqlite:///{file}"))):
        assert modes(file.parent) == dict.fromkeys(
            ("bot.sqlite3", "bot.sqlite3-wal", "bot.sqlite3-shm"), 0o600
        )
    assert "made_private" not in capsys.readouterr().err
    assert modes(tmp_path) == {"a": 0o700}
    assert modes(tmp_path / "a") == {"b": 0o700}
    assert modes(tmp_path.parent)[tmp_path.name] == before


def test_files_of_an_earlier_version_are_closed_to_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With 0644, as SQLite made them: the bot fixes that, and says so; the doctor only says so."""
    file = tmp_path / "bot.sqlite3"
    address = Secret(f"sqlite:///{file}")
    with closing(open_store(address)):
        for one in tmp_path.iterdir():
            one.chmod(0o644)
        found = str(check_database(address))
        assert found.startswith("warn  DATABASE_URL: has the tables of this version, but others")
        assert f"{file}, {file}-wal, {file}-shm" in found
        assert set(modes(tmp_path).values()) == {0o644}
        capsys.readouterr()
        with closing(open_store(address)):
            assert set(modes(tmp_path).values()) == {0o600}
        said = capsys.readouterr().err
    assert said.count("database.made_private") == 3
    assert "0644" in said
    assert str(check_database(address)).startswith("ok ")


def test_an_executable_or_shared_file_keeps_its_owners_rights(tmp_path: Path) -> None:
    """Only the others' are taken away."""
    file = tmp_path / "bot.sqlite3"
    file.touch(mode=0o600)
    file.chmod(0o777)
    with closing(Database(f"sqlite:///{file}")) as database, database.read() as connection:
        connection.execute(text("SELECT 1"))
    assert modes(tmp_path)["bot.sqlite3"] == 0o700


def test_reading_changes_nothing(tmp_path: Path) -> None:
    """`dss-bot outbox` and the doctor create no file and change no mode."""
    file = tmp_path / "bot.sqlite3"
    Database(f"sqlite:///{file}", read_only=True).close()
    assert not file.exists()


def test_a_second_store_leaves_the_locks_of_the_first(tmp_path: Path) -> None:
    """Without them, another process that closes the database thinks it's the last one, and corrupts it."""
    file = tmp_path / "bot.sqlite3"
    # SQLite's bytes for readers; a connection to a database in WAL mode keeps its lock on them.
    takes_them = (
        f"import fcntl; file = open({str(file)!r}, 'r+b'); "
        "fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 510, 0x40000002)"
    )
    address = Secret(f"sqlite:///{file}")
    with closing(open_store(address)) as store, store.database.read() as connection:
        connection.execute(text("SELECT 1"))
        Database(address.reveal()).close()
        tried = subprocess.run([sys.executable, "-c", takes_them], capture_output=True, check=False)
    assert b"BlockingIOError" in tried.stderr


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("sqlite:////x/bot.sqlite3", "/x/bot.sqlite3"),
        ("sqlite:///file:/x/a%2520b?mode=rw&uri=true", "/x/a b"),
        ("sqlite://", None),
        ("sqlite:///:memory:", None),
        ("postgresql+psycopg://h/d", None),
    ],
)
def test_the_file_of_an_address(address: str, path: str | None) -> None:
    """Plain paths, SQLite's own addresses, and databases without a file."""
    assert sqlite_path(make_url(address)) == (None if path is None else Path(path))
