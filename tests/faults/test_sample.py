"""A short sample of the fault suite for every day; `make test-faults` runs all of it."""

import pytest

from tests.faults.points import Place, Point
from tests.faults.runs import difference, run, undisturbed
from tests.faults.troubles import disk_troubles, troubles
from tests.faults.world import Trouble

ASK, RUN, PROGRESS, END = range(1, 5)
"""Phases of the story ``build``."""

START = Place(ASK, "dss", "POST /projects/CHURN/jobs/")
ROOT = Place(ASK, "slack", "chat.postMessage root")

SAMPLE = (
    Point(Place(ASK, "commit", "Dispatcher._keep → IntentStore.add"), "kill before"),
    Point(START, "kill before"),
    Point(START, "kill after"),
    Point(Place(ASK, "commit", "BuildService._record → JobStore.record"), "kill before"),
    Point(Place(ASK, "commit", "BuildService._record → JobStore.record"), "kill after"),
    Point(ROOT, "kill after"),
    Point(Place(END, "commit", "JobWriter.write → JobStore.apply"), "kill after"),
    Point(START, "dss lose_answer"),
    Point(ROOT, "slack lose_answer"),
)


TROUBLES = (
    next(one for one in disk_troubles(ASK) if "locked for 2.5" in one.name),
    next(one for one in disk_troubles(END) if "full" in one.name),
    next(one for one in troubles(ASK) if "gateway" in one.name),
)


@pytest.mark.parametrize("trouble", TROUBLES, ids=str)
def test_it_passes(trouble: Trouble) -> None:
    """A temporary problem leaves no trace in channel, threads, and jobs."""
    assert not difference(undisturbed("build"), run("build", trouble=trouble))


def test_a_double_is_seen() -> None:
    """The suite detects doubles: without history scopes, a kill can show a root twice."""
    outcome = run("build", Point(ROOT, "kill after"), scopes=())
    channel = outcome.state["channel"]
    assert isinstance(channel, list)
    assert len(channel) == 2
    assert difference(undisturbed("build"), outcome)


@pytest.mark.parametrize("point", SAMPLE, ids=str)
def test_it_is_the_same_in_the_end(point: Point) -> None:
    """Whatever happens at this point, channel, threads, and jobs are as they are without it."""
    outcome = run("build", point)
    assert outcome.reached, "the story does not come by this point any more"
    assert not difference(undisturbed("build"), outcome)
