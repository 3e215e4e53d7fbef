"""What DSS, or a proxy in front of it, might send instead of an answer."""

import gzip
import json
import re
import zlib
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from bot.sandbox.dss.problems import gateway_page
from tests.faults.answers import Answer, Garbage, slowly

DRIP_SECONDS = 60.0
"""How long a body drips: far longer than the bot's deadline in this suite."""
ENDLESS = 64 << 20
"""Bytes after which an endless body stops, so that a bot without a limit doesn't stall the suite too."""
DEEP = 100_000

Json = Any
_MARK = "⟨raw⟩"
"""Encloses text that `json` can't write, such as a number with 401 digits."""

TEXTS: dict[str, Json] = {
    "NUL": "a\0b",
    "a lone surrogate": f'{_MARK}"a\\ud800b"{_MARK}',
    "very long": "x" * 300_000,
}
NUMBERS = {
    "401 digits": f"{_MARK}{'9' * 401}{_MARK}",
    "1e308": f"{_MARK}1e308{_MARK}",
    "1e999": f"{_MARK}1e999{_MARK}",
    "NaN": f"{_MARK}NaN{_MARK}",
    "-1": -1,
    "-1e308": f"{_MARK}-1e308{_MARK}",
    "2**63": 2**63,
}
KINDS: dict[str, Json] = {
    "a string": "hello",
    "a number": 7,
    "a list": [1, "x", None],
    "an object": {"a": {"b": 1}},
    "null": None,
    "true": True,
}


def catalog() -> list[Garbage]:
    """Return every possible replacement, for any request."""
    return [*_wholes(), *_broken(), *_fields(), *_lists(), *_statuses()]


def _wholes() -> Iterator[Garbage]:
    for name, value in KINDS.items():
        yield Garbage(f"{name} instead", _body(json.dumps(value).encode()))
    yield Garbage("empty", _body(b""))
    yield Garbage("204", lambda true: Answer(204, b"", "", true.headers))
    yield Garbage("deep", _body(b"[" * DEEP + b"]" * DEEP))
    yield Garbage("deep, never closed", _body(b'{"a":' * DEEP))
    yield Garbage(
        "a web page", lambda _: Answer(200, gateway_page(200, "Sign in"), "text/html;charset=utf-8")
    )
    yield Garbage("not UTF-8", _body(b'{"id": "\xff\xfe"}'))


