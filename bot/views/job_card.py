"""A job as blocks, shared by the root message, the status answer and the "already running" answer."""

from collections.abc import Iterator
from datetime import datetime

from bot.domain import Activity, BuildMode, Counters, JobCard, JobInfo, Silence
from bot.views import wording
from bot.views.activity_plan import FORCED, plan, reason_words, same_activities
from bot.views.blocks import Block, Either, context, section
from bot.views.escape import code, prose
from bot.views.estimates import estimates
from bot.views.warnings import warning_notes

SHOWN_ACTIVITIES = 8
"""How many activities are listed by name; the rest are counted."""
CAUSE = 300
"""Code points of a failure's cause, where the thread or the log has more."""
_SHOWN_GAPS = 3
_ABORTED_ELSEWHERE = (
    "Nobody asked the bot to abort it: it was aborted in DSS, by a person or by a DSS restart."
)
_SHOWN_CONFLICTS = 3
_FORCED = frozenset({BuildMode.ONLY, BuildMode.ALL})


def headline(card: JobCard) -> str:
    """Return one line without an icon: the state and what the job builds."""
    return f"*{state_words(card)}* · {wording.what(card.job)}"


def summary(card: JobCard, now: datetime) -> str:
    """Return one sentence for notifications and screen readers."""
    took = None if card.vanished else wording.job_lasted(card.job, now)
    if took is None or (card.gave_up and not card.job.finished):
        return f"{state_words(card)}: {wording.what(card.job)}"
    if card.job.finished:
        return f"{wording.ended(card.job, took)}: {wording.what(card.job)}"
    asked = ", abort requested" if card.abort else ""
    return f"{wording.outcome(card.job).words} for {took}{asked}: {wording.what(card.job)}"


def state_words(card: JobCard) -> str:
    """Return the state, corrected by what the bot knows beyond DSS's last answer."""
    if card.vanished:
        return "No longer known to DSS"
    said = wording.outcome(card.job).words
    if card.job.finished:
        return said
    if card.gave_up:
        return f"No longer watched, last seen: {said}"
    return f"{said}, abort requested" if card.abort else said


def card_blocks(card: JobCard, now: datetime, *, whole_id: bool = False) -> Iterator[Block | Either]:
    """Show a job: headline, who and when, progress, activities, and notes."""
    icon = wording.UNKNOWN if card.vanished else wording.outcome(card.job).icon
    yield section(f"{icon} {headline(card)}")
    yield context(*about(card, now, whole_id=whole_id))
    yield from _activities(card.job, now)
    if lines := list(notes(card, now)):
        yield section(*lines)


def _activities(job: JobInfo, now: datetime) -> Iterator[Block | Either]:
    lines = [*progress(job), *activity_lines(job, now)]
    shown = (section(*lines),) if lines else ()
    counted = job.counters if job.counters and job.counters.total > 0 else None
    heading = (
        counted_words(counted) if counted else wording.count(len(job.activities), "activity", "activities")
    )
    if tasks := plan(job, heading, now):
        yield Either(newer=tasks, classic=shown)
    else:
        yield from shown


def about(card: JobCard, now: datetime, *, whole_id: bool = False) -> Iterator[str]:
    """Say who requested a job, how, where and when, how long it takes or took, and its id."""
    job = card.job
    if by := wording.who(card):
        yield by
    if job.mode:
        yield wording.mode(job.mode)
    if card.instance_label:
        yield f"on {code(card.instance_label, 80)}"
    if start := job.started_at or job.initiated_at:
        yield f"{'started' if job.started_at else 'requested'} at {wording.at(start, now)}"
    if took := None if card.vanished else wording.job_lasted(job, now):
        yield f"took {took}" if job.finished else f"for {took}"
    yield from estimates(card, now)
    if link := wording.thread(card.thread_url or ""):
        yield link
    yield wording.job_id(job.ref) if whole_id else wording.short_job_id(job.ref)


def progress(job: JobInfo) -> Iterator[str]:
    """Show how many activities are done, as a bar and in words."""
    counted = job.counters
    if counted is None or counted.total <= 0:
        return
    yield f"`{wording.bar(counted)}` {counted_words(counted)}"


def counted_words(counted: Counters) -> str:
    """Put a job's counters into words."""
    others = "".join(f", {part}" for part in _other_counts(counted))
    return f"{counted.done:,} of {wording.count(counted.total, 'activity', 'activities')} done{others}"


def activity_lines(job: JobInfo, now: datetime) -> Iterator[str]:
    """List the failed activities, then the running ones."""
    failed = [activity for activity in job.activities if activity.state == "FAILED"]
    running = [activity for activity in job.activities if activity.state == "RUNNING" and not job.finished]
    wanted = same_activities([*failed, *running])
    for activity, *others in wanted[:SHOWN_ACTIVITIES]:
        line = (
            running_line(activity, now)
            if activity.state == "RUNNING"
            else f"{wording.FAILED} {ended_line(activity)}"
        )
        yield line + (f" (and the same for {wording.count(len(others), 'more partition')})" if others else "")
    left = sum(len(group) for group in wanted[SHOWN_ACTIVITIES:])
    if left:
        yield f"and {wording.count(left, 'more activity', 'more activities')}"


def running_line(activity: Activity, now: datetime) -> str:
    """Say that an activity is running, and for how long."""
    took = wording.lasted(activity.started_at, now)
    why = None if activity.reason in FORCED else reason_words(activity.reason)
    because = f", because {why}" if why else ""
    return f"{wording.RUNNING} now: {activity_name(activity)}" + (f", for {took}" if took else "") + because


