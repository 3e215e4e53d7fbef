"""From DSS's ways of saying something to one way."""

from datetime import UTC, datetime, timedelta

from bot.dss import wire
from bot.dss.lenient import number

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


_LAST = 7_258_118_400_000
"""The year 2200: whatever lies beyond is no date."""


def moment(millis: wire.Millis) -> datetime | None:
    """Return milliseconds since 1970 as an aware datetime; ``None`` for missing, zero and absurd ones."""
    known = number(millis)
    if known is None or not 0 < known < _LAST:
        return None
    return _EPOCH + timedelta(milliseconds=known)


def login(initiator: str | wire.Person | None) -> str:
    """Return who started a job: a login, or ``API (label)``; empty when DSS does not say."""
    if isinstance(initiator, wire.Person):
        return initiator.login or initiator.display_name or ""
    return initiator or ""


def version_tuple(version: str) -> tuple[int, ...] | None:
    """Return the numbers that a version begins with; ``None`` when it begins with none."""
    numbers: list[int] = []
    for part in version.strip().split("."):
        digits = part[: len(part) - len(part.lstrip("0123456789"))]
        if not digits:
            break
        numbers.append(int(digits))
        if digits != part:
            break
    return tuple(numbers) or None
