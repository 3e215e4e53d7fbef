"""What each look at a job reports: the table behind the properties."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from bot.domain import Activity, Counters, Failure, Gap, JobInfo, JobRef, Output
from bot.domain.follow_rules import (
    GAPS_KEPT,
    Limits,
    merge,
    observe,
    observe_absence,
    observe_silence,
    observe_start,
    observe_vanished,
)
from bot.domain.job_events import (
    ActivityDone,
    ActivityFailed,
    Back,
    Ended,
    GaveUp,
    Heartbeat,
    Overdue,
    Silent,
    Started,
    Stuck,
    Vanished,
    WaitingConfirmation,
    event_key,
)
from bot.domain.stored_records import FollowedJob, FollowState
from tests.support.samples import NOW, job_info

QUEUED = job_info(state="NOT_STARTED", started_at=None)


def after(**passed: float) -> Any:
    """Return the time this long after the start."""
    return NOW + timedelta(**passed)


def row(said: JobInfo = QUEUED, **follow_state: Any) -> FollowedJob:
    """Return a row that was followed from the start."""
    return FollowedJob(
        info=said, follow_state=FollowState(**({"followed_since": NOW} | follow_state)), version=7
    )


def activity(state: str, *, minutes: float | None = None, name: str = "a") -> Activity:
    """Return an activity, with times if its duration is given."""
    ended = after(minutes=minutes) if minutes is not None else None
    return Activity(id=name, state=state, started_at=NOW, ended_at=ended)


@pytest.mark.parametrize("state", ["NOT_STARTED", "WAITING", "COMPUTING_DEPS", ""])
def test_a_queued_job_has_not_started(state: str) -> None:
    """No state before RUNNING counts as a start."""
    assert observe(row(), job_info(state=state, started_at=None), after(seconds=5)).events == ()


@pytest.mark.parametrize("state", ["RUNNING", "A_NEWER_WORD"])
def test_a_job_that_left_its_queue_has_started(state: str) -> None:
    """An unknown state is neither final nor a known queue."""
    step = observe(row(), job_info(state=state), after(seconds=5))
    assert step.events == (Started(),)
    assert not step.close


def test_a_start_is_told_once_also_when_the_state_goes_back() -> None:
    """RUNNING, COMPUTING_DEPS, RUNNING: one start."""
    step = observe(row(), job_info(), after(seconds=5))
    for state in ("COMPUTING_DEPS", "RUNNING", "NOT_STARTED", "RUNNING"):
        step = observe(step.job, job_info(state=state), after(seconds=6))
        assert step.events == ()


def test_the_same_again_changes_nothing() -> None:
    """A look without news needs no write."""
    first = observe(row(), job_info(), after(seconds=5))
    assert first.changed
    assert not observe(first.job, job_info(), after(seconds=8)).changed


def test_a_list_without_a_state_does_not_take_it_away() -> None:
    """A list can be bare ids; only "finished" without a state says that the outcome isn't known."""
    bare = JobInfo(ref=QUEUED.ref, state="", finished=False)
    assert merge(job_info(), bare).state == "RUNNING"
    assert merge(job_info(), msgspec.structs.replace(bare, finished=True)).state == ""


@pytest.mark.parametrize("state", ["DONE", "FAILED", "ABORTED"])
def test_an_end_is_the_only_thing_told(state: str) -> None:
    """Whatever else is new in the last look, the end covers it."""
    over = job_info(
        state=state,
        finished=True,
        counters=Counters(total=2, done=1, failed=1),
        activities=(activity("FAILED"), activity("DONE", minutes=9, name="b")),
    )
    step = observe(row(), over, after(days=30))
    assert step.events == (Ended(),)
    assert step.close


def test_a_job_whose_outcome_is_not_said_ends_too() -> None:
    """``stableState`` without a state is an end (DSS-API.md §1.3)."""
    step = observe(row(), job_info(state="", finished=True), after(seconds=5))
    assert (step.events, step.close) == ((Ended(),), True)


def test_an_end_is_told_to_who_follows_since() -> None:
    """Somebody followed while the end was being written: their thread gets the end too, and is closed."""
    over = job_info(state="DONE", finished=True)
    first = observe(row(), over, after(seconds=5))
    again = observe(first.job, over, after(seconds=6))
    assert (again.events, again.close, again.changed) == ((Ended(),), True, True)
    assert again.job == first.job


