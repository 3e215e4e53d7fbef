"""Options of the slash commands: ``--name value`` or ``--name=value``, anywhere in the text.

Problems are collected, not raised, so that the example in the answer can keep everything that was right.
"""

from collections.abc import Callable, Mapping

import msgspec

from bot.commands.date_grammar import continues, read_when
from bot.commands.option_values import (
    MODE_HINTS,
    STATE_WORDS,
    STATES,
    read_age,
    read_kind,
    read_limit,
    read_login,
    read_mode,
    read_state,
    read_text,
)
from bot.commands.partitions import read_partition
from bot.commands.suggestions import did_you_mean
from bot.commands.tokens import Word, option_name, short
from bot.domain import OUTPUT_KINDS
from bot.domain.errors import Refusal
from bot.language import t

_WORDS_OF_A_DAY = 4
_CHECKED = frozenset({"state", "since", "limit", "mode", "type"})
"""Options whose values can be told from other words."""


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """One option of a command."""

    sample: str = ""
    """A valid value, for examples."""
    read: Callable[[str], object] = str
    """Parses a value; raises `Refusal`, whose ``example`` is a valid value."""
    flag: bool = False
    """Whether it takes no value."""
    omitted: bool = False
    """Whether an example leaves it out after a problem: only DSS knows which values would be right."""
    hints: str = ""
    """Other words that people might use for it: never accepted, but they lead to a suggestion."""
    values: Mapping[str, tuple[str, ...]] = {}
    """Words that people write as options although they are values of this one; the likeliest value first."""


class Problem(msgspec.Struct, frozen=True):
    """Something that couldn't be parsed."""

    text: str
    suggestions: tuple[str, ...] = ()


class Parsed(msgspec.Struct):
    """The words of a command, sorted into options and others."""

    words: list[Word]
    """Words that are neither options nor their values."""
    values: dict[str, object]
    """The value of each option; after a problem, a value that would have been right."""
    problems: list[Problem]
    assumed: set[str] = msgspec.field(default_factory=set)
    """Options whose value is only a sample, so that one that was typed can replace it."""

    def text(self, name: str) -> str | None:
        """Return the value of an option that holds text; ``None`` when it wasn't given."""
        value = self.values.get(name)
        return value if isinstance(value, str) else None


def given_twice(name: str) -> Problem:
    """Say that an option has two values."""
    return Problem(t("--{option} is given twice.", option=name))


def of_option(name: str, wrong: Refusal) -> Problem:
    """Say what is wrong with the value of an option."""
    return Problem(t("--{option}: {problem}", option=name, problem=wrong), wrong.suggestions)


def read_options(words: tuple[Word, ...], known: Mapping[str, Option]) -> Parsed:
    """Sort the words of a command into options and other words."""
    parsed = Parsed([], {}, [])
    rest = list(reversed(words))
    while rest:
        word = rest.pop()
        named = option_name(word)
        if named is not None:
            _read_option(named, rest, known, parsed)
        elif word.bare and not word.text.strip("-\u2013\u2014\u2015"):
            parsed.problems.append(Problem(t("Write an option's name directly after its “--”.")))
            if rest and rest[-1].text.casefold() in known:
                rest[-1] = Word(f"--{rest[-1].text}")
        else:
            parsed.words.append(word)
    return parsed


def _read_option(
    named: tuple[str, str | None], rest: list[Word], known: Mapping[str, Option], parsed: Parsed
) -> None:
    """Read one option. Its value can be the next word, which is the last in ``rest``."""
    name, value = named
    if name not in known and _read_as_value(name, known, parsed):
        return
    if name not in known:
        name = _unknown(name, known, parsed)
        if not name:
            _drop_value(rest, value, parsed)
            return
    option = known[name]
    if option.flag:
        parsed.values[name] = True
        if value:
            parsed.words.append(Word(value))
        return
    if value is None:
        value = _next_value(name, rest, placed=bool(parsed.words))
    _take_value(name, value, option, parsed)
    if value and name in parsed.assumed:
        _keep_as_another(name, value, known, parsed)


