"""When the activities of a job waited and ran, for a picture, and the same in words. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from bot.domain.job_info import Activity, JobInfo

LEAST_ACTIVITIES = 3
"""A picture of fewer says no more than the message does."""
MOST_ROWS = 40
"""Activities with a bar of their own; a phone shows no more. The longest and the failed ones are shown."""


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """One activity. Times are seconds since the job began, with 0 ≤ waited_from ≤ ran_from ≤ ended."""

    name: str
    state: str
    waited_from: float
    """When it could have started: from here to `ran_from`, it waited."""
    ran_from: float
    ended: float

    @property
    def ran(self) -> float:
        """How many seconds it ran."""
        return self.ended - self.ran_from


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """The activities of a finished job, in the order in which they started."""

    bars: tuple[Bar, ...]
    seconds: float
    """From the job's start to the last end; more than 0."""
    left_out: int = 0
    """How many further activities ran."""
    never_ran: int = 0


def worth_drawing(job: JobInfo) -> bool:
    """Return whether a job's timeline says something: it ended, and at least three activities ran."""
    return job.finished and sum(_ran(one) for one in job.activities) >= LEAST_ACTIVITIES


def timeline(job: JobInfo, most: int = MOST_ROWS) -> Timeline | None:
    """Return when the activities of a job waited and ran; ``None`` if it isn't worth drawing.

    Args:
        job: a finished job with its activities.
        most: how many bars to return at most; of more, those of failed and of the longest activities.
    """
    if not worth_drawing(job):
        return None
    ran = [one for one in job.activities if _ran(one)]
    began = min((one.started_at for one in ran if one.started_at), default=None)
    if began is None:
        return None
    if job.started_at is not None and timedelta(0) <= began - job.started_at <= timedelta(days=30):
        began = job.started_at
    bars = [_bar(one, began) for one in ran]
    shown = sorted(bars, key=lambda bar: (bar.state != "FAILED", -bar.ran))[:most]
    shown.sort(key=lambda bar: (bar.ran_from, bar.ended, bar.name))
    return Timeline(
        bars=tuple(shown),
        seconds=max(1.0, *(bar.ended for bar in bars)),
        left_out=len(bars) - len(shown),
        never_ran=len(job.activities) - len(ran),
    )


def longest(bars: Sequence[Bar]) -> Bar:
    """Return the bar of the activity that ran longest."""
    return max(bars, key=lambda bar: bar.ran)


def _ran(activity: Activity) -> bool:
    return (
        activity.started_at is not None
        and activity.ended_at is not None
        and activity.ended_at >= activity.started_at
    )


def _bar(activity: Activity, began: datetime) -> Bar:
    start, end = activity.started_at or began, activity.ended_at or began
    since, until = (start - began).total_seconds(), (end - began).total_seconds()
    waited = max(0.0, activity.waited_seconds or 0.0)
    return Bar(
        name=activity.recipe or activity.id,
        state=activity.state,
        waited_from=since,
        ran_from=min(since + waited, until),
        ended=until,
    )
