"""Compare old facts with new facts and return what happened. Pure functions; nothing is reported twice."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from bot.domain import Activity, Gap, JobInfo, Output, Silence
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
    names,
)
from bot.domain.stored_records import FollowedJob, FollowState

ACTIVITIES_TOLD = 10
"""Maximum number of replies about activities in a thread: a build of 500 partitions has 500."""

GAPS_KEPT = 5
"""How many of the latest gaps a job keeps; its root message shows no more than these."""

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
    """When something is worth reporting."""

    follow: timedelta = timedelta(days=7)
    stuck: timedelta = timedelta(minutes=10)
    """A job that is queued for this long is stuck."""
    overdue_factor: float = 3.0
    overdue_least: timedelta = timedelta(minutes=10)
    """A job is overdue when it takes this many times as long as usual, at least this much longer, and longer
    than each of the runs that count as usual."""
    heartbeat: timedelta = timedelta(hours=2)
    long_activity: timedelta = timedelta(minutes=5)
    """Shorter activities get no reply when they end: the root message counts them."""
    brief: timedelta = timedelta(seconds=5)
    """How long a job has to run until a reply says that it has started: one that ends at once gets only its
    end. Nor is there one this shortly before, or after, the time when such a build usually ends."""
    silence: timedelta = timedelta(seconds=60)
    """An outage of DSS or of the bot is worth reporting after this long."""


def observe(before: FollowedJob, seen: JobInfo, now: datetime, limits: Limits = Limits()) -> JobUpdate:  # noqa: B008
    """Compare a job with what DSS says about it now.

    Args:
        before: the row as it was last written.
        seen: facts from a status call, or from a list, which has no activities.
        now: an aware datetime.
        limits: when something is worth reporting.
    """
    info = merge(before.info, seen)
    follow_state = msgspec.structs.replace(
        before.follow_state, vanished=False
    )  # the job might be followed again, and DSS knows it again
    events: list[Event] = []
    if follow_state.silent_since is not None:
        gap = Gap(start=follow_state.silent_since, end=now)
        events.append(Back(gap))
        follow_state = msgspec.structs.replace(
            follow_state, silent_since=None, gaps=_with(follow_state.gaps, gap)
        )
    if follow_state.rebuilt is not None and event_key(Rebuilt()) not in follow_state.told:
        events.append(Rebuilt())
    if info.finished:
        events.append(Ended())
    else:
        events.extend(
            event for event in _news(before, info, now, limits) if event_key(event) not in follow_state.told
        )
    close = info.finished
    if not info.finished and _age(follow_state, info, now) >= limits.follow:
        events.append(GaveUp(limits.follow.days))
        follow_state = msgspec.structs.replace(follow_state, gave_up=True)
        close = True
    return _step(before, info, follow_state, events, now, close=close)


def observe_start(before: FollowedJob, now: datetime, limits: Limits = Limits()) -> JobUpdate:  # noqa: B008
    """Report that a job has been running for a moment now. DSS doesn't have to be asked for that.

    Args:
        before: a job that a list shows in the state that the row has.
        now: an aware datetime.
        limits: when something is worth reporting.
    """
    if event_key(Started()) in before.follow_state.told or not _has_begun(before, before.info, now, limits):
        return JobUpdate(job=before)
    step = _step(before, before.info, before.follow_state, [Started()], now, close=False)
    return msgspec.structs.replace(step, same_root=True)


def observe_silence(
    before: FollowedJob, since: datetime, now: datetime, why: Silence = Silence.OUTAGE
) -> JobUpdate:
    """Report that DSS hasn't answered since ``since``: once per outage."""
    if before.follow_state.silent_since is not None:
        return JobUpdate(job=before)
    follow_state = msgspec.structs.replace(before.follow_state, silent_since=since, silence=why)
    return _step(before, before.info, follow_state, [Silent(since, why)], now, close=False)


def observe_absence(before: FollowedJob, gap: Gap, now: datetime) -> JobUpdate:
    """Record that the bot itself was down: the root message shows the gap, and no events are made up."""
    follow_state = msgspec.structs.replace(before.follow_state, gaps=_with(before.follow_state.gaps, gap))
    return _step(before, before.info, follow_state, [], now, close=False)


def observe_vanished(before: FollowedJob, now: datetime) -> JobUpdate:
    """Report that DSS doesn't know the job anymore."""
    follow_state = before.follow_state
    if follow_state.silent_since is not None:  # DSS answered, so the silence is over
        gap = Gap(start=follow_state.silent_since, end=now)
        follow_state = msgspec.structs.replace(
            follow_state, silent_since=None, gaps=_with(follow_state.gaps, gap)
        )
    follow_state = msgspec.structs.replace(follow_state, vanished=True)
    return _step(before, before.info, follow_state, [Vanished()], now, close=True)


def observe_unreadable_end(before: FollowedJob, now: datetime, *, listed: bool) -> JobUpdate:
    """Report that the job isn't running anymore and DSS's answer about it can't be read."""
    info = msgspec.structs.replace(before.info, state="", finished=True, counters=None, activities=())
    return _step(before, info, before.follow_state, [EndUnreadable(listed)], now, close=True)


def observe_details(before: FollowedJob, seen: JobInfo) -> JobUpdate:
    """Add the details of a job whose end only a list reported: how its activities ended, and why it failed.

    It's the same end with more details, so it's not a new event.
    """
    info = merge(before.info, seen)
    job = FollowedJob(info=info, follow_state=before.follow_state, version=before.version)
    known = info.finished and info != before.info
    return JobUpdate(job=job, events=(Ended(),) if known else (), changed=known)


