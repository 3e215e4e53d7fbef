"""What a channel sees that may see only outcomes: no name of an output or an activity, no cause, no log.

The button carries no name either, because the values of buttons are part of a message: what it shows goes
only to the person who presses it, with their own rights.
"""

from datetime import datetime
from typing import assert_never

from bot.domain import JobCard, Message, ShowThread
from bot.domain.job_events import (
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
    Stuck,
    Vanished,
    WaitingConfirmation,
)
from bot.views import action_ids, thread_replies, wording
from bot.views.blocks import Block, actions, button, context, message, say, section
from bot.views.escape import code, prose
from bot.views.job_card import silence, state_words


def outcome_root(card: JobCard, now: datetime, watch_id: str) -> Message:
    """Return the root message: the state, the project, who asked, and how long it takes or took."""
    icon = wording.UNKNOWN if card.vanished else wording.outcome(card.job).icon
    lost = card.silent_since and not card.job.finished
    said = [section(f"{icon} *{state_words(card)}* · {_what(card)}"), context(*_about(card, now))]
    if card.silent_since and lost:
        said.append(section(f"{wording.WARNED} {silence(card.silent_since, now, card.silence)}"))
    return message(_summary(card, now), (*said, *_details(watch_id)))


def outcome_reply(event: Event, card: JobCard, now: datetime, watch_id: str) -> Message | None:  # noqa: C901, PLR0912 - a table
    """Return the reply for an event, or ``None`` for one that says nothing without names."""
    match event:
        case ActivityFailed() | ActivityDone():
            return None
        case Started():
            return say(f"{'Started' if card.started_by_bot else 'Following from now on'}: {_what(card)}.")
        case Heartbeat():
            return say(f"Still running{_after(card, now)}.")
        case WaitingConfirmation():
            return say("This job is waiting for someone to confirm it in DSS.", icon=wording.WAITING)
        case Stuck(minutes=minutes):
            return thread_replies.reply_stuck(minutes)
        case Overdue():
            return say(f"This job is taking much longer than usual: it has been running{_for(card, now)}.")
        case Silent(since=since, why=why):
            return thread_replies.reply_silent(since, now, why)
        case Back(gap=gap):
            return thread_replies.reply_back(gap, now)
        case Ended():
            took = wording.job_lasted(card.job, now)
            said = wording.ended(card.job, took, bold=True)
            shown = section(f"{wording.outcome(card.job).icon} {_mention(card)}{said}: {_what(card)}")
            return message(_summary(card, now), (shown, *_details(watch_id)))
        case Vanished():
            return thread_replies.reply_vanished(card.asker)
        case Rebuilt():
            return thread_replies.reply_rebuilt()
        case EndUnreadable():
            return _last(card, watch_id, "DSS doesn't say how this job ended, or the bot can't read it.")
        case GaveUp(days=days):
            limit = f"The bot has followed this job for {wording.count(days, 'day')}, which is the limit."
            return _last(card, watch_id, f"{limit} The job itself continues in DSS.")
        case _:
            assert_never(event)


def outcome_abort_asked() -> Message:
    """Say that somebody asked to abort the job."""
    return say("Somebody asked to abort this job. The outcome will be posted here.")


def private_root() -> Message:
    """Replace a root message whose project has become private in its channel."""
    return say("This job is private now: its news goes to the person who asked, as direct messages.")


def _last(card: JobCard, watch_id: str, text: str) -> Message:
    return message(text, (section(f"{_mention(card)}{text}"), *_details(watch_id)))


def _what(card: JobCard) -> str:
    return f"a job in {code(card.job.ref.project, 80)}"


def _about(card: JobCard, now: datetime) -> list[str | None]:
    job, start = card.job, card.job.started_at or card.job.initiated_at
    took = None if card.vanished else wording.job_lasted(job, now)
    return [
        f"requested by {prose(card.asker_name, 80)}" if card.asker_name and card.started_by_bot else None,
        f"on {code(card.instance_label, 80)}" if card.instance_label else None,
        f"{'started' if job.started_at else 'requested'} at {wording.at(start, now)}" if start else None,
        (f"took {took}" if job.finished else f"for {took}") if took else None,
        "this channel sees only the outcome",
    ]


def _summary(card: JobCard, now: datetime) -> str:
    job = card.job
    said = wording.ended(job, wording.job_lasted(job, now)) if job.finished else state_words(card)
    return f"{said}: {_what(card)}"


def _after(card: JobCard, now: datetime) -> str:
    took = wording.job_lasted(card.job, now)
    return f" after {took}" if took else ""


def _for(card: JobCard, now: datetime) -> str:
    return f" for {took}" if (took := wording.job_lasted(card.job, now)) else ""


def _mention(card: JobCard) -> str:
    return f"{wording.mention(card.asker)} " if card.asker else ""


def _details(watch_id: str) -> tuple[Block, ...]:
    return actions(button("Details", action_ids.JOB_STATUS, ShowThread(watch=watch_id)))
