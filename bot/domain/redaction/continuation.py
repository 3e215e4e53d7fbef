"""Values that continue on the lines after their name: the next line, YAML blocks and lists, open quotes."""

import re

from bot.domain.redaction import named_values
from bot.domain.redaction.assigned_values import Open, Span, items
from bot.domain.redaction.values import HIDDEN, is_secret

_ANOTHER_NAME = re.compile(r"[\"']?[\w.-]{1,60}[\"']?[ \t]{0,4}(?:[:=](?:[ \t]|$|[\"'])|=)")
_QUOTED = re.compile(r"[bru]{0,2}([\"'`]{1,3})([^\"'`]{1,4000}+)")
_DASHED = re.compile(r"[ \t]{0,200}-[ \t]{1,8}[\"']?([^\s\"'#][^\"'\n]{0,4000}+)")
_SPECIAL = re.compile(r"[^A-Za-z_\s.,:;()\[\]{}'\"<>/-]")

_R_INDEX = re.compile(r"[ \t]{0,20}\[\d{1,6}\][ \t]{1,4}")
"""How R begins a line of values."""

Found = tuple[list[Span], Open | None]


def spans(line: str, opened: Open) -> Found:
    """Return where the secrets are in the line after one that `opened` a value, and what's open after it."""
    return _KINDS[opened.kind](line, opened)


def _next_value(line: str, opened: Open) -> Found:
    if printed := _R_INDEX.match(line):
        line = " " * printed.end() + line[printed.end() :]
    text = line.strip()
    start = len(line) - len(line.lstrip())
    if not text or text == "\\":
        return [], opened
    if dashed := _DASHED.match(line):
        _ = dashed
        return _dashes(line, opened._replace(kind="dashes"))
    if text[0] in "[({":
        return _items(
            line, opened._replace(kind="items", until={"[": "]", "(": ")", "{": "}"}[text[0]]), start + 1
        )
    if quoted := _QUOTED.match(line, start):
        return ([quoted.span(2)] if is_secret(quoted[2].strip(), opened.says) else []), None
    if _ANOTHER_NAME.match(text):
        span = named_values.value_alone(line, opened.says)
        return ([span] if span else []), None
    value = text.rstrip(",;\\ ")
    deeper = start > len(opened.until)
    good = " " not in value and (deeper or _SPECIAL.search(value)) and is_secret(value, opened.says)
    return ([(start, start + len(value))] if good else []), None


def _block(line: str, opened: Open) -> Found:
    start = len(line) - len(line.lstrip(" "))
    if not line.strip():
        return [], opened
    if start <= len(opened.until):
        return [], None
    return ([] if HIDDEN in line else [(start, len(line.rstrip()))]), opened


def _dashes(line: str, opened: Open) -> Found:
    dashed = _DASHED.match(line)
    if dashed is None:
        return [], None
    return ([dashed.span(1)] if is_secret(dashed[1], opened.says) else []), opened


def _items(line: str, opened: Open, start: int = 0) -> Found:
    end = line.find(opened.until, start)
    if opened.until == "}":
        span = named_values.value_alone(line, opened.says)
        return ([span] if span else []), (opened if end < 0 else None)
    found = list(items(line, start, end if end >= 0 else len(line), opened.says))
    return found, (opened if end < 0 else None)


def _quote(line: str, opened: Open) -> Found:
    end = line.find(opened.until)
    body = line if end < 0 else line[:end]
    start = len(body) - len(body.lstrip())
    stop = len(body.rstrip())
    good = stop > start and HIDDEN not in body
    return ([(start, stop)] if good else []), (opened if end < 0 else None)


def _pair(line: str, opened: Open) -> Found:
    span = named_values.value_alone(line, opened.says)
    if span:
        return [span], None
    return [], (opened if line.strip() and not re.match(r"[ \t]{0,200}(?:[-}{\]]|</)", line) else None)


_KINDS = {
    "value": _next_value,
    "block": _block,
    "dashes": _dashes,
    "items": _items,
    "quote": _quote,
    "pair": _pair,
}
