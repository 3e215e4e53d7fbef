"""The whole suite: a fault at every point of every story; what there is in the end is the same each time."""

from collections.abc import Sequence
from functools import partial

import pytest

from tests.faults.points import Point
from tests.faults.report import try_all
from tests.faults.runs import points_of, run, undisturbed
from tests.faults.stories import STORIES

KILLED = ("kill before", "kill after")
DSS_FAULTS = ("html502", "status", "reset", "lose_answer", "garbage")
SLACK_FAULTS = ("429", "500", "503", "reset", "lose_answer", "timeout")

pytestmark = [pytest.mark.faults, pytest.mark.timeout(3_000)]


@pytest.mark.parametrize("story", STORIES)
def test_killed_at_every_call(story: str) -> None:
    """Killed just before or just after any call to Slack or DSS, the bot says and starts everything once."""
    points = points_of(undisturbed(story), {"slack": KILLED, "dss": KILLED, "commit": ()})
    assert not _try(story, points)


@pytest.mark.parametrize("story", STORIES)
def test_killed_at_every_commit(story: str) -> None:
    """Killed just before or just after any commit, the bot says and starts everything once."""
    points = points_of(undisturbed(story), {"slack": (), "dss": (), "commit": KILLED})
    assert not _try(story, points)


@pytest.mark.parametrize("story", STORIES)
def test_every_call_to_dss_fails_once(story: str) -> None:
    """A gateway's 502, a 500, a reset, half an answer, or an answer lost after the effect, at any call."""
    faults = tuple(f"dss {fault}" for fault in DSS_FAULTS)
    assert not _try(story, points_of(undisturbed(story), {"slack": (), "dss": faults, "commit": ()}))


@pytest.mark.parametrize("story", STORIES)
def test_every_call_to_slack_fails_once(story: str) -> None:
    """A 429, a 500, a gateway's 503, a reset, no answer, or an answer lost after the effect, at any call."""
    faults = tuple(f"slack {fault}" for fault in SLACK_FAULTS)
    points = points_of(undisturbed(story), {"slack": faults, "dss": (), "commit": ()})
    assert not _try(story, [point for point in points if not point.place.what.startswith("socket.")])


def _try(story: str, points: Sequence[Point]) -> Sequence[str]:
    assert points
    return try_all(story, {str(point): partial(run, story, point) for point in points})
