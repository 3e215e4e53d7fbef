"""Turn events into messages, as drafts for the outbox."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import assert_never

import msgspec

from bot import views
from bot.domain import JobCard, Message
from bot.domain.job_events import (
    BESIDE,
    ActivityDone,
    ActivityFailed,
    Back,
    Ended,
    EndUnreadable,
    Event,
    GaveUp,
    Heartbeat,
    JobUpdate,
    Overdue,
    Rebuilt,
    Silent,
    Started,
    Stuck,
    Vanished,
    WaitingConfirmation,
    event_key,
)
from bot.domain.stored_records import Draft, FollowedJob, Urgency, Watch
from bot.domain.visibility import Visibility
from bot.language import everyone_reads

_LAST = Ended | Vanished | GaveUp | EndUnreadable
"""Events that end a job's thread."""


_NO_EXCERPTS: Mapping[str, str] = MappingProxyType({})


def _everything(_watch: Watch) -> Visibility:
    return Visibility.FULL


def job_card(
    job: FollowedJob, watch: Watch | None, *, ui_url: str, instance_label: str | None = None
) -> JobCard:
    """Collect what a view shows about a job in one channel."""
    follow_state = job.follow_state
    return JobCard(
        job=job.info,
        ui_url=ui_url,
        asker=watch.asker if watch else None,
        asker_name=watch.asker_name if watch else None,
        started_by_bot=watch.started_by_bot if watch else False,
        instance_label=instance_label,
        usual_seconds=follow_state.usual_seconds,
        usual_spread=follow_state.usual_spread,
        abort=follow_state.abort,
        gaps=follow_state.gaps,
        silent_since=follow_state.silent_since,
        silence=follow_state.silence,
        vanished=follow_state.vanished,
        reported_failures=frozenset(
            name.removeprefix("failed:")
            for name in (told.removeprefix(BESIDE) for told in follow_state.told)
            if name.startswith("failed:")
        ),
        gave_up=follow_state.gave_up,
        history=follow_state.history,
        picture=follow_state.picture,
    )


@everyone_reads()
def root_draft(
    watch: Watch, card: JobCard, now: datetime, urgency: Urgency, seen: Visibility = Visibility.FULL
) -> Draft:
    """Return the root message of a watch in its current form, with what its place may see."""
    return Draft(
        id=watch.root_id,
        channel_id=watch.place.channel_id,
        message=_root(watch, card, now, seen),
        urgency=urgency,
        watch_id=watch.id,
        asker=watch.asker,
    )


def _root(watch: Watch, card: JobCard, now: datetime, seen: Visibility) -> Message:
    match seen:
        case Visibility.FULL:
            return views.root(card, now)
        case Visibility.OUTCOME:
            return views.outcome_root(card, now, watch.id)
        case Visibility.PRIVATE:
            return views.private_root()


def direct_draft(watch: Watch, name: str, message: Message) -> Draft:
    """Return what a thread can no longer say, because its channel may see nothing, for the one who asked."""
    return Draft(
        id=_reply_id(watch, name),
        channel_id=watch.asker,
        message=message,
        urgency=Urgency.END,
        watch_id=watch.id,
        asker=watch.asker,
    )


@everyone_reads()
def abort_reply_draft(watch: Watch, card: JobCard, seen: Visibility) -> Draft | None:
    """Return the reply that somebody asked to abort the job; ``None`` where nothing may be said."""
    if seen is Visibility.PRIVATE:
        return None
    told = views.reply_abort_asked(card) if seen is Visibility.FULL else views.outcome_abort_asked()
    return reply_draft(watch, "abort", told, Urgency.NEWS)


