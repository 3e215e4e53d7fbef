"""A short sample of the fault suite, for every day; `make test-faults` runs all of it."""

import pytest

from tests.faults.points import Place, Point
from tests.faults.runs import difference, run, undisturbed

ASK, RUN, PROGRESS, END = range(1, 5)
"""Phases of the story ``build``."""

START = Place(ASK, "dss", "POST /projects/CHURN/jobs/")
ROOT = Place(ASK, "slack", "chat.postMessage root")

SAMPLE = (
    Point(Place(ASK, "commit", "Front._keep → IntentStore.add"), "kill before"),
    Point(START, "kill before"),
    Point(START, "kill after"),
    Point(Place(ASK, "commit", "Builder._record → JobStore.record"), "kill before"),
    Point(Place(ASK, "commit", "Builder._record → JobStore.record"), "kill after"),
    Point(ROOT, "kill after"),
    Point(Place(END, "commit", "Waiter._write → JobStore.apply"), "kill after"),
    Point(START, "dss lose_answer"),
    Point(ROOT, "slack lose_answer"),
)


@pytest.mark.parametrize("point", SAMPLE, ids=str)
def test_it_is_the_same_in_the_end(point: Point) -> None:
    """Whatever happens at this point, channel, threads and jobs are as without it."""
    outcome = run("build", point)
    assert outcome.reached, "the story does not come by this point any more"
    assert not difference(undisturbed("build"), outcome)
