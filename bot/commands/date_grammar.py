"""The texts that mean a time, such as ``yesterday 14:00 UTC`` or ``1h30``, whatever the time is now.

Every text is read as a whole: what has a word that isn't understood is refused. What a text means on a given
day and in a given time zone is in `bot.commands.dates`.
"""

import re

from bot.commands import zone_names
from bot.commands.when import (
    Clock,
    Date,
    Day,
    DaysAgo,
    Instant,
    Nth,
    Numeric,
    Period,
    Point,
    Span,
    Weekday,
    When,
)
from bot.domain.errors import Refusal
from bot.language import either, t

EXAMPLE = "yesterday"
_EXAMPLES = ("2026/09/24", "2026-09-24 14:00", "yesterday", "monday", "9am UTC", "2h", "7d")

_LONGEST = 80
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
_HARMLESS = re.compile(rf"[\w ,.:/+-]{{1,{_LONGEST}}}", re.ASCII)
_NUMBERS = {"a": "1", "an": "1", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6"}

_SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_UNIT = r"(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)"
_PART = re.compile(rf"(\d{{1,5}}) ?({_UNIT})", re.ASCII)
_SPAN = re.compile(
    rf"(?:(?:the )?(?:last|past) )?((?:\d{{1,5}} ?{_UNIT}(?: and | ?))+)(?<!and )(\d\d)?(?: ?ago)?", re.ASCII
)
_MONTHS_AGO = re.compile(r"(?:(?:the )?(?:last|past) )?(\d{1,4}) ?(month|year)s?(?: ago)?", re.ASCII)
_CLOCK_WITH_H = re.compile(r"0\d ?h ?[0-5]\d", re.ASCII)
_PERIOD = re.compile(r"(this|last|past|the last|the past) (hour|day|week|month|year)")
_EPOCH = re.compile(r"\d{10}(?:\d{3})?", re.ASCII)
_FUTURE = re.compile(r"tomorrow\b.*|in \d.*|next \w.*")

_MONTHS = (
    *("jan(?:uary)?", "feb(?:ruary)?", "mar(?:ch)?", "apr(?:il)?", "may", "june?", "july?"),
    *("aug(?:ust)?", "sept?(?:ember)?", "oct(?:ober)?", "nov(?:ember)?", "dec(?:ember)?"),
)
_WEEKDAYS = (
    *("mon(?:day)?", "tue(?:s(?:day)?)?", "wed(?:nes(?:day)?)?", "thu(?:r(?:s(?:day)?)?)?"),
    *("fri(?:day)?", "sat(?:ur(?:day)?)?", "sun(?:day)?"),
)
_MONTH, _WEEKDAY = f"({'|'.join(_MONTHS)})", f"({'|'.join(_WEEKDAYS)})"
_TH = r"(?:st|nd|rd|th)"

_ISO_DAY = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", re.ASCII)
_ISO_MONTH = re.compile(r"(\d{4})[-/](\d{1,2})", re.ASCII)
_NUMERIC = re.compile(r"(\d{1,2})([-/.])(\d{1,2})(?:\2(\d{2}|\d{4}))?", re.ASCII)
_NTH = re.compile(rf"(?:on )?(?:the )?(\d{{1,2}}){_TH}", re.ASCII)
_DAY_MONTH = re.compile(
    rf"(?:on )?(?:{_WEEKDAY} )?(?:the )?(\d{{1,2}}){_TH}?(?: of)?[ -]{_MONTH}(?:[ -](\d{{4}}))?", re.ASCII
)
_MONTH_DAY = re.compile(rf"(?:on )?(?:{_WEEKDAY} )?{_MONTH} (\d{{1,2}}){_TH}?(?: (\d{{4}}))?", re.ASCII)
_WHOLE_MONTH = re.compile(rf"{_MONTH}(?: (\d{{4}}))?", re.ASCII)
_ON_WEEKDAY = re.compile(rf"(?:on |this |(last ))?{_WEEKDAY}")
_DAYS_AGO = re.compile(r"(\d{1,4}) (day|week)s? ago", re.ASCII)

_CLOCK = (
    r"(?:at )?(?P<clock>noon|midday|midnight|\d{1,2}h(?:\d{2})?"
    r"|\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?: ?(?:[ap]m|[ap]\.m\.))?|\d{1,2} ?(?:[ap]m|[ap]\.m\.))"
)
_PLACE = rf"(?: (?P<place>{zone_names.PLACE}))?"
_WITH_CLOCK = re.compile(
    rf"(?:(?P<before>.+?) )??{_CLOCK}(?: ?(?P<zone>{zone_names.PATTERN}))?{_PLACE}(?: (?P<after>.+))?",
    re.ASCII,
)
_WITHOUT_CLOCK = re.compile(rf"(?P<before>.+?)(?: (?P<zone>{zone_names.NAMED}))?{_PLACE}", re.ASCII)
_TIME = re.compile(r"(\d{1,2})(?:[:h](\d{2}))?h?(?::(\d{2})(?:\.(\d{1,9}))?)? ?([ap])?\.?(?:m\.?)?", re.ASCII)
_BASIC = re.compile(r"(\d{4})(\d\d)(\d\d)(?: (\d\d)(\d\d)(\d\d)?)?(?=$|z|[ +-])", re.ASCII)
_HOUR_ONLY = re.compile(r"(\d{4}-\d\d?-\d\d?) (\d\d)(?=$|z|[+-])", re.ASCII)


def read_when(text: str) -> When:
    """Read a text that means a time.

    Raises:
        Refusal: it has none of the forms, or means two different times; ``example`` has one of them.
    """
    typed = " ".join(text.translate(_DASHES).replace(",", " ").split())
    if len(typed) > _LONGEST or not _HARMLESS.fullmatch(typed):
        raise not_understood(typed)
    lower = " ".join(_NUMBERS.get(word, word) for word in typed.lower().split())
    if _FUTURE.fullmatch(lower):
        raise in_the_future(typed)
    if _EPOCH.fullmatch(lower):
        return Instant(int(lower) / (1_000 if len(lower) == 13 else 1))
    if found := _PERIOD.fullmatch(lower):
        return Period("past" if found[1].startswith("the ") else found[1], found[2])
    when = _span(lower) or _point(lower, typed)
    if when is None:
        raise not_understood(typed)
    return when


def is_whole_month(text: str) -> bool:
    """Return whether a text is a month without a day, such as ``november`` or ``2026-11``."""
    typed = " ".join(text.translate(_DASHES).split()).lower()
    return bool(_WHOLE_MONTH.fullmatch(typed) or _ISO_MONTH.fullmatch(typed))


def not_understood(typed: str) -> Refusal:
    """Return the refusal of a text that isn't a time."""
    said = t("“{typed}” isn't a date that the bot can read. {right}", typed=typed[:_LONGEST], right=_right())
    return Refusal(said, example=EXAMPLE)


def in_the_future(typed: str) -> Refusal:
    """Return the refusal of a time after now."""
    said = t("“{typed}” is in the future. {right}", typed=typed, right=_right())
    return Refusal(said, example=EXAMPLE)


def _right() -> str:
    """Say what a date looks like."""
    return t("A date looks like {examples}.", examples=either(_EXAMPLES))


def _span(lower: str) -> Span | None:
    """Read a span such as ``2h``, ``1h30``, ``1 day 2 hours ago`` or ``3 months``.

    ``1h30`` and ``9h30`` are spans, as ``2h`` is. With a leading zero, ``09h30`` is a time of day.
    """
    if lower == "now":
        return Span()
    if found := _MONTHS_AGO.fullmatch(lower):
        return Span(months=int(found[1]) * (12 if found[2] == "year" else 1))
    found = _SPAN.fullmatch(lower)
    if not found or _CLOCK_WITH_H.fullmatch(lower):
        return None
    parts = [(int(number), unit[0]) for number, unit in _PART.findall(found[1])]
    if found[2]:  # minutes without their unit, as in 1h30
        if parts[-1][1] != "h":
            return None
        parts.append((int(found[2]), "m"))
    sizes = [_SECONDS[unit] for _, unit in parts]
    if sizes != sorted(set(sizes), reverse=True) or (found[2] and int(found[2]) > 59):
        return None
    return Span(seconds=sum(number * _SECONDS[unit] for number, unit in parts))


def _point(lower: str, typed: str) -> Point | None:
    """Read a day, a time, or both in either order."""
    spaced = re.sub(r"(?<=\d\d)t(?=\d\d)", " ", lower)
    text = _HOUR_ONLY.sub(r"\1 \2:00", _BASIC.sub(_extended, spaced, count=1), count=1)
    found = _WITH_CLOCK.fullmatch(text)
    if found is None:
        found = _WITHOUT_CLOCK.fullmatch(text)
        day = _day(found["before"]) if found else None
        if found is None or day is None:
            return None
        return _made(typed, found, day, found["before"], None, "")
    day_text = found["before"] or found["after"] or ""
    day = _day(day_text) if day_text else None
    clock = _clock(found["clock"])
    if (found["before"] and found["after"]) or (day_text and day is None) or clock is None:
        return None
    return _made(typed, found, day, day_text, clock, found["clock"])


def _made(
    typed: str, found: re.Match[str], day: Day | None, day_text: str, clock: Clock | None, clock_text: str
) -> Point:
    zone, place = found["zone"] or "", found["place"] or ""
    if zone.startswith("-") and day is None:
        right = f"{clock_text} UTC{zone}"
        said = t("“{typed}” could be two times: for a time zone, write {right}.", typed=typed, right=right)
        raise Refusal(said, example=right)
    return Point(
        typed=typed,
        day=day,
        clock=clock,
        zone=zone,
        place=place,
        day_text=day_text,
        clock_text=clock_text,
    )


def _extended(found: re.Match[str]) -> str:
    """Write ``20261125 0900`` with its separators."""
    day = "-".join(found.group(1, 2, 3))
    clock = ":".join(part for part in found.group(4, 5, 6) if part)
    return f"{day} {clock}".strip()


def _clock(text: str) -> Clock | None:
    """Read a time of day; ``None`` if there is no such time."""
    if text in {"noon", "midday", "midnight"}:
        return Clock(0 if text == "midnight" else 12)
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    hour, minute, second = (int(part or 0) for part in found.group(1, 2, 3))
    if found[5]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found[5] == "p" else 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    return Clock(hour, minute, second, int((found[4] or "").ljust(6, "0")[:6]))


def _day(text: str) -> Day | None:
    """Read a day; whether it exists depends on the year."""
    if found := _ISO_DAY.fullmatch(text):
        return Date(year=int(found[1]), month=int(found[3]), day=int(found[4]))
    if found := _ISO_MONTH.fullmatch(text):
        return Date(year=int(found[1]), month=int(found[2]), day=1)
    if found := _NUMERIC.fullmatch(text):
        return Numeric(int(found[1]), int(found[3]), found[4] or "")
    if found := _DAY_MONTH.fullmatch(text):
        return _date(found[4], found[3], found[2], found[1])
    if found := _MONTH_DAY.fullmatch(text):
        return _date(found[4], found[2], found[3], found[1])
    if found := _WHOLE_MONTH.fullmatch(text):
        return _date(found[2], found[1], "1", None)
    return _recent_day(text)


def _recent_day(text: str) -> Day | None:
    """Read a day that counts back from today."""
    if text in {"today", "yesterday"}:
        return DaysAgo(1 if text == "yesterday" else 0)
    if found := _DAYS_AGO.fullmatch(text):
        return DaysAgo(int(found[1]) * (7 if found[2] == "week" else 1))
    if found := _ON_WEEKDAY.fullmatch(text):
        return Weekday(_index(_WEEKDAYS, found[2]), before_today=found[1] is not None)
    if found := _NTH.fullmatch(text):
        return Nth(int(found[1]))
    return None


def _date(year: str | None, month: str, day: str, weekday: str | None) -> Date:
    return Date(
        year=int(year) if year else None,
        month=_index(_MONTHS, month) + 1,
        day=int(day),
        weekday=_index(_WEEKDAYS, weekday) if weekday else None,
    )


def _index(patterns: tuple[str, ...], text: str) -> int:
    return next(number for number, pattern in enumerate(patterns) if re.fullmatch(pattern, text))


_TIME_WORD = re.compile(
    r"ago|last|this|past|now|today|yesterday|tomorrow|next|noon|midday|midnight"
    r"|[ap]m|[ap]\.m\.|utc|gmt|the|of|on|at|and|an?"
    rf"|one|two|three|four|five|six|(?:hour|day|week|month|year)s?|{_UNIT}|{_MONTH}|{_WEEKDAY}"
    rf"|\d{{1,5}}(?:{_TH}|{_UNIT}|[ap]m|h\d\dm?)?|(?:\d+{_UNIT})+|\d{{1,4}}[-/.:tz+\d]{{1,36}}(?:[ap]m)?",
    re.ASCII | re.IGNORECASE,
)
_ZONE_WORD = re.compile(rf"{zone_names.PATTERN}|{zone_names.PLACE}", re.ASCII | re.IGNORECASE)
_CLOCK_END = re.compile(
    rf"(?:.*:.*|.*\d[ap]m|[ap]m|[ap]\.m\.|noon|midday|midnight|\d+h(?:\d\d)?|{zone_names.NAMED})",
    re.ASCII | re.IGNORECASE,
)


def continues(before: str, word: str) -> bool:
    """Whether a word looks like the next one of a time; a zone's name only after a time of day.

    Args:
        before: the word before it, or ``""``.
        word: the word, with any dashes and commas.
    """
    return bool(_TIME_WORD.fullmatch(word.translate(_DASHES).rstrip(","))) or is_zone_after(before, word)


def is_zone_after(before: str, word: str) -> bool:
    """Whether a word is the name of a time zone, and the word before it ends a time of day."""
    clock, zone = (text.translate(_DASHES).rstrip(",") for text in (before, word))
    return bool(_CLOCK_END.fullmatch(clock) and _ZONE_WORD.fullmatch(zone))
