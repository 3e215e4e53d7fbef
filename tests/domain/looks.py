"""What DSS and time can do to a followed job: strategies for looks, and a run of them through the rules."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from bot.domain import FINAL_STATES, Activity, Counters, Failure, Gap, JobInfo
from bot.domain.follow_rules import observe, observe_absence, observe_silence, observe_vanished
from bot.domain.job_events import Ended, Event, GaveUp, JobUpdate, Vanished
from bot.domain.stored_records import FollowedJob, FollowState
from tests.support.samples import NOW, job_info

STATES = [
    "NOT_STARTED",
    "COMPUTING_DEPS",
    "WAITING",
    "WAITING_CONFIRMATION",
    "RUNNING",
    "PAUSED_BY_A_NEWER_DSS",
    "",
    *sorted(FINAL_STATES),
]
ACTIVITY_STATES = ["NOT_STARTED", "WAITING", "RUNNING", "DONE", "FAILED", "ABORTED", "SKIPPED", "", "NEWER"]
ENDS = (Ended, Vanished, GaveUp)

_seconds = st.sampled_from([1, 5, 61, 700, 4_000, 8_000, 90_000])


@dataclass(frozen=True, kw_only=True)
class Look:
    """One event, some time after the previous one."""

    kind: str
    after: timedelta
    seen: JobInfo | None = None


_TIMES = [(None, None), (NOW, None), (NOW, NOW + timedelta(seconds=9)), (NOW, NOW + timedelta(minutes=9))]
_ACTIVITIES = [
    Activity(id=name, recipe=recipe, state=state, started_at=started, ended_at=ended)
    for name, recipe in (("a", None), ("b", None), ("c|d", None), ("r_1", "r"), ("r_2", "r"))
    for state in ACTIVITY_STATES
    for started, ended in _TIMES
]
_activities = st.lists(st.sampled_from(_ACTIVITIES), max_size=4, unique_by=lambda one: one.id).map(tuple)


@st.composite
def _said(draw: st.DrawFn) -> JobInfo:
    """The contents of a status call or a list."""
    state = draw(st.sampled_from(STATES))
    values: dict[str, Any] = {
        "state": state,
        "finished": state in FINAL_STATES or (state == "" and draw(st.booleans())),
        "started_at": draw(st.none() | st.just(NOW)),
        "initiated_at": draw(st.none() | st.just(NOW)),
    }
    if draw(st.booleans()):  # a status call; its counters might still be missing
        values["activities"] = draw(_activities)
        values["counters"] = draw(st.none() | st.just(Counters(total=3)))
        values["failure"] = Failure(message="boom") if state == "FAILED" else None
    return job_info(**values)


@st.composite
def _look(draw: st.DrawFn) -> Look:
    kind = draw(st.sampled_from(["seen", "seen", "seen", "seen", "silence", "absence", "gone"]))
    seen = draw(_said()) if kind == "seen" else None
    return Look(kind=kind, after=timedelta(seconds=draw(_seconds)), seen=seen)


looks = st.lists(_look(), max_size=15)


@dataclass
class Run:
    """Every step that the rules derived from some looks."""

    steps: list[JobUpdate] = field(default_factory=list)
    befores: list[FollowedJob] = field(default_factory=list)
    moments: list[datetime] = field(default_factory=list)

    @property
    def events(self) -> list[Event]:
        """All reported events, in order."""
        return [event for step in self.steps for event in step.events]


def first_row() -> FollowedJob:
    """Return the row of a job that has just started."""
    said = job_info(state="NOT_STARTED", started_at=None)
    return FollowedJob(info=said, follow_state=FollowState(followed_since=NOW, usual_seconds=60.0))


def play(happened: list[Look], *, until_closed: bool = True) -> Run:
    """Run looks through the rules as the waiter does: following ends with the step that closes."""
    run, row, now, answered = Run(), first_row(), NOW, NOW
    for look in happened:
        now += look.after
        run.befores.append(row)
        run.moments.append(now)
        if look.kind == "silence":
            step = observe_silence(row, answered, now)
        elif look.kind == "absence":
            step = observe_absence(row, Gap(start=answered, end=now), now)
        else:
            answered = now
            step = observe_vanished(row, now) if look.seen is None else observe(row, look.seen, now)
        run.steps.append(step)
        row = step.job
        if step.close and until_closed:
            break
    return run
