"""Reads a value where one is expected: quoted, bare, in brackets, or second in a pair."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from bot.domain.redaction.names import Secrecy
from bot.domain.redaction.values import has_letters_and_digits, is_reference, is_secret

Span = tuple[int, int]
"""Where a secret is: start and end in the line."""


class Open(NamedTuple):
    """A value that continues on the next lines."""

    kind: str
    """``value`` (the next line), ``block`` (deeper lines), ``dashes``, ``items`` (up to a bracket),
    ``quote``, ``pair`` (see `bot.domain.redaction.named_values`)."""
    until: str
    """The closing quote or bracket; for a block, the spaces before its name."""
    says: Secrecy


QUOTE = r"""(?:\\{1,3}["'`]|["'`]{1,3}|&quot;|&\#0?3[49];|%2[27]|\\u002[27])"""
_JUDGED = 320
"""How many characters of a value decide whether it's a secret. Only a secret is then read to its end, so that
no part of a line is read again and again."""
_OPENING = re.compile(
    rf"(?P<wrap>(?:[A-Za-z][\w.]{{0,40}}+\([ \t]?)?)(?P<prefix>[bBrRuUfF]{{0,2}})(?P<quote>{QUOTE}|«|“)"
)
_BARE = re.compile(
    r"""(?:[^\s"'`&;<>\\]|\\(?!u00(?:26|22|27|3[cCeE])|["'nrt])[^\s]|(?<=\w)['`](?=\w)|(?<=\w);(?=\w{1,30}(?:$|\s)))++"""
)
_TRAILING = re.compile(r"[,;:)\]}>.]{1,20}$")
_LIST = re.compile(r"[\[({]")
_ITEM = re.compile(rf"""(?:{QUOTE})?([^\s"'`,\[\](){{}}\\]{{1,4000}}+)""")
_CLOSINGS = {"[": "]", "(": ")", "{": "}"}
_NESTED_VALUE = re.compile(
    r"(?i)[\"']?(?:value|val|plain|plaintext|data|secret|default|stringValue|content|current|"
    r"text|_value|S|\$)[\"']?[ \t]?[:=][ \t]?[\"']([^\"']{1,4000}+)"
)
CONTINUED = re.compile(r"\\[ \t]{0,40}$")
_IN_BRACES = re.compile(r"\{([^{}\"'=:,\n]{1,300}+)\}")
_ESCAPED_BRACES = re.compile(r"(?<==)\{((?:[^{}\"'\n]|\}\})*+)\}(?=;)")
"""How ODBC and JDBC write a value that contains anything, a closing brace twice."""
_SENTENCE = re.compile(r"(?i)(?:pass ?phrase|mnemonic|recovery[_ ]phrase)[\"']?[ \t]{0,4}[:=][ \t]{0,4}$")
"""Names of values that have several words."""


def read_one(line: str, at: int) -> tuple[int, int, bool] | None:
    """Return the one value at a place, quoted or bare: start, end, and whether it's quoted."""
    if opening := _OPENING.match(line, at):
        start = opening.end()
        end = _end_of_quoted(line, start, opening["quote"], start + 10 * _JUDGED)
        return start, end, True
    if bare := _BARE.match(line, at, at + 10 * _JUDGED):
        return bare.start(), _trimmed(line, bare.start(), bare.end()), False
    return None


def _trimmed(line: str, start: int, end: int) -> int:
    trailing = _TRAILING.search(line, max(start, end - 20), end)
    return trailing.start() if trailing and trailing.start() > start else end


def read_pair(line: str, start: int, at: int, says: Secrecy) -> list[Span]:
    """Find the second of two quoted texts: ``("password", "x")``, ``.option("password", "x")``."""
    opening = _OPENING.match(line, at)
    if opening is None or (says < Secrecy.IF_NO_WORD and not looks_like_pair(line, start)):
        return []
    value_at = opening.end()
    end = _end_of_quoted(line, value_at, opening["quote"], value_at + 10 * _JUDGED)
    text = line[value_at:end]
    if line[start] == "-":
        return [(value_at, end)] if not text.startswith("-") and is_secret(text, says) else []
    exact = looks_like_pair(line, start) and re.match(rf"{QUOTE}[ \t]{{0,4}}[)\]}}]", line[end : end + 12])
    good = is_secret(text, says) if exact else has_letters_and_digits(text) and is_secret(text, says)
    return [(value_at, end)] if good else []


def looks_like_pair(line: str, start: int) -> bool:
    """Return whether the name is the first thing in a bracket."""
    return (
        re.search(rf"[(\[{{][ \t]{{0,4}}[bBrRuU]{{0,2}}{QUOTE}$", line[max(0, start - 14) : start])
        is not None
    )


def read_value(line: str, at: int, says: Secrecy) -> tuple[list[Span], Open | None]:
    """Find the value behind a separator: quoted, in a list, in a nested object, or bare."""
    if opening := _OPENING.match(line, at):
        return _quoted(line, opening, says)
    if line.startswith("[redacted]", at):
        return [], None
    if _LIST.match(line, at):
        return _items(line, at, says)
    if CONTINUED.match(line, at):
        return [], Open("value", "", says)
    most = _JUDGED if says > Secrecy.IF_RANDOM else _JUDGED // 3
    near = _BARE.match(line, at, at + most)
    if near is None:
        return [], None
    start, end = near.start(), _trimmed(line, near.start(), near.end())
    text = line[start:end]
    if _SENTENCE.search(line, max(0, at - 30), at) and is_secret(text, says):
        return [(start, len(line))], None
    if not is_secret(text, says):
        return [], None
    if near.end() - start == most and (whole := _BARE.match(line, at)):
        end = _trimmed(line, start, whole.end())
    return [(start, end)], None


def _quoted(line: str, opening: re.Match[str], says: Secrecy) -> tuple[list[Span], Open | None]:
    wrap = opening["wrap"]
    if (
        wrap
        and is_reference(wrap)
        and not re.match(r"(?i)(?:secret|password|str|string|bytes|quote|char|value|some|cstr)", wrap)
    ):
        return [], None
    start = opening.end()
    quote = opening["quote"]
    if not line[start : start + 100].strip() and quote not in {'""', "''"}:
        return [], Open("quote", quote, says)
    end = _end_of_quoted(line, start, quote, start + _JUDGED)
    text = line[start:end]
    if not text or not is_secret(text.strip(), says):
        return [], None
    return [(start, _end_of_quoted(line, start, quote))], None


def _end_of_quoted(line: str, start: int, quote: str, most: int | None = None) -> int:
    most = len(line) if most is None else min(most, len(line))
    quote = {"«": "»", "“": "”"}.get(quote, quote)
    if quote in {'"', "'", "`"}:
        end = re.compile(rf"(?:[^{quote}\\]|\\.)*+").match(line, start, most)
        return end.end() if end else start
    end_at = line.find(quote, start, most)
    return end_at if end_at >= 0 else most


def _items(line: str, at: int, says: Secrecy) -> tuple[list[Span], Open | None]:
    """Find the items of a list, or the value in a nested object."""
    closing = _CLOSINGS[line[at]]
    if says is Secrecy.ALWAYS and (escaped := _ESCAPED_BRACES.match(line, at)):
        return [escaped.span(1)], None
    if closing == "}" and (braced := _IN_BRACES.match(line, at)):
        return ([braced.span(1)] if not braced[1].isidentifier() and is_secret(braced[1], says) else []), None
    if closing == "}":
        nested = _NESTED_VALUE.search(line, at, at + 300)
        return ([nested.span(1)] if nested and is_secret(nested[1], says) else []), None
    end = line.find(closing, at, at + 10 * _JUDGED)
    found = list(items(line, at + 1, end if end >= 0 else at + 10 * _JUDGED, says))
    return found, (Open("items", closing, says) if end < 0 and at + 10 * _JUDGED > len(line) else None)


def items(line: str, start: int, end: int, says: Secrecy) -> Iterator[Span]:
    """Yield where the secret items of a list are."""
    says = max(says, Secrecy.IF_RANDOM)
    for item in _ITEM.finditer(line, start, end):
        if is_secret(item[1], says):
            yield item.span(1)
