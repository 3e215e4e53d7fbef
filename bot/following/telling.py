"""What happened → the messages that say it, as drafts for the outbox."""

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

import msgspec

from bot.facts import JobCard, Message
from bot.facts.records import Draft, FollowedJob, Urgency, Watch
from bot.following.events import (
    ActivityDone,
    ActivityFailed,
    Back,
    Ended,
    EndUnreadable,
    Event,
    GaveUp,
    Heartbeat,
    Overdue,
    Rebuilt,
    Silent,
    Started,
    Step,
    Stuck,
    Vanished,
    WaitingConfirmation,
    key,
)
from bot.slack import views

_LAST = Ended | Vanished | GaveUp | EndUnreadable
"""What is the last word on a job."""


def card_of(
    job: FollowedJob, watch: Watch | None, *, ui_url: str, instance_label: str | None = None
) -> JobCard:
    """Put together what a view shows of a job in one place."""
    memory = job.memory
    return JobCard(
        job=job.facts,
        ui_url=ui_url,
        asker=watch.asker if watch else None,
        asker_name=watch.asker_name if watch else None,
        started_by_bot=watch.started_by_bot if watch else False,
        instance_label=instance_label,
        usual_seconds=memory.usual_seconds,
        abort=memory.abort,
        gaps=memory.gaps,
        silent_since=memory.silent_since,
        silence=memory.silence,
        vanished=memory.vanished,
        gave_up=memory.gave_up,
    )


def root_draft(watch: Watch, card: JobCard, now: datetime, urgency: Urgency) -> Draft:
    """Return the root message of a watch as it should look now."""
    return Draft(
        id=watch.root_id,
        channel_id=watch.place.channel_id,
        message=views.root(card, now),
        urgency=urgency,
        watch_id=watch.id,
        asker=watch.asker,
    )


def reply_draft(
    watch: Watch, name: str, message: Message, urgency: Urgency, *, settles: str | None = None
) -> Draft:
    """Return a reply in the thread of a watch; the same ``name`` is the same row, and so one reply.

    Args:
        watch: whose thread it is.
        name: names it within the thread.
        message: what it says.
        urgency: how soon.
        settles: name of the reply before it without which it is not worth a word.
    """
    return Draft(
        id=_reply_id(watch, name),
        channel_id=watch.place.channel_id,
        message=message,
        urgency=urgency,
        root_id=watch.root_id,
        watch_id=watch.id,
        asker=watch.asker,
        settles=_reply_id(watch, settles) if settles else None,
    )


def _reply_id(watch: Watch, name: str) -> str:
    return f"{watch.id}:{name}"


def drafts(
    step: Step,
    watches: Sequence[Watch],
    now: datetime,
    *,
    ui_url: str,
    instance_label: str | None = None,
    excerpt: str | None = None,
) -> tuple[Draft, ...]:
    """Return every message that a step causes: a root for each place, and the replies of its thread.

    Args:
        step: what happened.
        watches: where the job is followed.
        now: aware.
        ui_url: the job in DSS.
        instance_label: name of the instance, when there are several.
        excerpt: the telling end of a failed job's log, redacted.
    """
    urgency = Urgency.ROOT if step.close or step.events else Urgency.PROGRESS
    made: list[Draft] = []
    for watch in watches:
        card = card_of(step.job, watch, ui_url=ui_url, instance_label=instance_label)
        made.append(root_draft(watch, card, now, urgency))
        for event in step.events:
            level = Urgency.END if isinstance(event, _LAST) else Urgency.NEWS
            # Thousands of threads hear of an outage slowly: one that has not yet is not told when it is over.
            before = key(Silent(event.gap.start)) if isinstance(event, Back) else None
            told = tell(event, card, now, excerpt)
            made.append(reply_draft(watch, key(event), told, level, settles=before))
    return tuple(made)


def details(
    step: Step,
    watches: Sequence[Watch],
    now: datetime,
    *,
    ui_url: str,
    instance_label: str | None = None,
    excerpt: str | None = None,
) -> tuple[Draft, ...]:
    """Return newer content for what has told an end already; see `drafts`. Nothing is told again."""
    made = drafts(step, watches, now, ui_url=ui_url, instance_label=instance_label, excerpt=excerpt)
    return tuple(msgspec.structs.replace(draft, urgency=Urgency.PROGRESS) for draft in made)


def ended_reply(watch: Watch) -> str:
    """Return the row id of the reply that tells the end in the thread of a watch."""
    return _reply_id(watch, key(Ended()))


def tell(event: Event, card: JobCard, now: datetime, excerpt: str | None = None) -> Message:  # noqa: C901, PLR0912 - a table
    """Return the reply that says an event."""
    match event:
        case Started():
            return views.told_started(card)
        case ActivityFailed(activity=activity):
            return views.told_activity_failed(card, activity)
        case ActivityDone(activity=activity):
            return views.told_activity_done(card, activity)
        case Heartbeat():
            return views.told_heartbeat(card, now)
        case WaitingConfirmation():
            return views.told_waiting_confirmation(card)
        case Stuck(minutes=minutes):
            return views.told_stuck(minutes)
        case Overdue():
            return views.told_overdue(card, now)
        case Silent(since=since, why=why):
            return views.told_silent(since, now, why)
        case Back(gap=gap):
            return views.told_back(gap, now)
        case Ended():
            return views.told_ended(card, excerpt, now)
        case Vanished():
            return views.told_vanished(card.asker)
        case Rebuilt():
            return views.told_rebuilt()
        case EndUnreadable(listed=listed):
            return views.told_end_unreadable(card, listed=listed)
        case GaveUp(days=days):
            return views.told_limit(card, days)
        case _:
            assert_never(event)