def test_a_failed_activity_is_told_once() -> None:
    """The same for each of several."""
    one = job_info(activities=(activity("FAILED"),), counters=Counters(failed=1))
    two = job_info(activities=(activity("FAILED"), activity("FAILED", name="b")), counters=Counters(failed=2))
    first = observe(row(job_info(), told=("started",)), one, after(seconds=5))
    second = observe(first.job, two, after(seconds=9))
    assert first.events == (ActivityFailed(one.activities[0]),)
    assert second.events == (ActivityFailed(two.activities[1]),)


@pytest.mark.parametrize(("minutes", "told"), [(4.9, False), (5.0, True), (None, False)])
def test_only_a_long_activity_is_told_when_it_is_done(minutes: float | None, told: bool) -> None:
    """The root counts the short ones; one without times might be short."""
    done = activity("DONE", minutes=minutes)
    seen = job_info(activities=(done,), counters=Counters(done=1))
    step = observe(row(job_info(), told=("started",)), seen, after(minutes=6))
    assert step.events == ((ActivityDone(done),) if told else ())


@pytest.mark.parametrize("state", ["RUNNING", "SKIPPED", "ABORTED", "NOT_STARTED", "", "NEWER"])
def test_other_states_of_activities_are_no_news(state: str) -> None:
    """Only failures and completed long work deserve a reply."""
    seen = job_info(activities=(activity(state, minutes=60),), counters=Counters(total=1))
    assert observe(row(job_info(), told=("started",)), seen, after(minutes=61)).events == ()


@pytest.mark.parametrize(
    ("hours", "told"), [(1.9, ()), (2, (Heartbeat(1),)), (5.9, (Heartbeat(2),)), (6, (Heartbeat(3),))]
)
def test_a_heartbeat_every_two_hours(hours: float, told: tuple[Heartbeat, ...]) -> None:
    """One for now, and none for the hours that the bot missed."""
    step = observe(row(job_info(), told=("started",)), job_info(), after(hours=hours))
    assert step.events == told


@pytest.mark.parametrize(
    ("usual", "seconds", "told"),
    [
        (None, 4.9, False),
        (None, 5, True),
        (600.0, 4.9, False),
        (600.0, 5, True),
        (600.0, 598, False),
        (2.0, 6.9, False),
        (2.0, 7, True),
        (7.0, 5, False),
        (7.0, 11.9, False),
        (7.0, 12, True),
    ],
)
def test_a_start_is_told_when_no_end_is_likely_to_follow_at_once(
    usual: float | None, seconds: float, told: bool
) -> None:
    """After 5 s, and not within 5 s of the time when such a build usually ends."""
    step = observe(row(usual_seconds=usual), job_info(), after(seconds=seconds))
    assert (Started() in step.events) is told
    seen = observe(row(usual_seconds=usual), job_info(), after(seconds=0))
    later = observe_start(seen.job, after(seconds=seconds))
    assert (later.events, later.changed, later.same_root) == (
        ((Started(),), True, True) if told else ((), False, False)
    )
    assert observe_start(later.job, after(seconds=seconds + 60)).changed is not told


@pytest.mark.parametrize("started_at", [None, after(seconds=30)])
def test_a_start_is_told_by_the_bots_clock_if_that_of_dss_is_of_no_use(started_at: datetime | None) -> None:
    """DSS says no time, or one that hasn't come yet."""
    running = job_info(started_at=started_at, initiated_at=None)
    assert observe(row(), running, after(seconds=4)).events == ()
    assert observe(row(), running, after(seconds=5)).events == (Started(),)


def test_a_start_is_not_told_after_an_activity_that_failed() -> None:
    """That says it already."""
    failed = job_info(activities=(activity("FAILED"),), counters=Counters(failed=1))
    step = observe(row(), failed, after(seconds=2))
    assert step.events == (ActivityFailed(failed.activities[0]),)
    assert observe(step.job, failed, after(seconds=9)).events == ()


def test_partitions_that_fail_in_one_look_are_one_event() -> None:
    """Whatever their errors are; other recipes, and what fails later, have their own."""

    def partitions(recipe: str, *numbers: int) -> tuple[Activity, ...]:
        return tuple(
            Activity(id=f"{recipe}_{n}", recipe=recipe, state="FAILED", failure=f"no {n}") for n in numbers
        )

    first = job_info(activities=(*partitions("compute_a", *range(30)), *partitions("compute_b", 1)))
    step = observe(row(job_info(), told=("started",)), first, after(seconds=9))
    a, b = step.events
    assert isinstance(a, ActivityFailed)
    assert (a.activity.id, len(a.others)) == ("compute_a_0", 29)
    assert b == ActivityFailed(first.activities[30])
    later = job_info(activities=(*first.activities, *partitions("compute_a", 30, 31)))
    (again,) = observe(step.job, later, after(seconds=14)).events
    assert isinstance(again, ActivityFailed)
    assert [again.activity.id, *(one.id for one in again.others)] == ["compute_a_30", "compute_a_31"]


