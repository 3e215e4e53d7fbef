"""When to look at a job again, and when its message may be edited again."""

from datetime import timedelta

_BY_AGE = (
    (timedelta(minutes=2), 5.0),
    (timedelta(minutes=15), 15.0),
    (timedelta(hours=1), 30.0),
    (timedelta(hours=6), 60.0),
)
_OLD = 300.0
EDITS_PER_MINUTE = 40
"""Of Slack's 50 ``chat.update`` a minute for the workspace, what progress may use: ends need the rest."""


def detail_pause(age: timedelta, live: int) -> float:
    """Return how many seconds to wait between two looks at a job's activities, and so between two edits.

    Args:
        age: how long the job has been running.
        live: how many messages are kept up to date at the moment; they share one budget of edits.
    """
    by_age = next((seconds for limit, seconds in _BY_AGE if age < limit), _OLD)
    return max(by_age, live * 60 / EDITS_PER_MINUTE)


def unlisted_pause(looks: int) -> float:
    """Return how many seconds to wait before asking again after a job that no list shows but that goes on.

    Args:
        looks: how many times it was asked after in vain.
    """
    return min(2.0 * 1.5 ** min(looks, 10), 15.0)
