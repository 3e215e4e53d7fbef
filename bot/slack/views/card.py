"""A job as blocks: what the root message, the status answer and "already running" have in common."""

from collections.abc import Iterator
from datetime import datetime

from bot.facts import Activity, BuildMode, Counters, JobCard, JobFacts, Silence
from bot.slack.views import words
from bot.slack.views.blocks import Block, context, section
from bot.slack.views.escape import code, prose

SHOWN_ACTIVITIES = 8
"""Activities listed by name; the rest is counted."""
CAUSE = 300
"""Code points of a failure's cause, where the thread or the log says more."""
_SHOWN_GAPS = 3
_ABORTED_ELSEWHERE = (
    "The bot was not asked for this: it was aborted in DSS, by a person or by a restart of DSS."
)
_SHOWN_CONFLICTS = 3
_FORCED = frozenset({BuildMode.ONLY, BuildMode.ALL})


def headline(card: JobCard) -> str:
    """One line without an icon: state and what it builds."""
    return f"*{state_words(card)}* · {words.what(card.job)}"


def summary(card: JobCard, now: datetime) -> str:
    """One sentence for notifications and screen readers."""
    took = None if card.vanished else words.job_lasted(card.job, now)
    if took is None or (card.gave_up and not card.job.finished):
        return f"{state_words(card)}: {words.what(card.job)}"
    if card.job.finished:
        return f"{state_words(card)} after {took}: {words.what(card.job)}"
    asked = ", abort asked" if card.abort else ""
    return f"{words.outcome(card.job).words} for {took}{asked}: {words.what(card.job)}"


def state_words(card: JobCard) -> str:
    """Say the state, and what the bot knows better than DSS's last answer."""
    if card.vanished:
        return "No longer known to DSS"
    said = words.outcome(card.job).words
    if card.job.finished:
        return said
    if card.gave_up:
        return f"No longer watched, last seen: {said}"
    return f"{said}, abort asked" if card.abort else said


def card_blocks(card: JobCard, now: datetime) -> Iterator[Block]:
    """Show a job: headline, who and when, progress, activities, and what one should know."""
    icon = words.UNKNOWN if card.vanished else words.outcome(card.job).icon
    yield section(f"{icon} {headline(card)}")
    yield context(*about(card, now))
    if lines := [*progress(card.job), *activity_lines(card.job, now)]:
        yield section(*lines)
    if lines := list(notes(card, now)):
        yield section(*lines)


def about(card: JobCard, now: datetime) -> Iterator[str]:
    """Say who asked for a job, how, where, since when, how long it took or takes, and its id."""
    job = card.job
    if by := words.who(card):
        yield by
    if job.mode:
        yield words.mode(job.mode)
    if card.instance_label:
        yield f"on {code(card.instance_label, 80)}"
    if start := job.started_at or job.initiated_at:
        yield f"{'started' if job.started_at else 'asked for'} at {words.at(start, now)}"
    if took := None if card.vanished else words.job_lasted(job, now):
        yield f"took {took}" if job.finished else f"for {took}"
    if card.usual_seconds is not None:
        yield f"usually {words.duration(card.usual_seconds)}"
    yield words.job_id(job.ref)


def progress(job: JobFacts) -> Iterator[str]:
    """Draw and say how many activities are done, and what runs now."""
    counted = job.counters
    if counted is None or counted.total <= 0:
        return
    ended = counted.done + counted.failed + counted.aborted
    yield f"`{words.bar(ended, counted.total)}` {counted_words(counted)}"


def counted_words(counted: Counters) -> str:
    """Say a job's counters in words."""
    others = "".join(f", {part}" for part in _other_counts(counted))
    return f"{counted.done:,} of {words.count(counted.total, 'activity', 'activities')} done{others}"


def activity_lines(job: JobFacts, now: datetime) -> Iterator[str]:
    """List the activities that failed, and those that run now, failed ones first."""
    failed = [activity for activity in job.activities if activity.state == "FAILED"]
    running = [activity for activity in job.activities if activity.state == "RUNNING" and not job.finished]
    wanted = [*failed, *running]
    for activity in wanted[:SHOWN_ACTIVITIES]:
        yield (
            running_line(activity, now)
            if activity.state == "RUNNING"
            else f"{words.FAILED} {ended_line(activity)}"
        )
    if len(wanted) > SHOWN_ACTIVITIES:
        yield f"and {words.count(len(wanted) - SHOWN_ACTIVITIES, 'more activity', 'more activities')}"


def running_line(activity: Activity, now: datetime) -> str:
    """Say what an activity is doing and for how long."""
    took = words.lasted(activity.started_at, now)
    return f"{words.RUNNING} now: {activity_name(activity)}" + (f", for {took}" if took else "")


def ended_line(activity: Activity) -> str:
    """Say how an activity ended, without an icon."""
    took = words.lasted(activity.started_at, activity.ended_at)
    said = words.state_of(activity.state).words
    line = f"{activity_name(activity)} {said[:1].lower()}{said[1:]}" + (f" after {took}" if took else "")
    return f"{line}: {code(activity.failure, CAUSE)}" if activity.failure else line


