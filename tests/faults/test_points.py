"""The whole suite: a fault at every point of every story; the final state is the same each time."""

from collections.abc import Sequence
from functools import partial

import pytest

from tests.faults.points import Point, worth_trying
from tests.faults.report import try_all
from tests.faults.runs import Outcome, points_of, run, undisturbed
from tests.faults.stories import STORIES

KILLED = ("kill before", "kill after")
DSS_FAULTS = ("html502", "status", "reset", "lose_answer", "garbage")
SLACK_FAULTS = ("429", "500", "503", "reset", "lose_answer", "timeout")
"""At every call that changes something."""
DSS_READ_FAULTS = ("reset", "garbage")
SLACK_READ_FAULTS = ("429", "timeout")
"""At every call that only reads; the client's own tests cover the other faults."""
_CHANGES = ("chat.", "files.getUploadURLExternal", "files.completeUploadExternal")

pytestmark = [pytest.mark.faults, pytest.mark.timeout(3_000)]


@pytest.mark.parametrize("story", STORIES)
def test_killed_at_every_call(story: str) -> None:
    """Killed just before or after any call to Slack or DSS, the bot posts and starts everything once."""
    points = points_of(undisturbed(story), {"slack": KILLED, "dss": KILLED, "commit": ()})
    assert not _try(story, points)


@pytest.mark.parametrize("story", STORIES)
def test_killed_at_every_commit(story: str) -> None:
    """Killed just before or after any commit, the bot posts and starts everything once."""
    points = points_of(undisturbed(story), {"slack": (), "dss": (), "commit": KILLED})
    assert not _try(story, points)


@pytest.mark.parametrize("story", STORIES)
def test_every_call_to_dss_fails_once(story: str) -> None:
    """A gateway's 502, a 500, a reset, half an answer, or an answer lost after the effect."""
    assert not _try(story, calls_to_dss(undisturbed(story)))


@pytest.mark.parametrize("story", STORIES)
def test_every_call_to_slack_fails_once(story: str) -> None:
    """A 429, a 500, a gateway's 503, a reset, no answer, or an answer lost after the effect."""
    assert not _try(story, calls_to_slack(undisturbed(story)))


def calls_to_dss(story: Outcome) -> list[Point]:
    """Return the points at which a call to DSS fails.

    This excludes garbage when a log is read: a log is text, so a part of it is a valid log too, and the
    thread shows whatever arrived.
    """
    places = [place for place in worth_trying(list(story.places)) if place.kind == "dss"]
    return [
        Point(place, f"dss {fault}")
        for place in places
        for fault in (DSS_READ_FAULTS if place.what.startswith("GET ") else DSS_FAULTS)
        if not (fault == "garbage" and place.what.endswith("/log"))
    ]


def calls_to_slack(story: Outcome) -> list[Point]:
    """Return the points at which a call to Slack fails; sockets have their own tests."""
    places = [place for place in worth_trying(list(story.places)) if place.kind == "slack"]
    return [
        Point(place, f"slack {fault}")
        for place in places
        if not place.what.startswith("socket.")
        for fault in (SLACK_FAULTS if place.what.startswith(_CHANGES) else SLACK_READ_FAULTS)
    ]


def _try(story: str, points: Sequence[Point]) -> Sequence[str]:
    assert points
    return try_all(story, {str(point): partial(run, story, point) for point in points})
