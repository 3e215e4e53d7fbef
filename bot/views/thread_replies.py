"""Replies in the thread of a followed job: what mattered, for reading later.

Only the last reply about a job mentions anybody: the person who asked, once (`reply_ended`, or
`reply_vanished`, `reply_end_unreadable` or `reply_limit` in its place).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.domain import Activity, Gap, JobCard, Message, ReadLog, Silence
from bot.domain.job_warnings import grouped_warnings
from bot.language import mark, t, tn
from bot.views import action_ids, buttons, wording
from bot.views.activity_plan import as_one, same_activities
from bot.views.blocks import Block, Either, actions, button, container, message, say, section
from bot.views.endings import history_notes, usual_time, way_out, written
from bot.views.escape import code, fence
from bot.views.estimates import times_usual
from bot.views.job_card import (
    abort_outcome,
    aborter,
    cause,
    conflict,
    counted_words,
    ended_line,
    gap_notes,
    nothing_built,
    running_line,
    says_conflict,
    several_ended_line,
    silence,
    summary,
)
from bot.views.warnings import warning_notes

_EXCERPT = 2_900

_SILENT = {
    Silence.OUTAGE: mark("The job is probably still running. The bot keeps trying and will post news here."),
    Silence.KEY: mark(
        "The job is probably still running. The bot's administrator has to replace the key; "
        "then the bot will post news here."
    ),
    Silence.UNREADABLE: mark(
        "The job is probably still running. The bot keeps trying and will post news "
        "here. If this continues, tell the bot's administrator."
    ),
}


def reply_started(card: JobCard) -> Message:
    """Say that the job is running now."""
    what, usual = wording.what(card.job), card.usual_seconds
    if card.started_by_bot:
        said = t("Started: {what}.", what=what)
    else:
        said = t("Following {what} from now on.", what=what)
    if usual:
        said += " " + t("It usually takes {time}.", time=wording.duration(usual))
    return say(said)


def reply_activity_failed(card: JobCard, activity: Activity, others: Sequence[Activity] = ()) -> Message:
    """Say that one activity failed, maybe for several partitions; the job might continue with others."""
    text = several_ended_line(activity, others) if others else ended_line(activity)
    request = ReadLog(job=buttons.name_of(card.job), activity=activity.id)
    label = t("Log of the first one") if others else t("Log of this activity")
    row = actions(button(label, action_ids.JOB_LOG, request))
    return message(text, (section(f"{wording.FAILED} {text}"), *row))


def reply_activity_done(card: JobCard, activity: Activity, others: Sequence[Activity] = ()) -> Message:
    """Say that one activity succeeded, maybe for several partitions."""
    said = [several_ended_line(activity, others) if others else ended_line(activity)]
    activity = as_one((activity, *others))
    if activity.records is not None:
        said.append(tn("{number} row written", "{number} rows written", activity.records))
    if activity.warnings:
        said.append(tn("{number} warning", "{number} warnings", activity.warnings))
    counted = f" ({counted_words(card.job.counters)})" if card.job.counters else ""
    text = f"{', '.join(said)}{counted}"
    return message(text, (section(f"{wording.WARNED if activity.warnings else wording.DONE} {text}"),))


def reply_heartbeat(card: JobCard, now: datetime) -> Message:
    """Say that a very long job is still running."""
    took = wording.job_lasted(card.job, now)
    counted = counted_words(card.job.counters) if card.job.counters else None
    running = [activity for activity in card.job.activities if activity.state == "RUNNING"]
    return say(
        still_running(took, counted),
        *(running_line(group[0], now) for group in same_activities(running)[:3]),
    )


def still_running(took: str | None, counted: str | None = None) -> str:
    """Say that a job is still running, and how far it is."""
    if took and counted:
        return t("Still running after {took}: {activities}.", took=took, activities=counted)
    if took:
        return t("Still running after {took}.", took=took)
    return t("Still running: {activities}.", activities=counted) if counted else t("Still running.")


def reply_ended(card: JobCard, excerpt: str | None, now: datetime) -> Message:
    """Report the end: duration, outcome, cause and what to do next; mention the person who asked.

    Args:
        card: the job, finished.
        excerpt: the relevant end of its log, already redacted; shown as is.
        now: for wording the times.
    """
    said = wording.outcome(card.job)
    took = wording.job_lasted(card.job, now)
    ended = wording.ended(card.job, took, usual=usual_time(card), bold=True)
    first = _mention(card.asker) + t("{state}: {what}", state=ended, what=wording.what(card.job))
    shown: list[Block | Either] = [section(f"{said.icon} {first}", *_ended_notes(card, now))]
    if excerpt and excerpt.strip():
        log = (section(fence(excerpt, _EXCERPT)),)
        shown.append(Either(newer=(container(t("The log, around the error"), log),), classic=log))
    row = actions(buttons.log(card), buttons.rebuild(card), buttons.open_in_dss(card))
    why = cause(card.job) if card.job.state == "FAILED" else None
    # A digest shows the first line. Screen readers read all of them.
    text = [f"{summary(card, now)}{f'. {why}' if why else ''}", *_known(card)]
    return message("\n".join(text), (*shown, *row))


def reply_abort_asked(card: JobCard) -> Message:
    """Say that somebody asked to abort the job and DSS accepted the request."""
    return say(
        t(
            "{person} asked to abort this job. DSS accepted the request. It can take a moment, "
            "and the job might still finish on its own. The outcome will be posted here.",
            person=aborter(card),
        )
    )


def reply_silent(since: datetime, now: datetime, why: Silence = Silence.OUTAGE) -> Message:
    """Say that DSS doesn't answer, doesn't accept the bot's key, or sends what the bot can't read."""
    return say(f"{silence(since, now, why)} {t(_SILENT[why])}", icon=wording.WARNED)


def reply_back(gap: Gap, now: datetime) -> Message:
    """Say that DSS is answering again."""
    took, times = wording.lasted(gap.start, gap.end), wording.not_seen(gap, now)
    if took is None:
        return say(t("DSS is answering again. The bot couldn't see the job {times}.", times=times))
    return say(
        t("DSS is answering again. The bot couldn't see the job {times} ({took}).", times=times, took=took)
    )


def reply_vanished(asker: str | None = None) -> Message:
    """Say that DSS no longer knows the job. This is the last reply, so it mentions the person who asked."""
    text = t(
        "DSS no longer knows this job: it was deleted or is no longer visible. The bot doesn't know how it "
        "ended. The job list in DSS or the project's administrator might."
    )
    return message(text, (section(f"{wording.UNKNOWN} {_mention(asker)}{text}"),))


def reply_rebuilt() -> Message:
    """Say that the bot's own record of the job was lost."""
    return say(
        t(
            "The bot couldn't read its own record of this job, so it started a new one from what DSS "
            "reports. The job itself isn't affected, and what this thread says from now on is right."
        ),
        icon=wording.WARNED,
    )