def test_ten_replies_about_activities_however_many_each_is_about() -> None:
    """The root counts the rest."""
    before = row(job_info(), told=("started", *(f"failed:{n}" for n in range(9)), "with:failed:9"))
    seen = job_info(
        activities=tuple(Activity(id=f"x{n}", recipe=f"x{n % 2}", state="FAILED") for n in range(6))
    )
    (event,) = observe(before, seen, after(seconds=9)).events
    assert isinstance(event, ActivityFailed)
    assert [one.id for one in event.others] == ["x2", "x4"]


@pytest.mark.parametrize(
    ("usual", "minutes", "told"),
    [
        (None, 90, False),
        (60.0, 10.9, False),
        (60.0, 11, True),
        (1_800.0, 89.9, False),
        (1_800.0, 90, True),
    ],
)
def test_overdue_needs_both_the_factor_and_the_least(usual: float | None, minutes: float, told: bool) -> None:
    """A one-minute job isn't overdue after two minutes, nor a half-hour one after forty minutes."""
    step = observe(
        row(job_info(), told=("started",), usual_seconds=usual), job_info(), after(minutes=minutes)
    )
    assert step.events == ((Overdue(),) if told else ())
    if told:
        assert observe(step.job, job_info(), after(minutes=minutes + 1)).events == ()


def test_a_duration_that_was_usual_before_is_not_overdue() -> None:
    """The median says little where the runs differ a lot."""
    before = row(job_info(), told=("started",), usual_seconds=60.0, usual_spread=(30.0, 3_600.0))
    assert observe(before, job_info(), after(minutes=59)).events == ()
    assert observe(before, job_info(), after(minutes=61)).events == (Overdue(),)


def test_stuck_counts_from_the_initiation() -> None:
    """The event has the number of minutes; only a job that hasn't started is stuck."""
    assert observe(row(), QUEUED, after(minutes=9.9)).events == ()
    step = observe(row(), QUEUED, after(minutes=12.5))
    assert step.events == (Stuck(12),)
    assert observe(step.job, QUEUED, after(minutes=30)).events == ()
    assert observe(row(), job_info(state="COMPUTING_DEPS"), after(minutes=12)).events == ()


def test_a_preview_is_told_because_it_never_ends_alone() -> None:
    """``WAITING_CONFIRMATION`` waits for somebody and hasn't started."""
    step = observe(row(), job_info(state="WAITING_CONFIRMATION", started_at=None), after(seconds=5))
    assert step.events == (WaitingConfirmation(),)


def test_following_has_a_limit() -> None:
    """Then the card says so, and following ends; a job that ends in the same look has ended."""
    limits = Limits(follow=timedelta(days=2))
    step = observe(row(job_info(), told=("started", "heartbeat:24")), job_info(), after(days=2), limits)
    assert step.events == (GaveUp(2),)
    assert step.close
    assert step.job.follow_state.gave_up
    ended = observe(row(), job_info(state="DONE", finished=True), after(days=2), limits)
    assert ended.events == (Ended(),)
    assert not ended.job.follow_state.gave_up


def test_the_limit_counts_from_when_it_was_followed() -> None:
    """A job that ran for ten days before somebody followed it is followed for the whole limit."""
    late = row(job_info(initiated_at=after(days=-10), started_at=after(days=-10)), followed_since=NOW)
    assert not observe(late, late.info, after(hours=1)).close


def test_an_outage_is_told_once_and_its_end_once() -> None:
    """Silent, silent, back: two replies, and the card keeps the gap."""
    silent = observe_silence(row(), NOW, after(seconds=61))
    assert silent.events == (Silent(NOW),)
    again = observe_silence(silent.job, NOW, after(seconds=64))
    assert (again.events, again.changed) == ((), False)
    back = observe(silent.job, QUEUED, after(minutes=5))
    gap = Gap(start=NOW, end=after(minutes=5))
    assert back.events == (Back(gap),)
    assert back.job.follow_state.gaps == (gap,)
    assert back.job.follow_state.silent_since is None


