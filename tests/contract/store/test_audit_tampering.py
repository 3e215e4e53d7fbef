"""Somebody with a connection to the database changes the audit: whatever they do, verification finds it."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Boolean, Text, delete, insert, select, text, update

from bot.domain.audit import CHAINED, entry_hash
from bot.store import Store
from bot.store.tables import audit, audit_chain
from tests.contract.store.test_audit import ENTRY, KEEP
from tests.support.clocks import HandClock

Row = dict[str, Any]
COLUMNS = (*CHAINED, "hash")
FIRST, LAST = 6, 16
"""Positions that are left after pruning."""
POSITIONS = st.integers(FIRST, LAST)
TAMPERING = settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)


class Tampered:
    """An audit without its triggers, which can be put back as it was."""

    def __init__(self, store: Store) -> None:
        self.store = store
        with store.database.write() as connection:
            for table, name in (
                ("audit", "audit_no_update"),
                ("audit", "audit_no_delete"),
                ("audit_chain", "audit_chain_no_update"),
                ("audit_chain", "audit_chain_no_delete"),
            ):
                on = "" if store.database.is_sqlite else f" ON {table}"
                connection.execute(text(f"DROP TRIGGER {name}{on}"))
            self.rows: list[Row] = [
                dict(row) for row in connection.execute(select(audit).order_by(audit.c.id)).mappings()
            ]
            self.marks: list[Row] = [dict(row) for row in connection.execute(select(audit_chain)).mappings()]

    def row(self, position: int) -> Row:
        """Return a copy of the row at a position."""
        return dict(next(row for row in self.rows if row["position"] == position))

    def found(self, rows: list[Row], marks: list[Row] | None = None) -> str:
        """Put these rows in place of the true ones; return what verification says."""
        with self.store.database.write() as connection:
            connection.execute(delete(audit))
            connection.execute(delete(audit_chain))
            for row in rows:
                connection.execute(insert(audit).values(row))
            connection.execute(insert(audit_chain), self.marks if marks is None else marks)
        return self.store.verify_audit().broken


@pytest.fixture
def tampered(store: Store, clock: HandClock) -> Tampered:
    """Sixteen entries, of which the first five were pruned."""
    for number in range(15):
        if number == 5:
            clock.advance(31 * 86_400)
        store.audit.add(msgspec.structs.replace(ENTRY, target=f"CHURN.scored_{number}"))
    store.prune(clock() - KEEP)
    made = Tampered(store)
    assert [row["position"] for row in made.rows] == list(range(FIRST, LAST + 1))
    assert made.found(made.rows) == ""
    return made


def others(column: str, was: object) -> st.SearchStrategy[object]:
    """Return other values that a column can hold."""
    kind = audit.c[column].type
    values: st.SearchStrategy[object]
    if isinstance(kind, Boolean):
        values = st.booleans()
    elif isinstance(kind, BigInteger):
        values = st.integers(-(2**62), 2**62)
    else:
        assert isinstance(kind, Text)
        letters = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
        values = st.text(letters, max_size=20) | st.sampled_from([f"{was} ", str(was).upper()])
        if column == "act_as":
            values = st.none() | values
    return values.filter(lambda value: value != was)


@TAMPERING
@given(data=st.data(), column=st.sampled_from(COLUMNS), position=POSITIONS)
def test_any_change_of_any_column_is_found(
    tampered: Tampered, data: st.DataObject, column: str, position: int
) -> None:
    """In any row; the answer names the entry."""
    row = tampered.row(position)
    row[column] = data.draw(others(column, row[column]))
    if column == "position" and FIRST <= row["position"] <= LAST:
        row["position"] += LAST  # the database itself refuses two entries at one position
    found = tampered.found([row if one["id"] == row["id"] else one for one in tampered.rows])
    assert found
    if column != "position":
        assert found.startswith(f"entry {position} was changed")


@TAMPERING
@given(column=st.sampled_from([one for one in COLUMNS if one != "position"]), position=POSITIONS)
def test_a_value_of_another_kind_is_found(tampered: Tampered, column: str, position: int) -> None:
    """SQLite keeps anything in any column."""
    if not tampered.store.database.is_sqlite:
        return
    assert tampered.found(tampered.rows) == ""
    with tampered.store.database.write() as connection:
        for value in ("x'ff'", "7.5", "2"):
            changed = text(f"UPDATE audit SET {column} = {value} WHERE position = :position")
            connection.execute(changed, {"position": position})
    assert tampered.store.verify_audit().broken.startswith(f"entry {position} was changed")


@TAMPERING
@given(data=st.data(), position=POSITIONS)
def test_a_change_with_a_new_hash_is_found(tampered: Tampered, data: st.DataObject, position: int) -> None:
    """The next entry, or the head, continues the true one."""
    row = tampered.row(position)
    column = data.draw(st.sampled_from([one for one in CHAINED if one != "position"]))
    row[column] = data.draw(others(column, row[column]))
    row["hash"] = entry_hash(row)
    assert tampered.found([row if one["id"] == row["id"] else one for one in tampered.rows])


@TAMPERING
@given(positions=st.sets(POSITIONS, min_size=1))
def test_removed_entries_are_found(tampered: Tampered, positions: set[int]) -> None:
    """From the beginning, the middle and the end."""
    found = tampered.found([row for row in tampered.rows if row["position"] not in positions])
    assert f"{min(positions)}" in found


@TAMPERING
@given(position=POSITIONS, again=st.booleans())
def test_an_inserted_entry_is_found(tampered: Tampered, position: int, again: bool) -> None:
    """At the end, before the beginning, without a position, or between others that make room."""
    new = tampered.row(position) | {"id": 10_000}
    for at in (LAST + 1, FIRST - 1, -1):
        row = new | {"position": at}
        if again:
            row["hash"] = entry_hash(row)
        assert tampered.found([*tampered.rows, row])
    late = new["at"] + 10**11
    assert "inserted" in tampered.found([*tampered.rows, new | {"position": None, "at": late, "hash": ""}])
    between: list[Row] = []
    for row in tampered.rows:
        moved = row | {"position": row["position"] + (row["position"] >= position)}
        between.append(moved | ({"hash": entry_hash(moved)} if again else {}))
    assert tampered.found([*between, new])


@TAMPERING
@given(data=st.data())
def test_another_order_is_found(tampered: Tampered, data: st.DataObject) -> None:
    """Entries that change places."""
    order = data.draw(st.permutations(range(FIRST, LAST + 1)))
    moved = [
        row | {"position": at, "id": row["id"] + 100} for row, at in zip(tampered.rows, order, strict=True)
    ]
    assert bool(tampered.found(moved)) == (order != list(range(FIRST, LAST + 1)))


def written_anew(rows: list[Row], previous: str) -> Iterator[Row]:
    """Compute all hashes anew, as somebody does who knows how."""
    for row in rows:
        new = row | {"previous": previous}
        previous = new["hash"] = entry_hash(new)
        yield new


def mark(marks: list[Row], key: str, **values: object) -> list[Row]:
    """Return the marks with one of them changed."""
    return [one | values if one["key"] == key else one for one in marks]


def test_a_tail_that_was_cut_with_the_head_only_the_noted_hash_finds(tampered: Tampered) -> None:
    """That is what the head in the log and in the metrics is for."""
    rest = tampered.rows[:-3]
    head = {"position": rest[-1]["position"], "hash": rest[-1]["hash"]}
    noted = tampered.rows[-1]["hash"]
    # The entry about pruning was at the end, so even this isn't quite enough here.
    assert "not by the pruner" in tampered.found(rest, mark(tampered.marks, "head", **head))
    tampered.found(tampered.rows)
    with tampered.store.database.write() as connection:
        connection.execute(update(audit_chain).where(audit_chain.c.key == "start").values(at=0))
    tampered.store.audit.add(ENTRY)
    now = tampered.store.audit.head().hash
    with tampered.store.database.write() as connection:
        connection.execute(delete(audit).where(audit.c.position > LAST))
        back = update(audit_chain).where(audit_chain.c.key == "head")
        connection.execute(back.values(position=LAST, hash=noted))
    assert tampered.store.verify_audit().broken == ""
    assert tampered.store.verify_audit(expected=now).anchored is False


def test_a_chain_that_was_written_anew_only_the_noted_hash_finds(tampered: Tampered) -> None:
    """Without the head's row, it is found at once."""
    noted = tampered.rows[-1]["hash"]
    rows = [row | {"note": "nothing happened"} for row in tampered.rows]
    pruned = next(one for one in tampered.marks if one["key"] == "pruned")
    new = list(written_anew(rows, pruned["hash"]))
    assert "not the one that was written last" in tampered.found(new)
    assert tampered.found(new, mark(tampered.marks, "head", hash=new[-1]["hash"])) == ""
    assert tampered.store.verify_audit(expected=noted).anchored is False


