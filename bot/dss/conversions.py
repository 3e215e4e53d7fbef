"""Convert the different forms in which DSS sends a value into one form."""

from datetime import UTC, datetime, timedelta

from bot.dss import wire
from bot.dss.lenient_json import number

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


_LAST = 7_258_118_400_000
"""The year 2200. A number beyond it isn't a date."""


_MOST_DIGITS = 9
"""A longer number isn't part of a version; Python refuses to read thousands of digits."""


def moment(millis: wire.Millis) -> datetime | None:
    """Return milliseconds since 1970 as an aware datetime; ``None`` for missing, zero and absurd values."""
    known = number(millis)
    if known is None or not 0 < known < _LAST:
        return None
    return _EPOCH + timedelta(milliseconds=known)


def login(initiator: str | wire.Person | None) -> str:
    """Return who started a job: a login, or ``API (label)``; empty if DSS doesn't say."""
    if isinstance(initiator, wire.Person):
        return initiator.login or initiator.display_name or ""
    return initiator or ""


def version_tuple(version: str) -> tuple[int, ...] | None:
    """Return the numbers at the start of a version; ``None`` if it doesn't start with a number."""
    numbers: list[int] = []
    for part in version.strip().split("."):
        digits = part[: len(part) - len(part.lstrip("0123456789"))]
        if not digits or len(digits) > _MOST_DIGITS:
            break
        numbers.append(int(digits))
        if digits != part:
            break
    return tuple(numbers) or None
