"""What ``dss-bot audit`` prints."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from bot.cli import main
from bot.domain.audit import AuditEntry
from bot.ops.audit_report import lines
from bot.settings import NAMES
from bot.store import Database, Store
from tests.support.databases import sqlite_with_tables

ENTRY = AuditEntry(
    user_id="U1",
    team_id="T1",
    act_as="alice",
    verb="build",
    instance="dss",
    project="CHURN",
    target="CHURN.scored",
    channel="C1",
    surface="command",
    allowed=True,
    rule="dss",
    reference="0123456789abcdef",
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A migrated SQLite file with three entries."""
    store = Store(Database(sqlite_with_tables(tmp_path)))
    denied = msgspec.structs.replace(ENTRY, user_id="U2", act_as=None, allowed=False, note="No login has it.")
    store.audit.add(ENTRY, denied, msgspec.structs.replace(ENTRY, outcome="started", job="Build_1"))
    yield store
    store.close()


def audit(store: Store, *options: str) -> tuple[int, str]:
    """Run the command; return its exit code and standard output."""
    env = dict.fromkeys(NAMES, None) | {"DATABASE_URL": str(store.database.engine.url)}
    result = CliRunner(env=env).invoke(main, ["audit", *options])
    return result.exit_code, result.stdout


def test_the_table_is_newest_first(store: Store) -> None:
    """One line for each entry, with what a person needs to know."""
    code, text = audit(store)
    first, second, third = text.splitlines()
    assert code == 0
    assert "U1 (alice)  C1/command  build  CHURN.scored → Build_1  started  01234567" in first
    assert "U2  C1/command  build  CHURN.scored  refused by dss  01234567  No login has it." in second
    assert "allowed by dss" in third
    assert len(audit(store, "--limit", "1")[1].splitlines()) == 1


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (("--user", "alice"), 2),
        (("--user", "U2"), 1),
        (("--denied",), 1),
        (("--project", "CHURN", "--verb", "build"), 3),
        (("--verb", "log"), 0),
        (("--since", "1h"), 3),
        (("--until", "1h"), 0),
        (("--reference", "01234567"), 3),
    ],
)
def test_filters(store: Store, options: tuple[str, ...], count: int) -> None:
    """Each of them; times are read as in `/dss-jobs --since`, in UTC."""
    assert len(audit(store, *options)[1].splitlines()) == count


def test_exports_have_every_field(store: Store) -> None:
    """And nothing but the export is on standard output."""
    entries = [
        msgspec.json.decode(line, type=AuditEntry)
        for line in audit(store, "--format", "jsonl")[1].splitlines()
    ]
    assert [entry.position for entry in entries] == [3, 2, 1]
    assert entries[0].hash == store.audit.head().hash
    rows = list(csv.DictReader(audit(store, "--format", "csv")[1].splitlines()))
    assert [row["allowed"] for row in rows] == ["true", "false", "true"]
    assert set(rows[0]) == set(AuditEntry.__struct_fields__)


def test_a_time_that_cannot_be_read_is_refused(store: Store) -> None:
    """As is a head without the verification that compares it."""
    assert audit(store, "--since", "yesterdya")[0] == 2
    assert audit(store, "--expect-head", "00")[0] == 2


@pytest.mark.parametrize("noted", ["", "8:", "b2c2471a", "g" * 64])
def test_a_noted_head_that_is_no_hash_is_refused(store: Store, noted: str) -> None:
    """An empty one, of a variable that isn't set, would compare nothing and find nothing."""
    assert audit(store, "--verify", "--expect-head", noted) == (2, "")
    assert audit(store, "--verify", "--expect-head", store.audit.head().hash.upper())[0] == 0


def test_verification_says_what_it_found(store: Store) -> None:
    """The exit code is 0 or 1; the head can be noted and compared later."""
    head = str(store.audit.head())
    code, text = audit(store, "--verify")
    assert (code, f"Head: {head}" in text) == (0, True)
    store.audit.add(ENTRY)
    assert audit(store, "--verify", "--expect-head", head)[0] == 0
    code, text = audit(store, "--verify", "--expect-head", "f" * 64)
    assert (code, "BROKEN: no entry has the expected hash" in text) == (1, True)
    with store.database.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_no_update")
        connection.exec_driver_sql("UPDATE audit SET note = 'x' WHERE position = 2")
    code, text = audit(store, "--verify")
    assert (code, "BROKEN: entry 2 was changed" in text) == (1, True)


BEGINNINGS = tuple("=+-@\uff1d\uff0b\uff0d\uff20")


@given(
    text=st.text(max_size=30)
    | st.builds("".join, st.tuples(st.text("\t\r\n ", max_size=3), st.sampled_from(BEGINNINGS), st.text()))
)
def test_no_cell_is_a_formula(text: str) -> None:
    """A spreadsheet must show what somebody typed, not compute it."""
    _, line = lines([msgspec.structs.replace(ENTRY, target=text)], "csv")
    [row] = csv.reader(io.StringIO(line, newline=""))
    cell = row[AuditEntry.__struct_fields__.index("target")]
    assert cell.removeprefix("'") == text.removeprefix("'")
    assert not cell.strip().startswith(BEGINNINGS)


@given(text=st.text(max_size=30))
def test_no_entry_takes_two_lines_of_the_table(text: str) -> None:
    """Or writes to the terminal anything but text."""
    [line] = lines([msgspec.structs.replace(ENTRY, target=text, note=text, allowed=False)], "table")
    assert len(line.splitlines()) == 1
    assert "\x1b" not in line