def test_a_beginning_that_the_pruner_did_not_cut_is_found(tampered: Tampered) -> None:
    """Moving the mark isn't enough: an entry in the chain says where the pruner cut."""
    cut = tampered.row(8)
    rest = [row for row in tampered.rows if row["position"] > 8]
    marks = mark(tampered.marks, "pruned", position=8, hash=cut["hash"])
    assert "not by the pruner" in tampered.found(rest, marks)
    assert "not by the pruner" in tampered.found(
        [], [one | {"position": LAST, "hash": tampered.rows[-1]["hash"]} for one in tampered.marks]
    )


@pytest.mark.parametrize("key", ["head", "pruned", "start"])
def test_lost_marks_are_found(tampered: Tampered, key: str) -> None:
    """Each of them."""
    marks = [one for one in tampered.marks if one["key"] != key]
    assert "audit_chain" in tampered.found(tampered.rows, marks)
    for column, value in {"position": 3, "hash": "0" * 64}.items():
        if key != "start":
            assert tampered.found(tampered.rows, mark(tampered.marks, key, **{column: value}))


def test_mapping_is_complete() -> None:
    """Every column of the table is covered by the hash, except the database's own key."""
    assert {column.name for column in audit.columns} == {*CHAINED, "hash", "id"}
    row: Mapping[str, object] = dict.fromkeys(CHAINED, 1)
    assert len({entry_hash({**row, name: 2}) for name in CHAINED}) == len(CHAINED)
