"""When to look at a job again."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.polling_schedule import EDITS_PER_MINUTE, detail_pause, unlisted_pause


@pytest.mark.parametrize(
    ("age", "seconds"),
    [
        (timedelta(0), 5),
        (timedelta(seconds=59), 5),
        (timedelta(minutes=1), 25),
        (timedelta(minutes=5), 45),
        (timedelta(hours=1), 60),
        (timedelta(hours=6), 300),
        (timedelta(days=6), 300),
    ],
)
def test_an_older_job_is_looked_at_less_often(age: timedelta, seconds: float) -> None:
    """The card of a job that has run for hours need not change every few seconds."""
    assert detail_pause(age, live=1) == seconds


@given(st.timedeltas(timedelta(0), timedelta(days=9)), st.integers(0, 10_000))
def test_all_live_cards_together_stay_within_the_edits(age: timedelta, live: int) -> None:
    """However many jobs are followed, their edits per minute stay within the share for progress."""
    assert live * 60 / detail_pause(age, live) <= EDITS_PER_MINUTE + 1e-6


@given(st.integers(0, 10**9))
def test_a_job_that_no_list_shows_is_asked_after_slower_and_slower(looks: int) -> None:
    """From 2 s to 15 s, and never longer."""
    assert 2.0 <= unlisted_pause(looks) <= unlisted_pause(looks + 1) <= 15.0
