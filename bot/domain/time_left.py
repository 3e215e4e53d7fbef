"""How long a running job will take yet, going by its own earlier runs. Estimates, never promises."""

from datetime import datetime

import msgspec

STEADY = 0.5
"""Runs are steady if their spread is at most this share of their median: only then is there one number."""


class TimeLeft(msgspec.Struct, frozen=True, kw_only=True):
    """An estimate of what is left, in seconds: at least ``least``, at most ``most``; never negative."""

    least: float
    most: float

    @property
    def steady(self) -> bool:
        """Whether there is one number to say."""
        return self.least == self.most


def time_left(usual: float, spread: tuple[float, float] | None, elapsed: float) -> TimeLeft | None:
    """Estimate how long a job will take yet.

    Args:
        usual: the median duration of earlier runs, in seconds.
        spread: the shortest and the longest of the usual durations; ``None`` if they aren't known.
        elapsed: how long the job has been running.

    Returns:
        ``None`` if the earlier runs say nothing: the job has taken longer than they did, or nobody knows how
        much they differ.
    """
    if spread is None or elapsed < 0:
        return None
    low, high = min(*spread, usual), max(*spread, usual)
    if elapsed >= high:
        return None
    if high - low <= STEADY * usual and elapsed < usual:
        return TimeLeft(least=usual - elapsed, most=usual - elapsed)
    return TimeLeft(least=max(0.0, low - elapsed), most=high - elapsed)


def elapsed_seconds(started: datetime | None, now: datetime) -> float | None:
    """Return how long something has been running; ``None`` if that isn't known or the clocks contradict."""
    if started is None or now < started:
        return None
    return (now - started).total_seconds()
