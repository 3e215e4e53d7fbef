"""Time zones as people write them after a time: ``UTC``, ``CET``, ``+02:00``, ``UTC-5``, ``Europe/Paris``."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from bot.commands.suggestions import did_you_mean
from bot.domain.errors import Refusal
from bot.language import mark, t

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

_NORTH_AMERICA, _CUBA = mark("{time} for North America"), mark("{time} for Cuba")

_SEVERAL: dict[str, tuple[tuple[float, str], ...]] = {
    "IST": (
        (5.5, mark("{time} for India")),
        (1, mark("{time} for Ireland")),
        (2, mark("{time} for Israel")),
    ),
    "CST": ((-6, _NORTH_AMERICA), (8, mark("{time} for China")), (-5, _CUBA)),
    "CDT": ((-5, _NORTH_AMERICA), (-4, _CUBA)),
    "BST": ((1, mark("{time} for Britain")), (6, mark("{time} for Bangladesh"))),
    "PST": ((-8, _NORTH_AMERICA), (8, mark("{time} for the Philippines"))),
    "AST": ((-4, mark("{time} for Atlantic Canada")), (3, mark("{time} for Arabia"))),
    "SST": ((-11, mark("{time} for Samoa")), (8, mark("{time} for Singapore"))),
    "GST": ((4, mark("{time} for the Gulf")), (-2, mark("{time} for South Georgia"))),
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
    meanings = [(f"{before} {written(timedelta(hours=hours))}", use) for hours, use in _SEVERAL[upper]]
    times = t(", or ").join(t(use, time=right) for right, use in meanings)
    said = t("{zone} is the name of several time zones: write {times}.", zone=upper, times=times)
    raise Refusal(said, example=meanings[0][0])


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
    said = t("There is no time zone {name}. Write one like {example}.", name=name, example=example)
    return Refusal(said, example=example)


@cache
def _places() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}
