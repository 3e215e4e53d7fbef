"""Masks every recognizable secret in a text."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate

from bot.domain.log_lines import read_line
from bot.domain.redaction import assignments, commands, continuation, named_values, shapes, vendor_tokens
from bot.domain.redaction.assigned_values import Open, Span
from bot.domain.redaction.names import NEEDLES as NAME_NEEDLES
from bot.domain.redaction.names import Secrecy
from bot.domain.redaction.private_keys import without_private_keys
from bot.domain.redaction.shapes import Finder
from bot.domain.redaction.terminal import plain
from bot.domain.redaction.values import HIDDEN


def _index(rules: Iterable[tuple[tuple[str, ...], Finder]]) -> dict[str, tuple[Finder, ...]]:
    index: dict[str, tuple[Finder, ...]] = {}
    for needles, finder in rules:
        for needle in needles:
            index[needle] = (*index.get(needle, ()), finder)
    return index


_NAMES = frozenset(NAME_NEEDLES.split())
_BY_WORD = _index((*shapes.RULES, *commands.RULES))
_BY_PREFIX = _index(vendor_tokens.RULES)
_WORDS = (*_NAMES, *(word for word in _BY_WORD if word not in _NAMES))
_MOST_LINES = 40
"""How many lines a value can continue on."""
_ASCII_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


class Redactor:
    """Masks secrets by the built-in rules, by further patterns, and by value.

    Args:
        patterns: further patterns; if a pattern has groups, only what they match is masked.
        values: texts to mask wherever they are.
    """

    def __init__(self, patterns: Iterable[re.Pattern[str]] = (), values: Iterable[str] = ()) -> None:
        self._patterns = tuple(patterns)
        known = sorted({value for value in values if len(value) >= 4}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def __call__(self, text: str) -> str:
        """Return ``text`` with every recognizable secret masked. The text around a secret stays readable.

        Escape sequences of terminals and invisible characters are removed first: they can be inside keys and
        values.
        """
        text = plain(text)
        if self._known:
            text = self._known.sub(HIDDEN, text)
        for pattern in self._patterns:
            text = "\n".join(_masked(line, _groups(pattern, line)) for line in text.split("\n"))
        lines = text.split("\n")
        if "-----" in text or len(text) >= 60:
            kept = without_private_keys(lines)
            if kept != lines:
                lines, text = kept, "\n".join(kept)
        return "\n".join(_redacted(lines, text))


redact = Redactor()
"""The built-in rules alone."""


def _groups(pattern: re.Pattern[str], line: str) -> Iterator[Span]:
    for found in pattern.finditer(line):
        for group in range(1, pattern.groups + 1) if pattern.groups else (0,):
            if found[group]:
                yield found.span(group)


def _masked(line: str, found: Iterable[Span]) -> str:
    """Replace the places in a line; of places that overlap, what any of them covers."""
    kept: list[str] = []
    at = 0
    for start, end in sorted(found):
        if end <= at or start == end:
            continue
        if start > at or not kept:
            kept += line[at:start], HIDDEN
        at = end
    return "".join(kept) + line[at:] if kept else line


def _redacted(lines: list[str], text: str) -> list[str]:
    wanted = _lines_to_look_at(lines, text)
    masked = lines
    still_open: Open | None = None
    since = 0
    for at in range(len(lines)) if wanted else ():
        if still_open is None and at not in wanted:
            continue
        line = masked[at]
        body = _body_start(line)
        found: list[Span] = []
        if still_open is not None and at > since:
            found, still_open = continuation.spans(line[body:], still_open)
            still_open = still_open if at - since < _MOST_LINES else None
        if at in wanted:
            own, opened = _of_line(line[body:], wanted[at])
            found += own
            if opened is not None:
                still_open, since = opened, at
                if opened.kind == "pair" and at:
                    masked[at - 1] = _with_value_before(masked[at - 1], line[body:], opened)
        masked[at] = _masked(line, ((start + body, end + body) for start, end in found))
    return masked


def _with_value_before(line: str, after: str, opened: Open) -> str:
    """Mask a value in the line before its name, unless the name's line begins an object."""
    if after.lstrip().startswith(("- ", "{", "<property")):
        return line
    body = _body_start(line)
    span = named_values.value_alone(line[body:], opened.says)
    return _masked(line, [(span[0] + body, span[1] + body)]) if span else line


def _body_start(line: str) -> int:
    """Return where a line's text begins, after DSS's prefix."""
    if not line.startswith("["):
        return 0
    text = read_line(line).text
    return line.rindex(text) if text else len(line)


def _of_line(line: str, words: set[str]) -> tuple[list[Span], Open | None]:
    """Find what a line contains, given which of the fixed words are in it."""
    found: list[Span] = []
    still_open: Open | None = None
    if not _NAMES.isdisjoint(words):
        found, still_open = assignments.spans(line)
        found += named_values.spans(line)
        if still_open is None and (says := named_values.name_alone(line)) is not Secrecy.NONE:
            still_open = Open("pair", "", says)
    for word in words:
        for finder in (*_BY_WORD.get(word, ()), *_BY_PREFIX.get(word, ())):
            found += finder(line)
    return found, still_open


def _lines_to_look_at(lines: list[str], text: str) -> dict[int, set[str]]:
    """Return which lines can contain a secret, and the fixed words that say so.

    Most of these aren't anywhere in a log. Its lines are alike, so its different words are searched first.
    """
    lower = text.lower()
    if len(lower) != len(text):  # a few letters become two
        lower = text.translate(_ASCII_LOWER)
    vocabulary = "\n".join(set(text.split()))
    starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
    found: dict[int, set[str]] = {}
    for haystack, all_words, known in (
        (lower, _WORDS, vocabulary.lower()),
        (text, tuple(_BY_PREFIX), vocabulary),
    ):
        for word in all_words:
            at = haystack.find(word) if word in known else -1
            while at >= 0:
                number = bisect_right(starts, at) - 1
                found.setdefault(number, set()).add(word)
                at = haystack.find(word, starts[number + 1])
    return found
