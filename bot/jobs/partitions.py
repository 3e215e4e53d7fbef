"""Partition identifiers: what DSS accepts (DSS-API.md §2.5), checked before a job is started for nothing."""

import re
from datetime import date

from bot.errors import Refusal
from bot.jobs.nearest import did_you_mean

NOT_PARTITIONED = "NP"
"""DSS's fixed identifier for "not partitioned"."""

KEYWORDS = tuple(
    f"{which}_{grain}" for which in ("CURRENT", "PREVIOUS") for grain in ("HOUR", "DAY", "MONTH", "YEAR")
)
"""Relative partitions."""

_LONGEST = 500
_TIME = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)
_SLASHED_DATE = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})", re.ASCII)
_DISCRETE = re.compile(r"\w[\w .:+-]*")
_RELATIVE = re.compile(r"(?:CURRENT|PREVIOUS|LAST|NEXT|THIS)_\w+")
_EXAMPLES = (("hour", "2026-11-23-08"), ("month", "2026-11"), ("year", "2026"), ("da", "2026-11-23"))
_DEFAULT = "2026-11-23"


def read_partition(text: str) -> str:
    """Return a partition identifier in DSS's spelling: no spaces around separators, keywords in capitals.

    Raises:
        Refusal: when DSS could not read it; ``example`` is an identifier that it can.
    """
    if len(text) > _LONGEST:
        raise Refusal(f"A partition has at most {_LONGEST} characters.", example=_DEFAULT)
    if text.strip().upper() == NOT_PARTITIONED:
        return NOT_PARTITIONED
    return ",".join("|".join(_dimension(part) for part in one.split("|")) for one in text.split(","))


def check_partition(text: str | None, dimensions: tuple[str, ...]) -> None:
    """Check that a partition fits a dataset.

    Args:
        text: what was asked for; ``None``, empty and ``NP`` mean "no partition".
        dimensions: names of the dataset's dimensions, in its order; empty when it is not partitioned.

    Raises:
        Refusal: given but not partitioned, missing, wrong number of dimensions, or malformed; ``example``
            is a partition that fits, if there can be one.
    """
    asked = "" if text is None or text.strip().upper() == NOT_PARTITIONED else text.strip()
    if not dimensions:
        if asked:
            raise Refusal("This dataset is not partitioned: leave --partition out.")
        return
    example = "|".join(_example(name) for name in dimensions)
    names = " and ".join(dimensions)
    if not asked:
        raise Refusal(
            f"This dataset is partitioned by {names}: say which partition, with --partition.", example=example
        )
    for one in read_partition(asked).split(","):
        given = one.count("|") + 1
        if given != len(dimensions):
            raise Refusal(
                f"This dataset is partitioned by {names}: a partition has {len(dimensions)} "
                f"part{'s' if len(dimensions) > 1 else ''} (joined by “|”), not {given}.",
                example=example,
            )


def _example(dimension: str) -> str:
    """Guess a value for a dimension from its name, as DSS does not tell its kind here."""
    name = dimension.casefold()
    return next((value for part, value in _EXAMPLES if part in name), "VALUE")


def _dimension(text: str) -> str:
    """Read one dimension: a value, a time range or several values joined by ``/``."""
    stripped = text.strip()
    slashed = _SLASHED_DATE.fullmatch(stripped)
    if slashed:
        better = _time_example("-".join(slashed.groups()))
        raise Refusal("A day of a partition is written with dashes; “/” joins values.", example=better)
    values = [_value(part.strip()) for part in stripped.split("/")]
    if len(values) == 2 and all(_TIME.fullmatch(value) for value in values):
        first, last = values
        if len(first) != len(last):
            raise Refusal("Both ends of a time range have the same grain.", example="2026-11-01/2026-11-23")
        if first > last:
            raise Refusal("A time range begins with its earlier end.", example=f"{last}/{first}")
    return "/".join(values)


def _value(text: str) -> str:
    """Read one value of one dimension."""
    if not text:
        raise Refusal("A partition has no empty parts.", example=_DEFAULT)
    upper = text.upper()
    if upper in KEYWORDS:
        return upper
    if _RELATIVE.fullmatch(upper):
        near = did_you_mean(upper, KEYWORDS)
        raise Refusal(
            f"“{text[:60]}” is not a relative partition that DSS knows.",
            example=near[0] if near else "CURRENT_DAY",
            suggestions=near,
        )
    time = _TIME.fullmatch(text)
    if time and not _is_time(text):
        raise Refusal(
            f"“{text}” is not a time: YYYY-MM, YYYY-MM-DD or YYYY-MM-DD-HH.", example=_time_example(text)
        )
    if not _DISCRETE.fullmatch(text):
        raise Refusal(f"“{text[:60]}” cannot be a value of a partition.", example=_DEFAULT)
    return text


def _is_time(text: str) -> bool:
    """Whether it is a month, day or hour that exists, with two digits for each part."""
    year, month, *rest = text.split("-")
    if any(len(part) != 2 for part in (month, *rest)):
        return False
    try:
        date(int(year), int(month), int(rest[0]) if rest else 1)
    except ValueError:
        return False
    return len(rest) < 2 or int(rest[1]) < 24


def _time_example(text: str) -> str:
    """Return the same time with two digits for each part when that is one, else any."""
    year, *rest = text.split("-")
    padded = "-".join((year, *(part.zfill(2) for part in rest)))
    return padded if _is_time(padded) else _DEFAULT
