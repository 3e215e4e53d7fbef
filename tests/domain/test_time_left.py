"""What is left of a running job, going by its earlier runs."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.time_left import TimeLeft, elapsed_seconds, time_left

SECONDS = st.floats(min_value=0.0, max_value=1e10, allow_nan=False)


@pytest.mark.parametrize(
    ("usual", "spread", "elapsed", "left"),
    [
        (300.0, (280.0, 330.0), 180.0, TimeLeft(least=120.0, most=120.0)),
        (300.0, (280.0, 330.0), 310.0, TimeLeft(least=0.0, most=20.0)),
        (300.0, (280.0, 330.0), 330.0, None),
        (300.0, (60.0, 900.0), 30.0, TimeLeft(least=30.0, most=870.0)),
        (300.0, (60.0, 900.0), 600.0, TimeLeft(least=0.0, most=300.0)),
        (300.0, None, 10.0, None),
        (300.0, (280.0, 330.0), -1.0, None),
    ],
)
def test_a_number_where_runs_are_alike_and_a_range_where_they_differ(
    usual: float, spread: tuple[float, float] | None, elapsed: float, left: TimeLeft | None
) -> None:
    """And nothing once it takes longer than all of them."""
    assert time_left(usual, spread, elapsed) == left


@given(usual=SECONDS, spread=st.tuples(SECONDS, SECONDS), elapsed=SECONDS)
def test_it_is_never_negative(usual: float, spread: tuple[float, float], elapsed: float) -> None:
    """Whatever the numbers, also of a damaged row."""
    left = time_left(usual, spread, elapsed)
    if left is not None:
        assert 0 <= left.least <= left.most


def test_a_clock_that_contradicts_says_nothing() -> None:
    """DSS's clock can be ahead of ours."""
    now = datetime(2026, 11, 28, tzinfo=UTC)
    assert elapsed_seconds(now + timedelta(seconds=1), now) is None
    assert elapsed_seconds(None, now) is None
    assert elapsed_seconds(now - timedelta(seconds=5), now) == 5
