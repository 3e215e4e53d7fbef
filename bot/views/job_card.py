"""A job as blocks, shared by the root message, the status answer and the "already running" answer."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.domain import Activity, BuildMode, Counters, JobCard, JobInfo, Silence
from bot.language import mark, number, t, tn
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
_ABORTED_ELSEWHERE = mark(
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
    what = wording.what(card.job)
    if took is None or (card.gave_up and not card.job.finished):
        return t("{state}: {what}", state=state_words(card), what=what)
    if card.job.finished:
        return t("{state}: {what}", state=wording.ended(card.job, took), what=what)
    state = wording.outcome(card.job).words
    if card.abort:
        return t("{state} for {took}, abort requested: {what}", state=state, took=took, what=what)
    return t("{state} for {took}: {what}", state=state, took=took, what=what)


def state_words(card: JobCard) -> str:
    """Return the state, corrected by what the bot knows beyond DSS's last answer."""
    if card.vanished:
        return t("No longer known to DSS")
    said = wording.outcome(card.job).words
    if card.job.finished:
        return said
    if card.gave_up:
        return t("No longer watched, last seen: {state}", state=said)
    return t("{state}, abort requested", state=said) if card.abort else said


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
        counted_words(counted)
        if counted
        else tn("{number} activity", "{number} activities", len(job.activities))
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
        yield t("on {name}", name=code(card.instance_label, 80))
    if began := wording.began(job, now):
        yield began
    if took := None if card.vanished else wording.took(job, now):
        yield took
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
    done = tn(
        "{done} of {number} activity done",
        "{done} of {number} activities done",
        counted.total,
        done=number(counted.done),
    )
    return ", ".join((done, *_other_counts(counted)))


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
        same = tn(
            " (and the same for {number} more partition)",
            " (and the same for {number} more partitions)",
            len(others),
        )
        yield f"{line}{same if others else ''}"
    left = sum(len(group) for group in wanted[SHOWN_ACTIVITIES:])
    if left:
        yield tn("and {number} more activity", "and {number} more activities", left)


def running_line(activity: Activity, now: datetime) -> str:
    """Say that an activity is running, and for how long."""
    took = wording.lasted(activity.started_at, now)
    why = None if activity.reason in FORCED else reason_words(activity.reason)
    name = activity_name(activity)
    if took and why:
        said = t("now: {name}, for {took}, because {reason}", name=name, took=took, reason=why)
    elif took:
        said = t("now: {name}, for {took}", name=name, took=took)
    elif why:
        said = t("now: {name}, because {reason}", name=name, reason=why)
    else:
        said = t("now: {name}", name=name)
    return f"{wording.RUNNING} {said}"


def ended_line(activity: Activity) -> str:
    """Say how an activity ended, without an icon."""
    took = wording.lasted(activity.started_at, activity.ended_at)
    state, name = wording.lower_first(wording.state_of(activity.state).words), activity_name(activity)
    failure = code(activity.failure, CAUSE) if activity.failure else None
    if took and failure:
        return t("{name} {state} after {took}: {failure}", name=name, state=state, took=took, failure=failure)
    if failure:
        return t("{name} {state}: {failure}", name=name, state=state, failure=failure)
    if took:
        return t("{name} {state} after {took}", name=name, state=state, took=took)
    return t("{name} {state}", name=name, state=state)


def several_ended_line(activity: Activity, others: Sequence[Activity]) -> str:
    """Say how several partitions of an activity ended, without an icon."""
    name, many = activity_name(activity), 1 + len(others)
    if activity.state == "DONE":
        return tn("{name}: {number} partition done", "{name}: {number} partitions done", many, name=name)
    said = tn("{name}: {number} partition failed", "{name}: {number} partitions failed", many, name=name)
    if not activity.failure:
        return said
    failure = code(activity.failure, CAUSE)
    if any(one.failure != activity.failure for one in others):
        return t("{fact}, the first one with {failure}", fact=said, failure=failure)
    return t("{fact}: {failure}", fact=said, failure=failure)


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
        yield t(
            "{person} asked to abort this job at {time}. DSS hasn't stopped it yet.",
            person=aborter(card),
            time=wording.at(card.abort.at, now),
        )
    yield from gap_notes(card, now)
    if card.silent_since and not card.job.finished:
        yield f"{wording.WARNED} {silence(card.silent_since, now, card.silence)}"
    if card.vanished:
        yield t("The job was deleted in DSS or is no longer visible. The bot doesn't know how it ended.")
    elif card.gave_up and not card.job.finished:
        yield t("The bot has stopped watching this job; it continues in DSS.")


