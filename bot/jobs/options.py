"""Options of the slash commands: ``--name value``, ``--name=value``, in any place.

What is wrong is gathered, not raised, so that the example of a mistake can keep all that was right.
"""

import re
from collections.abc import Callable, Mapping

import msgspec

from bot.errors import Refusal
from bot.facts import MODE_WORDS, OUTPUT_KINDS, BuildMode, OutputKind
from bot.jobs.nearest import did_you_mean
from bot.jobs.partitions import read_partition
from bot.jobs.words import Word, option_name, short

LARGEST_LIMIT = 100
_LONGEST_VALUE = 300

_STATES = {
    "failed": "failed fail fails failure failures failing error errors",
    "running": "running run runs unfinished",
    "done": "done success successful succeeded ok",
    "aborted": "aborted abort aborts cancelled canceled",
}
STATES = tuple(_STATES)
STATE_WORDS = {word: state for state, words in _STATES.items() for word in words.split()}
"""What people type for the four states of a filter."""

_MODE_HINTS = {
    # DSS calls both of these "forced".
    "only": "this single nonrecursive non_recursive force forced",
    "modified": "smart required changed recursive incremental",
    "all": "full force forced everything upstream",
    "missing": "empty",
}
_MODES = {**MODE_WORDS, **{mode.value.casefold(): mode for mode in BuildMode}}
_KINDS = {
    **OUTPUT_KINDS,
    **{f"{word}s": kind for word, kind in OUTPUT_KINDS.items()},
    **{kind.value.casefold(): kind for kind in OUTPUT_KINDS.values()},
}
_TIME_WORD = re.compile(
    r"ago|last|this|past|now|today|yesterday|am|pm|utc|gmt|the|of|at|an?|one|two|three"
    r"|(?:second|sec|minute|min|hour|hr|day|week|month|year)s?"
    r"|(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
    r"|jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
    r"|\d{1,4}(?:st|nd|rd|th|[smhdw]|am|pm)?|\d{1,4}[-/.:T+Z\d]{1,36}",
    re.ASCII | re.IGNORECASE,
)


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """One option of a command."""

    sample: str = ""
    """A value that can be read, for examples."""
    read: Callable[[str], object] = str
    """Reads a value; raises `Refusal`, whose ``example`` is a value that can be read."""
    flag: bool = False
    """Whether it stands without a value."""
    hints: str = ""
    """Other words that people may use for it: never accepted, but suggested."""
    values: Mapping[str, tuple[str, ...]] = {}
    """Words that people write as options, though they are values of this one; the likeliest value first."""


class Problem(msgspec.Struct, frozen=True):
    """Something that could not be read."""

    text: str
    suggestions: tuple[str, ...] = ()


class Parsed(msgspec.Struct):
    """Words of a command, sorted."""

    words: list[Word]
    """Those that are neither options nor values."""
    values: dict[str, object]
    """By option, what was read; after a problem what would have been right."""
    problems: list[Problem]

    def text(self, name: str) -> str | None:
        """Return the value of an option that is read as text; ``None`` when it was not given."""
        value = self.values.get(name)
        return value if isinstance(value, str) else None


def read_options(words: tuple[Word, ...], known: Mapping[str, Option]) -> Parsed:
    """Sort the words of a command into options and others."""
    parsed = Parsed([], {}, [])
    rest = list(reversed(words))
    while rest:
        word = rest.pop()
        named = option_name(word)
        if named is not None:
            _read_option(named, rest, known, parsed)
        elif word.bare and not word.text.strip("-\u2013\u2014\u2015"):
            parsed.problems.append(Problem("The name of an option stands directly after its “--”."))
            if rest and rest[-1].text.casefold() in known:
                rest[-1] = Word(f"--{rest[-1].text}")
        else:
            parsed.words.append(word)
    return parsed


def _read_option(
    named: tuple[str, str | None], rest: list[Word], known: Mapping[str, Option], parsed: Parsed
) -> None:
    """Read one option, whose value may be the next of ``rest`` (last is next)."""
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
        value = _next_value(name, rest)
    if name in parsed.values:
        parsed.problems.append(Problem(f"--{name} is given twice."))
    elif not value or not value.strip():
        parsed.problems.append(Problem(f"--{name} needs a value."))
        parsed.values[name] = option.read(option.sample)
    else:
        _read_value(name, value, option, parsed)


def _read_value(name: str, value: str, option: Option, parsed: Parsed) -> None:
    try:
        parsed.values[name] = option.read(value)
    except Refusal as wrong:
        parsed.problems.append(Problem(f"--{name}: {wrong}", wrong.suggestions))
        parsed.values[name] = option.read(wrong.example or option.sample)


def _read_as_value(name: str, known: Mapping[str, Option], parsed: Parsed) -> bool:
    """Note a value that was written as an option, such as ``--failed``; whether it was one."""
    for other, option in known.items():
        if meant := option.values.get(name):
            there = tuple(f"--{other} {value}" for value in meant)
            parsed.problems.append(Problem(f"There is no option --{name}.", there))
            parsed.values.setdefault(other, option.read(meant[0]))
            return True
    return False