def reply_end_unreadable(card: JobCard, *, listed: bool) -> Message:
    """Say that the job is no longer running, but how it ended can't be read. This is the last reply.

    Args:
        card: the job.
        listed: whether a DSS list shows it as finished.
    """
    if listed:
        how = t("DSS lists this job as finished, but its state can't be read.")
    else:
        how = t("DSS no longer lists this job as running, but its state can't be read.")
    look = t("Open the job in DSS to see how it ended.")
    text = f"{how} {look}"
    row = actions(buttons.open_in_dss(card), buttons.log(card))
    return message(text, (section(f"{wording.UNKNOWN} {_mention(card.asker)}{text}"), *row))


def reply_waiting_confirmation(card: JobCard) -> Message:
    """Say that the job is waiting for someone to confirm it in DSS."""
    text = t(
        "This job is waiting for someone to confirm it in DSS (it was started as a preview). It won't "
        "continue on its own: confirm it or abort it."
    )
    row = actions(buttons.open_in_dss(card), buttons.abort(card))
    return message(text, (section(f"{wording.WAITING} {text}"), *row))


def reply_limit(card: JobCard, days: int) -> Message:
    """Say that the waiter reached its limit. This is the last reply, so it mentions the person who asked."""
    text = tn(
        "The bot has followed this job for {number} day, which is the limit, and stops watching it now. "
        "The job itself continues in DSS; {command} follows it again.",
        "The bot has followed this job for {number} days, which is the limit, and stops watching it now. "
        "The job itself continues in DSS; {command} follows it again.",
        days,
        command=_follow_again(card),
    )
    row = actions(buttons.follow(card), buttons.open_in_dss(card))
    return message(text, (section(f"{_mention(card.asker)}{text}"), *row))


