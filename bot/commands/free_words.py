"""Sorts words that people type without options: a state, a time, and the rest, such as a project."""

from collections.abc import Sequence

import msgspec

from bot.commands.date_grammar import is_zone_after
from bot.commands.option_values import STATE_WORDS, STATES, read_age, read_login
from bot.commands.tokens import Word
from bot.domain.errors import Refusal

_ME = ("me", "mine", "my")
_ALL = ("all", "everything")
_ALONE = frozenset({*STATES, *_ME, *_ALL, "failures", "today", "yesterday"})
"""The only words that are no project when they are alone."""
_SAYS_NOTHING = frozenset(
    (
        *("jobs", "job", "in", "of", "for", "and", "the"),
        *("what", "which", "who", "that", "is", "are", "was", "were", "did", "has", "have"),
        *("building", "builds", "built"),
    )
)
"""Words that a sentence has and a list doesn't need."""
_MY_LAST = frozenset(
    {"it", "that", "this", "the", "of", "my", "last", "one", "job", "build", "again", "now", "please"}
)
"""Words that can follow a subcommand and name no job but the last one."""
_FAILED = frozenset({"did", "does", "is", "was", "has", "fail", "failed", "fails"})
"""What else can follow ``why``."""


class FreeWords(msgspec.Struct):
    """What the words of a command say."""

    state: str | None = None
    since: str | None = None
    by: str | None = None
    no_time: str | None = None
    """What follows ``since`` and isn't a time."""
    rest: list[Word] = msgspec.field(default_factory=list)
    """The words that are none of these."""


def read_free_words(words: Sequence[Word]) -> FreeWords:
    """Sort words, as in ``churn failures last week``, ``failed since monday`` or ``my jobs``.

    A word in capitals is never a state or a time: it can be a project. Only a few words count alone.
    """
    found = FreeWords()
    if len(words) == 1 and not is_word(words[0], *_ALONE):
        found.rest = list(words)
        return found
    at = 0
    while at < len(words):
        begin = at + is_word(words[at], "since", "from")
        span = 0 if found.since or begin == len(words) else _time_at(words, begin)
        if span:
            found.since = " ".join(word.text for word in words[begin : begin + span])
            span += begin - at
        elif begin > at and begin < len(words) and found.no_time is None and not found.since:
            found.no_time, span = words[begin].text, 2
        elif found.by is None and (by := _by_at(words, at)):
            found.by, span = by
        elif is_word(words[at], *_SAYS_NOTHING, *_ALL):
            span = 1
        elif found.state is None and is_word(words[at], *STATE_WORDS):
            found.state, span = STATE_WORDS[words[at].text.casefold()], 1
        else:
            found.rest.append(words[at])
            span = 1
        at += span
    return found


def _by_at(words: Sequence[Word], at: int) -> tuple[str, int] | None:
    """Read whose jobs are meant, and how many words say it."""
    if is_word(words[at], *_ME):
        return "me", 1
    if is_word(words[at], "by") and at + 1 < len(words):
        try:
            return read_login(words[at + 1].text), 2
        except Refusal:
            return None
    return None


def means_my_last(words: Sequence[Word], *, why: bool) -> bool:
    """Return whether these words mean my last job, as in ``abort it`` or ``why did it fail``."""
    known = _MY_LAST | _FAILED if why else _MY_LAST
    return all(is_word(word, *known) for word in words)


def is_word(word: Word, *texts: str) -> bool:
    """Return whether a word is one of these, and not a project key, which is in capitals."""
    return word.bare and word.text.casefold() in texts and not word.text.isupper()


def _time_at(words: Sequence[Word], start: int) -> int:
    """Return how many words from ``start`` on are clearly a time; a single letter or number isn't."""
    for end in range(len(words), start, -1):
        run = words[start:end]
        if not all(_can_be_a_time(word, before) for before, word in zip([Word(""), *run], run, strict=False)):
            continue
        if len(run) == 1 and (len(run[0].text) == 1 or run[0].text.isdigit()):
            return 0
        try:
            read_age(" ".join(word.text for word in run))
        except Refusal:
            continue
        return end - start
    return 0


def _can_be_a_time(word: Word, before: Word) -> bool:
    """Return whether a word can belong to a time; in capitals, only a time zone after a time of day can."""
    capitals = word.text.isupper() and word.text.isalpha()
    return word.bare and (not capitals or is_zone_after(before.text, word.text))
