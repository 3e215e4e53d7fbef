"""One structured change to an answer, from a seeded generator: the same number gives the same change."""

import json
import random
from collections.abc import Callable
from typing import Any

from tests.faults.garbage_dss import KINDS, NUMBERS, TEXTS, encode

Json = Any
Path = tuple[str | int, ...]

_VALUES: tuple[Json, ...] = (
    *KINDS.values(),
    *NUMBERS.values(),
    *TEXTS.values(),
    "",
    " ",
    "RUNNING",
    "DONE",
    "FAILED",
    "SOMETHING_NEW",
    "NOT_STARTED",
    0,
    1,
    10**15,
    10**18,
    -(2**63),
    0.5,
    "12",
    "1e999",
    "9" * 5_000,
    "<!channel> <@U1> <https://evil.example|x> *b* `c` ```",
    "\u202e\u0000\x1b[31m\r\n\t",
    "\U0001f468\u200d\U0001f469" * 500,
    "`" * 4_000,
    "&" * 4_000,
    [],
    {},
    [[[[]]]],
    False,
)


def mutated(kind: str, body: bytes, number: int) -> tuple[str, bytes]:
    """Return an answer with some changes, and the name of the first.

    Args:
        kind: of the answer; part of the seed.
        body: the true answer.
        number: the other part of the seed.
    """
    rng = random.Random(f"{kind}:{number}")
    if kind == "log" or rng.random() < 0.08:
        return _bytes(rng, body)
    value = json.loads(body)
    name = ""
    for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
        change = rng.choice(_CHANGES)
        value = change(rng, value)
        name = name or change.__name__.strip("_")
    return name, encode(value)


def _replace(rng: random.Random, value: Json) -> Json:
    return _at(value, _path(rng, value), lambda _: rng.choice(_VALUES))


def _replace_all(rng: random.Random, value: Json) -> Json:
    """Set every field with one name to the same value."""
    path = _path(rng, value)
    name = next((step for step in reversed(path) if isinstance(step, str)), "")
    new = rng.choice(_VALUES)

    def walk(old: Json) -> Json:
        if isinstance(old, dict):
            return {key: new if key == name else walk(inner) for key, inner in old.items()}
        return [walk(inner) for inner in old] if isinstance(old, list) else old

    return walk(value)


def _remove(rng: random.Random, value: Json) -> Json:
    path = _path(rng, value)
    if not path:
        return None

    def without(parent: Json) -> Json:
        if isinstance(parent, dict):
            return {key: inner for key, inner in parent.items() if key != path[-1]}
        return [inner for at, inner in enumerate(parent) if at != path[-1]]

    return _at(value, path[:-1], without)


def _repeat(rng: random.Random, value: Json) -> Json:
    """Repeat a list's element, or an object's field, many times."""
    path, times = _path(rng, value), rng.choice((2, 50, 400))
    if not path:
        return [value] * 2

    def more(parent: Json) -> Json:
        if isinstance(parent, dict):
            return {**parent, **{f"{path[-1]}{at}": parent[path[-1]] for at in range(times)}}
        return [*parent, *[parent[path[-1]]] * times]

    return _at(value, path[:-1], more)


def _wrap(rng: random.Random, value: Json) -> Json:
    levels = rng.choice((1, 2, 40))

    def wrapped(inner: Json) -> Json:
        for _ in range(levels):
            inner = [inner] if rng.random() < 0.5 else {"a": inner}
        return inner

    return _at(value, _path(rng, value), wrapped)


def _swap(rng: random.Random, value: Json) -> Json:
    """Put one part in the place of another."""
    other = _get(value, _path(rng, value))
    return _at(value, _path(rng, value), lambda _: other)


def _lengthen(rng: random.Random, value: Json) -> Json:
    """Make one text long or one number large."""
    factor = rng.choice((3, 100, 5_000))

    def longer(old: Json) -> Json:
        if isinstance(old, str):
            return (old or "x") * factor if len(old) <= 1_000 else old  # some are already long
        return old * 10**factor if isinstance(old, int) and factor < 300 else str(old) * factor

    return _at(value, _leaf(rng, value), longer)


_CHANGES: tuple[Callable[[random.Random, Json], Json], ...] = (
    _replace,
    _replace,
    _replace,
    _replace_all,
    _remove,
    _repeat,
    _wrap,
    _swap,
    _lengthen,
)


def _bytes(rng: random.Random, body: bytes) -> tuple[str, bytes]:
    at = rng.randrange(len(body) + 1)
    match rng.randrange(6):
        case 0:
            return "cut", body[:at]
        case 1:
            return "bytes", body[:at] + rng.randbytes(8) + body[at + 8 :]
        case 2:
            return "doubled", body[:at] + body
        case 3:
            return "NUL", body[:at] + b"\0" + body[at:]
        case 4:
            return "controls", body[:at] + b"\x1b[2J\x1b[31m\r\x08\xe2\x80\xae```<!channel>" + body[at:]
        case _:
            return "one long line", body.replace(b"\n", b" ") * rng.choice((1, 30))


def _path(rng: random.Random, value: Json) -> Path:
    """Choose a part of a value, with deep parts as likely as others."""
    path: list[str | int] = []
    while isinstance(value, dict | list) and value and (not path or rng.random() < 0.8):
        step = rng.choice(list(value)) if isinstance(value, dict) else rng.randrange(len(value))
        path.append(step)
        value = value[step]
    return tuple(path)


def _leaf(rng: random.Random, value: Json) -> Path:
    path: list[str | int] = []
    while isinstance(value, dict | list) and value:
        step = rng.choice(list(value)) if isinstance(value, dict) else rng.randrange(len(value))
        path.append(step)
        value = value[step]
    return tuple(path)


def _get(value: Json, path: Path) -> Json:
    for step in path:
        value = value[step]
    return value


def _at(value: Json, path: Path, change: Callable[[Json], Json]) -> Json:
    """Return a copy with one part changed."""
    if not path:
        return change(value)
    step, rest = path[0], path[1:]
    if isinstance(value, dict):
        return {key: _at(inner, rest, change) if key == step else inner for key, inner in value.items()}
    return [_at(inner, rest, change) if at == step else inner for at, inner in enumerate(value)]