def _broken() -> Iterator[Garbage]:
    yield Garbage("cut", lambda true: _as_json(true, true.body[: len(true.body) * 2 // 3]))
    yield Garbage("cut, and the length says more", _cut_short)
    yield Garbage("half a gzip", _half_a_gzip)
    yield Garbage("a bomb", lambda _: Answer(200, _bomb(), headers={"Content-Encoding": "gzip"}))
    yield Garbage("a drip", lambda _: Answer(200, b"", pieces=slowly(DRIP_SECONDS, 0.2), length=100_000))
    yield Garbage("endless", lambda _: Answer(200, b"", pieces=_endless, length=-1))


def _fields() -> Iterator[Garbage]:
    for name, value in NUMBERS.items():
        yield Garbage(f"every number is {name}", _each(_is_number, value))
    for name, value in TEXTS.items():
        yield Garbage(f"every free text is {name}", _each(_is_text, value))
    for name, value in KINDS.items():
        yield Garbage(f"every field is {name}", _each_value(value))
        yield Garbage(f"every number is {name}", _each(_is_number, value))
        yield Garbage(f"every text is {name}", _each(lambda old: isinstance(old, str), value))
    yield Garbage("an unknown state", _state("SOMETHING_NEW"))
    yield Garbage("no state", _state(None))
    yield Garbage("duplicate keys", _twice)


def _lists() -> Iterator[Garbage]:
    for name, value in KINDS.items():
        if name != "an object":
            yield Garbage(f"one element is {name}", _one_more(value))
    yield Garbage("one element has absurd numbers", _one_absurd)


def _statuses() -> Iterator[Garbage]:
    for status in (500, 502, 503, 401, 403, 404):
        for name, body in (("nothing", b""), ("a page", b"<html>\0</html>"), ("a list", b"[[1]]")):
            yield Garbage(f"{status} with {name}", _status(status, body), effect=False)
    absurd = json.dumps({"errorType": 7, "message": ["x"], "detailedMessage": {"a": 1}, "code": None})
    yield Garbage("500 with wrong types", _status(500, absurd.encode()), effect=False)
    drip = Answer(500, b"", pieces=slowly(DRIP_SECONDS, 0.2), length=100_000)
    yield Garbage("500 with a drip", lambda _: drip, effect=False)


# -- building the replacements


def _as_json(true: Answer, body: bytes) -> Answer:
    return Answer(200, body, "application/json;charset=utf-8", true.headers)


def _body(body: bytes) -> Callable[[Answer], Answer]:
    return lambda true: _as_json(true, body)


def _status(status: int, body: bytes) -> Callable[[Answer], Answer]:
    kind = "text/html" if body[:1] == b"<" else "application/json"
    return lambda _: Answer(status, body, kind)


def _cut_short(true: Answer) -> Answer:
    half = true.body[: len(true.body) // 2]
    return Answer(
        200, half, "application/json", {**true.headers, "Connection": "close"}, None, len(true.body)
    )


def _half_a_gzip(true: Answer) -> Answer:
    packed = gzip.compress(true.body)
    return Answer(200, packed[: len(packed) // 2], true.content_type, {"Content-Encoding": "gzip"})


@cache
def _bomb() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(b" " * 1_048_576) for _ in range(ENDLESS >> 20)) + packer.flush()


def _endless() -> Iterator[bytes]:
    piece = b" " * 1_048_576
    for _ in range(ENDLESS >> 20):
        yield piece


def encode(value: Json) -> bytes:
    """Write JSON; the text between two marks is inserted as it is."""
    text = json.dumps(value)
    mark = json.dumps(_MARK)[1:-1]
    raw = re.sub(f'"{re.escape(mark)}(.*?){re.escape(mark)}"', lambda m: str(json.loads(f'"{m[1]}"')), text)
    return raw.encode("utf-8", "surrogatepass")


def _changed(true: Answer, change: Callable[[Json], Json]) -> Answer | None:
    try:
        value = json.loads(true.body)
    except ValueError:
        return None  # a log
    new = encode(change(value))
    return None if new == encode(value) else _as_json(true, new)


def _each(is_meant: Callable[[Json], bool], value: Json) -> Callable[[Answer], Answer | None]:
    """Replace every selected leaf. Ids stay, because with another id it would be another job's answer."""

    def walk(old: Json, key: str = "") -> Json:
        if isinstance(old, dict):
            return {name: walk(inner, name) for name, inner in old.items()}
        if isinstance(old, list):
            return [walk(inner, key) for inner in old]
        return value if is_meant(old) and key not in _WHO else old

    return lambda true: _changed(true, walk)


_WHO = frozenset({"id", "jobId", "projectKey", "login", "name", "email", "authIdentifier"})


def _is_number(old: Json) -> bool:
    return isinstance(old, int | float) and not isinstance(old, bool)


_WORD = re.compile(r"[A-Z_]+")


def _is_text(old: Json) -> bool:
    return isinstance(old, str) and not _WORD.fullmatch(old)


def _each_value(value: Json) -> Callable[[Answer], Answer | None]:
    """Replace the first-level values, including those of a list's elements."""

    def change(old: Json) -> Json:
        if isinstance(old, list):
            return [change(one) for one in old] if any(isinstance(one, dict) for one in old) else old
        return (
            {name: now if name in _WHO else value for name, now in old.items()}
            if isinstance(old, dict)
            else old
        )

    return lambda true: _changed(true, change)


def _state(word: str | None) -> Callable[[Answer], Answer | None]:
    def walk(old: Json) -> Json:
        if isinstance(old, dict):
            return {
                name: word if name in {"state", "status"} and isinstance(inner, str) else walk(inner)
                for name, inner in old.items()
            }
        return [walk(inner) for inner in old] if isinstance(old, list) else old

    return lambda true: _changed(true, walk)


def _twice(true: Answer) -> Answer | None:
    """Repeat every first-level key, the second time with a number."""
    value = _loaded(true)
    if not isinstance(value, dict) or not value:
        return None
    once = json.dumps(value)[1:-1]
    again = ", ".join(f"{json.dumps(key)}: 7" for key in value)
    return _as_json(true, f"{{{once}, {again}}}".encode())


def _one_more(value: Json) -> Callable[[Answer], Answer | None]:
    def change(true: Answer) -> Answer | None:
        old = _loaded(true)
        return _as_json(true, json.dumps([value, *old, value]).encode()) if isinstance(old, list) else None

    return change


def _one_absurd(true: Answer) -> Answer | None:
    """Add a copy of the first element with impossible numbers and with numbers as texts."""
    old = _loaded(true)
    if not isinstance(old, list) or not old or not isinstance(old[0], dict):
        return None

    def walk(inner: Json) -> Json:
        if isinstance(inner, dict):
            return {name: walk(one) for name, one in inner.items()}
        if isinstance(inner, list):
            return [walk(one) for one in inner]
        return NUMBERS["401 digits"] if _is_number(inner) else 7

    return _as_json(true, encode([walk(old[0]), *old]))


def _loaded(true: Answer) -> Json:
    try:
        return json.loads(true.body)
    except ValueError:
        return None
