"""The story of a job that garbage hits and of its neighbors, and the required final state."""

import dataclasses
import tempfile
import threading
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.faults import garbage_dss, garbage_rows, garbage_slack
from tests.faults.answers import Garbage
from tests.faults.judging import (
    FINAL,
    Seen,
    differences,
    hit_jobs,
    is_final,
    news,
    said,
    said_in,
    see,
    untold,
)
from tests.faults.lag import Lag
from tests.faults.neighbors import (
    ASK,
    BUILT,
    END,
    HIT,
    OTHERS,
    PATIENCE,
    PROJECT,
    RUN,
    Aim,
    Neighbors,
    Spot,
)

AFTER_RESTART = " after a restart"
TRIES = 5
"""How often a run is made at most, when the machine is too busy for it."""
PAUSE = 5.0
"""Seconds between two of these, growing."""


@dataclass(frozen=True)
class Verdict:
    """The result of a run. Picklable, because runs use several processes."""

    aim: Aim | None
    differences: tuple[str, ...]
    said: tuple[str, ...]
    """What the bot said about the hit job beyond what it says in an undisturbed run."""
    spots: frozenset[Spot]
    reached: bool
    seconds: float
    repeated: int = 0
    """How many times the run was made again because the machine was busy."""


def garbage_of(aim: Aim) -> Garbage | None:
    """Return the garbage that an aim names, if it is an answer."""
    if aim.spot.kind == "row":
        return None
    found = garbage_dss.catalog() if aim.spot.kind == "dss" else garbage_slack.catalog(aim.spot.what)
    return next(one for one in found if one.name == aim.garbage)


def run(
    aim: Aim | None = None, expected: Seen | None = None, *, database: str | None = None
) -> tuple[Seen, Neighbors]:
    """Play the story in a separate folder until nobody waits for news anymore.

    Args:
        aim: what is hit.
        expected: the final state when nothing goes wrong.
        database: address; a SQLite file by default.
    """
    folder = Path(tempfile.mkdtemp(prefix="garbage"))
    with Neighbors(folder, aim, garbage_of(aim) if aim else None, database=database) as world:
        _ask(world)
        _while_it_runs(world)
        _end(world, expected)
        return see(world), world


def judge(aim: Aim | None, database: str | None = None) -> Verdict:
    """Make a run, and say in what the property did not hold.

    A run that found something while the machine was too busy is no proof: it is made again, a few times.
    """
    for again in range(TRIES):
        with Lag() as lag:
            verdict = _judge(aim, database)
        verdict = dataclasses.replace(verdict, repeated=again)
        if not (verdict.differences and lag.busy):
            return verdict
        time.sleep(PAUSE * again)
    late = f"the machine was busy: {lag.longest:.1f} s late"
    return dataclasses.replace(verdict, differences=(*verdict.differences, late))


def _judge(aim: Aim | None, database: str | None) -> Verdict:
    began = time.monotonic()
    expected = undisturbed()
    try:
        seen, world = run(aim, expected, database=database)
        _STOPPING.append(world.stopping)
        if len(_STOPPING) > 2:
            _STOPPING.pop(0).join()
    except Exception as error:  # noqa: BLE001 - one failing run must not end the others
        return Verdict(
            aim, (f"the run broke: {type(error).__name__}: {error}"[:500],), (), frozenset(), True, 0.0
        )
    failed = (f"a round failed: {one}" for one in sorted(world.failing))
    return Verdict(
        aim,
        (*differences(expected, seen, aim), *failed),
        tuple(news(expected, seen)),
        frozenset(world.seen),
        bool(world.fired),
        time.monotonic() - began,
    )


_STOPPING: list[threading.Thread] = []
"""The threads that are still stopping the latest runs in this process."""


@cache
def undisturbed() -> Seen:
    """Return the final state when nothing goes wrong."""
    return run()[0]


# -- the story


def _ask(world: Neighbors) -> None:
    alice, bob = world.slack.as_user("alice"), world.slack.as_user("bob")
    world.phase = ASK
    world.blocked = _is_row(world, "messages.body", ASK)
    alice.command("/dss-build", BUILT, HIT).wait(5)
    if world.blocked:
        _damage(world)
    world.until(lambda: world.roots(HIT) or world.answers(), 8.0, hurry_after=2.0)
    if _is_row(world, "intents.wish", ASK) or _is_row(world, "intents.place", ASK):
        _damage(world)
    world.until(lambda: _calm(world), 2.0)
    for number, dataset in enumerate(("transactions_clean", "features_broken"), 1):
        bob.command("/dss-build", f"CHURN.{dataset}", OTHERS).wait(5)
        world.until(lambda: len(world.roots(OTHERS)) == number, PATIENCE, hurry_after=4.0)  # noqa: B023


