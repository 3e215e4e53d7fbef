"""Partition identifiers: how to read the text of a request (DSS-API.md §2.5)."""

import itertools
import re
from datetime import UTC, datetime, timedelta

from bot.sandbox.dss.model import NOT_PARTITIONED, Dimension, Item
from bot.sandbox.dss.problems import illegal

FORMATS = {"HOUR": "%Y-%m-%d-%H", "DAY": "%Y-%m-%d", "MONTH": "%Y-%m", "YEAR": "%Y"}
MAX_PARTITIONS = 2_000
"""Our own limit, so that a typo can't fill the memory."""


def expand(item: Item, text: str | None, now_ms: int) -> list[str]:
    """Return the partitions of ``item`` that ``text`` names, without duplicates, in order.

    A range includes its end. ``None`` and ``NP`` are for unpartitioned items.

    Raises:
        Problem: the text doesn't match the dimensions.
    """
    if not item.dimensions:
        if text in {None, "", NOT_PARTITIONED}:
            return [NOT_PARTITIONED]
        raise illegal(f"Dataset is not partitioned: {item.name}, cannot build partition {text}")
    if text is None or text in {"", NOT_PARTITIONED}:
        names = ", ".join(dimension.name for dimension in item.dimensions)
        raise illegal(f"Dataset is partitioned by {names}: {item.name}, a partition must be given")
    if text in item.partitions:
        return [text]
    found = [one for part in text.split(",") for one in _expand_one(item, part, now_ms)]
    return list(dict.fromkeys(found))


def _expand_one(item: Item, part: str, now_ms: int) -> list[str]:
    pieces = part.split("|")
    if len(pieces) != len(item.dimensions):
        wanted = "|".join(dimension.name for dimension in item.dimensions)
        raise illegal(f"Invalid partition identifier: {part}, expected {wanted}")
    columns = [
        _expand_dimension(dimension, piece, now_ms)
        for dimension, piece in zip(item.dimensions, pieces, strict=True)
    ]
    if len(columns[0]) * len(columns[-1]) > MAX_PARTITIONS:
        raise illegal(f"Too many partitions: {part}")
    return ["|".join(values) for values in itertools.product(*columns)]


def _expand_dimension(dimension: Dimension, text: str, now_ms: int) -> list[str]:
    if dimension.kind != "time":
        values = text.split("/")
        if not all(values):
            raise illegal(f"Invalid value for dimension {dimension.name}: {text}")
        return values
    first, _, last = text.partition("/")
    start = _time(dimension, first, now_ms)
    end = _time(dimension, last, now_ms) if last else start
    if end < start:
        raise illegal(f"Invalid range for dimension {dimension.name}: {text}")
    return _between(dimension, start, end)


def _between(dimension: Dimension, start: datetime, end: datetime) -> list[str]:
    values: list[str] = []
    while start <= end and len(values) <= MAX_PARTITIONS:
        values.append(start.strftime(FORMATS[dimension.period]))
        start = _step(start, dimension.period, 1)
    return values


def _time(dimension: Dimension, text: str, now_ms: int) -> datetime:
    relative = re.fullmatch(r"(CURRENT|PREVIOUS)_(HOUR|DAY|MONTH|YEAR)", text)
    layout = FORMATS[dimension.period]
    if relative:
        now = datetime.fromtimestamp(now_ms / 1000, UTC)
        moved = now if relative[1] == "CURRENT" else _step(now, relative[2], -1)
        text = moved.strftime(layout)
    try:
        parsed = datetime.strptime(text, layout).replace(tzinfo=UTC)
    except ValueError as exc:
        raise illegal(
            f"Invalid value for time dimension {dimension.name}: {text}, expected a {dimension.period}"
        ) from exc
    if parsed.strftime(layout) != text:  # strptime also accepts 2026-1-2
        raise illegal(f"Invalid value for time dimension {dimension.name}: {text}")
    return parsed


def _step(moment: datetime, period: str, count: int) -> datetime:
    if period in {"HOUR", "DAY"}:
        return moment + count * timedelta(hours=1 if period == "HOUR" else 24)
    months = moment.year * 12 + moment.month - 1 + count * (1 if period == "MONTH" else 12)
    return moment.replace(year=months // 12, month=months % 12 + 1, day=1)