def silence(since: datetime, now: datetime, why: Silence) -> str:
    """Describe DSS's silence in one sentence: an outage, a rejected key or unreadable answers."""
    at = wording.at(since, now)
    match why:
        case Silence.OUTAGE:
            return t("DSS hasn't answered since {time}.", time=at)
        case Silence.KEY:
            return t("DSS hasn't accepted the bot's API key since {time}.", time=at)
        case Silence.UNREADABLE:
            return t("The bot hasn't been able to read DSS's answers since {time}.", time=at)


def gap_notes(card: JobCard, now: datetime) -> Iterator[str]:
    """Say when the bot couldn't see the job."""
    shown = ", ".join(wording.not_seen(gap, now) for gap in card.gaps[-_SHOWN_GAPS:])
    earlier = len(card.gaps) - _SHOWN_GAPS
    if earlier > 0:
        yield tn(
            "The bot couldn't see the job {times} (and {number} more before that).",
            "The bot couldn't see the job {times} (and {number} more before that).",
            earlier,
            times=shown,
        )
    elif card.gaps:
        yield t("The bot couldn't see the job {times}.", times=shown)


def abort_outcome(card: JobCard) -> str | None:
    """Say what came of the request to abort a finished job (DSS-API.md §1.6); ``None`` without one."""
    job = card.job
    if not job.finished:
        return None
    if card.abort is None:
        # For a job that isn't followed, the bot doesn't know whether anyone asked it, so it says nothing.
        return t(_ABORTED_ELSEWHERE) if job.state == "ABORTED" and card.asker else None
    by = aborter(card)
    if job.state == "ABORTED":
        return t("Aborted at the request of {person}. What was already written stays.", person=by)
    if job.ended_at and job.ended_at <= card.abort.at:
        return t("The job had already finished when {person} asked to abort it.", person=by)
    return t(
        "It ended on its own, although {person} asked to abort it: DSS couldn't stop it in time.", person=by
    )


def cause(job: JobInfo, limit: int = CAUSE) -> str | None:
    """Say why a job failed, in one line."""
    if job.failure is None or not job.failure.message.strip():
        return None
    name, said = job.failure.recipe or job.failure.activity_id, code(job.failure.message, limit)
    return t("In {name}: {cause}", name=code(name), cause=said) if name else t("Cause: {cause}", cause=said)


def conflict(job: JobInfo) -> str | None:
    """Explain that a job failed because another one was building the same output."""
    if not job.conflicts:
        return None
    return tn(
        "It was already being built by job {names}, so DSS didn't start a second build.",
        "It was already being built by jobs {names}, so DSS didn't start a second build.",
        len(job.conflicts),
        names=wording.names([str(ref) for ref in job.conflicts], _SHOWN_CONFLICTS),
    )


def says_conflict(job: JobInfo) -> bool:
    """Return whether the cause only names the other job, as `conflict` does."""
    return job.failure is not None and any(ref.job_id in job.failure.message for ref in job.conflicts)


def nothing_built(job: JobInfo) -> str:
    """Explain a job that succeeded without doing anything (DSS-API.md §1.5)."""
    if job.mode in _FORCED:
        return t(
            "DSS found nothing to do. This build mode doesn't check what is up to date, so most likely no "
            "recipe produces it."
        )
    return t(
        "DSS found nothing to do: either everything was up to date, or no recipe produces it. "
        "DSS doesn't say which."
    )


def aborter(card: JobCard) -> str:
    """Name who asked for the abort; when the name is known, they aren't notified."""
    if card.abort is None:
        return t("somebody")
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
        yield t("Someone has to confirm or cancel it in DSS; it won't continue on its own.")


def _other_counts(counted: Counters) -> Iterator[str]:
    if counted.failed:
        yield tn("{number} failed", "{number} failed", counted.failed)
    if counted.aborted:
        yield tn("{number} aborted", "{number} aborted", counted.aborted)
    if counted.running:
        yield tn("{number} running", "{number} running", counted.running)
