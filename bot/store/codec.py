"""Records to JSON text and back."""

from typing import TypeVar

import msgspec

from bot.facts import Wish

T = TypeVar("T")

_encoder = msgspec.json.Encoder()
_decoders: dict[object, msgspec.json.Decoder[object]] = {}


def dump(record: object) -> str:
    """Return a record as JSON text."""
    return _encoder.encode(record).decode()


def load(text: str, kind: type[T]) -> T:
    """Read a record back.

    Raises:
        msgspec.ValidationError: the text was not written by `dump`, or by a version that is not compatible.
    """
    decoder = _decoders.get(kind)
    if decoder is None:
        decoder = _decoders[kind] = msgspec.json.Decoder(kind)
    record: T = decoder.decode(text)  # type: ignore[assignment]  # the cache forgets which type each decoder is for
    return record


def load_wish(text: str) -> Wish:
    """Read back a wish: which kind it is stands in its tag."""
    wish: Wish = msgspec.json.decode(text, type=Wish)
    return wish
