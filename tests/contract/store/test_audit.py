"""The contract of the audit's chain, on SQLite and PostgreSQL."""

import multiprocessing
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from bot.domain.audit import GENESIS, AuditEvent, entry_hash
from bot.store import AuditEntry, AuditFilter, Database, Store
from bot.store.audit import AT_ONCE
from bot.store.tables import audit, audit_chain
from tests.support.clocks import HandClock

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
    note="It's allowed.",
)
DAY = 86_400
KEEP = timedelta(days=30)


def append(address: str, count: int) -> None:
    """Write entries, as one process does."""
    database = Database(address)
    store = Store(database)
    for number in range(count):
        store.audit.add(msgspec.structs.replace(ENTRY, target=f"CHURN.scored_{number}"))
    store.close()


def write(store: Store, count: int) -> None:
    """Write entries one by one."""
    for _ in range(count):
        store.audit.add(ENTRY)


def rows(store: Store) -> list[Mapping[str, Any]]:
    """Return the table's rows, oldest first."""
    with store.database.read() as connection:
        return [dict(row) for row in connection.execute(select(audit).order_by(audit.c.id)).mappings()]


def test_each_entry_continues_the_one_before(store: Store) -> None:
    """The hash covers the entry and the hash before it; anybody can compute it from the row alone."""
    assert store.audit.head().position == 0
    store.audit.add(ENTRY)
    store.audit.add(ENTRY, msgspec.structs.replace(ENTRY, act_as=None, allowed=False))
    first, second, third = rows(store)
    assert (first["position"], first["previous"]) == (1, GENESIS)
    assert (second["previous"], third["previous"]) == (first["hash"], second["hash"])
    assert [row["hash"] for row in (first, second, third)] == [
        entry_hash(row) for row in (first, second, third)
    ]
    assert str(store.audit.head()) == f"3:{third['hash']}"
    found = store.verify_audit()
    assert (found.broken, found.checked, found.pruned, found.outside) == ("", 3, 0, 0)
    assert found.head == store.audit.head()


def test_an_entry_comes_back_as_it_was_written(store: Store, clock: HandClock) -> None:
    """Every field; the store adds the time, the position and the hash."""
    store.audit.add(ENTRY)
    [entry] = store.audit.newest()
    assert entry.at == clock()
    assert entry.position == 1
    assert msgspec.structs.replace(entry, at=None, position=None, hash="") == ENTRY


def test_replicas_that_write_at_once_share_one_chain(database_address: str, store: Store) -> None:
    """Two processes and four threads: every entry is there, in one order."""
    context = multiprocessing.get_context("spawn")
    others = [context.Process(target=append, args=(database_address, 20)) for _ in range(2)]
    for other in others:
        other.start()
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(append, database_address, 20) for _ in range(4)]:
            done.result()
    for other in others:
        other.join(60)
        assert other.exitcode == 0
    found = store.verify_audit()
    assert (found.broken, found.checked) == ("", 120)


def test_an_entry_of_a_transaction_that_fails_leaves_no_gap(store: Store) -> None:
    """The next entry takes its place."""
    store.audit.add(ENTRY)
    with store.database.write() as connection:
        store.audit.add_in(connection, ENTRY)
        connection.rollback()
    store.audit.add(ENTRY)
    found = store.verify_audit()
    assert (found.broken, found.checked) == ("", 2)


@pytest.mark.parametrize(
    "change",
    [
        update(audit).values(note="nothing happened"),
        update(audit).values(allowed=True),
        delete(audit),
        update(audit_chain).values(position=0),
        update(audit_chain).where(audit_chain.c.key == "start").values(at=0),
        delete(audit_chain),
    ],
    ids=str,
)
def test_the_database_refuses_to_change_or_delete_entries(store: Store, change: Any) -> None:
    """A mistake, or a stolen connection, must get past a trigger first."""
    store.audit.add(ENTRY, ENTRY)
    with pytest.raises(SQLAlchemyError, match=r"never|only goes on"), store.database.write() as connection:
        connection.execute(change)
    assert store.verify_audit().checked == 2


def test_pruning_keeps_the_rest_verifiable(store: Store, clock: HandClock) -> None:
    """The chain then begins at the last pruned entry, and an entry says so."""
    for _ in range(40):
        store.audit.add(ENTRY)
        clock.advance(DAY)
    head = store.audit.head()
    store.prune(clock() - KEEP)
    newest, *left = store.audit.newest()
    assert (newest.event, newest.target, newest.surface) == (AuditEvent.PRUNED, "10", "worker")
    assert [entry.position for entry in left] == list(range(40, 10, -1))
    found = store.verify_audit(expected=head.hash)
    assert (found.broken, found.checked, found.pruned, found.anchored) == ("", 31, 10, True)
    assert store.prune(clock() - KEEP) == 0  # nothing new is old: no further entry says so
    assert store.audit.newest(1)[0].position == 41


def test_many_old_entries_are_pruned_in_short_transactions(store: Store, clock: HandClock) -> None:
    """Also those about pruning, so that these don't stay for ever."""
    with store.database.write() as connection:
        for _ in range(2 * AT_ONCE + 10):
            store.audit.add_in(connection, ENTRY)
    clock.advance(40 * DAY)
    store.prune(clock() - KEEP)
    assert [entry.event for entry in store.audit.newest(10_000)] == [AuditEvent.PRUNED] * 3
    assert store.verify_audit().broken == ""
    clock.advance(40 * DAY)
    assert store.prune(clock() - KEEP) == 0
    store.audit.add(ENTRY)
    clock.advance(40 * DAY)
    assert store.prune(clock() - KEEP, most=timedelta(days=1)) == 4
    assert store.verify_audit().broken == ""


