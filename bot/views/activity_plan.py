"""A job's activities as a plan of tasks, for workspaces that show such blocks (WIRE-FACTS §4).

Slack has no status for aborted, skipped or unknown activities, so each title says in words how it stands.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from bot.domain import Activity, JobInfo
from bot.language import mark, number, t, tn
from bot.views import limits, wording
from bot.views.blocks import Block, context, rich_text
from bot.views.escape import one_line, title

SHOWN_TASKS = 12
"""How many activities are tasks; the rest are counted."""

_PLACES = {
    state: place
    for place, state in enumerate(("FAILED", "RUNNING", "ABORTED", "WAITING", "NOT_STARTED", "DONE"))
}
_STATUS = {"FAILED": "error", "ABORTED": "error", "RUNNING": "in_progress", "DONE": "complete"}
_LEFT_OUT = "SKIPPED"
_FAILURE = 600
"""Code points of a failure's message: the thread and the log have more."""

_REASONS = {
    "NEVER_EXECUTED": mark("it was never built"),
    "HAS_REQUIRED_DEPS": mark("something that it needs is rebuilt"),
    "FORCED_RECURSIVE_BUILD": mark("this build mode rebuilds everything upstream"),
    "NON_RECURSIVE_FORCED_BUILD": mark("somebody asked for it"),
    "TARGET_DATASET_SETTINGS_HAVE_CHANGED": mark("the settings of its output have changed"),
    "RECIPE_HAS_CHANGED": mark("its recipe has changed"),
    "SOURCE_DATASET_HAS_CHANGED": mark("its source has changed"),
    "SOURCE_DATA_OUT_OF_DATE": mark("the data of its source is newer"),
}
"""DSS's word → why an activity is in a job (``requiredReason``, DSS-API.md §1.5)."""

FORCED = frozenset({"FORCED_RECURSIVE_BUILD", "NON_RECURSIVE_FORCED_BUILD"})
"""Reasons that only repeat the build mode."""


def plan(job: JobInfo, heading: str, now: datetime) -> tuple[Block, ...]:
    """Return a plan of the activities, failed and running ones first; empty without activities.

    Args:
        job: the job.
        heading: plain text, such as the counts in words.
        now: for durations.
    """
    by_state: dict[str, list[Activity]] = {}
    for activity in job.activities:
        by_state.setdefault(_state(job, activity), []).append(activity)
    wanted = _wanted(by_state)
    if not wanted:
        return ()
    first = {id(group[0]) for group in wanted}
    ids = {id(one): number for number, one in enumerate(job.activities) if id(one) in first}
    tasks = [_task(job, ids[id(group[0])], group, now) for group in wanted]
    block: Block = {"type": "plan", "title": title(heading, limits.PLAN_TITLE), "tasks": tasks}
    left = Counter({state: len(activities) for state, activities in by_state.items()})
    left.subtract(_state(job, one) for group in wanted for one in group)
    return (block, context(_rest(left))) if left.total() else (block,)


def _wanted(by_state: Mapping[str, Sequence[Activity]]) -> list[list[Activity]]:
    """Return the groups that are tasks: failed, running, aborted, waiting, and done ones, newest first."""
    wanted: list[list[Activity]] = []
    for state in sorted((one for one in by_state if one != _LEFT_OUT), key=_place):
        groups = same_activities(by_state[state])
        if state == "DONE":
            groups.sort(key=lambda group: -_ended(group[-1]))
        wanted += groups
        if len(wanted) >= SHOWN_TASKS:
            break
    return wanted[:SHOWN_TASKS]


def reason_words(reason: str | None) -> str | None:
    """Say why DSS put an activity into a job; ``None`` if it doesn't say or the word is unknown."""
    return t(_REASONS[reason]) if reason in _REASONS else None


def _state(job: JobInfo, activity: Activity) -> str:
    """Return an activity's state: after a DSS restart, a job is ABORTED while its activities say RUNNING."""
    if job.finished and activity.state == "RUNNING":
        return "ABORTED" if job.state == "ABORTED" else ""
    return activity.state


