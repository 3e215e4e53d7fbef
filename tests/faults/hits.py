"""The story of a job that garbage hits and of its neighbours, and what must be so in the end."""

import shutil
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bot.sandbox.slack import Message
from tests.faults import garbage_dss, garbage_rows, garbage_slack
from tests.faults.answers import Garbage
from tests.faults.neighbours import (
    ASK,
    BUILT,
    END,
    HIT,
    OTHERS,
    PATIENCE,
    PROJECT,
    RUN,
    Aim,
    Neighbours,
    Spot,
)
from tests.faults.normal import conversation, normal, without_silence

AFTER_RESTART = " after a restart"
FINAL = ("*Done*", "*Failed*", "*Aborted*")


@dataclass(frozen=True)
class Seen:
    """What there is in the end."""

    neighbours: Mapping[str, object]
    """The others' channel, their direct messages, and their jobs in DSS."""
    jobs: tuple[str, ...]
    """States in DSS of the jobs that were started for the one that is hit."""
    roots: tuple[str, ...]
    replies: tuple[str, ...]
    private: tuple[str, ...]
    """What alice alone saw, in answers and by direct message."""
    direct: tuple[str, ...]
    answered: bool
    """Whether all her questions were answered."""


@dataclass(frozen=True)
class Verdict:
    """What came of a run. Picklable: runs are made in several processes."""

    aim: Aim | None
    differences: tuple[str, ...]
    said: tuple[str, ...]
    """What was said about the job that was hit and is not said else."""
    spots: frozenset[Spot]
    reached: bool
    seconds: float


def garbage_of(aim: Aim) -> Garbage | None:
    """Return what an aim names, where it is an answer."""
    if aim.spot.kind == "row":
        return None
    found = garbage_dss.catalogue() if aim.spot.kind == "dss" else garbage_slack.catalogue(aim.spot.what)
    return next(one for one in found if one.name == aim.garbage)


def run(
    aim: Aim | None = None, expected: Seen | None = None, *, database: str | None = None
) -> tuple[Seen, Neighbours]:
    """Play the story in a folder of its own, until everybody has heard what there is to hear.

    Args:
        aim: what is hit.
        expected: what there is in the end when nothing goes wrong.
        database: address; default a SQLite file.
    """
    folder = Path(tempfile.mkdtemp(prefix="garbage"))
    try:
        with Neighbours(folder, aim, garbage_of(aim) if aim else None, database=database) as world:
            _ask(world)
            _while_it_runs(world)
            _end(world, expected)
            return _seen(world), world
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def judge(aim: Aim | None, database: str | None = None) -> Verdict:
    """Make a run, and say in what the property did not hold."""
    began = time.monotonic()
    expected = undisturbed()
    try:
        seen, world = run(aim, expected, database=database)
    except Exception as error:  # noqa: BLE001 - one run is not to end all
        return Verdict(
            aim, (f"the run broke: {type(error).__name__}: {error}"[:500],), (), frozenset(), True, 0.0
        )
    failed = (f"a round failed: {one}" for one in sorted(world.failing))
    return Verdict(
        aim,
        (*_differences(expected, seen, aim), *failed),
        tuple(_news(expected, seen)),
        frozenset(world.seen),
        bool(world.fired),
        time.monotonic() - began,
    )


@cache
def undisturbed() -> Seen:
    """Return what there is in the end when nothing goes wrong."""
    return run()[0]


# -- the story


def _ask(world: Neighbours) -> None:
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


def _while_it_runs(world: Neighbours) -> None:
    alice = world.slack.as_user("alice")
    world.phase = RUN
    if world.aim and world.aim.spot.kind == "row" and world.aim.spot.phase == RUN:
        _damage(world)
    world.advance(4)
    world.until(lambda: sum(_said(root.replies, "Started") for root in world.roots(OTHERS)) == 2, PATIENCE)
    looks = world.looks
    world.until(lambda: world.looks >= looks + 3, 2.0)
    world.until(lambda: _said_in(world.roots(HIT), "Started"), 1.0)
    alice.open_home()
    heard = len(world.answers())
    name = next((f"{PROJECT}/{job.id}" for job in _hit_jobs(world)), f"{PROJECT}/none")
    alice.command("/dss-jobs", f"log {name}", HIT).wait(5)
    world.until(lambda: len(world.answers()) > heard, 6.0)
    alice.command("/dss-jobs", f"status {name}", HIT).wait(5)
    world.answered = world.until(lambda: len(world.answers()) > heard + 1, 6.0)
    world.until(lambda: world.slack.home("alice"), 1.0)


def _end(world: Neighbours, expected: Seen | None) -> None:
    world.phase = END
    row = world.aim is not None and world.aim.spot.kind == "row" and world.aim.spot.phase == END
    world.blocked = _is_row(world, "messages.body", END)
    if row and not world.blocked:
        _damage(world)
    world.advance(60)
    if world.blocked:
        _damage(world)
    world.until(
        lambda: all(_is_final(root) and _said(root.replies, *FINAL) for root in world.roots(OTHERS)),
        PATIENCE,
        hurry_after=5.0,
    )
    if not world.until_told(lambda: _heard(world, expected)) and world.aim and world.aim.spot.kind == "slack":
        world.garbage = None  # what Slack did not take for hours is kept until it does
        world.until_told(lambda: _heard(world, expected))
    world.until(lambda: _calm(world), 1.0)


