"""The contract of remembering which newer blocks a workspace refused, on SQLite and PostgreSQL."""

from bot.store import Database, Store
from tests.support.clocks import HandClock

MONTH = 30 * 86_400.0


def test_a_refusal_counts_for_its_workspace_and_for_a_while(store: Store, clock: HandClock) -> None:
    """Another workspace has its own; after the time, the kind isn't refused anymore."""
    store.block_support.refuse("T1", ["plan", "container"])
    assert store.block_support.refused("T1", MONTH) == {"plan", "container"}
    assert store.block_support.refused("T2", MONTH) == frozenset()
    clock.advance(MONTH + 1)
    assert store.block_support.refused("T1", MONTH) == frozenset()


def test_a_second_refusal_counts_from_then_on(store: Store, clock: HandClock) -> None:
    """The kind was tried again and refused again."""
    store.block_support.refuse("T1", ["plan"])
    clock.advance(MONTH + 1)
    store.block_support.refuse("T1", ["plan"])
    store.block_support.refuse("T1", [])
    assert store.block_support.refused("T1", MONTH) == {"plan"}


def test_a_restart_and_a_replica_know_it(database_address: str, store: Store, clock: HandClock) -> None:
    """It's in the database."""
    store.block_support.refuse("T1", ["plan"])
    second = Store(Database(database_address, clock=clock))
    assert second.block_support.refused("T1", MONTH) == {"plan"}
    second.close()


def test_refusals_can_be_forgotten(store: Store) -> None:
    """Then every kind is tried again."""
    store.block_support.refuse("T1", ["plan", "data_table"])
    assert store.block_support.forget() == 2
    assert store.block_support.refused("T1", MONTH) == frozenset()
    assert store.block_support.forget() == 0
