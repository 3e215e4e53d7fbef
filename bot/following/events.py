"""What can happen to a followed job that somebody should hear of."""

from datetime import datetime

import msgspec

from bot.facts import Activity, Gap, Silence
from bot.facts.records import FollowedJob


class Started(msgspec.Struct, frozen=True):
    """The job runs now."""


class ActivityFailed(msgspec.Struct, frozen=True):
    """One activity failed while the job goes on."""

    activity: Activity


class ActivityDone(msgspec.Struct, frozen=True):
    """One long activity ended well while the job goes on."""

    activity: Activity


class Heartbeat(msgspec.Struct, frozen=True):
    """A very long job is still running."""

    number: int


class WaitingConfirmation(msgspec.Struct, frozen=True):
    """The job waits for somebody to confirm it in DSS; it will not end alone."""


class Stuck(msgspec.Struct, frozen=True):
    """The job has not left its queue for long."""

    minutes: int


class Overdue(msgspec.Struct, frozen=True):
    """The job runs far longer than the same build usually does."""


class Silent(msgspec.Struct, frozen=True):
    """DSS has not answered for a while, not to us, or nothing that can be read."""

    since: datetime
    why: Silence = Silence.OUTAGE


class Back(msgspec.Struct, frozen=True):
    """DSS answers again, or the bot does."""

    gap: Gap


class Ended(msgspec.Struct, frozen=True):
    """The job is DONE, FAILED or ABORTED."""


class Vanished(msgspec.Struct, frozen=True):
    """DSS does not know the job any more."""


class Rebuilt(msgspec.Struct, frozen=True):
    """What the bot had noted of the job could not be read; it was begun anew from what DSS says."""


class EndUnreadable(msgspec.Struct, frozen=True):
    """The job runs no longer, and how it ended can't be read."""

    listed: bool
    """Whether a list of DSS says that it has finished."""


class GaveUp(msgspec.Struct, frozen=True):
    """The job was followed for as long as the settings allow."""

    days: int


Event = (
    Started
    | ActivityFailed
    | ActivityDone
    | Heartbeat
    | WaitingConfirmation
    | Stuck
    | Overdue
    | Silent
    | Back
    | Ended
    | Vanished
    | Rebuilt
    | EndUnreadable
    | GaveUp
)


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A job after a look at it: the new row, what happened, and whether following ends."""

    job: FollowedJob
    """With the version that it was computed from."""
    events: tuple[Event, ...] = ()
    close: bool = False
    changed: bool = False
    """Whether anything differs from before or happened: if not, nothing need be written."""


def key(event: Event) -> str:
    """Name an event within its job, so that it is told once and its reply has a fixed row id."""
    match event:
        case ActivityFailed(activity=activity):
            return f"failed:{activity.id}"
        case ActivityDone(activity=activity):
            return f"done:{activity.id}"
        case Heartbeat(number=number):
            return f"heartbeat:{number}"
        case Silent(since=since):
            return f"silent:{since.timestamp():.0f}"
        case Back(gap=gap):
            return f"back:{gap.start.timestamp():.0f}"
        case _:
            return type(event).__name__.lower()