def test_an_entry_from_a_wrong_clock_does_not_hold_up_pruning(store: Store, clock: HandClock) -> None:
    """It goes with its neighbors."""
    clock.advance(9_000 * DAY)
    store.audit.add(ENTRY)
    clock.advance(-9_000 * DAY)
    store.audit.add(ENTRY)
    clock.advance(40 * DAY)
    assert store.prune(clock() - KEEP) == 2


def test_entries_from_before_the_chain_stay_and_are_counted(store: Store, clock: HandClock) -> None:
    """Those that an older version wrote, and one that it writes while it is being replaced."""
    old = {
        "at": 1_000,
        "user_id": "U1",
        "team_id": "T1",
        "verb": "view",
        "instance": "dss",
        "project": "",
        "target": "",
        "allowed": True,
        "act_as": None,
        "note": "",
    }
    with store.database.write() as connection:
        connection.execute(insert(audit).values(old))
    store.audit.add(ENTRY)
    with store.database.write() as connection:
        connection.execute(insert(audit).values(old))
    store.audit.add(ENTRY)
    found = store.verify_audit()
    assert (found.broken, found.checked, found.outside) == ("", 2, 2)
    assert [entry.position for entry in store.audit.newest()] == [2, None, 1, None]
    store.prune(clock() - KEEP)
    assert store.verify_audit().outside == 0
    assert len(store.audit.newest()) == 2


def test_the_hash_that_was_noted_elsewhere_is_found_or_not(store: Store) -> None:
    """Whoever writes the whole chain anew can't produce it."""
    store.audit.add(ENTRY, ENTRY)
    noted = store.audit.head().hash
    store.audit.add(ENTRY)
    assert store.verify_audit(expected=noted).anchored is True
    assert store.verify_audit(expected="0" * 64).anchored is False
    assert store.verify_audit().anchored is None


def test_entries_are_found_by_what_they_say(store: Store, clock: HandClock) -> None:
    """By each filter, and all of them together."""
    begin = clock()
    store.audit.add(ENTRY, msgspec.structs.replace(ENTRY, user_id="U2", act_as="bob", verb="log"))
    clock.advance(60)
    store.audit.add(msgspec.structs.replace(ENTRY, project="SALES", allowed=False, reference="ffff1234"))

    def positions(**wanted: Any) -> list[int | None]:
        return [entry.position for entry in store.audit.find(AuditFilter(**wanted))]

    assert positions() == [3, 2, 1]
    assert positions(user="U1") == [3, 1]
    assert positions(user="bob") == [2]
    assert positions(project="SALES") == [3]
    assert positions(verb="log") == [2]
    assert positions(denied=True) == [3]
    assert positions(since=begin + timedelta(seconds=1)) == [3]
    assert positions(until=begin + timedelta(seconds=1)) == [2, 1]
    assert positions(reference="ffff") == [3]
    assert positions(reference="%") == []
    assert positions(user="U1", project="CHURN", verb="build", since=begin) == [1]


SECRETS = (
    "password=hunter2hunter2",
    "xoxb-123456789012-abcdefghijkl",
    "\x1b[36mpassword\x1b[0m=hunter2hunter2",
    "https://bob:hunter2hunter2@db.example.com",
)


@pytest.mark.parametrize("secret", SECRETS)
def test_no_secret_gets_into_an_entry(store: Store, secret: str) -> None:
    """Whatever field it is in, and however long the text is."""
    texts = [name for name in AuditEntry.__struct_fields__ if isinstance(getattr(ENTRY, name), str)]
    for name in texts:
        padded = "x" * 1_990 + " " + secret if name == "target" else secret
        store.audit.add(msgspec.structs.replace(ENTRY, **{name: padded, "act_as": secret}))
    with store.database.read() as connection:
        kept = str(connection.execute(select(audit)).all())
    assert "hunter2" not in kept
    assert "abcdefghijkl" not in kept
    assert "\x1b" not in kept
    assert store.verify_audit().broken == ""


def test_absurd_text_is_stored_and_verified(store: Store) -> None:
    """NUL, half a character, and more text than anybody reads."""
    store.audit.add(msgspec.structs.replace(ENTRY, target="a\0\ud83d" + "é" * 100_000, note="日本\u2028語"))
    assert store.verify_audit().broken == ""
    assert len(store.audit.newest()[0].target) == 2_000


def test_verification_goes_on_while_others_write(store: Store) -> None:
    """It sees one moment."""
    store.audit.add(*[ENTRY] * 50)
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write, store, 50)
        while not writing.done():
            assert store.verify_audit().broken == ""
    assert store.verify_audit().checked == 100


def test_going_back_and_forth_keeps_the_entries(store: Store) -> None:
    """A database can be downgraded by hand and upgraded again: the chain begins anew after what is there."""
    from alembic import command  # noqa: PLC0415

    from bot.store.migrate import _config, migrate  # noqa: PLC0415

    store.audit.add(ENTRY, ENTRY)
    with store.database.write() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.downgrade(config, "0002")
        assert connection.execute(text("SELECT count(*) FROM audit")).scalar_one() == 2
    migrate(store.database)
    store.audit.add(ENTRY)
    found = store.verify_audit()
    assert (found.broken, found.checked, found.outside) == ("", 1, 2)
    with store.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(audit)).scalar_one() == 3
