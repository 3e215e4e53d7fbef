"""Dates as people type them after ``--since``."""

import re
from calendar import monthrange
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
    r"(?:(?:last|past) )?(\d{1,5}) ?"
    r"(s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?|months?|years?)(?: ago)?",
    re.ASCII,
)
_PERIOD = re.compile(r"(this|last|past) (hour|day|week|month|year)")
_SHORT_DATE = re.compile(r"(\d{1,2})([-/.])(\d{1,2})(?:\2(\d{2}|\d{4}))?(?: (.+))?", re.ASCII)
_NTH = re.compile(r"(?:the )?(\d{1,2})(?:st|nd|rd|th)", re.ASCII)
_HAS_CLOCK = re.compile(r":|\b(?:now|hours?|hrs?|min(?:ute)?s?|sec(?:ond)?s?)\b|\d ?(?:[ap]m|h)\b", re.ASCII)
_NUMBERS = {"a": "1", "an": "1", "one": "1", "two": "2", "three": "3"}
_CLOCK = re.compile(r"(\d{1,2})(?::(\d{2}))? ?(am|pm)?", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_HOURS = {"hour": 1, "day": 24, "week": 7 * 24, "month": 30 * 24, "year": 365 * 24}
_EPOCH = re.compile(r"\d{10}(?:\d{3})?", re.ASCII)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKDAY = re.compile(r"(last |this )?(mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs|ur)?(?:day)?")
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


def read_since(text: str, now: datetime, tz: str) -> datetime:
    """Read a date or a span of time, as the beginning of "since".

    A day without a time begins at midnight in the person's time zone, a time without a day is its latest;
    spans such as ``2h`` count back from now; a weekday is its latest, today included; ``this`` and ``last``
    week, month and year are those of the calendar, and weeks begin on Monday; ten or thirteen digits are
    seconds or milliseconds since 1970, as DSS has them.

    Args:
        text: what was typed.
        now: the present, aware.
        tz: IANA name of the person's time zone; an unknown one counts as UTC.

    Returns:
        An aware time in UTC, not after ``now``.

    Raises:
        Refusal: when it is no date, can be read in two ways, or lies in the future; ``example`` is a value
            that can be read.
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


def in_words(moment: datetime, tz: str) -> str:
    """Say a moment in a person's time zone, so that they see how what they typed was read."""
    zone = _zone(tz)
    return f"{moment.astimezone(zone):%a %d %b %Y %H:%M}, {zone.key if isinstance(zone, ZoneInfo) else 'UTC'}"


def _read(typed: str, now: datetime) -> datetime | None:
    """Read by the exact formats first, then by `dateparser`; ``now`` is in the person's time zone."""
    lower = " ".join(_NUMBERS.get(word, word) for word in typed.lower().split())
    if lower in {"today", "yesterday"}:
        return _midnight(now - timedelta(days=lower == "yesterday"))
    if found := _AGO.fullmatch(lower):
        return _ago(int(found[1]), found[2], now)
    if found := _DAY.fullmatch(typed):
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
        return datetime(year, month, day, hour, minute, second, tzinfo=now.tzinfo)
    if found := _PERIOD.fullmatch(lower):
        return _period(found[1], found[2], now)
    if found := _SHORT_DATE.fullmatch(lower):
        return _short_date(found, typed, now)
    if found := _NTH.fullmatch(lower):
        return _nth(int(found[1]), now)
    if found := _CLOCK.fullmatch(lower):
        return _clock(found, now)
    if found := _WEEKDAY.fullmatch(lower):
        return _weekday(found, now)
    if _EPOCH.fullmatch(typed):
        return datetime.fromtimestamp(int(typed) / (1_000 if len(typed) == 13 else 1), UTC)
    return _iso(typed, now.tzinfo) or _guess(typed, now)


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)


def _period(which: str, unit: str, now: datetime) -> datetime:
    """Return when this or the last day, week, month or year of the calendar began."""
    if which == "past" or unit == "hour":
        return now.astimezone(UTC) - timedelta(hours=_HOURS[unit])
    today = _midnight(now)
    starts = {
        "day": today,
        "week": today - timedelta(days=today.weekday()),
        "month": today.replace(day=1),
        "year": today.replace(month=1, day=1),
    }
    if which == "this":
        return starts[unit]
    if unit in {"day", "week"}:
        return starts[unit] - timedelta(days=1 if unit == "day" else 7)
    before = starts[unit] - timedelta(days=1)
    return before.replace(day=1) if unit == "month" else before.replace(month=1, day=1)


def _short_date(found: re.Match[str], typed: str, now: datetime) -> datetime | None:
    """Read a date that begins with a day or a month, where it can only be one day that has been.

    Raises:
        Refusal: it could be two days, or its year is not written out.
    """
    first, second, year = int(found[1]), int(found[3]), found[4] or ""
    # Month and day: the day first, as most of the world has it.
    read = [_latest(month, day, year, now) for month, day in ((second, first), (first, second))]
    days = list(dict.fromkeys(day for day in read if day is not None))
    possible = [day for day in days if day <= now] or days[:1]
    written = [f"{day:%Y/%m/%d}" for day in possible]
    if not possible:
        return None
    if len(possible) > 1:
        raise Refusal(f"“{typed}” can be two days: write {' or '.join(written)}.", example=written[0])
    if len(year) < 4:
        raise Refusal(f"“{typed}” has no year of four digits: write {written[0]}.", example=written[0])
    return _read(f"{written[0]} {found[5] or ''}".strip(), now)


def _latest(month: int, day: int, year: str, now: datetime) -> datetime | None:
    """Return such a day of ``year``, or, where that is not written out, the latest that has begun."""
    for one in (int(year),) if len(year) == 4 else (now.year, now.year - 1):
        try:
            found = datetime(one, month, day, tzinfo=now.tzinfo)
        except ValueError:
            continue
        if found <= now or len(year) == 4:
            return found
    return None


def _ago(number: int, unit: str, now: datetime) -> datetime:
    """Count back from now; months and years are those of the calendar, and begin at midnight."""
    if not unit.startswith(("month", "year")):
        return now.astimezone(UTC) - timedelta(seconds=number * _SECONDS[unit[0]])
    months = now.year * 12 + now.month - 1 - number * (12 if unit.startswith("year") else 1)
    year, month = divmod(months, 12)
    day = min(now.day, monthrange(year, month + 1)[1])
    return _midnight(now).replace(year=year, month=month + 1, day=day)


def _nth(day: int, now: datetime) -> datetime:
    """Return the latest such day of a month."""
    month = _midnight(now).replace(day=1)
    if day > now.day:
        month = (month - timedelta(days=1)).replace(day=1)
    return month.replace(day=day)


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
    return _midnight(now - timedelta(days=7 if found[1] == "last " and back == 0 else back))


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
    if not _HAS_CLOCK.search(typed.lower()):
        moment = _midnight(moment)
    return moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)


def _zone(tz: str) -> tzinfo:
    """Find a time zone by its name; UTC when there is none of that name."""
    try:
        return ZoneInfo(tz)
    except (ValueError, LookupError, OSError):
        return UTC


def _nonsense(typed: str) -> Refusal:
    return Refusal(f"“{typed[:_LONGEST]}” cannot be read as a date. {_RIGHT}", example=_EXAMPLE)
