"""Thousands of mistakes: every command that an answer shows, in text or behind a button, is typed back.

None is refused, none loses what the person said, and none does more than they asked. The short run is part of
`make test`; `make fuzz` runs many more.
"""

import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
import structlog

from bot.commands.rendering import as_command
from bot.domain import AbortAll, AbortJob, Build, ListJobs, Mistake, ReadLog, Request
from bot.domain.policy import AccessMode
from bot.services.examples import read
from tests.support.mistakes import Right, mistaken, right_commands
from tests.support.typed_back import Answer, TypingBot

FEW, MANY = 50, 6_000
PARTS = 5
"""How many times a few are typed: one test for all of them would keep one process busy for long."""
ANSWERED = 3_000
"""After that many commands, a new bot: what it followed would make the lists longer and longer."""


class Counts(msgspec.Struct):
    """What happened."""

    typed: int = 0
    suggested: int = 0
    wrong: list[str] = msgspec.field(default_factory=list)


def said(request: object) -> dict[str, object]:
    """Return what a request says besides what it is about."""
    names = ("state", "since", "by", "dataset", "limit", "partition", "mode", "dry_run", "activity")
    return {name: getattr(request, name) for name in names if getattr(request, name, None)}


def problem(typed: str, right: Right, suggestion: str, answer: Answer) -> str | None:
    """Return what is wrong with a suggestion; ``None`` if nothing is."""
    request = read(suggestion)
    if isinstance(request, Mistake):
        return f"refused for its form: {request.problem}"
    if answer.refused:
        return f"refused: {answer.refused}"
    if isinstance(request, AbortJob | AbortAll) and not right.aborts and "ab" not in typed.casefold():
        return "aborts what nobody wants to abort"
    if isinstance(request, Build) and "--dry-run" in typed.split() and not request.dry_run:
        return "starts what was only looked at"
    if not isinstance(request, type(right.request)) or not isinstance(request, Build | ListJobs | ReadLog):
        return None
    kept = {name: value for name, value in said(right.request).items() if right.still_says(typed, name)}
    lost = [name for name, value in kept.items() if said(request).get(name) != value]
    return f"drops {', '.join(lost)}" if lost else None


def type_back(make: Callable[[], TypingBot], seed: int, mistakes: int) -> Counts:
    """Type mistakes, and then what their answers suggest."""
    dice, counts, bot = random.Random(seed), Counts(), make()
    rights = right_commands()
    for _ in range(mistakes):
        right = dice.choice(rights)
        typed = mistaken(right.command, dice)
        first = bot.ask(typed)
        counts.typed += 1
        for suggestion in first.suggestions():
            counts.suggested += 1
            wrong = problem(typed, right, suggestion, bot.ask(suggestion))
            # Of two commands for two outputs, only one has the partition.
            apart = wrong == "drops partition" and "each needs its own command" in first.text
            if wrong is not None and not apart:
                counts.wrong.append(f"{typed} → {suggestion}: {wrong}")
        if bot.asked > ANSWERED:
            bot.close()
            bot = make()
    bot.close()
    return counts


@pytest.fixture
def make(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[[], TypingBot]]:
    """A factory of bots in one access mode."""
    numbers = iter(range(1_000))

    def made() -> TypingBot:
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        bot = TypingBot(folder, AccessMode(request.param))
        structlog.configure(processors=[bot.heard])
        return bot

    yield made
    structlog.reset_defaults()


def check(make: Callable[[], TypingBot], seed: int, mistakes: int) -> Counts:
    """Type mistakes; fail with the suggestions that are wrong."""
    counts = type_back(make, seed, mistakes)
    sys.stdout.write(f"typed: {counts.typed}, suggested: {counts.suggested}, wrong: {len(counts.wrong)}\n")
    assert counts.wrong == []
    assert counts.suggested > mistakes / 2
    return counts


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("make", ["open", "dss"], indirect=True)
def test_suggestions_are_accepted(make: Callable[[], TypingBot], part: int) -> None:
    """Of a few hundred mistakes in each access mode."""
    check(make, 20261128 + part, FEW)


@pytest.mark.fuzz
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("make", ["open", "dss"], indirect=True)
def test_suggestions_of_thousands_are_accepted(
    make: Callable[[], TypingBot], record_property: Callable[[str, object], None]
) -> None:
    """The same, of thousands."""
    counts = check(make, 7, MANY)
    record_property("inputs", counts.typed)
    record_property("suggestions", counts.suggested)


def test_a_right_command_is_not_refused(tmp_path: Path) -> None:
    """Otherwise the mistakes would be others than those that are meant."""
    bot = TypingBot(tmp_path, AccessMode.OPEN)
    structlog.configure(processors=[bot.heard])
    for right in right_commands():
        assert isinstance(right.request, Request), right.command
        assert bot.ask(as_command(right.request)).refused is None, right.command
    bot.close()
    structlog.reset_defaults()
