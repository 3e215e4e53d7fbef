"""Partition identifiers (DSS-API.md §2.5), checked against the dataset so that no job starts in vain.

The dataset decides: the kinds of its dimensions and, for a text that has an unusual form, its own list of
partitions. A dimension of values takes any text.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date

from bot.commands.partition_dates import InWords, could_be_two_days, no_words
from bot.commands.suggestions import did_you_mean
from bot.domain import Dimension
from bot.domain.errors import Refusal
from bot.language import listed, t, tn

NOT_PARTITIONED = "NP"
"""DSS's fixed identifier for "not partitioned"."""

KEYWORDS = tuple(
    f"{which}_{grain}" for which in ("CURRENT", "PREVIOUS") for grain in ("HOUR", "DAY", "MONTH", "YEAR")
)
"""Relative partitions."""

_LONGEST = 500
_DASHES = re.compile("(?<=\\d)[\u2010-\u2015\u2212](?=\\d)")
_TIME = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)
_SLASHED_DATE = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})", re.ASCII)
_RELATIVE = re.compile(r"(?:CURRENT|PREVIOUS|LAST|NEXT|THIS)_(?:HOUR|DA\w|WEEK|MONTH|YEAR)")
_FORMS = {"HOUR": "YYYY-MM-DD-HH", "DAY": "YYYY-MM-DD", "MONTH": "YYYY-MM", "YEAR": "YYYY"}
_SAMPLES = {"HOUR": "2026-11-23-08", "DAY": "2026-11-23", "MONTH": "2026-11", "YEAR": "2026"}
_DEFAULT = _SAMPLES["DAY"]


def read_partition(text: str) -> str:
    """Return what was typed, without spaces around its separators. Whether it fits depends on the dataset.

    Raises:
        Refusal: it can't be a partition of any dataset; ``example`` is one that could be.
    """
    if len(text) > _LONGEST:
        said = t("A partition can have at most {most} characters.", most=_LONGEST)
        raise Refusal(said, example=_DEFAULT)
    if text.strip().upper() == NOT_PARTITIONED:
        return NOT_PARTITIONED
    if not text.isprintable():
        raise Refusal(t("A partition can't have invisible characters."), example=_DEFAULT)
    read = re.sub(r" *([,|/]) *", r"\1", text).strip()
    if not all(re.split(r"[,|/]", read)):
        raise Refusal(t("A partition can't have empty parts."), example=_DEFAULT)
    return read


def fit_partition(
    text: str | None,
    dimensions: Sequence[Dimension],
    read_existing: Callable[[], Sequence[str]] = tuple,
    in_words: InWords = no_words,
    *,
    dataset: str | None = None,
) -> str | None:
    """Return a partition as DSS spells it, if it fits a dataset.

    Args:
        text: the requested partition; ``None``, empty and ``NP`` mean "no partition".
        dimensions: the dataset's dimensions, in order; empty when it isn't partitioned.
        read_existing: returns the partitions that the dataset has. It's called only if the text has an
            unusual form.
        in_words: reads dates in words for the dimensions that are times.
        dataset: the dataset's name, for refusals.

    Raises:
        Refusal: the dataset isn't partitioned, or the partition is missing, malformed or has the wrong number
            of dimensions; ``example`` is a partition that fits, if there is one.
    """
    asked, dataset = _asked(text), dataset or t("This dataset")
    if not dimensions:
        if asked:
            raise Refusal(t("{dataset} is not partitioned: leave out --partition.", dataset=dataset))
        return None
    try:
        if not asked:
            said = t(
                "{dataset} is partitioned by {dimensions}: name the partition with --partition.",
                dataset=dataset,
                dimensions=_names(dimensions),
            )
            raise Refusal(said)
        return ",".join(_one(part, dimensions, dataset) for part in read_partition(asked).split(","))
    except Refusal as refused:
        existing = [one for one in read_existing() if one != NOT_PARTITIONED]
        if asked and (asked in existing or set(asked.split(",")) <= set(existing)):
            return asked
        if asked and (meant := _from_words(asked, dimensions, in_words)):
            return meant
        example = refused.example or _example(asked, dimensions, existing)
        raise Refusal(str(refused), example=example, suggestions=refused.suggestions) from refused


def unfit_in_dialog(text: str | None, dimensions: Sequence[Dimension], dataset: str) -> str | None:
    """Say why a partition doesn't fit where people choose it; ``None`` if that is said without options."""
    if not dimensions:
        return t("{dataset} is not partitioned: leave this field empty.", dataset=dataset)
    if _asked(text):
        return None
    return t(
        "{dataset} is partitioned by {dimensions}: choose a partition.",
        dataset=dataset,
        dimensions=_names(dimensions),
    )


def _asked(text: str | None) -> str:
    return "" if text is None or text.strip().upper() == NOT_PARTITIONED else text.strip()


def spelled(text: str) -> str:
    """Return a partition as DSS spells it, where nothing is known about the dataset."""
    return ",".join("|".join(_keyword(one) for one in part.split("|")) for part in text.split(","))


def _names(dimensions: Sequence[Dimension]) -> str:
    return listed([dimension.name for dimension in dimensions])


def _example(asked: str, dimensions: Sequence[Dimension], existing: Sequence[str]) -> str:
    """Return the existing partition that looks most like the text, else the newest, else a made-up one."""
    fitting = [one for one in existing if one.count("|") + 1 == len(dimensions) and "," not in one]
    if near := did_you_mean(asked, fitting, limit=1):
        return near[0]
    return max(fitting) if fitting else "|".join(_sample(dimension) for dimension in dimensions)


