"""The parser for all of ``/dss-build``: favorites, which begin with a word of their own, and builds.

A favorite alone is looked up before it's taken for the name of an output: see `read_call`.
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

import msgspec

from bot.commands.build_parser import parse_plain_build, parse_unwrapped, read_build, read_words
from bot.commands.free_words import is_word
from bot.commands.options import BUILD_OPTIONS, Option, Parsed, Problem, read_options
from bot.commands.rendering import as_command
from bot.commands.tokens import Word, quote, unwrap
from bot.domain import (
    Build,
    BuildMode,
    DeleteFavorite,
    FavoriteChange,
    Help,
    Mistake,
    RenameFavorite,
    RequestedOutput,
    SaveFavorite,
    SetDefault,
    ShowFavorites,
)
from bot.domain.errors import Refusal
from bot.domain.favorites import RESERVED, check_name
from bot.language import t

SUBCOMMANDS = ("save", "list", "favorites", "rename", "delete")
"""First words of ``/dss-build`` that aren't projects; in capitals they are."""

R = TypeVar("R", SaveFavorite, RenameFavorite, DeleteFavorite)

_SHARED: Mapping[str, Option] = {"channel": Option(flag=True, hints="shared team everybody here")}
_EXAMPLE = Build(outputs=(RequestedOutput(project="PROJECT", name="dataset"),))
_NAME = "nightly"
"""A name in examples."""


class FavoriteCall(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is a favorite, if there is one with this name."""

    name: str
    mode: BuildMode | None = None
    partition: str | None = None
    dry_run: bool = False
    problem: str | None = None
    """What is wrong with its options."""

    def of(self, build: Build) -> Build | Mistake:
        """Return the favorite's build with the options that were typed."""
        if self.problem is not None:
            example = f"/dss-build {quote(self.name)}"
            return Mistake(command="build", problem=self.problem, example=example)
        return msgspec.structs.replace(
            build,
            mode=self.mode or build.mode,
            partition=self.partition or build.partition,
            dry_run=self.dry_run,
        )


def parse_build_command(text: str) -> Build | FavoriteChange | ShowFavorites | Help | Mistake:
    """Parse the text after ``/dss-build``."""
    return parse_unwrapped("build", text, lambda inner: _favorites(inner) or parse_plain_build(inner))


def read_call(text: str) -> FavoriteCall | None:
    """Read one word, or one quoted name, with options, which can be a favorite; ``None`` if it can't."""
    words = read_words("build", unwrap(text))
    if isinstance(words, Help | Mistake):
        return None
    parsed = read_options(words[1:] if words and words[0].text == "/dss-build" else words, BUILD_OPTIONS)
    if len(parsed.words) != 1 or parsed.words[0].dot >= 0:
        return None
    name = parsed.words[0].text
    if name.casefold() in RESERVED and parsed.words[0].bare:
        return None
    problem = parsed.problems[0].text if parsed.problems else None
    for other in ("type", "on"):
        if other in parsed.values:
            problem = problem or t("--{option} doesn't work with a favorite.", option=other)
    mode = parsed.values.get("mode")
    return FavoriteCall(
        name=name,
        mode=mode if isinstance(mode, BuildMode) else None,
        partition=parsed.text("partition"),
        dry_run=parsed.values.get("dry-run") is True,
        problem=problem,
    )


def read_default(parsed: Parsed, project: Callable[[Word, Parsed], str]) -> SetDefault | ShowFavorites:
    """Read ``defaults``, ``defaults PROJECT`` and ``defaults none`` of ``/dss-jobs``."""
    if len(parsed.words) > 1:
        parsed.problems.append(Problem(t("A channel has one default project.")))
    if not parsed.words:
        return ShowFavorites()
    if is_word(parsed.words[0], "none", "clear", "off"):
        return SetDefault()
    return SetDefault(project=project(parsed.words[0], parsed), instance=parsed.text("on"))


def _favorites(text: str) -> FavoriteChange | ShowFavorites | Mistake | None:
    words = read_words("build", text)
    if isinstance(words, Help | Mistake) or not words:
        return None
    word = words[0].text.casefold()
    if not words[0].bare or word not in SUBCOMMANDS or words[0].text.isupper():
        return None
    if word in {"list", "favorites"}:
        return _list(words[1:])
    options = {**BUILD_OPTIONS, **_SHARED} if word == "save" else _SHARED
    parsed = read_options(words[1:], options)
    match word:
        case "save":
            return _save(parsed)
        case "rename":
            return _rename(parsed)
        case _:
            return _delete(parsed)


def _list(words: tuple[Word, ...]) -> ShowFavorites | Mistake:
    if not words:
        return ShowFavorites()
    problem = t("list takes nothing else.")
    return Mistake(command="build", problem=problem, example=as_command(ShowFavorites()))


def _save(parsed: Parsed) -> SaveFavorite | Mistake:
    words, problems = list(parsed.words), []
    if not words:
        problems.append(Problem(t("Say under which name to save it, and what to build.")))
    named = words and words[0].dot < 0
    if words and not named:
        problems.append(Problem(t("Say under which name to save it: the name comes first.")))
    name = _name(words.pop(0), problems) if named else _NAME
    build, wrong = (_EXAMPLE, parsed.problems) if not parsed.words else read_build(parsed, words)
    if build.dry_run:
        wrong = [*wrong, Problem(t("--dry-run doesn't work with save."))]
        build = msgspec.structs.replace(build, dry_run=False)
    request = SaveFavorite(name=name, build=build, shared=bool(parsed.values.get("channel")))
    return _or_mistake(request, problems + wrong)


def _rename(parsed: Parsed) -> RenameFavorite | Mistake:
    problems = list(parsed.problems)
    if len(parsed.words) != 2:
        problems.append(Problem(t("rename takes two names. Put a name with spaces in quotes.")))
    names = [_name(word, problems) for word in parsed.words[:2]] + [_NAME, f"{_NAME} 2"]
    old, new = (names[0], names[1]) if len(parsed.words) > 1 else (names[0], f"{names[0]} 2"[:40])
    request = RenameFavorite(name=old, to=new, shared=bool(parsed.values.get("channel")))
    return _or_mistake(request, problems)


def _delete(parsed: Parsed) -> DeleteFavorite | Mistake:
    problems = list(parsed.problems)
    if len(parsed.words) != 1:
        problems.append(Problem(t("delete takes one name. Put a name with spaces in quotes.")))
    name = _name(parsed.words[0], problems) if parsed.words else _NAME
    return _or_mistake(DeleteFavorite(name=name, shared=bool(parsed.values.get("channel"))), problems)


def _name(word: Word, problems: list[Problem]) -> str:
    try:
        return check_name(word.text)
    except Refusal as refusal:
        problems.append(Problem(str(refusal)))
        return refusal.suggestions[0] if refusal.suggestions else _NAME


def _or_mistake(request: R, problems: list[Problem]) -> R | Mistake:
    if not problems:
        return request
    return Mistake(command="build", problem=problems[0].text, example=as_command(request))
