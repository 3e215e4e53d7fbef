"""Replies in the thread of a followed job: what mattered, for reading later.

Only what is the last word on a job mentions anybody: the person who asked, once (`told_ended`, or
`told_vanished` or `told_limit` in its place).
"""

from collections.abc import Iterator
from datetime import datetime

from bot.facts import Activity, Gap, JobCard, Message, ReadLog, Silence
from bot.slack.views import buttons, ids, words
from bot.slack.views.blocks import actions, button, message, say, section
from bot.slack.views.card import (
    abort_outcome,
    aborter,
    cause,
    conflict,
    counted_words,
    ended_line,
    gap_notes,
    nothing_built,
    running_line,
    silence,
    summary,
)
from bot.slack.views.escape import code, fence

_EXCERPT = 2_900


def told_started(card: JobCard) -> Message:
    """The job runs now."""
    usual = f" It usually takes {words.duration(card.usual_seconds)}." if card.usual_seconds else ""
    if card.started_by_bot:
        return say(f"Started: {words.what(card.job)}.{usual}")
    return say(f"Following {words.what(card.job)} from here on.{usual}")


def told_activity_failed(card: JobCard, activity: Activity) -> Message:
    """One activity failed; the job may go on with others."""
    text = ended_line(activity)
    wish = ReadLog(job=buttons.name_of(card.job), activity=activity.id)
    row = actions(button("Log of this activity", ids.JOB_LOG, wish))
    return message(text, (section(f"{words.FAILED} {text}"), *row))


def told_activity_done(card: JobCard, activity: Activity) -> Message:
    """One activity ended well."""
    rows = f", {words.count(activity.records, 'row')} written" if activity.records is not None else ""
    warned = f", {words.count(activity.warnings, 'warning')}" if activity.warnings else ""
    counted = f" ({counted_words(card.job.counters)})" if card.job.counters else ""
    text = f"{ended_line(activity)}{rows}{warned}{counted}"
    return message(text, (section(f"{words.WARNED if warned else words.DONE} {text}"),))


def told_heartbeat(card: JobCard, now: datetime) -> Message:
    """A very long job is still running."""
    took = words.job_lasted(card.job, now)
    counted = f": {counted_words(card.job.counters)}" if card.job.counters else ""
    running = [activity for activity in card.job.activities if activity.state == "RUNNING"]
    return say(
        f"Still running{f' after {took}' if took else ''}{counted}.",
        *(running_line(activity, now) for activity in running[:3]),
    )


def told_ended(card: JobCard, excerpt: str | None, now: datetime) -> Message:
    """The job has ended: duration, outcome, cause, and what to do next; mentions the person who asked.

    Args:
        card: the job, finished.
        excerpt: the telling end of its log, already redacted; shown as it is.
        now: for how times are worded.
    """
    said = words.outcome(card.job)
    took = words.job_lasted(card.job, now)
    first = f"{_mention(card.asker)}*{said.words}*{f' after {took}' if took else ''}: {words.what(card.job)}"
    shown = [section(f"{said.icon} {first}", *_ended_notes(card, now))]
    if excerpt and excerpt.strip():
        shown.append(section(fence(excerpt, _EXCERPT)))
    row = actions(buttons.log(card), buttons.rebuild(card), buttons.open_in_dss(card))
    why = cause(card.job) if card.job.state == "FAILED" else None
    return message(f"{summary(card, now)}{f'. {why}' if why else ''}", (*shown, *row))


def told_abort_asked(card: JobCard) -> Message:
    """Somebody asked to abort the job; DSS has taken the request."""
    return say(
        f"{aborter(card)} asked to abort this job. DSS has taken the request; it can take a moment, "
        "and the job may still end by itself. The outcome follows here."
    )


def told_silent(since: datetime, now: datetime, why: Silence = Silence.OUTAGE) -> Message:
    """DSS does not answer, not to the bot, or nothing that it can read."""
    then = {
        Silence.OUTAGE: "The job may well go on; the bot keeps trying and will say here what it finds.",
        Silence.KEY: "The job may well go on. The bot's administrator has to replace the key; "
        "then the bot will say here what it finds.",
        Silence.UNREADABLE: "The job may well go on; the bot keeps trying and will say here what it finds. "
        "If it stays so, tell the bot's administrator.",
    }
    return say(f"{silence(since, now, why)} {then[why]}", icon=words.WARNED)


def told_back(gap: Gap, now: datetime) -> Message:
    """DSS answers again."""
    took = words.lasted(gap.start, gap.end)
    lost = f" ({took})" if took else ""
    return say(f"DSS answers again. The job was {words.not_seen(gap, now)}{lost}.")


