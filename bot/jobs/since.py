"""Dates as people type them after ``--since``."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import dateparser  # type: ignore[import-untyped]

from bot.errors import Refusal

_LONGEST = 40
_EXAMPLE = "yesterday"
_RIGHT = "A date looks like 2015/09/24, 2015-09-24 14:00, yesterday, monday, 2h or 7d."
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
_HARMLESS = re.compile(r"[A-Za-z0-9 ,.:/+-]{1,40}", re.ASCII)
_DAY = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ,]{1,2}(\d{1,2})(?::(\d{2})(?::(\d{2}))?)?)?", re.ASCII
)
_AGO = re.compile(
    r"(\d{1,5}) ?(s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)(?: ago)?", re.ASCII
)
_CLOCK = re.compile(r"(\d{1,2})(?::(\d{2}))? ?(am|pm)?", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_EPOCH = re.compile(r"\d{10}(?:\d{3})?", re.ASCII)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY = re.compile(r"(last )?(mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs|ur)?(?:day)?")
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


def read_since(text: str, now: datetime, tz: str) -> datetime:
    """Read a date or a span of time, as the beginning of "since".

    A day without a time begins at midnight in the person's time zone, a time without a day is its latest;
    spans such as ``2h`` count back from now; a weekday is its latest, today included; ten or thirteen digits
    are seconds or milliseconds since 1970, as DSS has them.

    Args:
        text: what was typed.
        now: the present, aware.
        tz: IANA name of the person's time zone; an unknown one counts as UTC.

    Returns:
        An aware time in UTC, not after ``now``.

    Raises:
        Refusal: when it is no date, or lies in the future; it says what would have been right.
    """
    typed = " ".join(text.translate(_DASHES).split())
    if len(typed) > _LONGEST or not _HARMLESS.fullmatch(typed):
        raise _nonsense(typed)
    local_now = now.astimezone(_zone(tz))
    try:
        moment = _read(typed, local_now)
        found = None if moment is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _nonsense(typed) from error
    if found is None or found < _EARLIEST:
        raise _nonsense(typed)
    if found > now:
        raise Refusal(f"“{typed}” lies in the future. {_RIGHT}", example=_EXAMPLE)
    return found


def _read(typed: str, now: datetime) -> datetime | None:
    """Read by the exact formats first, then by `dateparser`; ``now`` is in the person's time zone."""
    lower = typed.lower()
    if lower in {"today", "yesterday"}:
        return _midnight(now - timedelta(days=lower == "yesterday"))
    if found := _AGO.fullmatch(lower):
        return (now.astimezone(UTC)) - timedelta(seconds=int(found[1]) * _SECONDS[found[2][0]])
    if found := _DAY.fullmatch(typed):
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
        return datetime(year, month, day, hour, minute, second, tzinfo=now.tzinfo)
    if found := _CLOCK.fullmatch(lower):
        return _clock(found, now)
    if found := _WEEKDAY.fullmatch(lower):
        return _weekday(found, now)
    if _EPOCH.fullmatch(typed):
        return datetime.fromtimestamp(int(typed) / (1_000 if len(typed) == 13 else 1), UTC)
    return _iso(typed, now.tzinfo) or _guess(typed, now)


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)


def _clock(found: re.Match[str], now: datetime) -> datetime | None:
    """Return the latest time of that clock; ``None`` for a bare number, which could be anything."""
    if found[2] is None and found[3] is None:
        return None
    hour = int(found[1])
    if found[3]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found[3] == "pm" else 0)
    today = _midnight(now).replace(hour=hour, minute=int(found[2] or 0))
    return today if today <= now else today - timedelta(days=1)


def _weekday(found: re.Match[str], now: datetime) -> datetime:
    """Return the midnight of the latest such day; with ``last`` before today."""
    wanted = next(number for number, name in enumerate(_WEEKDAYS) if name.startswith(found[2]))
    back = (now.weekday() - wanted) % 7
    return _midnight(now - timedelta(days=7 if found[1] and back == 0 else back))


def _iso(typed: str, zone: tzinfo | None) -> datetime | None:
    """Read any other ISO 8601 time, with or without an offset."""
    try:
        moment = datetime.fromisoformat(typed)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _guess(typed: str, now: datetime) -> datetime | None:
    """Ask `dateparser`, for texts such as ``3 days ago`` or ``24 September 2015``."""
    moment: datetime | None = dateparser.parse(
        typed,
        languages=["en"],
        settings={
            "RELATIVE_BASE": now.replace(tzinfo=None),
            "PREFER_DATES_FROM": "past",
            "PREFER_DAY_OF_MONTH": "first",
            "PREFER_MONTH_OF_YEAR": "first",
        },
    )
    if moment is None:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)


def _zone(tz: str) -> tzinfo:
    """Find a time zone by its name; UTC when there is none of that name."""
    try:
        return ZoneInfo(tz)
    except (ValueError, LookupError, OSError):
        return UTC


def _nonsense(typed: str) -> Refusal:
    return Refusal(f"“{typed[:_LONGEST]}” cannot be read as a date. {_RIGHT}", example=_EXAMPLE)