def _damage(world: Neighbours) -> None:
    assert world.aim is not None
    what = world.aim.spot.what
    restart = what.endswith(AFTER_RESTART)
    column = what.removesuffix(AFTER_RESTART)
    change = garbage_rows.catalogue(column)[world.aim.garbage]
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


def _is_row(world: Neighbours, column: str, phase: int) -> bool:
    aim = world.aim
    return aim is not None and aim.spot == Spot(phase, "row", column)


def _calm(world: Neighbours) -> bool:
    return not world.count(
        "SELECT (SELECT count(*) FROM messages WHERE state IN ('due', 'sending')) + "
        "(SELECT count(*) FROM intents WHERE state IN ('new', 'starting'))"
    )


def _hit_jobs(world: Neighbours) -> list[Any]:
    return [job for job in world.dss.world.jobs.of_project(PROJECT) if job.life.initiated >= world.began_ms]


# -- what is seen


def _seen(world: Neighbours) -> Seen:
    now = world.dss.world.now()
    state = {
        "channel": conversation(world.roots(OTHERS)),
        "direct messages": conversation(world.slack.messages(world.slack.dm("bob"))),
        "jobs": sorted(
            (job.outputs[0].id, job.head(now).state)
            for job in world.dss.world.jobs.of_project("CHURN")
            if job.life.initiated >= world.began_ms
        ),
        "violations": world.slack.violations,
    }
    roots = world.roots(HIT)
    direct = world.slack.messages(world.slack.dm("alice"))
    return Seen(
        neighbours=without_silence(state)[0],
        jobs=tuple(job.head(now).state for job in _hit_jobs(world)),
        roots=tuple(_text(root) for root in roots),
        replies=tuple(_text(reply) for root in roots for reply in root.replies),
        private=tuple(_text(one) for one in world.answers()),
        direct=tuple(_text(one) for root in direct for one in root.replies or (root,)),
        answered=world.answered,
    )


def _heard(world: Neighbours, expected: Seen | None) -> bool:
    """Whether nothing more has to be said about the job that was hit."""
    seen = _seen(world)
    if expected is None:  # nothing goes wrong
        return all("*Done*" in one for one in seen.roots) and "*Done*" in "".join(seen.replies)
    return not _untold(expected, seen, world.aim)


def _text(message: Message) -> str:
    return normal("\n".join([message.text, *_texts(message.blocks)]))


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["text"]] if isinstance(value.get("text"), str) else []
        return own + [text for inner in value.values() for text in _texts(inner)]
    if isinstance(value, list | tuple):
        return [text for inner in value for text in _texts(inner)]
    return []


def _said(messages: tuple[Message, ...], *words: str) -> bool:
    return any(word in _text(one) for one in messages for word in words)


def _said_in(roots: list[Message], word: str) -> bool:
    return any(_said(root.replies, word) for root in roots)


def _is_final(root: Message) -> bool:
    return any(word in _text(root) for word in FINAL)


# -- what must be so


def _differences(expected: Seen, seen: Seen, aim: Aim | None) -> list[str]:
    found = []
    for part, wanted in expected.neighbours.items():
        got = seen.neighbours[part]
        if got != wanted:
            found.append(f"the neighbours' {part}: {got!r}"[:1_500])
    if len(seen.jobs) > 1:
        found.append(f"started {len(seen.jobs)} times")
    if len(seen.roots) > 1:
        found.append(f"{len(seen.roots)} root messages")
    ends = [one for one in (*seen.replies, *seen.direct) if any(word in one for word in FINAL)]
    if len(ends) > 1:
        found.append(f"the end was told {len(ends)} times")
    if any("*Failed*" in one or "*Aborted*" in one for one in (*seen.roots, *ends)):
        found.append("a state that is not true was told")
    if not seen.answered:
        found.append("a question got no answer")
    return found + _untold(expected, seen, aim)


def _untold(expected: Seen, seen: Seen, aim: Aim | None) -> list[str]:
    """Say what somebody has not heard about the job that was hit."""
    lasting = _lines(seen.roots, seen.replies, seen.direct) - _lines(expected.roots, expected.replies)
    if not seen.jobs:
        return [] if _lines(seen.private, seen.roots) - _lines(expected.private) else ["lost in silence"]
    done = any("*Done*" in one for one in (*seen.replies, *seen.direct))
    if not seen.roots and not done:
        return [] if lasting or _news(expected, seen) else ["started, and nothing was said of it"]
    if not done and not lasting:
        return ["the end was never told, and nothing was said instead"]
    frozen = [one for one in seen.roots if "*Done*" not in one]
    cannot_edit = aim is not None and aim.for_good and aim.spot.what == "chat.update"
    if frozen and not cannot_edit and not lasting - _lines(seen.direct):
        return ["the root message stays as it was"]
    if aim is not None and aim.spot.what.startswith("intents.") and not _news(expected, seen):
        return ["the damaged wish was lost in silence"]
    return []


def _news(expected: Seen, seen: Seen) -> list[str]:
    known = _lines(expected.roots, expected.replies, expected.private, expected.direct)
    return sorted(_lines(seen.roots, seen.replies, seen.private, seen.direct) - known)


def _lines(*parts: tuple[str, ...]) -> set[str]:
    """Return the sentences, without what differs while a job goes on."""
    return {line for part in parts for one in part for line in one.splitlines() if not _passing(line)}


def _passing(line: str) -> bool:
    return not line.strip() or any(word in line for word in _PASSING)


_PASSING = ("Running", "activities", "1 activity", "Waiting to start", "asked by", "[INFO]")
