"""Run a story with a fault, and compare its final state with that of an undisturbed run."""

import difflib
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from tests.faults.points import Place, Point, worth_trying
from tests.faults.stories import STORIES
from tests.faults.world import SCOPES, Stuck, Trouble, World, log_of, read_commits

AT_ONCE = 4
"""Parallel runs: each mostly waits."""


@dataclass(frozen=True)
class Outcome:
    """The outcome of a run."""

    story: str
    what: str
    """What went wrong, and where."""
    state: Mapping[str, object]
    places: Sequence[Place]
    reached: bool
    seconds: float
    failed: str = ""
    """Why it didn't finish, and the end of the bot's log."""


def run(
    story: str,
    point: Point | None = None,
    *,
    trouble: Trouble | None = None,
    database: str | None = None,
    scopes: tuple[str, ...] = SCOPES,
) -> Outcome:
    """Run a story in a separate folder."""
    folder = Path(tempfile.mkdtemp(prefix="faults"))
    began = time.monotonic()
    failed = ""
    try:
        with World(folder, point=point, trouble=trouble, database=database, scopes=scopes) as world:
            try:
                STORIES[story](world)
            except Stuck as stuck:
                failed = f"{stuck}\n{log_of(folder)}"
            state = world.state()
            reached = world.board.fired
            places = [*world.places.seen, *read_commits(folder)]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return Outcome(
        story,
        str(point or trouble or "undisturbed"),
        state,
        places,
        reached,
        time.monotonic() - began,
        failed,
    )


def difference(undisturbed: Outcome, other: Outcome) -> str:
    """Return how a run ended differently; empty if it didn't."""
    if other.failed:
        return other.failed
    wanted, got = (_text(one.state) for one in (undisturbed, other))
    return "\n".join(difflib.unified_diff(wanted, got, "undisturbed", other.what, lineterm="", n=2))


def points_of(story: Outcome, faults: Mapping[str, Sequence[str]]) -> list[Point]:
    """Return every point of a story.

    Args:
        story: an undisturbed run.
        faults: what can go wrong at each kind of place.
    """
    return [Point(place, fault) for place in worth_trying(list(story.places)) for fault in faults[place.kind]]


def run_all(runs: Sequence[Callable[[], Outcome]]) -> Iterator[Outcome]:
    """Make several runs at a time, and yield their outcomes."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield from pool.map(lambda one: one(), runs)


@cache
def undisturbed(story: str) -> Outcome:
    """Run a story without any fault, once per process."""
    outcome = run(story)
    assert not outcome.failed, outcome.failed
    return outcome


def _text(state: Mapping[str, object]) -> list[str]:
    return json.dumps(state, indent=1, ensure_ascii=False, default=str).splitlines()


def replaced(outcome: Outcome, state: Mapping[str, object]) -> Outcome:
    """Return an outcome with a different state."""
    return replace(outcome, state=state)
