"""The tasks of a job's plan say only what is true of each activity."""

import pytest

from bot.domain import Activity
from bot.views.activity_plan import plan
from tests.views.cards import NOW, ago, job


@pytest.mark.parametrize(
    ("state", "rows", "said"),
    [
        ("NOT_STARTED", 0, "python · runs because its recipe has changed"),
        ("RUNNING", 2_250, "python · runs because its recipe has changed · 2,250 rows written"),
        ("DONE", 0, "python · ran because its recipe has changed · 0 rows written"),
        ("ABORTED", 0, "python · would have run because its recipe has changed"),
    ],
)
def test_rows_are_told_of_what_wrote_some_or_is_done(state: str, rows: int, said: str) -> None:
    """Before an activity starts, "0 rows written" says nothing; at its end, it does."""
    activity = Activity(
        id="compute_NP",
        state=state,
        recipe="compute",
        recipe_type="python",
        reason="RECIPE_HAS_CHANGED",
        records=rows,
        ended_at=ago(minutes=1) if state == "DONE" else None,
    )
    assert f"{{'type': 'text', 'text': '{said}'}}" in str(
        plan(job(activities=(activity,)), "1 activity", NOW)
    )