def _unknown(name: str, known: Mapping[str, Option], parsed: Parsed) -> str:
    """Note an unknown option; return the one that was probably meant, or ``""``."""
    hinted = [other for other, option in known.items() if name in option.hints.split()]
    near = tuple(dict.fromkeys((*hinted, *did_you_mean(name, known))))
    there = "" if near else f" There are {', '.join(f'--{other}' for other in known)}."
    parsed.problems.append(
        Problem(f"There is no option --{short(name)}.{there}", tuple(f"--{other}" for other in near))
    )
    return near[0] if near and near[0] not in parsed.values else ""


def _drop_value(rest: list[Word], value: str | None, parsed: Parsed) -> None:
    """Pass over what is probably the value of an option that nobody knows."""
    if value is None and parsed.words and rest and option_name(rest[-1]) is None and rest[-1].dot < 0:
        rest.pop()


def _next_value(name: str, rest: list[Word]) -> str | None:
    """Take the value of an option from the next words; a time may have several, as in ``3 days ago``."""
    if not rest or option_name(rest[-1]) is not None:
        return None
    taken = [rest.pop().text]
    while name == "since" and rest and _TIME_WORD.fullmatch(rest[-1].text.rstrip(",")):
        taken.append(rest.pop().text)
    return " ".join(taken)


def _text(value: str) -> str:
    stripped = value.strip()
    if not stripped or len(stripped) > _LONGEST_VALUE or not stripped.isprintable():
        raise Refusal(f"a value has 1 to {_LONGEST_VALUE} characters.")
    return stripped


def _login(value: str) -> str:
    login = _text(value)
    if login.startswith("<@"):
        raise Refusal("that is a Slack mention, and a DSS login is needed, or “me”.", example="me")
    login = login.removeprefix("@") or login
    return "me" if login.casefold() == "me" else login


def _state(value: str) -> str:
    state = STATE_WORDS.get(value.strip().casefold())
    if state is None:
        near = tuple(dict.fromkeys(STATE_WORDS[word] for word in did_you_mean(value, STATE_WORDS)))
        raise Refusal(
            f"“{short(value)}” is not one of {', '.join(_STATES)}.",
            example=near[0] if near else None,
            suggestions=near,
        )
    return state


def _mode(value: str) -> BuildMode:
    typed = value.strip().casefold().replace("-", "_").replace(" ", "_")
    mode = _MODES.get(typed)
    if mode is None:
        hinted = [word for word, hints in _MODE_HINTS.items() if typed in hints.split()]
        near = tuple(hinted) or did_you_mean(value, MODE_WORDS)
        raise Refusal(
            f"“{short(value)}” is not one of {', '.join(MODE_WORDS)}.",
            example=near[0] if near else None,
            suggestions=near,
        )
    return mode


def _kind(value: str) -> OutputKind:
    kind = _KINDS.get(value.strip().casefold().replace("-", "_").replace(" ", "_"))
    if kind is None:
        near = did_you_mean(value, OUTPUT_KINDS)
        raise Refusal(
            f"“{short(value)}” is not one of {', '.join(OUTPUT_KINDS)}.",
            example=near[0] if near else None,
            suggestions=near,
        )
    return kind


def _limit(value: str) -> int:
    typed = value.strip()
    if not (typed.isascii() and typed.isdigit() and len(typed) < 10):
        raise Refusal(f"“{short(value)}” is not a number from 1 to {LARGEST_LIMIT}.")
    limit = int(typed)
    if not 1 <= limit <= LARGEST_LIMIT:
        nearest = 1 if limit < 1 else LARGEST_LIMIT
        raise Refusal(f"{limit} is not from 1 to {LARGEST_LIMIT}.", example=str(nearest))
    return limit


def read_age(value: str) -> str:
    """Check the looks of a time only: what it means depends on the clock and the person's time zone."""
    typed = " ".join(value.split())
    words = typed.replace(",", " ").split()
    if not words or len(typed) > 40 or not all(_TIME_WORD.fullmatch(word) for word in words):
        raise Refusal(f"“{short(value)}” cannot be read as a time; 2015/09/24, yesterday, 2h and 7d can.")
    return typed


def _values(hints: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Turn words and what else they are called around: for each word the values that it may mean."""
    found: dict[str, tuple[str, ...]] = {}
    for value, others in hints.items():
        for word in (value, *others.split()):
            found[word] = (*found.get(word, ()), value)
    return found


BUILD_OPTIONS: Mapping[str, Option] = {
    "partition": Option(sample="2026-11-23", read=read_partition, hints="part partitions"),
    "mode": Option(sample="modified", read=_mode, hints="build method how", values=_values(_MODE_HINTS)),
    "type": Option(
        sample="folder", read=_kind, hints="kind object", values={word: (word,) for word in OUTPUT_KINDS}
    ),
    "on": Option(sample="INSTANCE", read=_text, hints="instance dss node host server"),
}

JOBS_OPTIONS: Mapping[str, Option] = {
    "state": Option(
        sample="failed", read=_state, hints="status outcome", values={word: (word,) for word in STATES}
    ),
    "since": Option(sample="yesterday", read=read_age, hints="from after date start"),
    "by": Option(
        sample="me",
        read=_login,
        hints="user author login initiator who",
        values={"me": ("me",), "mine": ("me",)},
    ),
    "dataset": Option(sample="DATASET", read=_text, hints="output target data"),
    "limit": Option(sample="20", read=_limit, hints="max count number n top last"),
    "activity": Option(sample="ACTIVITY", read=_text, hints="recipe step"),
    "all": Option(flag=True, hints="every everything"),
    "on": BUILD_OPTIONS["on"],
}
