"""When to check a job again, and when to edit its message again."""

from datetime import timedelta

_BY_AGE = (
    (timedelta(minutes=1), 5.0),
    (timedelta(minutes=5), 25.0),
    (timedelta(hours=1), 45.0),
    (timedelta(hours=6), 60.0),
)
_OLD = 300.0
EDITS_PER_MINUTE = 40
"""Progress may use this many of the workspace's 50 ``chat.update`` calls a minute; ends need the rest."""


def detail_pause(age: timedelta, live: int) -> float:
    """Return how many seconds to wait between two checks of a job's activities, and so between two edits.

    Args:
        age: how long the job has been running.
        live: how many messages the bot currently keeps up to date; they share one budget of edits.
    """
    by_age = next((seconds for limit, seconds in _BY_AGE if age < limit), _OLD)
    return max(by_age, live * 60 / EDITS_PER_MINUTE)


def unlisted_pause(looks: int) -> float:
    """Return how many seconds to wait before checking again a job that still runs but that no list shows.

    Args:
        looks: how many times the bot has checked it in vain.
    """
    return min(2.0 * 1.5 ** min(looks, 10), 15.0)