def reply_draft(
    watch: Watch, name: str, message: Message, urgency: Urgency, *, settles: str | None = None
) -> Draft:
    """Return a reply in the thread of a watch; the same ``name`` means the same row, so there is one reply.

    Args:
        watch: whose thread it is.
        name: identifies it within the thread.
        message: what it says.
        urgency: how urgent it is.
        settles: name of an earlier reply; this one is pointless if that one was never sent.
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
    step: JobUpdate,
    watches: Sequence[Watch],
    now: datetime,
    *,
    ui_url: str,
    instance_label: str | None = None,
    excerpts: Mapping[str, str] = _NO_EXCERPTS,
    visible: Callable[[Watch], Visibility] = _everything,
) -> tuple[Draft, ...]:
    """Return every message that a step causes: a root message for each place, and its thread replies.

    Args:
        step: what happened.
        watches: where the job is followed.
        now: timezone-aware.
        ui_url: the job in DSS.
        instance_label: name of the instance, when there are several.
        excerpts: the relevant end of a failed job's log, redacted, by the Slack user with whose rights it
            was read.
        visible: what each place may see.
    """
    urgency = Urgency.ROOT if step.close or step.events else Urgency.PROGRESS
    made: list[Draft] = []
    for watch in watches:
        card = job_card(step.job, watch, ui_url=ui_url, instance_label=instance_label)
        seen = visible(watch)
        if not step.same_root:
            made.append(root_draft(watch, card, now, urgency, seen))
        excerpt = excerpts.get(watch.asker)
        for event in step.events:
            told = _reply(event, watch, card, now, seen, excerpt)
            if told is None:
                continue
            if seen is Visibility.PRIVATE:
                made.append(direct_draft(watch, event_key(event), told))
                continue
            level = Urgency.END if isinstance(event, _LAST) else Urgency.NEWS
            # Reporting an outage to thousands of threads takes a while. A thread that never got the report
            # doesn't need to know that the outage is over.
            before = event_key(Silent(event.gap.start)) if isinstance(event, Back) else None
            made.append(reply_draft(watch, event_key(event), told, level, settles=before))
    return tuple(made)


def details(
    step: JobUpdate,
    watches: Sequence[Watch],
    now: datetime,
    *,
    ui_url: str,
    instance_label: str | None = None,
    excerpts: Mapping[str, str] = _NO_EXCERPTS,
    visible: Callable[[Watch], Visibility] = _everything,
) -> tuple[Draft, ...]:
    """Return newer content for messages that already reported an end; see `drafts`. Nobody is notified."""
    made = drafts(
        step,
        watches,
        now,
        ui_url=ui_url,
        instance_label=instance_label,
        excerpts=excerpts,
        visible=visible,
    )
    return tuple(msgspec.structs.replace(draft, urgency=Urgency.PROGRESS) for draft in made)


def _reply(
    event: Event, watch: Watch, card: JobCard, now: datetime, seen: Visibility, excerpt: str | None
) -> Message | None:
    """Return what a place may see of an event; ``None`` if it's nothing."""
    if seen is Visibility.FULL:
        return reply_for(event, card, now, excerpt)
    if seen is Visibility.PRIVATE and not isinstance(event, _LAST):
        return None
    return views.outcome_reply(event, card, now, watch.id)


def ended_reply(watch: Watch) -> str:
    """Return the row id of the reply that reports the end in the thread of a watch."""
    return _reply_id(watch, event_key(Ended()))


def reply_for(event: Event, card: JobCard, now: datetime, excerpt: str | None = None) -> Message:  # noqa: C901, PLR0912 - a table
    """Return the reply for an event."""
    match event:
        case Started():
            return views.reply_started(card)
        case ActivityFailed(activity=activity, others=others):
            return views.reply_activity_failed(card, activity, others)
        case ActivityDone(activity=activity, others=others):
            return views.reply_activity_done(card, activity, others)
        case Heartbeat():
            return views.reply_heartbeat(card, now)
        case WaitingConfirmation():
            return views.reply_waiting_confirmation(card)
        case Stuck(minutes=minutes):
            return views.reply_stuck(minutes)
        case Overdue():
            return views.reply_overdue(card, now)
        case Silent(since=since, why=why):
            return views.reply_silent(since, now, why)
        case Back(gap=gap):
            return views.reply_back(gap, now)
        case Ended():
            return views.reply_ended(card, excerpt, now)
        case Vanished():
            return views.reply_vanished(card.asker)
        case Rebuilt():
            return views.reply_rebuilt()
        case EndUnreadable(listed=listed):
            return views.reply_end_unreadable(card, listed=listed)
        case GaveUp(days=days):
            return views.reply_limit(card, days)
        case _:
            assert_never(event)