def _sample(dimension: Dimension) -> str:
    """Make up a value for a dimension; from its name if DSS doesn't say its kind."""
    if dimension.period is not None:
        return _SAMPLES.get(dimension.period, "VALUE")
    name = dimension.name.casefold()
    grain = next((grain for grain in ("HOUR", "MONTH", "YEAR") if grain.casefold() in name), "DAY")
    return _SAMPLES[grain] if grain != "DAY" or "da" in name else "VALUE"


def _one(text: str, dimensions: Sequence[Dimension], dataset: str) -> str:
    """Read one partition: a part for each dimension."""
    parts = text.split("|")
    if len(parts) != len(dimensions):
        said = tn(
            "{dataset} is partitioned by {dimensions}: a partition has {number} part (joined by “|”), "
            "not {typed}.",
            "{dataset} is partitioned by {dimensions}: a partition has {number} parts (joined by “|”), "
            "not {typed}.",
            len(dimensions),
            dataset=dataset,
            dimensions=_names(dimensions),
            typed=len(parts),
        )
        raise Refusal(said)
    return "|".join(_part(part, dimension) for part, dimension in zip(parts, dimensions, strict=True))


def _from_words(asked: str, dimensions: Sequence[Dimension], in_words: InWords) -> str | None:
    """Return partitions in DSS's form where some are dates in words; ``None`` if they aren't."""

    def read(text: str, dimension: Dimension) -> str:
        try:
            return _part(text, dimension)
        except Refusal:
            values = [text] if in_words(text, dimension.period or "") else text.split("/")
            meant = [in_words(value, dimension.period or "") or value for value in values]
            return _part("/".join(meant), dimension)

    try:
        return ",".join(
            "|".join(read(part, one) for part, one in zip(whole.split("|"), dimensions, strict=True))
            for whole in asked.split(",")
        )
    except (Refusal, ValueError):  # ValueError: another number of parts
        return None


def _part(text: str, dimension: Dimension) -> str:
    """Read the part of one dimension: a value, a range of time, or several values joined by ``/``."""
    if dimension.period == "":
        return text
    spelling = _keyword(text)
    slashed = _SLASHED_DATE.fullmatch(spelling)
    if slashed and dimension.period in {None, "DAY"}:
        better = _time_example("-".join(slashed.groups()))
        raise Refusal(t("Write a partition's day with dashes; “/” joins values."), example=better)
    if dimension.period and could_be_two_days(spelling):
        raise Refusal(t("“{typed}” could be two days. Write YYYY-MM-DD.", typed=spelling))
    values = spelling.split("/")
    for value in values:
        _check_time(value, dimension)
    if len(values) == 2 and all(_TIME.fullmatch(value) for value in values):
        first, last = values
        if len(first) != len(last):
            raise Refusal(t("Both ends of a time range must have the same grain."))
        if first > last:
            raise Refusal(t("A time range must begin with its earlier end."), example=f"{last}/{first}")
    elif dimension.period and len(values) > 2:
        raise Refusal(
            t("{dimension} is a time: write one, or a range such as FIRST/LAST.", dimension=dimension.name)
        )
    return "/".join(values)


def _keyword(text: str) -> str:
    """Write relative partitions in capitals, and the dashes of times as hyphens."""
    values = [_DASHES.sub("-", value) for value in text.split("/")]
    return "/".join(value.upper() if value.upper() in KEYWORDS else value for value in values)


def _check_time(text: str, dimension: Dimension) -> None:
    """Refuse a value of a time dimension that isn't a time of its grain, or looks like a mistyped one."""
    if text in KEYWORDS:
        return
    if _RELATIVE.fullmatch(text.upper()):
        near = did_you_mean(text.upper(), KEYWORDS)
        said = t("“{typed}” isn't a relative partition that DSS knows.", typed=text[:60])
        raise Refusal(said, suggestions=near)
    form = _FORMS.get(dimension.period or "")
    if form is None:
        if _TIME.fullmatch(text) and not _is_time(text):
            said = t("“{typed}” is not a time. Write YYYY-MM, YYYY-MM-DD or YYYY-MM-DD-HH.", typed=text[:60])
            raise Refusal(said)
    elif len(text) != len(form) or not (_is_time(text) or (form == "YYYY" and text.isdigit())):
        padded = _padded(text)
        said = t(
            "“{typed}” can't be a value of the dimension {dimension}. Write {form}.",
            typed=text[:60],
            dimension=dimension.name,
            form=form,
        )
        raise Refusal(said, example=padded if len(padded) == len(form) and _is_time(padded) else None)


def _is_time(text: str) -> bool:
    """Return whether it is an existing month, day or hour, with two digits for each part."""
    if not _TIME.fullmatch(text):
        return False
    year, month, *rest = text.split("-")
    if any(len(part) != 2 for part in (month, *rest)):
        return False
    try:
        date(int(year), int(month), int(rest[0]) if rest else 1)
    except ValueError:
        return False
    return len(rest) < 2 or int(rest[1]) < 24


def _padded(text: str) -> str:
    """Write the parts of a time with two digits."""
    year, *rest = text.split("-")
    return "-".join((year, *(part.zfill(2) for part in rest)))


def _time_example(text: str) -> str:
    """Return the same time with two digits for each part if that is valid, otherwise any time."""
    padded = _padded(text)
    return padded if _is_time(padded) else _DEFAULT