def _place(state: str) -> int:
    return _PLACES.get(state, _PLACES["ABORTED"])


def _ended(activity: Activity) -> float:
    return activity.ended_at.timestamp() if activity.ended_at else 0.0


def same_activities(activities: Sequence[Activity]) -> list[list[Activity]]:
    """Group activities that differ only in their partition: one recipe, and it stands the same for all."""
    groups: dict[tuple[object, ...], list[Activity]] = {}
    for activity in activities:
        alike = (activity.recipe or activity.id, activity.state, activity.failure, activity.reason)
        groups.setdefault(alike, []).append(activity)
    return list(groups.values())


def as_one(group: Sequence[Activity]) -> Activity:
    """Return one activity for several: from the first start to the last end, with what all of them wrote."""
    started = [one.started_at for one in group if one.started_at]
    ended = [one.ended_at for one in group if one.ended_at]
    records = [one.records for one in group if one.records is not None]
    return msgspec.structs.replace(
        group[0],
        started_at=min(started, default=None),
        ended_at=max(ended, default=None),
        records=sum(records) if records else None,
        warnings=sum(one.warnings for one in group),
    )


def _task(job: JobInfo, task_id: int, group: Sequence[Activity], now: datetime) -> Block:
    activity, state = as_one(group), _state(job, group[0])
    name = one_line((activity.recipe or activity.id)[:_FAILURE])
    shown = title(name, limits.TASK_NAME)
    if len(group) > 1:
        shown += tn(" ({number} partition)", " ({number} partitions)", len(group))
    task: Block = {
        "type": "task_card",
        "task_id": f"activity-{task_id}",
        "title": t("{name}: {state}", name=shown, state=_words(state, activity, now)),
        "status": _STATUS.get(state, "pending"),
    }
    if details := " · ".join(_details(state, activity)):
        task["details"] = rich_text(details)
    if activity.failure and one_line(activity.failure):
        task["output"] = rich_text(one_line(activity.failure[:_FAILURE]))
    return task


def _words(state: str, activity: Activity, now: datetime) -> str:
    said = wording.state_words(state) if state else t("not finished")
    words = title(wording.lower_first(said), limits.TASK_NAME)
    took = wording.lasted(activity.started_at, now if state == "RUNNING" else activity.ended_at)
    if took is None:
        return words
    if state == "RUNNING":
        return t("{state} for {took}", state=words, took=took)
    return t("{outcome} after {duration}", outcome=words, duration=took)


def _details(state: str, activity: Activity) -> Iterator[str]:
    if activity.recipe_type:
        yield one_line(activity.recipe_type[:60])
    if why := reason_words(activity.reason):
        yield _because(state, activity, why)
    if activity.records or (activity.records is not None and state == "DONE"):
        yield tn("{number} row written", "{number} rows written", activity.records)
    if activity.warnings:
        yield tn("{number} warning", "{number} warnings", activity.warnings)


def _because(state: str, activity: Activity, why: str) -> str:
    if activity.ended_at:
        return t("ran because {reason}", reason=why)
    if state in {"RUNNING", "WAITING", "NOT_STARTED"}:
        return t("runs because {reason}", reason=why)
    return t("would have run because {reason}", reason=why)


def _rest(states: Mapping[str, int]) -> str:
    """Count what isn't shown: ``and 8 more activities: 5 done, 2 waiting to start, 1 skipped``."""
    counted: Counter[str] = Counter()
    for state in sorted(states, key=lambda one: _PLACES.get(one, len(_PLACES))):
        counted[_counted_as(state)] += states[state]
    parts = [
        t("{number} {state}", number=number(several), state=said)
        for said, several in counted.most_common()
        if several
    ]
    return tn(
        "and {number} more activity: {states}",
        "and {number} more activities: {states}",
        sum(states.values()),
        states=", ".join(parts),
    )


def _counted_as(state: str) -> str:
    known = wording.state_words(state) if state in _PLACES or state == _LEFT_OUT else t("in another state")
    return wording.lower_first(known)
