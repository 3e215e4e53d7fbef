"""Convert records to JSON text and back."""

from datetime import UTC, datetime
from typing import TypeVar

import msgspec

from bot.domain import Request
from bot.domain.errors import BotError

T = TypeVar("T")

FIRST = datetime(1969, 1, 1, tzinfo=UTC)
LAST = datetime(2201, 1, 1, tzinfo=UTC)
MOST = 10**15
"""`bot.dss` lets through no such time or number either, give or take a wrong clock (ADR 0013)."""
MOST_SECONDS = 10**10
"""Every number with a fraction is a duration."""

_encoder = msgspec.json.Encoder()
_decoders: dict[object, msgspec.json.Decoder[object]] = {}


class UnreadableRow(BotError):
    """A row is damaged, or an incompatible version wrote it. The text says what's wrong."""


def dump(record: object) -> str:
    """Return a record as JSON text."""
    return _encoder.encode(record).decode()


def load(text: str, kind: type[T]) -> T:
    """Read a record back.

    Raises:
        UnreadableRow: the text doesn't come from `dump`, or an incompatible version wrote it.
    """
    decoder = _decoders.get(kind)
    if decoder is None:
        decoder = _decoders[kind] = msgspec.json.Decoder(kind)
    try:
        record: T = decoder.decode(text)  # type: ignore[assignment]  # the cache loses the type
    except (msgspec.DecodeError, TypeError, ValueError, RecursionError) as error:
        raise UnreadableRow(f"unreadable: {str(error)[:200]}") from None
    return record


def load_computable(text: str, kind: type[T]) -> T:
    """Read a record back whose times and numbers are computed with.

    Raises:
        UnreadableRow: also if a time has no zone, or a time or a number is beyond what the bot writes.
    """
    record = load(text, kind)
    _check(record)
    return record


def _check(value: object) -> None:
    if value is None or isinstance(value, str | bool):
        return
    if isinstance(value, datetime):
        if value.tzinfo is None or not FIRST <= value < LAST:
            raise UnreadableRow("unreadable: a time that can't be")
    elif isinstance(value, int | float):
        if not abs(value) <= (MOST_SECONDS if isinstance(value, float) else MOST):
            raise UnreadableRow("unreadable: a number that can't be")
    elif isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            _check(getattr(value, field))
    elif isinstance(value, tuple):
        for item in value:
            _check(item)


def load_request(text: str) -> Request:
    """Read a request back. Its tag says which kind it is.

    Raises:
        UnreadableRow: this version doesn't know the kind.
    """
    request: Request = load(text, Request)  # type: ignore[arg-type]  # mypy doesn't accept a union as a type
    return request
