"""The contract of leases, on SQLite and PostgreSQL."""

from bot.store import Store
from tests.support.clocks import HandClock


def test_a_lease_is_one_owners_until_it_runs_out(store: Store, clock: HandClock) -> None:
    """The owner renews it; the others wait."""
    assert store.leases.take("follow:dss", "one", 15)
    assert not store.leases.take("follow:dss", "two", 15)
    clock.advance(10)
    assert store.leases.take("follow:dss", "one", 15)
    clock.advance(14)
    assert not store.leases.take("follow:dss", "two", 15)
    clock.advance(2)
    assert store.leases.take("follow:dss", "two", 15)
    assert not store.leases.take("follow:dss", "one", 15)


def test_who_ends_gives_everything_back(store: Store) -> None:
    """But nothing that belongs to others."""
    for name in ("follow:a", "follow:b"):
        assert store.leases.take(name, "one", 15)
    assert store.leases.take("follow:c", "other", 15)
    store.leases.release_all("one", patience=1)
    assert store.leases.take("follow:a", "two", 15)
    assert store.leases.take("follow:b", "two", 15)
    assert not store.leases.take("follow:c", "two", 15)


def test_a_clock_that_was_set_back_does_not_keep_a_lease(store: Store, clock: HandClock) -> None:
    """Its owner might be long gone: nobody takes a lease for an hour."""
    assert store.leases.take("follow:dss", "killed", 15)
    clock.advance(-3_600)
    assert store.leases.take("follow:dss", "two", 15)
