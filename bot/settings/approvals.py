"""Read ``[approvals]``: which builds need a second person."""

import re
from collections.abc import Collection
from datetime import time, timedelta
from zoneinfo import ZoneInfo

from bot.domain import MODE_WORDS
from bot.domain.approvals import DAYS, ApprovalRules, WorkingHours
from bot.settings.problems import Problems, Table, list_words, near_miss

_CHANNEL = re.compile(r"[CG][A-Z0-9]{5,20}")
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_WORKDAYS = DAYS[:5]


def read_approvals(table: Table, problems: Problems, instances: Collection[str]) -> ApprovalRules:
    """Read the rules; without any, no build needs an approval.

    Args:
        table: the table ``[approvals]``.
        problems: collects what's wrong.
        instances: the names of the configured instances.
    """
    partitions = table.whole("partitions", -1, 0, 1_000_000)
    rules = ApprovalRules(
        projects=table.texts("projects"),
        modes=tuple(MODE_WORDS[word] for word in _known(table, problems, "modes", MODE_WORDS)),
        partitions=partitions if partitions >= 0 else None,
        instances=_known(table, problems, "instances", instances),
        hours=_read_hours(table, problems),
        channel=_read_channel(table, problems),
        valid_for=timedelta(minutes=table.whole("valid_minutes", 60, 1, 10_080)),
    )
    table.finish()
    return rules


def _known(table: Table, problems: Problems, key: str, known: Collection[str]) -> tuple[str, ...]:
    """Return the words of a list that are known; record a problem for each other one."""
    given = table.texts(key)
    for word in given:
        if word not in known:
            near = near_miss(word, known)
            hint = f" (did you mean {near}?)" if near else ""
            problems.add(table.label(key), f"{word!r} is not known{hint}", f"Give {list_words(known)}")
    return tuple(word for word in given if word in known)


def _read_channel(table: Table, problems: Problems) -> str | None:
    channel = table.text("channel")
    if channel and not _CHANNEL.fullmatch(channel):
        right = "Give its ID, such as C0123456789, from the end of the channel's details in Slack"
        problems.add(table.label("channel"), f"{channel!r} is not the ID of a channel", right)
    return channel or None


def _read_hours(parent: Table, problems: Problems) -> WorkingHours | None:
    given = "hours" in parent.names()
    table = parent.table("hours")
    zone = table.text("zone", "UTC")
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, KeyError):
        problems.add(table.label("zone"), f"{zone!r} is not a time zone", "Give one such as Europe/Paris")
        zone = "UTC"
    days = _known(table, problems, "days", DAYS) or _WORKDAYS
    begin = _read_time(table, problems, "begin", time(8))
    end = _read_time(table, problems, "end", time(18))
    if end != time(0) and begin >= end:
        problems.add(table.label("end"), "is not after begin", "Give a later time, or 00:00 for midnight")
    table.finish()
    if not given:
        return None
    return WorkingHours(zone=zone, days=tuple(DAYS.index(day) for day in days), begin=begin, end=end)


def _read_time(table: Table, problems: Problems, key: str, default: time) -> time:
    text = table.text(key)
    if not text:
        return default
    found = _TIME.fullmatch(text)
    if found is None:
        problems.add(table.label(key), f"{text!r} is not a time", f"Write it as {default:%H:%M}")
        return default
    return time(int(found[1]), int(found[2]))