def reply_stuck(minutes: int) -> Message:
    """Say that the job has been in NOT_STARTED for a long time."""
    return say(
        t(
            "The job has been waiting to start for {time}. DSS queues jobs when it reaches its limit of "
            "concurrent activities; nothing is wrong with the job.",
            time=wording.duration(minutes * 60),
        ),
        icon=wording.WAITING,
    )


def reply_overdue(card: JobCard, now: datetime) -> Message:
    """Say that the job is running far beyond its usual time. Posted once."""
    took = wording.job_lasted(card.job, now)
    if took is None:
        said = t("This job has been running for a long time.")
    elif times := times_usual(card, now):
        said = t("This job has been running for {took}, {times}.", took=took, times=times)
    else:
        said = t("This job has been running for {took}.", took=took)
    look = t("Its log might say why.")
    text = f"{said} {look}"
    row = actions(buttons.log(card), buttons.abort(card), buttons.open_in_dss(card))
    return message(text, (section(f"{wording.WAITING} {text}"), *row))


def _follow_again(card: JobCard) -> str:
    """Return the command that follows a job, or the button's name when the id would need quotes."""
    name = str(card.job.ref)
    on = card.instance_label
    if not all(wording.TYPED.fullmatch(text) for text in (name, on or name)):
        return t("“Follow here”")
    return code(f"/dss-jobs follow {name}{f' --on {on}' if on else ''}", 400)


def _mention(asker: str | None) -> str:
    return f"{wording.mention(asker)} " if asker else ""


def _known(card: JobCard) -> Iterator[str]:
    """Say what the bot knows of the end beyond the outcome and its cause."""
    if card.job.state == "FAILED":
        yield from history_notes(card.history)
    if amount := written(card.job):
        yield amount


def _ended_notes(card: JobCard, now: datetime) -> Iterator[str | None]:
    job = card.job
    yield abort_outcome(card)
    if job.state == "FAILED":
        told = job.failure is not None and job.failure.activity_id in card.reported_failures
        if not told and not says_conflict(job):
            yield cause(job, 600)
        yield conflict(job)
    yield from _known(card)
    if wording.built_nothing(job):
        yield nothing_built(job)
    if job.counters and job.counters.total and job.state != "DONE":
        yield f"{counted_words(job.counters)}."
    yield from warning_notes(job)
    yield from gap_notes(card, now)
    yield _next_step(card)


def _next_step(card: JobCard) -> str | None:
    job = card.job
    if job.conflicts:
        return t("Wait for the other job, then rebuild if it is still needed.")
    again = buttons.same_again(job) is not None
    if job.state == "FAILED":
        advice = way_out(job) or t("The log has the details.")
        rebuild = t("When the cause is fixed, Rebuild starts the same job again.")
        return f"{advice} {rebuild}" if again else advice
    if job.state == "ABORTED" and again:
        return t("Rebuild starts the same job again.")
    if job.state == "DONE" and job.warnings and not grouped_warnings(job.activities):
        return t("The log shows the warnings.")
    return None
