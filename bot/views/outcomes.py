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
from bot.language import t, tn
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
            if card.started_by_bot:
                return say(t("Started: {what}.", what=_what(card)))
            return say(t("Following from now on: {what}.", what=_what(card)))
        case Heartbeat():
            return say(thread_replies.still_running(wording.job_lasted(card.job, now)))
        case WaitingConfirmation():
            return say(t("This job is waiting for someone to confirm it in DSS."), icon=wording.WAITING)
        case Stuck(minutes=minutes):
            return thread_replies.reply_stuck(minutes)
        case Overdue():
            return say(_overdue(card, now))
        case Silent(since=since, why=why):
            return thread_replies.reply_silent(since, now, why)
        case Back(gap=gap):
            return thread_replies.reply_back(gap, now)
        case Ended():
            return _ended(card, now, watch_id)
        case Vanished():
            return thread_replies.reply_vanished(card.asker)
        case Rebuilt():
            return thread_replies.reply_rebuilt()
        case EndUnreadable():
            return _last(card, watch_id, t("DSS doesn't say how this job ended, or the bot can't read it."))
        case GaveUp(days=days):
            return _last(card, watch_id, _limit(days))
        case _:
            assert_never(event)


def outcome_abort_asked() -> Message:
    """Say that somebody asked to abort the job."""
    return say(t("Somebody asked to abort this job. The outcome will be posted here."))


def private_root() -> Message:
    """Replace a root message whose project has become private in its channel."""
    return say(t("This job is private now: its news goes to the person who asked, as direct messages."))


def _ended(card: JobCard, now: datetime, watch_id: str) -> Message:
    icon, took = wording.outcome(card.job).icon, wording.job_lasted(card.job, now)
    said = t("{state}: {what}", state=wording.ended(card.job, took, bold=True), what=_what(card))
    return message(_summary(card, now), (section(f"{icon} {_mention(card)}{said}"), *_details(watch_id)))


def _overdue(card: JobCard, now: datetime) -> str:
    took = wording.job_lasted(card.job, now)
    if took is None:
        return t("This job is taking much longer than usual.")
    return t("This job is taking much longer than usual: it has been running for {took}.", took=took)


def _limit(days: int) -> str:
    return tn(
        "The bot has followed this job for {number} day, which is the limit. "
        "The job itself continues in DSS.",
        "The bot has followed this job for {number} days, which is the limit. "
        "The job itself continues in DSS.",
        days,
    )


def _last(card: JobCard, watch_id: str, text: str) -> Message:
    return message(text, (section(f"{_mention(card)}{text}"), *_details(watch_id)))


def _what(card: JobCard) -> str:
    return t("a job in {project}", project=code(card.job.ref.project, 80))


def _about(card: JobCard, now: datetime) -> list[str | None]:
    asked = card.asker_name and card.started_by_bot
    return [
        t("requested by {person}", person=prose(card.asker_name or "", 80)) if asked else None,
        t("on {name}", name=code(card.instance_label, 80)) if card.instance_label else None,
        wording.began(card.job, now),
        None if card.vanished else wording.took(card.job, now),
        t("this channel sees only the outcome"),
    ]


def _summary(card: JobCard, now: datetime) -> str:
    job = card.job
    state = wording.ended(job, wording.job_lasted(job, now)) if job.finished else state_words(card)
    return t("{state}: {what}", state=state, what=_what(card))


def _mention(card: JobCard) -> str:
    return f"{wording.mention(card.asker)} " if card.asker else ""


def _details(watch_id: str) -> tuple[Block, ...]:
    return actions(button(t("Details"), action_ids.JOB_STATUS, ShowThread(watch=watch_id)))