def activity_name(activity: Activity) -> str:
    """Name an activity by its recipe, which people know, and the recipe's type."""
    kind = f" ({words.word(activity.recipe_type)})" if activity.recipe_type else ""
    return code(activity.recipe or activity.id) + kind


def notes(card: JobCard, now: datetime) -> Iterator[str]:
    """Say what one should know: cause, conflicts, nothing built, warnings, abort, gaps, silence."""
    yield from _outcome_notes(card.job)
    if ended := abort_outcome(card):
        yield ended
    elif card.abort and not card.vanished:
        asked = words.at(card.abort.at, now)
        yield f"Abort asked by {aborter(card)} at {asked}. DSS has not stopped the job yet."
    yield from gap_notes(card, now)
    if card.silent_since and not card.job.finished:
        yield f"{words.WARNED} {silence(card.silent_since, now, card.silence)}"
    if card.vanished:
        yield "The job was deleted in DSS, or is not visible any more. How it ended is not known."
    elif card.gave_up and not card.job.finished:
        yield "The bot has stopped watching this job; it goes on in DSS."


def silence(since: datetime, now: datetime, why: Silence) -> str:
    """Say in one sentence what DSS's silence looks like: an outage, a rejected key and nonsense are three."""
    at = words.at(since, now)
    match why:
        case Silence.OUTAGE:
            return f"DSS has not answered since {at}."
        case Silence.KEY:
            return f"DSS has not accepted the bot's API key since {at}."
        case Silence.UNREADABLE:
            return f"Since {at} the bot can't read what DSS answers."


def gap_notes(card: JobCard, now: datetime) -> Iterator[str]:
    """Say when the bot could not see the job."""
    if card.gaps:
        shown = ", ".join(words.not_seen(gap, now) for gap in card.gaps[-_SHOWN_GAPS:])
        earlier = len(card.gaps) - _SHOWN_GAPS
        yield f"The job was {shown}" + (f" (and {earlier} times before)." if earlier > 0 else ".")


def abort_outcome(card: JobCard) -> str | None:
    """Say what became of the request to abort a finished job (DSS-API.md §1.6); ``None`` without one."""
    job = card.job
    if not job.finished:
        return None
    if card.abort is None:
        # Of a job that is not followed the bot does not know who was asked: it says nothing then.
        return _ABORTED_ELSEWHERE if job.state == "ABORTED" and card.asker else None
    by = aborter(card)
    if job.state == "ABORTED":
        return f"Aborted as {by} asked. What was already written stays written."
    if job.ended_at and job.ended_at <= card.abort.at:
        return f"The job had already finished when {by} asked to abort it."
    return f"It ended by itself, in spite of the request of {by} to abort it: DSS could not stop it in time."


def cause(job: JobFacts, limit: int = CAUSE) -> str | None:
    """Say why a job failed, in one line."""
    if job.failure is None or not job.failure.message.strip():
        return None
    name = job.failure.recipe or job.failure.activity_id
    return (f"In {code(name)}: " if name else "Cause: ") + code(job.failure.message, limit)


def conflict(job: JobFacts) -> str | None:
    """Explain a job that failed because another one was building the same output."""
    if not job.conflicts:
        return None
    others = words.names([str(ref) for ref in job.conflicts], _SHOWN_CONFLICTS)
    noun = "job" if len(job.conflicts) == 1 else "jobs"
    return f"It was already being built by {noun} {others}, so DSS did not start it a second time."


def nothing_built(job: JobFacts) -> str:
    """Explain a job that ended well without doing anything (DSS-API.md §1.5)."""
    if job.mode in _FORCED:
        return (
            "DSS found nothing to do. This build does not ask what is up to date, so most likely no recipe "
            "produces it."
        )
    return (
        "DSS found nothing to do: either everything was up to date, or no recipe produces it. "
        "DSS does not say which."
    )


def aborter(card: JobCard) -> str:
    """Name who asked for the abort, without notifying them when their name is known."""
    if card.abort is None:
        return "somebody"
    return prose(card.abort.by_name, 80) if card.abort.by_name else words.mention(card.abort.by)


def _outcome_notes(job: JobFacts) -> Iterator[str]:
    if job.state == "FAILED":
        told = (
            any(activity.failure == job.failure.message for activity in job.activities)
            if job.failure
            else False
        )
        yield from (line for line in (None if told else cause(job), conflict(job)) if line)
    if words.built_nothing(job):
        yield nothing_built(job)
    if job.warnings and words.outcome(job).icon != words.WARNED:
        so_far = "" if job.finished else " so far"
        yield f"{words.WARNED} {words.count(job.warnings, 'warning')}{so_far}."
    if job.state == "WAITING_CONFIRMATION":
        yield "Somebody has to confirm or cancel it in DSS; it does not go on by itself."


def _other_counts(counted: Counters) -> Iterator[str]:
    for number, said in (
        (counted.failed, "failed"),
        (counted.aborted, "aborted"),
        (counted.running, "running"),
    ):
        if number:
            yield f"{number:,} {said}"
