"""Read what strict JSON decoding rejects, so that one bad value loses only itself. Pure.

This is only a fallback: well-formed JSON of the documented types never gets here.
"""

import json
import math
import re
import types
from collections.abc import Iterator
from typing import Any, TypeVar, Union, get_args, get_origin

import msgspec

T = TypeVar("T")

MOST_BYTES = 8 * 1024 * 1024
"""Longer texts aren't tried again: decoded without types, they take many times their size."""
LARGEST = 10**15
"""Larger numbers are treated as nonsense: no date, count or number of records is that large."""

_DIGITS = 16
_SURROGATE = re.compile("[\ud800-\udfff]")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},]', re.DOTALL)


class Unreadable(ValueError):
    """The value can't be read at all."""


def number(value: object) -> int | float | None:
    """Return a plausible number; ``None`` for NaN, infinities, numbers beyond `LARGEST` and anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if -LARGEST <= value <= LARGEST else None


def count(value: object) -> int:
    """Return a count; 0 if the value is negative or isn't a number."""
    return max(0, int(number(value) or 0))


def loads(text: bytes | bytearray | memoryview | msgspec.Raw) -> Any:  # noqa: ANN401 - JSON
    """Decode JSON that has numbers, constants or surrogates that strict decoders reject.

    Raises:
        Unreadable: it still isn't JSON, or is too large or too deep.
    """
    try:
        return _DECODER.decode(_text(text))
    except (ValueError, RecursionError) as error:
        raise Unreadable(_short(error)) from None


def elements(text: bytes | bytearray | memoryview) -> tuple[list[bytes], int]:
    """Split a JSON array into its elements, each as JSON that strict decoders accept.

    Returns:
        The elements, and how many couldn't be read.

    Raises:
        Unreadable: it isn't an array, or its end is missing.
    """
    found: list[bytes] = []
    bad = 0
    for element in _cut(_text(text)):
        try:
            found.append(msgspec.json.encode(_DECODER.decode(element)))
        except (ValueError, RecursionError):
            bad += 1
    return found, bad


def convert(value: object, kind: Any) -> Any:  # noqa: ANN401 - any type that msgspec knows
    """Convert decoded JSON to a type. Fields and elements of another type are left out.

    Raises:
        Unreadable: the value itself is of another type.
    """
    try:
        return msgspec.convert(value, kind, strict=False)
    except (msgspec.ValidationError, OverflowError, ValueError, RecursionError):
        pass
    origin, args = get_origin(kind), get_args(kind)
    if origin in {Union, types.UnionType}:
        return _first(value, args)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and isinstance(value, dict):
        return _struct(value, kind)
    if origin is list and isinstance(value, list):
        kept = [one for item in value for one in _kept(item, args[0])]
        if value and not kept:
            raise Unreadable("nothing in the list has the expected type")
        return kept
    if origin is dict and isinstance(value, dict):
        return {key: one for key, item in value.items() for one in _kept(item, args[1])}
    raise Unreadable(f"{type(value).__name__} instead of {getattr(kind, '__name__', kind)}")


def _struct(value: dict[str, Any], kind: type[T]) -> T:
    fields = msgspec.structs.fields(kind)  # type: ignore[arg-type]
    return kind(
        **{
            field.name: one
            for field in fields
            if field.encode_name in value
            for one in _kept(value[field.encode_name], field.type)
        }
    )


def _first(value: object, kinds: tuple[Any, ...]) -> Any:  # noqa: ANN401 - any type that msgspec knows
    for kind in kinds:
        for one in _kept(value, kind):
            return one
    raise Unreadable(f"{type(value).__name__} is none of these types")


def _kept(value: object, kind: Any) -> Iterator[Any]:  # noqa: ANN401 - any type that msgspec knows
    """Yield the converted value, or nothing."""
    try:
        yield convert(value, kind)
    except (Unreadable, RecursionError):
        return


def _cut(array: str) -> list[str]:
    """Split an array at its commas, looking only at brackets and quotes: the rest might be nonsense."""
    depth, begins, found = 0, 0, []
    whole = array.strip()
    if not whole.startswith("["):
        raise Unreadable("it isn't a list")
    for token in _TOKEN.finditer(whole):
        mark = token[0]
        if mark in "[{":
            depth += 1
            begins = token.end() if depth == 1 else begins
        elif mark in "]}":
            depth -= 1
        if (mark == "," and depth == 1) or depth == 0:
            found.append(whole[begins : token.start()].strip())
            begins = token.end()
        if depth == 0:
            break
    if depth or begins < len(whole):
        raise Unreadable("it's cut off, or there's text after its end")
    return [] if found == [""] else found


def _text(text: bytes | bytearray | memoryview | msgspec.Raw) -> str:
    view = memoryview(text)
    if view.nbytes > MOST_BYTES:
        raise Unreadable("it's malformed, and too large to try again")
    return bytes(view).decode("utf-8", "replace").removeprefix("\ufeff")


def _integer(digits: str) -> int | None:
    return int(digits) if len(digits) <= _DIGITS else None


def _decimal(digits: str) -> int | float | None:
    return number(float(digits))


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {_whole(key): _whole(value) if isinstance(value, str) else value for key, value in pairs}


def _whole(text: str) -> str:
    """Replace lone surrogates, which JSON escapes can produce but no encoding can write.

    They become U+FFFD, like broken UTF-8, so that a damaged identifier can be told from a whole one.
    """
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def _short(error: Exception) -> str:
    return "it's nested too deep" if isinstance(error, RecursionError) else str(error)[:200]


_DECODER = json.JSONDecoder(
    parse_int=_integer, parse_float=_decimal, parse_constant=lambda _: None, object_pairs_hook=_pairs
)
