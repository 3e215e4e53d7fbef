"""Old facts and new facts → what happened. Functions of their arguments; nothing is told twice."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from bot.facts import Activity, Gap, JobFacts, Output, Silence
from bot.facts.records import FollowedJob, Memory
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

ACTIVITIES_TOLD = 10
"""Replies about single activities in one thread: a build of 500 partitions has as many of them."""

GAPS_KEPT = 5
"""A card names the last outages; a job that lived through more of them has other worries."""

_NOT_ALWAYS_SAID = (
    "name",
    "mode",
    "outputs",
    "initiator",
    "initiated_at",
    "started_at",
    "triggered_from",
)
_ONLY_IN_A_STATUS = ("activities", "failure", "conflicts")

_QUEUED = frozenset({"NOT_STARTED", "WAITING", "COMPUTING_DEPS", "WAITING_CONFIRMATION", ""})


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """When something is worth a word."""

    follow: timedelta = timedelta(days=7)
    stuck: timedelta = timedelta(minutes=10)
    """Queued for this long."""
    overdue_factor: float = 2.0
    overdue_least: timedelta = timedelta(minutes=10)
    """Over the usual time by the factor, and by at least this much."""
    heartbeat: timedelta = timedelta(hours=2)
    long_activity: timedelta = timedelta(minutes=5)
    """Shorter activities end without a reply: the root message counts them."""
    silence: timedelta = timedelta(seconds=60)
    """DSS, or the bot, was away for this long."""


def observe(before: FollowedJob, seen: JobFacts, now: datetime, limits: Limits = Limits()) -> Step:  # noqa: B008
    """Compare a job with what DSS says of it now.

    Args:
        before: the row as it was written last.
        seen: facts of a status call, or of a list, which knows no activities.
        now: aware.
        limits: when something is worth a word.
    """
    facts = merge(before.facts, seen)
    memory = msgspec.structs.replace(before.memory, vanished=False)  # it may be followed anew, and be there
    events: list[Event] = []
    if memory.silent_since is not None:
        gap = Gap(start=memory.silent_since, end=now)
        events.append(Back(gap))
        memory = msgspec.structs.replace(memory, silent_since=None, gaps=_with(memory.gaps, gap))
    if memory.rebuilt is not None and key(Rebuilt()) not in memory.told:
        events.append(Rebuilt())
    if facts.finished:
        events.append(Ended())
    else:
        events.extend(event for event in _news(before, facts, now, limits) if key(event) not in memory.told)
    close = facts.finished
    if not facts.finished and _age(memory, facts, now) >= limits.follow:
        events.append(GaveUp(limits.follow.days))
        memory = msgspec.structs.replace(memory, gave_up=True)
        close = True
    return _step(before, facts, memory, events, now, close=close)


def observe_silence(
    before: FollowedJob, since: datetime, now: datetime, why: Silence = Silence.OUTAGE
) -> Step:
    """DSS has not answered since ``since``: said once for each outage."""
    if before.memory.silent_since is not None:
        return Step(job=before)
    memory = msgspec.structs.replace(before.memory, silent_since=since, silence=why)
    return _step(before, before.facts, memory, [Silent(since, why)], now, close=False)


def observe_absence(before: FollowedJob, gap: Gap, now: datetime) -> Step:
    """The bot itself was away: the card says when the job was not seen, nothing is invented for that time."""
    memory = msgspec.structs.replace(before.memory, gaps=_with(before.memory.gaps, gap))
    return _step(before, before.facts, memory, [], now, close=False)


def observe_vanished(before: FollowedJob, now: datetime) -> Step:
    """DSS does not know the job any more."""
    memory = before.memory
    if memory.silent_since is not None:  # it is an answer: the silence is over
        gap = Gap(start=memory.silent_since, end=now)
        memory = msgspec.structs.replace(memory, silent_since=None, gaps=_with(memory.gaps, gap))
    memory = msgspec.structs.replace(memory, vanished=True)
    return _step(before, before.facts, memory, [Vanished()], now, close=True)


def observe_unreadable_end(before: FollowedJob, now: datetime, *, listed: bool) -> Step:
    """The job runs no longer, and DSS's answer about it can't be read."""
    facts = msgspec.structs.replace(before.facts, state="", finished=True, counters=None, activities=())
    return _step(before, facts, before.memory, [EndUnreadable(listed)], now, close=True)


def observe_details(before: FollowedJob, seen: JobFacts) -> Step:
    """What a job's status says whose end was told by a list: how its activities ended, and why it failed.

    The same end with more to say: no news.
    """
    facts = merge(before.facts, seen)
    job = FollowedJob(facts=facts, memory=before.memory, version=before.version)
    known = facts.finished and facts != before.facts
    return Step(job=job, events=(Ended(),) if known else (), changed=known)


def merge(old: JobFacts, new: JobFacts) -> JobFacts:
    """Keep what a list does not say, and never go back from an end: not to running, nor to another end."""
    if old.finished and (not new.finished or (old.state and new.state != old.state)):
        return old
    unsaid: tuple[str, ...] = _NOT_ALWAYS_SAID
    # What ran at the last look does not run after the end: final numbers, or none.
    if new.counters is None and (old.finished or not new.finished):
        # A list; or a status without counters, whose activities are news all the same.
        unsaid += ("counters",) if new.activities else ("counters", *_ONLY_IN_A_STATUS)
    kept = {field: getattr(old, field) for field in unsaid if not getattr(new, field)}
    merged = msgspec.structs.replace(new, **kept) if kept else new
    return _with_names(merged, old.outputs)


def _with_names(job: JobFacts, known: tuple[Output, ...]) -> JobFacts:
    """Keep what people call a folder or a model: DSS says only its opaque id."""
    names = {(output.kind, output.project, output.id): output.name for output in known if output.name}
    if not names:
        return job
    outputs = tuple(
        msgspec.structs.replace(
            output, name=output.name or names.get((output.kind, output.project, output.id))
        )
        for output in job.outputs
    )
    return msgspec.structs.replace(job, outputs=outputs)


def _news(before: FollowedJob, facts: JobFacts, now: datetime, limits: Limits) -> Iterator[Event]:
    if facts.state not in _QUEUED:
        yield Started()
    if facts.state == "WAITING_CONFIRMATION":
        yield WaitingConfirmation()
    yield from _activity_news(before.memory, facts, limits)
    yield from _slowness(before, facts, now, limits)


def _activity_news(memory: Memory, facts: JobFacts, limits: Limits) -> Iterator[Event]:
    """Tell the first activities that failed or took long; the root message counts all: a thread is no log."""
    told = frozenset(name for name in memory.told if name.startswith(("failed:", "done:")))
    left = ACTIVITIES_TOLD - len(told)
    for activity in facts.activities:
        event = _activity_event(activity, limits)
        if left > 0 and event is not None and key(event) not in told:
            left -= 1
            yield event


def _activity_event(activity: Activity, limits: Limits) -> Event | None:
    if activity.state == "FAILED":
        return ActivityFailed(activity)
    if activity.state == "DONE" and _took(activity) >= limits.long_activity:
        return ActivityDone(activity)
    return None


def _took(activity: Activity) -> timedelta:
    if activity.started_at is None or activity.ended_at is None:
        return timedelta(0)
    return activity.ended_at - activity.started_at


def _slowness(before: FollowedJob, facts: JobFacts, now: datetime, limits: Limits) -> Iterator[Event]:
    queued_since = facts.initiated_at or before.memory.followed_since
    if facts.state == "NOT_STARTED" and queued_since and now - queued_since >= limits.stuck:
        yield Stuck(int((now - queued_since).total_seconds() // 60))
    if facts.started_at is None or facts.state in _QUEUED:
        return
    running = now - facts.started_at
    usual = before.memory.usual_seconds
    if usual is not None:
        late = timedelta(seconds=usual * limits.overdue_factor)
        if running >= max(late, timedelta(seconds=usual) + limits.overdue_least):
            yield Overdue()
    if beats := int(running / limits.heartbeat):
        yield Heartbeat(beats)


def _step(
    before: FollowedJob,
    facts: JobFacts,
    memory: Memory,
    events: list[Event],
    now: datetime,
    *,
    close: bool,
) -> Step:
    # "back" and "silent" can happen again, with another time in their key: they need not be remembered.
    lasting = tuple(key(event) for event in events if not isinstance(event, Back | Silent))
    memory = msgspec.structs.replace(
        memory,
        told=(*memory.told, *(name for name in lasting if name not in memory.told)),
        followed_since=memory.followed_since or now,
    )
    job = FollowedJob(facts=facts, memory=memory, version=before.version)
    # An end is an event for whoever follows the job since, also when the row has it already.
    return Step(job=job, events=tuple(events), close=close, changed=bool(events) or job != before)


def _age(memory: Memory, facts: JobFacts, now: datetime) -> timedelta:
    since = memory.followed_since or facts.initiated_at or now
    return now - since


def _with(gaps: tuple[Gap, ...], gap: Gap) -> tuple[Gap, ...]:
    return (*gaps, gap)[-GAPS_KEPT:]
