"""Events of a followed job that are worth reporting."""

from datetime import datetime

import msgspec

from bot.domain import Activity, Gap, Silence
from bot.domain.stored_records import FollowedJob


class Started(msgspec.Struct, frozen=True):
    """The job has started to run."""


class ActivityFailed(msgspec.Struct, frozen=True):
    """One activity failed while the job keeps running, maybe for several partitions at once."""

    activity: Activity
    others: tuple[Activity, ...] = ()
    """The same recipe for other partitions."""


class ActivityDone(msgspec.Struct, frozen=True):
    """One long activity succeeded while the job keeps running, maybe for several partitions at once."""

    activity: Activity
    others: tuple[Activity, ...] = ()
    """The same recipe for other partitions."""


class Heartbeat(msgspec.Struct, frozen=True):
    """A very long job is still running."""

    number: int


class WaitingConfirmation(msgspec.Struct, frozen=True):
    """The job is waiting for somebody to confirm it in DSS; it won't end on its own."""


class Stuck(msgspec.Struct, frozen=True):
    """The job has been queued for a long time."""

    minutes: int


class Overdue(msgspec.Struct, frozen=True):
    """The job has been running far longer than the same build usually does."""


class Silent(msgspec.Struct, frozen=True):
    """For a while, DSS hasn't answered, has rejected our key, or has sent answers that can't be read."""

    since: datetime
    why: Silence = Silence.OUTAGE


class Back(msgspec.Struct, frozen=True):
    """The outage is over."""

    gap: Gap


class Ended(msgspec.Struct, frozen=True):
    """The job is DONE, FAILED or ABORTED."""


class Vanished(msgspec.Struct, frozen=True):
    """DSS doesn't know the job anymore."""


class Rebuilt(msgspec.Struct, frozen=True):
    """The bot couldn't read its record of the job, so it started over with what DSS says."""


class EndUnreadable(msgspec.Struct, frozen=True):
    """The job isn't running anymore, but the bot can't read how it ended."""

    listed: bool
    """Whether a DSS list says that it has finished."""


class GaveUp(msgspec.Struct, frozen=True):
    """The bot has followed the job for as long as the settings allow."""

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


class JobUpdate(msgspec.Struct, frozen=True, kw_only=True):
    """The result of checking a job: the new row, what happened, and whether to stop following it."""

    job: FollowedJob
    """The new row, with the version that it was computed from."""
    events: tuple[Event, ...] = ()
    close: bool = False
    changed: bool = False
    """Whether anything changed or happened. If not, there's nothing to write."""
    same_root: bool = False
    """Whether the root message says all of it already."""


BESIDE = "with:"
"""Precedes the key of an activity whose event was reported together with another one's."""


def names(event: Event) -> tuple[str, ...]:
    """Return the keys of all that an event reports; its own key is the first."""
    key = event_key(event)
    if not isinstance(event, ActivityFailed | ActivityDone):
        return (key,)
    return (key, *(BESIDE + event_key(type(event)(one)) for one in event.others))


def event_key(event: Event) -> str:
    """Name an event within its job, so that it's reported once and its reply has a fixed row ID."""
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