def merge(old: JobInfo, new: JobInfo) -> JobInfo:
    """Keep what a list leaves out. A finished job never goes back to running or to another final state."""
    if old.finished and (not new.finished or (old.state and new.state != old.state)):
        return old
    unsaid: tuple[str, ...] = _NOT_ALWAYS_SAID
    if not new.finished:
        # A list item can be just an ID. "Finished" without a state means that the outcome isn't known.
        unsaid += ("state",)
    # After the end, counters from before it would still show running activities: use final counters or none.
    if new.counters is None and (old.finished or not new.finished):
        # It's a list, or a status that has no counters but does have new activities.
        unsaid += ("counters",) if new.activities else ("counters", *_ONLY_IN_A_STATUS)
    kept = {field: getattr(old, field) for field in unsaid if not getattr(new, field)}
    merged = msgspec.structs.replace(new, **kept) if kept else new
    return _with_names(merged, old.outputs)


def _with_names(job: JobInfo, known: tuple[Output, ...]) -> JobInfo:
    """Keep the display name of a folder or a model: DSS sends only its opaque ID."""
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


def _news(before: FollowedJob, info: JobInfo, now: datetime, limits: Limits) -> Iterator[Event]:
    if _has_begun(before, info, now, limits):
        yield Started()
    if info.state == "WAITING_CONFIRMATION":
        yield WaitingConfirmation()
    yield from _activity_news(before.follow_state, info, limits)
    yield from _slowness(before, info, now, limits)


def _has_begun(before: FollowedJob, info: JobInfo, now: datetime, limits: Limits) -> bool:
    """Return whether a reply may say that a job has started: when no other reply is likely to follow soon."""
    if info.state in _QUEUED or any(_is_of_activity(name) for name in before.follow_state.told):
        return False
    brief, usual = limits.brief.total_seconds(), before.follow_state.usual_seconds
    ran = _seconds_run(before, info, now)
    return ran >= brief and (usual is None or abs(usual - ran) >= brief)


def _seconds_run(before: FollowedJob, info: JobInfo, now: datetime) -> float:
    """Return for how long a job has been running; by the bot's clock, if DSS's is ahead or says nothing."""
    since = before.follow_state.followed_since or now
    if info.started_at is not None and info.started_at <= now:
        since = info.started_at
    return (now - since).total_seconds()


def _is_of_activity(name: str) -> bool:
    return name.startswith(("failed:", "done:"))


def _activity_news(follow_state: FollowState, info: JobInfo, limits: Limits) -> Iterator[Event]:
    """Report the first activities that failed or took long. The root message counts them all.

    What ended in the same look for several partitions of an activity is one event.
    """
    told = frozenset(name.removeprefix(BESIDE) for name in follow_state.told)
    left = ACTIVITIES_TOLD - sum(_is_of_activity(name) for name in follow_state.told)
    groups: dict[tuple[str, str], list[ActivityFailed | ActivityDone]] = {}
    for activity in info.activities if left > 0 else ():
        event = _activity_event(activity, limits)
        if event is not None and event_key(event) not in told:
            groups.setdefault((activity.state, activity.recipe or activity.id), []).append(event)
    for first, *others in list(groups.values())[:left]:
        yield type(first)(first.activity, tuple(one.activity for one in others))


def _activity_event(activity: Activity, limits: Limits) -> ActivityFailed | ActivityDone | None:
    if activity.state == "FAILED":
        return ActivityFailed(activity)
    if activity.state == "DONE" and _took(activity) >= limits.long_activity:
        return ActivityDone(activity)
    return None


def _took(activity: Activity) -> timedelta:
    if activity.started_at is None or activity.ended_at is None:
        return timedelta(0)
    return activity.ended_at - activity.started_at


def _slowness(before: FollowedJob, info: JobInfo, now: datetime, limits: Limits) -> Iterator[Event]:
    queued_since = info.initiated_at or before.follow_state.followed_since
    if info.state == "NOT_STARTED" and queued_since and now - queued_since >= limits.stuck:
        yield Stuck(int((now - queued_since).total_seconds() // 60))
    if info.started_at is None or info.state in _QUEUED:
        return
    running = now - info.started_at
    usual = before.follow_state.usual_seconds
    if usual is not None:
        late = timedelta(seconds=usual * limits.overdue_factor)
        longest = timedelta(seconds=max((usual, *(before.follow_state.usual_spread or ()))))
        if running >= max(late, longest, timedelta(seconds=usual) + limits.overdue_least):
            yield Overdue()
    if beats := int(running / limits.heartbeat):
        yield Heartbeat(beats)


def _step(
    before: FollowedJob,
    info: JobInfo,
    follow_state: FollowState,
    events: list[Event],
    now: datetime,
    *,
    close: bool,
) -> JobUpdate:
    # "back" and "silent" can happen again, with another time in their key, so we don't remember them.
    lasting = tuple(name for event in events if not isinstance(event, Back | Silent) for name in names(event))
    follow_state = msgspec.structs.replace(
        follow_state,
        told=(*follow_state.told, *(name for name in lasting if name not in follow_state.told)),
        followed_since=follow_state.followed_since or now,
    )
    job = FollowedJob(info=info, follow_state=follow_state, version=before.version)
    # Report an end even if the row already has it: somebody might have followed the job since then.
    return JobUpdate(job=job, events=tuple(events), close=close, changed=bool(events) or job != before)


def _age(follow_state: FollowState, info: JobInfo, now: datetime) -> timedelta:
    since = follow_state.followed_since or info.initiated_at or now
    return now - since


def _with(gaps: tuple[Gap, ...], gap: Gap) -> tuple[Gap, ...]:
    return (*gaps, gap)[-GAPS_KEPT:]