def _take_value(name: str, value: str | None, option: Option, parsed: Parsed) -> None:
    """Record the value of an option, or why it has none."""
    if name in parsed.assumed and value:
        parsed.values.pop(name, None)
        parsed.assumed.discard(name)
    if name in parsed.values:
        parsed.problems.append(given_twice(name))
    elif not value or not value.strip():
        parsed.problems.append(Problem(t("--{option} needs a value.", option=name)))
        if not _value_before(name, option, parsed):
            _set_example(name, option.sample, option, parsed)
    else:
        read_value(name, value, option, parsed)


def read_value(name: str, value: str, option: Option, parsed: Parsed) -> None:
    """Read the value of an option, or record why it can't be one."""
    try:
        parsed.values[name] = option.read(value)
    except Refusal as wrong:
        parsed.problems.append(of_option(name, wrong))
        begins = _begins_with_time(value) if name == "since" else None
        _set_example(name, wrong.example or begins or option.sample, option, parsed)


def _keep_as_another(name: str, value: str, known: Mapping[str, Option], parsed: Parsed) -> None:
    """Keep what belongs to another option, as in ``--limit today``, so that the example says it too."""
    word = value.casefold()
    for other, option in known.items():
        if name not in _CHECKED or other == name or other in parsed.values.keys() - parsed.assumed:
            continue
        if meant := option.values.get(word) if other in {"state", "by"} else None:
            parsed.values[other] = option.read(meant[0])
        elif other == "since" and not word.isdigit() and _is_time(value):
            parsed.values[other] = option.read(value)
        else:
            continue
        parsed.assumed.add(other)  # a value with its option's name says more
        if name == "limit":  # nobody has asked for a number of jobs
            del parsed.values[name]
            parsed.assumed.discard(name)
        return


def _begins_with_time(value: str) -> str | None:
    """Return the time that a text begins with, as in ``monday 9am or so``."""
    words = value.split()
    starts = (" ".join(words[:end]) for end in range(len(words) - 1, 0, -1))
    return next(
        (start for start in starts if len(start) > 1 and not start.isdigit() and _is_time(start)), None
    )


def _set_example(name: str, value: str, option: Option, parsed: Parsed) -> None:
    if not option.omitted:
        parsed.values[name] = option.read(value)
        parsed.assumed.add(name)


def _value_before(name: str, option: Option, parsed: Parsed) -> bool:
    """Take a value that was typed before its option, as in ``done --state``; return whether there is one."""
    if name not in _CHECKED or len(parsed.words) < 2 or not parsed.words[-1].bare:
        return False
    try:
        parsed.values[name] = option.read(parsed.words[-1].text)
    except Refusal:
        return False
    del parsed.words[-1]
    return True


def _read_as_value(name: str, known: Mapping[str, Option], parsed: Parsed) -> bool:
    """Record a value that was written as an option, such as ``--failed``; return whether it was one."""
    for other, option in known.items():
        if meant := option.values.get(name):
            there = tuple(f"--{other} {value}" for value in meant)
            parsed.problems.append(Problem(t("There is no option --{option}.", option=name), there))
            if other not in parsed.values:
                parsed.values[other] = option.read(meant[0])
                parsed.assumed.add(other)  # a value with its option's name says more
            return True
    return False


def _unknown(name: str, known: Mapping[str, Option], parsed: Parsed) -> str:
    """Record an unknown option; return the one that was probably meant, or ``""``."""
    hinted = [other for other, option in known.items() if name in option.hints.split()]
    near = tuple(dict.fromkeys((*hinted, *did_you_mean(name, known))))
    typed = short(name)
    if near:
        said = t("There is no option --{option}. Do you mean --{meant}?", option=typed, meant=near[0])
    else:
        there = ", ".join(f"--{one}" for one in known)
        said = t("There is no option --{option}. There are {options}.", option=typed, options=there)
    parsed.problems.append(Problem(said, tuple(f"--{other}" for other in near)))
    return near[0] if near and near[0] not in parsed.values else ""