def told_vanished(asker: str | None = None) -> Message:
    """DSS does not know the job any more; the last word on it, so the person who asked is mentioned."""
    text = (
        "DSS no longer knows this job: it was deleted, or is not visible any more. "
        "How it ended is not known. The job list in DSS or the project's administrator may tell."
    )
    return message(text, (section(f"{words.UNKNOWN} {_mention(asker)}{text}"),))


def told_rebuilt() -> Message:
    """What the bot had noted of the job was lost."""
    return say(
        "The bot's own notes on this job could not be read, so it started them anew from what DSS says. "
        "The job itself is not affected; what this thread says from here on is right.",
        icon=words.WARNED,
    )


def told_end_unreadable(card: JobCard, *, listed: bool) -> Message:
    """The job runs no longer, and how it ended can't be read; the last word on it.

    Args:
        card: the job.
        listed: whether a list of DSS says that it has finished.
    """
    how = "DSS lists this job as finished" if listed else "DSS no longer lists this job as running"
    text = f"{how}, but its state can't be read. Open the job in DSS to see how it ended."
    row = actions(buttons.open_in_dss(card), buttons.log(card))
    return message(text, (section(f"{words.UNKNOWN} {_mention(card.asker)}{text}"), *row))


def told_waiting_confirmation(card: JobCard) -> Message:
    """The job waits for somebody to confirm it in DSS."""
    text = (
        "This job waits for somebody to confirm it in DSS (it was started as a preview). It does not go on "
        "by itself: confirm or abort it."
    )
    row = actions(buttons.open_in_dss(card), buttons.abort(card))
    return message(text, (section(f"{words.WAITING} {text}"), *row))


def told_limit(card: JobCard, days: int) -> Message:
    """The waiter reached its limit; the last word on the job, so the person who asked is mentioned."""
    text = (
        f"This job has been followed for {words.count(days, 'day')}, which is the limit: the bot stops "
        f"watching it. The job itself goes on in DSS; {_follow_again(card)} takes it up again."
    )
    row = actions(buttons.follow(card), buttons.open_in_dss(card))
    return message(text, (section(f"{_mention(card.asker)}{text}"), *row))


def told_stuck(minutes: int) -> Message:
    """The job has not left NOT_STARTED for long."""
    return say(
        f"The job has been waiting to start for {words.duration(minutes * 60)}. "
        "DSS queues jobs when its limit of concurrent activities is reached: nothing is wrong with the job.",
        icon=words.WAITING,
    )


def told_overdue(card: JobCard, now: datetime) -> Message:
    """The job runs far beyond its usual time. Said once."""
    took = words.job_lasted(card.job, now)
    usual = f", and usually takes {words.duration(card.usual_seconds)}" if card.usual_seconds else ""
    text = f"This job has been running for {took or 'long'}{usual}. Its log may tell why."
    row = actions(buttons.log(card), buttons.abort(card), buttons.open_in_dss(card))
    return message(text, (section(f"{words.WAITING} {text}"), *row))


def _follow_again(card: JobCard) -> str:
    """Name the command that follows a job, where its id can be typed without quotes."""
    name = str(card.job.ref)
    on = card.instance_label
    if not all(words.TYPED.fullmatch(text) for text in (name, on or name)):
        return "“Follow here”"
    return code(f"/dss-jobs follow {name}{f' --on {on}' if on else ''}", 400)


def _mention(asker: str | None) -> str:
    return f"{words.mention(asker)} " if asker else ""


def _ended_notes(card: JobCard, now: datetime) -> Iterator[str | None]:
    job = card.job
    yield abort_outcome(card)
    if job.state == "FAILED":
        yield cause(job, 600)
        yield conflict(job)
    if words.built_nothing(job):
        yield nothing_built(job)
    if job.counters and job.counters.total and job.state != "DONE":
        yield f"{counted_words(job.counters)}."
    yield from gap_notes(card, now)
    yield _next_step(card)


def _next_step(card: JobCard) -> str | None:
    job = card.job
    if job.conflicts:
        return "Wait for the other job, then rebuild if it is still needed."
    again = buttons.same_again(job) is not None
    if job.state == "FAILED":
        return "The log has the whole story." + (
            " When the cause is put right, Rebuild starts the same job again." if again else ""
        )
    if job.state == "ABORTED" and again:
        return "Rebuild starts the same job again."
    if job.state == "DONE" and job.warnings:
        return "The log says what the warnings are."
    return None
