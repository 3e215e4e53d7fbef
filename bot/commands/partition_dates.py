"""Partitions written as dates in words, such as ``yesterday`` or ``23 november`` (`date_grammar`)."""

import re
from collections.abc import Callable
from datetime import datetime

from bot.commands.date_grammar import is_whole_month, read_when
from bot.commands.dates import read_since
from bot.commands.when import Numeric, Period, Point, Span, When
from bot.commands.zone_names import zone_of
from bot.domain.errors import Refusal

InWords = Callable[[str, str], str | None]
"""Takes a text and a period, such as ``DAY``; returns the partition that the text means, or ``None``."""

_FORMATS = {"HOUR": "%Y-%m-%d-%H", "DAY": "%Y-%m-%d", "MONTH": "%Y-%m", "YEAR": "%Y"}
_DAYS_AGO = re.compile(r"\d{1,4} days? ago", re.ASCII)
_DAY_OR_MONTH_FIRST = re.compile(r"\d{1,2}([-/.])\d{1,2}\1\d{2,4}", re.ASCII)


def no_words(_text: str, _period: str) -> str | None:
    """Read nothing: where no clock is known, only DSS's own forms count."""
    return None


def read_in_words(text: str, period: str, *, now: datetime, tz: str) -> str | None:
    """Return the one partition of a time dimension that a text means.

    Args:
        text: what was typed, such as ``yesterday``, ``monday``, ``23/11/2026`` or ``november``.
        period: of the dimension: ``HOUR``, ``DAY``, ``MONTH`` or ``YEAR``.
        now: aware; nothing after it is meant.
        tz: IANA name of the person's time zone.

    Returns:
        The partition in DSS's form; ``None`` if the text isn't exactly one of them.
    """
    form = _FORMATS.get(period)
    if form is None:
        return None
    try:
        when = read_when(text)
        moment = read_since(text, now, tz)
    except Refusal:
        return None
    return moment.astimezone(zone_of(tz)).strftime(form) if _is_one(when, text, period) else None


def could_be_two_days(text: str) -> bool:
    """Return whether a text is a date in numbers that begins with its day or its month."""
    return bool(_DAY_OR_MONTH_FIRST.fullmatch(text))


def _is_one(when: When, text: str, period: str) -> bool:
    """Return whether it is exactly one partition: a day isn't a month, and a week isn't a day."""
    if isinstance(when, Period):
        return when.which in {"this", "last"} and when.unit == period.lower() and period != "HOUR"
    if isinstance(when, Span):
        return period == "DAY" and bool(_DAYS_AGO.fullmatch(text.lower()))
    if not isinstance(when, Point) or when.day is None or when.zone or when.place:
        return False
    if isinstance(when.day, Numeric) and _has_two_readings(when.day):
        return False
    month = is_whole_month(text)
    match period:
        case "HOUR":
            return when.clock is not None and when.clock.minute == 0 and not when.begins_or_ends
        case "DAY":
            return when.clock is None and not month
        case _:
            return period == "MONTH" and month


def _has_two_readings(date: Numeric) -> bool:
    """Return whether either number could be the day: a build is no place to guess which one is."""
    return date.first != date.second and max(date.first, date.second) <= 12
