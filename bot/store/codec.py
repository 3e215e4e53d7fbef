"""Records to JSON text and back."""

from typing import TypeVar

import msgspec

from bot.errors import BotError
from bot.facts import Wish

T = TypeVar("T")

_encoder = msgspec.json.Encoder()
_decoders: dict[object, msgspec.json.Decoder[object]] = {}


class UnreadableRow(BotError):
    """A row was damaged, or written by a version that is not compatible. The text says what is wrong."""


def dump(record: object) -> str:
    """Return a record as JSON text."""
    return _encoder.encode(record).decode()


def load(text: str, kind: type[T]) -> T:
    """Read a record back.

    Raises:
        UnreadableRow: the text was not written by `dump`, or by a version that is not compatible.
    """
    decoder = _decoders.get(kind)
    if decoder is None:
        decoder = _decoders[kind] = msgspec.json.Decoder(kind)
    try:
        record: T = decoder.decode(text)  # type: ignore[assignment]  # the cache forgets which type it is for
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise UnreadableRow(f"unreadable: {str(error)[:200]}") from None
    return record


def load_wish(text: str) -> Wish:
    """Read back a wish: which kind it is stands in its tag.

    Raises:
        UnreadableRow: it is of no kind that this version knows.
    """
    wish: Wish = load(text, Wish)  # type: ignore[arg-type]  # a union is no type for a type checker
    return wish
