"""The warnings of a job, grouped by kind."""

from collections.abc import Iterable

import msgspec

from bot.domain.job_info import Activity, WarningGroup


def grouped_warnings(activities: Iterable[Activity]) -> tuple[WarningGroup, ...]:
    """Add up the activities' warnings by kind, most frequent first, with the first text of each kind."""
    return _most_first(group for activity in activities for group in activity.warning_groups)


def grouped_texts(texts: Iterable[str]) -> tuple[WarningGroup, ...]:
    """Count equal texts, most frequent first."""
    return _most_first(WarningGroup(count=1, message=text) for text in texts)


def _most_first(groups: Iterable[WarningGroup]) -> tuple[WarningGroup, ...]:
    found: dict[str, WarningGroup] = {}
    for group in groups:
        key = group.kind or group.message
        known = found.get(key)
        found[key] = (
            msgspec.structs.replace(
                known, count=known.count + group.count, message=known.message or group.message
            )
            if known
            else group
        )
    return tuple(sorted(found.values(), key=lambda group: -group.count))