def test_a_job_that_ended_during_an_outage_is_told_in_order() -> None:
    """First that DSS is back, then the end."""
    silent = observe_silence(row(), NOW, after(seconds=61))
    step = observe(silent.job, job_info(state="DONE", finished=True), after(minutes=5))
    assert [event_key(event) for event in step.events] == [f"back:{NOW.timestamp():.0f}", "ended"]


def test_two_outages_have_two_names() -> None:
    """So that the second one has its own replies."""
    first = observe_silence(row(), NOW, after(seconds=61))
    back = observe(first.job, QUEUED, after(minutes=5))
    second = observe_silence(back.job, after(minutes=5), after(minutes=7))
    assert event_key(second.events[0]) != event_key(first.events[0])


def test_an_absence_is_a_note_in_the_card_only() -> None:
    """The bot was away: the thread says nothing, and the card keeps the last few absences."""
    job = row()
    for number in range(GAPS_KEPT + 2):
        gap = Gap(start=after(hours=number), end=after(hours=number, minutes=5))
        step = observe_absence(job, gap, gap.end)
        assert step.events == ()
        job = step.job
    assert [gap.start for gap in job.follow_state.gaps] == [after(hours=n) for n in range(2, GAPS_KEPT + 2)]


def test_a_job_that_vanished_is_closed() -> None:
    """DSS's last information about it stays."""
    step = observe_vanished(row(job_info()), after(minutes=1))
    assert (step.events, step.close, step.job.follow_state.vanished) == ((Vanished(),), True, True)
    assert step.job.info == job_info()


def test_not_knowing_a_job_is_an_answer() -> None:
    """A previous silence is over: the card doesn't say that DSS is silent."""
    silent = observe_silence(row(), NOW, after(seconds=61))
    step = observe_vanished(silent.job, after(minutes=3))
    assert step.job.follow_state.silent_since is None
    assert step.job.follow_state.gaps == (Gap(start=NOW, end=after(minutes=3)),)


def test_a_job_that_is_there_has_not_vanished() -> None:
    """It was followed again after a restart of DSS hid it: its card shows its current state."""
    gone = observe_vanished(row(job_info()), after(minutes=1))
    step = observe(gone.job, job_info(), after(minutes=2))
    assert not step.job.follow_state.vanished


def test_a_list_does_not_wipe_what_a_status_said() -> None:
    """Only a status call knows the activities, counters, failure, and conflicts."""
    other = JobRef(instance="dss", project="CHURN", job_id="other")
    status = job_info(
        state="FAILED",
        finished=True,
        counters=Counters(failed=1, total=1),
        activities=(activity("FAILED"),),
        failure=Failure(message="boom"),
        conflicts=(other,),
    )
    listed = job_info(state="FAILED", finished=True, ended_at=after(minutes=1))
    merged = merge(status, listed)
    assert (merged.counters, merged.activities) == (status.counters, status.activities)
    assert (merged.failure, merged.conflicts) == (status.failure, status.conflicts)
    assert merged.ended_at == after(minutes=1)


def test_activities_without_counters_are_news() -> None:
    """A status can lack ``globalState``; its activities are used, and older ones are dropped."""
    old = job_info(activities=(activity("RUNNING"),), counters=Counters(running=1, total=1))
    new = job_info(activities=(activity("FAILED"),))
    assert merge(old, new).activities == new.activities
    assert observe(row(old, told=("started",)), new, after(seconds=9)).events == (
        ActivityFailed(new.activities[0]),
    )


@pytest.mark.parametrize(
    ("old", "new", "kept"),
    [
        ("DONE", ("RUNNING", False), "DONE"),
        ("ABORTED", ("DONE", True), "ABORTED"),
        ("", ("FAILED", True), "FAILED"),
        ("DONE", ("DONE", True), "DONE"),
    ],
)
def test_an_end_is_final(old: str, new: tuple[str, bool], kept: str) -> None:
    """Only an end without an outcome can still get one."""
    state, finished = new
    merged = merge(job_info(state=old, finished=True), job_info(state=state, finished=finished))
    assert (merged.state, merged.finished) == (kept, True)


def test_what_people_call_a_folder_is_kept() -> None:
    """DSS gives only a folder's opaque id; the bot looked up the name once, before the start."""
    named = Output(kind="MANAGED_FOLDER", project="CHURN", id="O2ue6CX3", name="Customer exports")
    said = msgspec.structs.replace(named, name=None)
    merged = merge(job_info(outputs=(named,)), job_info(outputs=(said,), state="DONE", finished=True))
    assert [output.label for output in merged.outputs] == ["CHURN.Customer exports"]
