"""A bucket of requests."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.work.budget import Budget


def taken(budget: Budget) -> int:
    """Take until it is empty; return how many that were."""
    count = 0
    while budget.take():
        count += 1
    return count


@pytest.mark.parametrize(("per_second", "burst"), [(5.0, 10), (1.0, 2), (0.1, 1), (0.6, 1)])
def test_a_rest_gives_a_burst(per_second: float, burst: int) -> None:
    """Two seconds' worth, at least one: a budget below one a second still lets something through."""
    budget = Budget(per_second)
    assert taken(budget) == burst
    budget.refill(0)
    budget.refill(10_000)
    assert taken(budget) == burst


def test_what_cannot_wait_is_paid_for_later() -> None:
    """Forced requests are never refused; the others wait until they are made up for."""
    budget = Budget(1.0)
    budget.refill(0)
    budget.force(5)
    budget.refill(3)
    assert not budget.take()
    budget.refill(4)
    assert budget.take()


def test_debts_have_an_end() -> None:
    """A storm of ends does not keep the cards still for an hour."""
    budget = Budget(1.0)
    budget.refill(0)
    budget.force(100_000)
    budget.refill(12)
    assert budget.take()


def test_a_clock_that_goes_back_takes_nothing_away() -> None:
    """Nor gives anything twice."""
    budget = Budget(1.0)
    budget.refill(100)
    taken(budget)
    budget.refill(50)
    assert not budget.take()
    budget.refill(51)
    assert budget.take()
    assert not budget.take()


@given(st.floats(0.1, 50), st.lists(st.floats(0, 30), min_size=1, max_size=50))
def test_never_more_than_the_rate_and_a_burst(per_second: float, pauses: list[float]) -> None:
    """Whatever the rhythm."""
    budget, now, count = Budget(per_second), 0.0, 0
    budget.refill(now)
    for pause in pauses:
        now += pause
        budget.refill(now)
        count += taken(budget)
    assert count <= now * per_second + max(2 * per_second, 1) + 1e-6