def _while_it_runs(world: Neighbors) -> None:
    alice = world.slack.as_user("alice")
    world.phase = RUN
    if world.aim and world.aim.spot.kind == "row" and world.aim.spot.phase == RUN:
        _damage(world)
    world.advance(6)
    world.until(lambda: sum(said(root.replies, "Started") for root in world.roots(OTHERS)) == 2, PATIENCE)
    looks = world.looks
    world.until(lambda: world.looks >= looks + 3, 2.0)
    world.until(lambda: said_in(world.roots(HIT), "Started"), 1.0)
    alice.open_home()
    heard = len(world.answers())
    name = next((f"{PROJECT}/{job.id}" for job in hit_jobs(world)), f"{PROJECT}/none")
    alice.command("/dss-jobs", f"log {name}", HIT).wait(5)
    world.until(lambda: len(world.answers()) > heard, 12.0)
    alice.command("/dss-jobs", f"status {name}", HIT).wait(5)
    world.answered = world.until(lambda: len(world.answers()) > heard + 1, 12.0)
    world.until(lambda: world.slack.home("alice"), 1.0)


def _end(world: Neighbors, expected: Seen | None) -> None:
    world.phase = END
    row = world.aim is not None and world.aim.spot.kind == "row" and world.aim.spot.phase == END
    world.blocked = _is_row(world, "messages.body", END)
    if row and not world.blocked:
        _damage(world)
    world.advance(60)
    if world.blocked:
        _damage(world)
    world.until(
        lambda: all(is_final(root) and said(root.replies, *FINAL) for root in world.roots(OTHERS)),
        PATIENCE,
        hurry_after=5.0,
    )
    if not world.until_told(lambda: _heard(world, expected)) and world.aim and world.aim.spot.kind == "slack":
        world.garbage = None  # the bot keeps what Slack has refused for hours until Slack accepts it
        world.until_told(lambda: _heard(world, expected))
    world.until(lambda: _calm(world), 1.0)


def _damage(world: Neighbors) -> None:
    assert world.aim is not None
    what = world.aim.spot.what
    restart = what.endswith(AFTER_RESTART)
    column = what.removesuffix(AFTER_RESTART)
    change = garbage_rows.catalog(column)[world.aim.garbage]
    if column.startswith("intents."):
        world.execute(_ANOTHER_INTENT)
    if column == "messages.body":
        world.until(lambda: world.count(_DUE) > 0, 8.0)
        time.sleep(0.2)
    if restart:
        world.stop_bot()
    world.fired += garbage_rows.PLACES[column].damage(world, change)
    if column.startswith("intents."):
        world.execute(
            "UPDATE intents SET state = 'new', not_before = 0, lease_until = 0 WHERE id = 'damaged'"
        )
    world.blocked = False
    if restart:
        world.start_bot()


_DUE = "SELECT count(*) FROM messages WHERE state IN ('due', 'sending')"
_COLUMNS = "user_id, team_id, place, plan, job, note, attempts, owner, starting_at, created_at, updated_at"
_ANOTHER_INTENT = (
    "INSERT INTO intents (id, delivery, busy, twice, wish, state, lease_until, not_before, " + _COLUMNS + ") "
    "SELECT 'damaged', 'damaged', NULL, 'damaged', wish, 'done', 0, 0, " + _COLUMNS + " FROM intents LIMIT 1"
)


def _is_row(world: Neighbors, column: str, phase: int) -> bool:
    aim = world.aim
    if aim is None or aim.spot.kind != "row":
        return False
    return (aim.spot.phase, aim.spot.what.removesuffix(AFTER_RESTART)) == (phase, column)


def _calm(world: Neighbors) -> bool:
    return not world.count(
        "SELECT (SELECT count(*) FROM messages WHERE state IN ('due', 'sending')) + "
        "(SELECT count(*) FROM intents WHERE state IN ('new', 'starting'))"
    )


def _heard(world: Neighbors, expected: Seen | None) -> bool:
    """Return whether all news about the hit job has been reported."""
    seen = see(world)
    if expected is None:  # nothing goes wrong
        return all("*Done*" in one for one in seen.roots) and "*Done*" in "".join(seen.replies)
    return not untold(expected, seen, world.aim)
