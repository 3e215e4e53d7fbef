"""A token bucket for requests."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.workers.request_budget import RequestBudget


def taken(budget: RequestBudget) -> int:
    """Take until it is empty; return the number of tokens."""
    count = 0
    while budget.take():
        count += 1
    return count


@pytest.mark.parametrize(("per_second", "burst"), [(5.0, 10), (1.0, 2), (0.1, 1), (0.6, 1)])
def test_a_rest_gives_a_burst(per_second: float, burst: int) -> None:
    """Two seconds' worth, at least one: a budget below one per second still lets something through."""
    budget = RequestBudget(per_second)
    assert taken(budget) == burst
    budget.refill(0)
    budget.refill(10_000)
    assert taken(budget) == burst


def test_what_cannot_wait_is_paid_for_later() -> None:
    """Forced requests are never refused; the others wait until the deficit is made up."""
    budget = RequestBudget(1.0)
    budget.refill(0)
    budget.force(5)
    budget.refill(3)
    assert not budget.take()
    budget.refill(4)
    assert budget.take()


def test_debts_have_an_end() -> None:
    """A storm of ends doesn't freeze the cards for an hour."""
    budget = RequestBudget(1.0)
    budget.refill(0)
    budget.force(100_000)
    budget.refill(12)
    assert budget.take()


def test_a_clock_that_goes_back_takes_nothing_away() -> None:
    """Nor does it add anything twice."""
    budget = RequestBudget(1.0)
    budget.refill(100)
    taken(budget)
    budget.refill(50)
    assert not budget.take()
    budget.refill(51)
    assert budget.take()
    assert not budget.take()


@given(st.floats(0.1, 50), st.lists(st.floats(0, 30), min_size=1, max_size=50))
def test_never_more_than_the_rate_and_a_burst(per_second: float, pauses: list[float]) -> None:
    """Whatever the timing."""
    budget, now, count = RequestBudget(per_second), 0.0, 0
    budget.refill(now)
    for pause in pauses:
        now += pause
        budget.refill(now)
        count += taken(budget)
    assert count <= now * per_second + max(2 * per_second, 1) + 1e-6