def _drop_value(rest: list[Word], value: str | None, parsed: Parsed) -> None:
    """Skip what is probably the value of an unknown option."""
    if value is not None or not parsed.words or not rest or option_name(rest[-1]) is not None:
        return
    if rest[-1].dot < 0 and rest[-1].text.casefold() not in STATE_WORDS:
        rest.pop()


def _next_value(name: str, rest: list[Word], *, placed: bool) -> str | None:
    """Take an option's value from the next words; a time can have several, as in ``3 days ago``.

    If these aren't a time, the other words in small letters belong to them too, as in ``half past nine``,
    unless one of them could be the project, which has its place (``placed``) before the option.
    """
    if not rest or option_name(rest[-1]) is not None:
        return None
    taken = [rest.pop().text]
    while name == "since" and rest and rest[-1].bare and continues(taken[-1], rest[-1].text):
        taken.append(rest.pop().text)
    if name == "since" and placed and not _is_time(" ".join(taken)):
        while rest and rest[-1].bare and rest[-1].text.islower() and _is_plain(rest[-1]):
            taken.append(rest.pop().text)
    if name == "partition" or (name in {"limit", "state"} and not taken[0].isdigit()):
        taken += _rest_of_day(taken[0], rest)
    if name == "limit" and taken[0].isdigit() and rest and not _is_time(rest[-1].text):
        taken += _rest_of_day(taken[0], rest)  # "3 days ago": a number of jobs is nothing without its unit
    return " ".join(taken)


def _is_plain(word: Word) -> bool:
    """Return whether a word is neither an option nor a dotted name."""
    return word.dot < 0 and option_name(word) is None


def _is_time(text: str) -> bool:
    try:
        read_when(text)
    except Refusal:
        return False
    return True


def _rest_of_day(first: str, rest: list[Word]) -> list[str]:
    """Take the words that make a day of the first one, as in ``23 november 2026``."""
    for most in range(min(_WORDS_OF_A_DAY, len(rest)), 0, -1):
        words = [word.text for word in rest[: -most - 1 : -1]]
        if not all(word.bare and option_name(word) is None for word in rest[-most:]):
            continue
        if _is_time(" ".join((first, *words))):
            del rest[-most:]
            return words
    return []


def _values(hints: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Invert a table of values and their other names: for each word, the values that it can mean."""
    found: dict[str, tuple[str, ...]] = {}
    for value, others in hints.items():
        for word in (value, *others.split()):
            found[word] = (*found.get(word, ()), value)
    return found


BUILD_OPTIONS: Mapping[str, Option] = {
    "partition": Option(sample="2026-11-23", read=read_partition, omitted=True, hints="part partitions"),
    "mode": Option(sample="modified", read=read_mode, hints="build method how", values=_values(MODE_HINTS)),
    "type": Option(
        sample="folder",
        read=read_kind,
        hints="kind object",
        values={word: (word,) for word in OUTPUT_KINDS},
    ),
    "dry-run": Option(flag=True, hints="dryrun preview plan simulate what-if check"),
    "on": Option(read=read_text, omitted=True, hints="instance dss node host server"),
}

JOBS_OPTIONS: Mapping[str, Option] = {
    "state": Option(
        sample="failed",
        read=read_state,
        hints="status outcome",
        values={word: (word,) for word in STATES},
    ),
    "since": Option(sample="yesterday", read=read_age, hints="from after date start"),
    "by": Option(
        sample="me",
        read=read_login,
        hints="user author login initiator who",
        values={"me": ("me",), "mine": ("me",)},
    ),
    "dataset": Option(read=read_text, omitted=True, hints="output target data"),
    "limit": Option(sample="20", read=read_limit, hints="max count number n top last"),
    "activity": Option(read=read_text, omitted=True, hints="recipe step"),
    "all": Option(flag=True, hints="every everything"),
    "on": BUILD_OPTIONS["on"],
}
