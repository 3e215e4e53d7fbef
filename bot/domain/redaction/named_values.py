"""Secrets whose name is itself a value: ``{"name": "DB_PASSWORD", "value": "x"}``, in either order."""

import re
from collections.abc import Iterator

from bot.domain.redaction.names import Secrecy, secrecy
from bot.domain.redaction.values import is_secret

Span = tuple[int, int]

_Q = r"""(?:\\{1,3}["']|["'])?"""
_IS = r"[ \t]{0,8}+(?:=>|[:=])[ \t]{0,8}+"
NAME = re.compile(
    rf"(?i)(?<![\w-])(?:name|key|id|field|property|variable|var|param|parameter|option|env|label|"
    rf"k|header){_Q}(?:{_IS}{_Q}|>[ \t]{{0,4}})([\w.$/ -]{{2,80}}+)"
)
VALUE = re.compile(
    rf"(?i)(?<![\w-])(?:value|val|default|defaultValue|stringValue|content|text|v|secretValue|"
    rf"data){_Q}{_IS}"
    rf"(?:(?:\\{{1,3}}[\"']|[\"'])([^\"'\\\n]{{1,2000}}+)|([^\s\"',;{{}}\[\]<>]{{1,2000}}+))"
    r"|(?i:<(?:value|val|text|data)>)[ \t]{0,4}([^<\n]{1,2000}+)"
)
NEEDLES = ("value", "val", "default", "content", "text", '"v"', "data")
_NEAR = 300
_ARGUMENT_END = re.compile(r"[{}]")


def spans(line: str) -> Iterator[Span]:
    """Yield where the values of such pairs are, if both parts are in this line."""
    at = 0
    while found := NAME.search(line, at):
        at = found.end()
        says = secrecy(found[1].strip())
        if says is Secrecy.NONE:
            continue
        after = _ARGUMENT_END.search(line, found.end(), found.end() + _NEAR)
        end = after.start() if after else min(len(line), found.end() + _NEAR)
        value = VALUE.search(line, found.end(), end)
        if value is None:
            begin = max(
                line.rfind("{", 0, found.start()), line.rfind("<", 0, found.start()), found.start() - _NEAR, 0
            )
            value = VALUE.search(line, begin, found.start())
        if value:
            group = value.lastindex or 0
            if is_secret(value[group], says):
                yield value.span(group)
                at = max(at, value.end())


def name_alone(line: str) -> Secrecy:
    """Return what a line says about the value in the next or the previous line, if it's only a name."""
    found = NAME.search(line)
    return (
        secrecy(found[1].strip()) if found and len(line) < _NEAR and not VALUE.search(line) else Secrecy.NONE
    )


def value_alone(line: str, says: Secrecy) -> Span | None:
    """Return where the value is in a line next to one that `name_alone` is about."""
    value = VALUE.search(line, 0, 2_500)
    if value is None:
        return None
    group = value.lastindex or 0
    return value.span(group) if is_secret(value[group], says) else None
