"""Reads the values of options: each function parses one, or raises `Refusal` with what would be right."""

import re
from collections.abc import Iterable

from bot.commands.date_grammar import read_when
from bot.commands.partitions import read_partition
from bot.commands.suggestions import did_you_mean
from bot.commands.tokens import short
from bot.domain import KIND_NAMES, MODE_WORDS, OUTPUT_KINDS, BuildMode, OutputKind
from bot.domain.errors import Refusal
from bot.language import t

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
"""Words that people type for the four states of the filter."""

MODE_HINTS = {
    # DSS calls both `only` and `all` "forced".
    "only": "this single nonrecursive non_recursive force forced",
    "modified": "smart required changed recursive incremental",
    "all": "full force forced everything upstream",
    "missing": "empty",
}
_MODES = {**MODE_WORDS, **{mode.value.casefold(): mode for mode in BuildMode}}
_KIND_WORDS = {
    **OUTPUT_KINDS,
    **{kind.value.casefold(): kind for kind in OUTPUT_KINDS.values()},
    **{name.replace(" ", "_"): kind for kind, name in KIND_NAMES.items()},
    **dict.fromkeys(("stream", "endpoint"), OutputKind.STREAM),
    **dict.fromkeys(("bank", "kb", "retrievable_knowledge"), OutputKind.KNOWLEDGE),
}
_KINDS = {**_KIND_WORDS, **{f"{word}s": kind for word, kind in _KIND_WORDS.items()}}


_MENTION = re.compile(r"<@([A-Z0-9]{2,40})(?:\|[^<>]*)?>", re.ASCII)


def mentioned(by: str) -> str | None:
    """Return the Slack user ID that a value of ``--by`` mentions; ``None`` when it is a login or a name."""
    found = _MENTION.fullmatch(by)
    return found[1] if found else None


def read_text(value: str) -> str:
    """Read any short text."""
    stripped = value.strip()
    if not stripped or len(stripped) > _LONGEST_VALUE or not stripped.isprintable():
        raise Refusal(t("a value must have 1 to {most} characters.", most=_LONGEST_VALUE))
    return stripped


def read_login(value: str) -> str:
    """Read whose jobs are meant: ``me``, a login, a name, an email address or a mention."""
    login = read_text(value)
    if found := _MENTION.fullmatch(login):
        return f"<@{found[1]}>"
    login = login.removeprefix("@") or login
    return "me" if login.casefold() == "me" else login


def read_state(value: str) -> str:
    """Read a state of the filter, or another word for it."""
    state = STATE_WORDS.get(value.strip().casefold())
    if state is None:
        parts = [part.strip().casefold() for part in value.split(",")]
        meant = [part for part in parts if part in STATE_WORDS] or did_you_mean(value, STATE_WORDS)
        near = tuple(dict.fromkeys(STATE_WORDS[word] for word in meant))
        if len(parts) > 1 and len(near) > 1:
            raise Refusal(t("one list has one state: ask once for each."), example=near[0])
        raise _not_one_of(value, _STATES, near)
    return state


def read_mode(value: str) -> BuildMode:
    """Read a build mode."""
    typed = value.strip().casefold().replace("-", "_").replace(" ", "_")
    mode = _MODES.get(typed)
    if mode is None:
        hinted = [word for word, hints in MODE_HINTS.items() if typed in hints.split()]
        near = tuple(hinted) or did_you_mean(value, MODE_WORDS)
        raise _not_one_of(value, MODE_WORDS, near)
    return mode


def read_kind(value: str) -> OutputKind:
    """Read a type of outputs."""
    kind = _KINDS.get(value.strip().casefold().replace("-", "_").replace(" ", "_"))
    if kind is None:
        raise _not_one_of(value, OUTPUT_KINDS, did_you_mean(value, OUTPUT_KINDS))
    return kind


def _not_one_of(value: str, valid: Iterable[str], near: tuple[str, ...]) -> Refusal:
    return Refusal(
        t("“{value}” isn't valid. Try: {values}.", value=short(value), values=", ".join(valid)),
        example=near[0] if near else None,
        suggestions=near,
    )


def read_limit(value: str) -> int:
    """Read how many jobs to list."""
    typed = value.strip()
    if not (typed.isascii() and typed.isdigit() and len(typed) < 10):
        raise Refusal(
            t("“{value}” is not a number from 1 to {most}.", value=short(value), most=LARGEST_LIMIT)
        )
    limit = int(typed)
    if not 1 <= limit <= LARGEST_LIMIT:
        nearest = 1 if limit < 1 else LARGEST_LIMIT
        said = t("{value} is not from 1 to {most}.", value=limit, most=LARGEST_LIMIT)
        raise Refusal(said, example=str(nearest))
    return limit


def read_age(value: str) -> str:
    """Check only the form of a time: its meaning depends on the clock and the person's time zone."""
    read_when(value)
    return " ".join(value.split())


_PARTITION = re.compile(
    r"\d{4}-\d\d(?:-\d\d(?:-\d\d)?)?(?:[/,|].+)?|.+\|.+|(?:CURRENT|PREVIOUS)_[A-Z]+|today|yesterday",
    re.IGNORECASE,
)


def option_of(word: str) -> tuple[str, object] | None:
    """Return which option of a build a word is a value of, and that value; ``None`` if of none."""
    typed = word.casefold()
    if typed in _KINDS:
        return "type", _KINDS[typed]
    if typed in _MODES:
        return "mode", _MODES[typed]
    try:
        return ("partition", read_partition(word)) if _PARTITION.fullmatch(word) else None
    except Refusal:
        return None
