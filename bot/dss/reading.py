"""From DSS's ways of saying something to one way."""

import math
from datetime import UTC, datetime, timedelta

from bot.dss import wire

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(millis: wire.Millis) -> datetime | None:
    """Return milliseconds since 1970 as an aware datetime; ``None`` for missing, zero and negative ones."""
    if millis is None or not math.isfinite(millis) or millis <= 0:
        return None
    try:
        return _EPOCH + timedelta(milliseconds=millis)
    except OverflowError:
        return None


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