def ended_line(activity: Activity) -> str:
    """Say how an activity ended, without an icon."""
    took = wording.lasted(activity.started_at, activity.ended_at)
    said = wording.state_of(activity.state).words
    line = f"{activity_name(activity)} {said[:1].lower()}{said[1:]}" + (f" after {took}" if took else "")
    return f"{line}: {code(activity.failure, CAUSE)}" if activity.failure else line


def activity_name(activity: Activity) -> str:
    """Name an activity by its recipe, which people know, and the recipe's type."""
    kind = f" ({wording.word(activity.recipe_type)})" if activity.recipe_type else ""
    return code(activity.recipe or activity.id) + kind


def notes(card: JobCard, now: datetime) -> Iterator[str]:
    """Add notes: cause, conflicts, nothing built, warnings, abort, gaps, silence."""
    yield from _outcome_notes(card.job)
    if ended := abort_outcome(card):
        yield ended
    elif card.abort and not card.vanished:
        asked = wording.at(card.abort.at, now)
        yield f"{aborter(card)} asked to abort this job at {asked}. DSS hasn't stopped it yet."
    yield from gap_notes(card, now)
    if card.silent_since and not card.job.finished:
        yield f"{wording.WARNED} {silence(card.silent_since, now, card.silence)}"
    if card.vanished:
        yield "The job was deleted in DSS or is no longer visible. The bot doesn't know how it ended."
    elif card.gave_up and not card.job.finished:
        yield "The bot has stopped watching this job; it continues in DSS."


def silence(since: datetime, now: datetime, why: Silence) -> str:
    """Describe DSS's silence in one sentence: an outage, a rejected key or unreadable answers."""
    at = wording.at(since, now)
    match why:
        case Silence.OUTAGE:
            return f"DSS hasn't answered since {at}."
        case Silence.KEY:
            return f"DSS hasn't accepted the bot's API key since {at}."
        case Silence.UNREADABLE:
            return f"The bot hasn't been able to read DSS's answers since {at}."


def gap_notes(card: JobCard, now: datetime) -> Iterator[str]:
    """Say when the bot couldn't see the job."""
    if card.gaps:
        shown = ", ".join(wording.not_seen(gap, now) for gap in card.gaps[-_SHOWN_GAPS:])
        earlier = len(card.gaps) - _SHOWN_GAPS
        yield f"The bot couldn't see the job {shown}" + (
            f" (and {earlier} more before that)." if earlier > 0 else "."
        )


def abort_outcome(card: JobCard) -> str | None:
    """Say what came of the request to abort a finished job (DSS-API.md §1.6); ``None`` without one."""
    job = card.job
    if not job.finished:
        return None
    if card.abort is None:
        # For a job that isn't followed, the bot doesn't know whether anyone asked it, so it says nothing.
        return _ABORTED_ELSEWHERE if job.state == "ABORTED" and card.asker else None
    by = aborter(card)
    if job.state == "ABORTED":
        return f"Aborted at the request of {by}. What was already written stays."
    if job.ended_at and job.ended_at <= card.abort.at:
        return f"The job had already finished when {by} asked to abort it."
    return f"It ended on its own, although {by} asked to abort it: DSS couldn't stop it in time."


def cause(job: JobInfo, limit: int = CAUSE) -> str | None:
    """Say why a job failed, in one line."""
    if job.failure is None or not job.failure.message.strip():
        return None
    name = job.failure.recipe or job.failure.activity_id
    return (f"In {code(name)}: " if name else "Cause: ") + code(job.failure.message, limit)


def conflict(job: JobInfo) -> str | None:
    """Explain that a job failed because another one was building the same output."""
    if not job.conflicts:
        return None
    others = wording.names([str(ref) for ref in job.conflicts], _SHOWN_CONFLICTS)
    noun = "job" if len(job.conflicts) == 1 else "jobs"
    return f"It was already being built by {noun} {others}, so DSS didn't start a second build."


def says_conflict(job: JobInfo) -> bool:
    """Return whether the cause only names the other job, as `conflict` does."""
    return job.failure is not None and any(ref.job_id in job.failure.message for ref in job.conflicts)


def nothing_built(job: JobInfo) -> str:
    """Explain a job that succeeded without doing anything (DSS-API.md §1.5)."""
    if job.mode in _FORCED:
        return (
            "DSS found nothing to do. This build mode doesn't check what is up to date, so most likely no "
            "recipe produces it."
        )
    return (
        "DSS found nothing to do: either everything was up to date, or no recipe produces it. "
        "DSS doesn't say which."
    )


def aborter(card: JobCard) -> str:
    """Name who asked for the abort; when the name is known, they aren't notified."""
    if card.abort is None:
        return "somebody"
    return prose(card.abort.by_name, 80) if card.abort.by_name else wording.mention(card.abort.by)


def _outcome_notes(job: JobInfo) -> Iterator[str]:
    if job.state == "FAILED":
        told = (
            any(activity.failure == job.failure.message for activity in job.activities)
            if job.failure
            else False
        )
        yield from (
            line for line in (None if told or says_conflict(job) else cause(job), conflict(job)) if line
        )
    if wording.built_nothing(job):
        yield nothing_built(job)
    yield from warning_notes(job)
    if job.state == "WAITING_CONFIRMATION":
        yield "Someone has to confirm or cancel it in DSS; it won't continue on its own."


def _other_counts(counted: Counters) -> Iterator[str]:
    for number, said in (
        (counted.failed, "failed"),
        (counted.aborted, "aborted"),
        (counted.running, "running"),
    ):
        if number:
            yield f"{number:,} {said}"
