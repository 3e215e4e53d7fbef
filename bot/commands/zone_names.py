"""Time zones as people write them after a time: ``UTC``, ``CET``, ``+02:00``, ``UTC-5``, ``Europe/Paris``."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from bot.commands.suggestions import did_you_mean
from bot.domain.errors import Refusal

_NAMES: dict[float, str] = {
    0: "UTC GMT Z WET",
    1: "CET WAT WEST",
    2: "CAT CEST EET SAST",
    3: "EAT EEST IDT MSK",
    5: "PKT",
    7: "WIB",
    8: "AWST HKT WITA",
    9: "JST KST WIT",
    9.5: "ACST",
    10: "AEST CHST",
    10.5: "ACDT",
    11: "AEDT",
    12: "NZST",
    13: "NZDT",
    -2.5: "NDT",
    -3: "ADT",
    -3.5: "NST",
    -4: "EDT",
    -5: "EST",
    -6: "MDT",
    -7: "MST PDT",
    -8: "AKDT",
    -9: "AKST HDT",
    -10: "HST",
}
"""Abbreviations that mean one offset, in hours: those of the IANA database, less those below."""

_HOURS = {name: hours for hours, names in _NAMES.items() for name in names.split()}

_SEVERAL: dict[str, tuple[tuple[float, str], ...]] = {
    "IST": ((5.5, "India"), (1, "Ireland"), (2, "Israel")),
    "CST": ((-6, "North America"), (8, "China"), (-5, "Cuba")),
    "CDT": ((-5, "North America"), (-4, "Cuba")),
    "BST": ((1, "Britain"), (6, "Bangladesh")),
    "PST": ((-8, "North America"), (8, "the Philippines")),
    "AST": ((-4, "Atlantic Canada"), (3, "Arabia")),
    "SST": ((-11, "Samoa"), (8, "Singapore")),
    "GST": ((4, "the Gulf"), (-2, "South Georgia")),
}
"""Abbreviations that mean several offsets."""

_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?", re.ASCII)
_WESTMOST, _EASTMOST = timedelta(hours=-12), timedelta(hours=14)

_END = r"(?![a-z0-9:])"
_ABBREVIATION = "|".join([*_HOURS, *_SEVERAL]).lower()

NAMED = rf"(?:(?:utc|gmt) ?[+-]\d{{1,2}}(?::?\d{{2}})?|{_ABBREVIATION}){_END}"
"""A regular expression for an abbreviation, or an offset from one, in a text in lowercase."""

PATTERN = rf"(?:[+-]\d{{1,2}}(?::?\d{{2}})?{_END}|{NAMED})"
"""The same, or an offset alone, as it can follow a time of day."""

_AREAS = "africa|america|antarctica|arctic|asia|atlantic|australia|etc|europe|indian|pacific"

PLACE = rf"(?:(?:{_AREAS})(?:/[\w+-]+){{1,2}})"
"""A regular expression for the IANA name of a zone in a text in lowercase."""


def read_zone(name: str, place: str, own: tzinfo, now: datetime, *, before: str) -> tzinfo:
    """Return the zone that was written.

    Args:
        name: an abbreviation or an offset, or ``""``.
        place: an IANA name in any case, or ``""``.
        own: the person's zone, whose abbreviations win over those of other zones.
        now: the current time: a zone's abbreviations change over the years.
        before: what stands before the zone, for what to write instead.

    Raises:
        Refusal: there is no such zone, or there are several; ``example`` is a text that can be read.
    """
    if place:
        own = _place(place, before)
    if not name:
        return own
    upper = name.upper().replace(" ", "")
    if offset := _OFFSET.fullmatch(upper):
        return _offset(offset, before)
    if (found := _abbreviations(own, now).get(upper)) is not None:
        return timezone(found)
    if upper in _HOURS:
        return timezone(timedelta(hours=_HOURS[upper]))
    meanings = [(written(timedelta(hours=hours)), where) for hours, where in _SEVERAL.get(upper, ())]
    said = ", or ".join(f"{before} {zone} for {where}" for zone, where in meanings)
    example = f"{before} {meanings[0][0]}"
    raise Refusal(f"{upper} is the name of several time zones: write {said}.", example=example)


def zone_of(name: str) -> tzinfo:
    """Return a time zone by its IANA name; UTC when there is none with that name."""
    try:
        return ZoneInfo(name)
    except (ValueError, LookupError, OSError):
        return UTC


def written(offset: timedelta) -> str:
    """Write an offset the way `read_zone` reads it, such as ``UTC+5:30``."""
    minutes = round(offset.total_seconds() / 60)
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


def short_name(moment: datetime) -> str:
    """Name the offset of a moment: an abbreviation where its zone has one, else the offset."""
    name = moment.tzname() or ""
    known = name in _HOURS or name in _SEVERAL
    return name if known else written(moment.utcoffset() or timedelta())


def _abbreviations(zone: tzinfo, now: datetime) -> dict[str, timedelta]:
    """Return the abbreviations that a zone has within a year, with their offsets."""
    months = [now.astimezone(zone) - timedelta(days=30 * number) for number in range(13)]
    return {(one.tzname() or "").upper(): one.utcoffset() or timedelta() for one in months}


def _offset(found: re.Match[str], before: str) -> tzinfo:
    hours, minutes = int(found[2]), int(found[3] or 0)
    offset = timedelta(hours=hours, minutes=minutes) * (-1 if found[1] == "-" else 1)
    if minutes > 59 or not _WESTMOST <= offset <= _EASTMOST:
        raise _unknown(found[0], before)
    return timezone(offset)


def _place(name: str, before: str) -> tzinfo:
    places = _places()
    if (found := places.get(name.casefold())) is None:
        near = did_you_mean(name, places.values(), limit=1)
        raise _unknown(name, before, near[0] if near else "UTC")
    return ZoneInfo(found)


def _unknown(name: str, before: str, right: str = "UTC") -> Refusal:
    example = f"{before} {right}"
    return Refusal(f"There is no time zone {name}. Write one like {example}.", example=example)


@cache
def _places() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}
