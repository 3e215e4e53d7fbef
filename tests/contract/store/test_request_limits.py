"""The contract of counting people's requests, on SQLite and PostgreSQL."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from bot.domain.request_limits import UNLIMITED, Limited, RequestLimits
from bot.store import Database, Exceeded, Store
from tests.support.clocks import HandClock

LIMITS = RequestLimits(starts_per_person=3, starts_per_channel=5)


def start(store: Store, number: object, *, user: str = "U1", channel: str = "C1") -> Exceeded | None:
    """Count a start."""
    rates = LIMITS.rates(Limited.STARTS, user, channel)
    return store.request_limits.count(f"{user}-{number}", list(rates.values()))


def test_so_many_at_once_then_one_by_one(store: Store, clock: HandClock) -> None:
    """The refusal says exactly when the next one is allowed."""
    assert [start(store, number) for number in range(3)] == [None] * 3
    refused = start(store, 3)
    assert refused is not None
    assert refused.seconds == 20
    clock.advance(19)
    assert start(store, 4) is not None
    clock.advance(1)
    assert start(store, 5) is None
    assert start(store, 6) is not None
    clock.advance(60)
    assert [start(store, number) for number in range(7, 10)] == [None] * 3


def test_a_channel_has_its_own_limit(store: Store) -> None:
    """What exceeds one limit isn't counted under the other."""
    for number in range(3):
        assert start(store, number) is None
    for number in range(2):
        assert start(store, number, user="U2") is None
    refused = start(store, 2, user="U2")
    assert refused is not None
    assert refused.rate.key == "limit:starts_per_channel:C1"
    assert start(store, 3, user="U2", channel="C2") is None
    refused = start(store, 4, user="U2", channel="C2")
    assert refused is not None
    assert refused.rate.key == "limit:starts_per_person:U2"


def test_a_request_counts_once(store: Store) -> None:
    """Slack delivers it again, or a crash has it taken up again; a refused one is looked at anew."""
    assert [start(store, "same") for _ in range(10)] == [None] * 10
    assert [start(store, number) for number in range(2)] == [None] * 2
    assert start(store, "late") is not None
    assert start(store, "late") is not None
    assert start(store, "same") is None


def test_a_restart_and_a_replica_know_what_was_counted(
    database_address: str, store: Store, clock: HandClock
) -> None:
    """Twelve at once from two processes' stores: three go through."""
    other = Store(Database(database_address, clock=clock))
    with ThreadPoolExecutor(4) as pool:
        stores = [store, other] * 6
        found = list(pool.map(start, stores, range(12)))
    other.close()
    assert Counter(one is None for one in found) == {True: 3, False: 9}


def test_zero_is_no_limit(store: Store) -> None:
    """And costs nothing."""
    assert UNLIMITED.rates(Limited.STARTS, "U1", "C1") == {}
    assert store.request_limits.count("x", []) is None


def test_a_clock_that_was_set_back_closes_nothing(store: Store, clock: HandClock) -> None:
    """Counts from the future don't count."""
    clock.advance(86_400)
    for number in range(4):
        start(store, number)
    clock.advance(-86_400)
    assert start(store, 5) is None


def test_old_counts_are_pruned(store: Store, clock: HandClock) -> None:
    """A row for each request, and one for each person and channel."""
    start(store, 1)
    clock.advance(86_400 * 31)
    assert store.prune(clock() - timedelta(days=30)) == 3
