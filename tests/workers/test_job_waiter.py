"""The waiter: how few requests it sends to DSS, and what it reports."""

from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import update

from bot.domain import AbortAsked, Activity, Counters, Failure, JobRef, Place
from bot.domain.errors import (
    DSSError,
    DSSNotFound,
    DSSNotVisible,
    DSSRefused,
    DSSUnavailable,
    DSSUnreachable,
    DSSUnreadable,
)
from bot.domain.follow_rules import Limits
from bot.domain.stored_records import FollowedJob, FollowState
from bot.store import Change, Recording
from bot.store.tables import watches
from bot.workers.instance_lease import LEASE_SECONDS
from bot.workers.job_waiter import GONE_AFTER
from tests.support.samples import REF, draft, job_info, watch
from tests.workers.watchers import Watchers


def test_nothing_followed_is_nothing_asked(watchers: Watchers) -> None:
    """An idle bot sends DSS no requests."""
    watchers.run(10)
    assert watchers.calls() == []


def test_one_list_a_tick_and_a_status_only_where_it_is_due(watchers: Watchers) -> None:
    """Three running jobs: while they are young, each gets a status call every five seconds."""
    watchers.follow_many(3)
    watchers.waiter.round()
    assert watchers.calls() == ["running_jobs", "job", "job", "job"]
    for _ in range(4):
        watchers.clock.advance(1)
        watchers.waiter.round()
        assert watchers.calls() == ["running_jobs"]
    watchers.clock.advance(1)
    watchers.waiter.round()
    assert watchers.calls() == ["running_jobs", "job", "job", "job"]


def test_an_older_job_is_looked_at_less_often(watchers: Watchers) -> None:
    """After an hour, once a minute."""
    watchers.follow()
    watchers.clock.advance(3_700)
    watchers.run(180)
    assert watchers.calls().count("job") == 3


def test_a_state_that_changes_is_looked_at_at_once(watchers: Watchers) -> None:
    """Even in the middle of a pause."""
    made = watchers.follow(state="NOT_STARTED")
    watchers.run(2)
    watchers.calls()
    watchers.say(state="RUNNING", counters=Counters(running=1, total=1))
    watchers.run(1)
    assert watchers.calls() == ["running_jobs", "job"]
    assert "running" in watchers.rows()[made.root_id].casefold()


def test_a_look_that_shows_nothing_new_writes_nothing(watchers: Watchers) -> None:
    """The card's row doesn't change, so Slack isn't called."""
    made = watchers.follow()
    watchers.run(60)
    assert watchers.revision(made.root_id) == 1


def test_a_whole_life(watchers: Watchers) -> None:
    """A failure is reported when it happens; the end is reported once, and then requests stop."""
    made = watchers.follow()
    watchers.run(6)
    failed = Activity(id="a", state="FAILED", failure="boom")
    watchers.say(activities=(failed,), counters=Counters(failed=1, total=2))
    watchers.run(6)
    watchers.dss.log = "Traceback (most recent call last):\nKeyError: 'amount'\n"
    watchers.say(failure=Failure(message="boom", activity_id="a"))
    watchers.end(state="FAILED")
    watchers.run(10)
    assert watchers.told(made) == ["failed:a", "ended"]
    assert watchers.waiter.following == 0
    watchers.calls()
    watchers.run(10)
    assert watchers.calls() == []
    row = watchers.store.jobs.job(REF)
    assert row is not None
    assert row.info.state == "FAILED"


def test_the_log_of_a_failure_is_read_once(watchers: Watchers) -> None:
    """And only for a failure; an unreadable log doesn't delay the end."""
    refs = watchers.follow_many(2)
    watchers.run(1)
    watchers.dss.refusing["log_tail"] = DSSNotFound("cleared")
    watchers.end(refs[0], "FAILED")
    watchers.end(refs[1], "DONE")
    watchers.run(10)
    assert watchers.waiter.following == 0
    assert watchers.calls().count("log_tail") == 1


def test_an_activity_without_a_log_has_the_one_of_its_job(watchers: Watchers) -> None:
    """DSS's answer for such an activity isn't known: in that case, the excerpt comes from the whole log."""
    made = watchers.follow()
    watchers.run(1)
    watchers.dss.log = "[ERROR] failed\nValueError: the whole log tells it\n"
    watchers.dss.without_log.add("a")
    watchers.say(failure=Failure(message="boom", activity_id="a"))
    watchers.end(state="FAILED")
    watchers.run(2)
    with watchers.store.database.read() as connection:
        dumped = "\n".join(connection.exec_driver_sql("SELECT body FROM messages").scalars())
    assert "ended" in watchers.told(made)
    assert "the whole log tells it" in dumped


def test_a_secret_in_a_log_is_not_told(watchers: Watchers) -> None:
    """The excerpt is redacted before it is stored."""
    made = watchers.follow()
    watchers.dss.log = "[ERROR] failed\nValueError: password=hunter2secret is wrong\n"
    watchers.end(state="FAILED")
    watchers.run(2)
    with watchers.store.database.read() as connection:
        dumped = "\n".join(connection.exec_driver_sql("SELECT body FROM messages").scalars())
    assert "ended" in watchers.told(made)
    assert "ValueError" in dumped
    assert "hunter2secret" not in dumped


@pytest.mark.parametrize("per_second", [2.0, 5.0])
def test_the_budget_is_kept(watchers: Watchers, per_second: float) -> None:
    """Forty jobs start at once: requests stay within the limit; the list goes first, and all get a turn."""
    waiter = watchers.start(requests_per_second=per_second)
    watchers.follow_many(40)
    burst, seconds = 2 * per_second, 0
    while watchers.dss.made("job") < 40:
        seconds += 1
        watchers.run(1, waiter=waiter)
        assert watchers.dss.made("running_jobs") == seconds
        assert len(watchers.dss.calls) <= (seconds - 1) * per_second + burst
    assert seconds <= 40 / (per_second - 1) + 1


def test_the_youngest_come_first(watchers: Watchers) -> None:
    """If the budget isn't enough, people who wait for a short job see its progress."""
    waiter = watchers.start(requests_per_second=2)
    old = [JobRef(instance="dss", project="P", job_id=f"old-{n}") for n in range(20)]
    for ref in old:
        watchers.follow(ref)
    watchers.clock.advance(7_200)
    young = JobRef(instance="dss", project="P", job_id="young")
    watchers.follow(young, started_at=watchers.clock(), initiated_at=watchers.clock())
    watchers.say(young, counters=Counters(done=1, total=2))
    watchers.run(1, waiter=waiter)
    row = watchers.store.jobs.job(young)
    assert row is not None
    assert row.info.counters == Counters(done=1, total=2)


@pytest.mark.parametrize(("knows_running", "count"), [(True, 500), (False, 200)])
def test_many_ends_at_once_are_few_calls(watchers: Watchers, knows_running: bool, count: int) -> None:
    """A night's jobs end together: one list, not a status each; each end is reported, with details later."""
    watchers.dss.knows_running = knows_running
    watchers.follow_many(count)
    watchers.run(1)
    watchers.calls()
    for ref in watchers.dss.jobs:
        watchers.end(ref)
    watchers.run(3)
    assert len(watchers.calls()) <= 20
    assert watchers.waiter.following == 0
    assert sum(row.endswith(":ended") for row in watchers.rows()) == count


def test_many_ends_that_no_list_shows_stay_within_the_budget(watchers: Watchers) -> None:
    """Jobs far down in a project's history: it is listed once, then each is requested in turn."""
    waiter = watchers.start(requests_per_second=5)
    refs = watchers.follow_many(50)
    for number in range(400):
        newer = JobRef(instance="dss", project="P0", job_id=f"newer-{number}")
        watchers.dss.put(job_info(ref=newer, state="DONE", finished=True))
    watchers.run(20, waiter=waiter)
    watchers.calls()
    for ref in refs:
        watchers.end(ref)
    watchers.run(5, waiter=waiter)
    assert len(watchers.calls()) <= 5 * 5 + 10
    watchers.run(15, waiter=waiter)
    made = watchers.calls()
    assert watchers.waiter.following == 0
    assert "recent_jobs" not in made
    assert sum(row.endswith(":ended") for row in watchers.rows()) == 50


def test_a_silent_dss_is_told_once_and_once_when_it_is_back(watchers: Watchers) -> None:
    """In each thread; and health shows the kind of silence."""
    made = watchers.follow()
    watchers.run(3)
    watchers.dss.broken = DSSUnavailable("502")
    watchers.run(300, step=3)
    assert watchers.waiter.trouble == "DSSUnavailable: 502"
    watchers.show()
    watchers.dss.broken = None
    watchers.run(30)
    names = [name.partition(":")[0] for name in watchers.told(made)]
    assert names == ["silent", "back"]
    assert watchers.waiter.trouble is None


def test_a_short_silence_is_not_told(watchers: Watchers) -> None:
    """A proxy restart isn't worth reporting."""
    made = watchers.follow()
    watchers.run(3)
    watchers.dss.broken = DSSUnreachable("no route")
    watchers.run(55)
    watchers.dss.broken = None
    watchers.run(30)
    assert watchers.told(made) == []


def test_a_job_that_ended_in_the_silence_is_told_after_it(watchers: Watchers) -> None:
    """First that DSS is back, then how the job ended."""
    made = watchers.follow()
    watchers.run(3)
    watchers.dss.broken = DSSUnavailable("502")
    watchers.run(120, step=3)
    watchers.show()
    watchers.end()
    watchers.dss.broken = None
    watchers.run(5)
    assert [name.partition(":")[0] for name in watchers.told(made)] == ["silent", "back", "ended"]


def test_a_silence_that_is_over_before_a_thread_heard_of_it_is_not_told(watchers: Watchers) -> None:
    """Slack accepts one reply per second in a channel: thousands of threads would get the news much later.

    The job's progress meanwhile is reported, and its card says when it wasn't seen.
    """
    heard = watchers.follow()
    watchers.run(3)
    watchers.dss.broken = DSSUnavailable("502")
    watchers.run(90, step=3)
    watchers.show()
    watchers.dss.broken = None
    watchers.run(3)
    other = msgspec.structs.replace(REF, job_id="later")
    late = watchers.follow(other)
    watchers.run(3)
    watchers.dss.broken = DSSUnavailable("502")
    watchers.run(90, step=3)
    watchers.end(other)
    watchers.dss.broken = None
    watchers.run(5)
    assert [name.partition(":")[0] for name in watchers.told(heard)] == ["silent", "back"]
    assert watchers.told(late) == ["ended"]
    row = watchers.store.jobs.job(other)
    assert row is not None
    assert len(row.follow_state.gaps) == 1


def test_a_vanished_job_is_asked_after_three_times(watchers: Watchers) -> None:
    """A restarting DSS might briefly not know its jobs; a job that is back hasn't vanished."""
    made = watchers.follow()
    watchers.run(2)
    kept = watchers.dss.jobs[REF]
    watchers.dss.forget(REF)
    watchers.run(8)
    watchers.dss.put(kept)
    watchers.run(8)
    assert watchers.told(made) == []
    watchers.dss.forget(REF)
    watchers.calls()
    watchers.run(30)
    assert watchers.told(made) == ["vanished"]
    assert watchers.calls().count("job") == GONE_AFTER
    assert watchers.waiter.following == 0


@pytest.mark.parametrize("error", [DSSNotFound("no such job"), DSSNotVisible("not for you")])
def test_what_a_list_shows_has_not_vanished(watchers: Watchers, error: DSSError) -> None:
    """Whatever its status call says: the end is told by a list, too."""
    made = watchers.follow()
    watchers.dss.refusing["job"] = error
    watchers.run(120)
    assert watchers.told(made) == []
    watchers.end()
    watchers.run(30)
    assert watchers.told(made) == ["ended"]


def test_an_ended_job_that_its_projects_list_shows_has_not_vanished(watchers: Watchers) -> None:
    """Before the bot says that a job was deleted, it looks for it in the list of its project."""
    made = watchers.follow()
    watchers.run(2)
    watchers.dss.refusing["job"] = DSSNotFound("no such job")
    watchers.end()
    watchers.run(30)
    assert watchers.told(made) == ["ended"]


def test_a_status_that_cannot_be_read_is_tried_again(watchers: Watchers) -> None:
    """After five seconds; one job that DSS can't handle doesn't stop the others."""
    refs = watchers.follow_many(2)
    watchers.dss.refusing["job"] = DSSUnreadable("?")
    watchers.run(4)
    assert watchers.calls().count("job") == 2
    watchers.dss.refusing.clear()
    watchers.end(refs[0])
    watchers.run(5)
    assert watchers.waiter.following == 1


def test_the_limit_ends_following(watchers: Watchers) -> None:
    """This is the final message."""
    waiter = watchers.start(limits=Limits(follow=timedelta(minutes=15)))
    made = watchers.follow()
    watchers.run(960, step=5, waiter=waiter)
    assert watchers.told(made) == ["gaveup"]
    assert waiter.following == 0


@pytest.mark.parametrize("seconds", [2, 300])
def test_a_clock_that_is_wrong_for_a_while_ends_no_following(watchers: Watchers, seconds: int) -> None:
    """It jumps ahead by more than the limit; the machine's uptime says that it didn't take that long."""
    up = 0.0
    waiter = watchers.start(uptime=lambda: up)
    made = watchers.follow()
    for _ in range(100):
        watchers.run(10, step=10, waiter=waiter)
        up += 10
    watchers.clock.advance(8 * 86_400)
    for _ in range(seconds):
        watchers.run(1, waiter=waiter)
        up += 1
    watchers.clock.advance(-8 * 86_400)
    watchers.end()
    watchers.run(5, waiter=waiter)
    assert watchers.told(made) == ["ended"]


def test_a_clock_that_stays_ahead_is_believed_after_a_while(watchers: Watchers) -> None:
    """It was wrong before."""
    up = 0.0
    waiter = watchers.start(uptime=lambda: up)
    made = watchers.follow()
    watchers.clock.advance(8 * 86_400)
    for _ in range(70):
        watchers.run(10, step=10, waiter=waiter)
        up += 10
    assert watchers.told(made)[-1] == "gaveup"


def test_a_job_that_was_given_up_can_be_followed_again(watchers: Watchers) -> None:
    """The final message says so: ``/dss-jobs follow JOB`` follows it again."""
    waiter = watchers.start(limits=Limits(follow=timedelta(minutes=15)))
    watchers.follow()
    watchers.run(960, step=5, waiter=waiter)
    watchers.say(counters=Counters(done=1, total=2))
    again = watch(created_at=watchers.clock())
    fresh = FollowedJob(
        info=watchers.dss.jobs[REF], follow_state=FollowState(followed_since=watchers.clock())
    )
    assert watchers.store.jobs.record(Recording(job=fresh, watch=again, drafts=()))
    watchers.run(60, step=5, waiter=waiter)
    assert (watchers.told(again), waiter.following) == (["started"], 1)


def test_what_is_followed_and_unfollowed_meanwhile_is_noticed(watchers: Watchers) -> None:
    """Without a restart, from the next tick on."""
    watchers.run(2)
    made = watchers.follow()
    watchers.run(1)
    assert watchers.waiter.following == 1
    watchers.store.jobs.close_watch(made.id)
    watchers.run(1)
    assert watchers.waiter.following == 0


def test_another_waiter_takes_over_after_the_lease(watchers: Watchers) -> None:
    """The first was killed: nothing is reported twice, and nothing is missed."""
    made = watchers.follow()
    watchers.run(3)
    second = watchers.new_waiter("two")
    watchers.calls()
    watchers.run(LEASE_SECONDS - 3, waiter=second)
    assert watchers.calls() == []
    watchers.end()
    watchers.run(5, waiter=second)
    assert watchers.told(made) == ["ended"]


def test_a_lease_that_was_given_back_is_taken_at_once(watchers: Watchers) -> None:
    """A rolling update loses no time."""
    watchers.follow()
    watchers.run(3)
    watchers.store.leases.release_all("one", patience=1)
    second = watchers.new_waiter("two")
    second.round()
    assert second.following == 1
    watchers.waiter.round()
    assert watchers.waiter.following == 0


def test_two_waiters_with_the_same_view_tell_once(watchers: Watchers) -> None:
    """Both believe that they hold the lease: the row's version lets only one of them write."""
    twin = watchers.new_waiter("one")
    made = watchers.follow()

    def both(seconds: int) -> None:
        for _ in range(seconds):
            watchers.waiter.round()
            twin.round()
            watchers.clock.advance(1)

    both(20)  # longer than the period for which the store's changes are read again
    failed = Activity(id="a", state="FAILED")
    watchers.say(activities=(failed,), counters=Counters(failed=1, total=2))
    both(10)
    assert watchers.told(made) == ["failed:a"]
    assert watchers.revision(f"{made.id}:failed:a") == 1


def test_an_end_that_two_waiters_see_at_once_is_told_once(watchers: Watchers) -> None:
    """One reports it while the other waits for DSS's answer: the other writes nothing and lets go."""
    twin = watchers.new_waiter("one")
    made = watchers.follow()
    watchers.waiter.round()
    twin.round()
    watchers.end()
    watchers.clock.advance(10)
    watchers.dss.meanwhile["job"] = watchers.waiter.round
    twin.round()
    assert watchers.told(made) == ["ended"]
    assert watchers.revision(f"{made.id}:ended") == 1
    assert (watchers.waiter.following, twin.following) == (0, 0)


def test_an_abort_that_is_asked_for_meanwhile_is_not_overwritten(watchers: Watchers) -> None:
    """Somebody wrote the row during the request to DSS: the waiter reads it again and goes on from there."""
    made = watchers.follow()
    watchers.waiter.round()
    asked = AbortAsked(by="U2", at=watchers.clock())

    def abort() -> None:
        row = watchers.store.jobs.job(REF)
        assert row is not None
        follow_state = msgspec.structs.replace(row.follow_state, abort=asked)
        assert watchers.store.jobs.apply(Change(job=msgspec.structs.replace(row, follow_state=follow_state)))

    watchers.say(counters=Counters(done=1, total=2))
    watchers.clock.advance(6)
    watchers.dss.meanwhile["job"] = abort
    watchers.run(1)
    watchers.end(state="ABORTED")
    watchers.run(10)
    row = watchers.store.jobs.job(REF)
    assert row is not None
    assert (row.follow_state.abort, row.info.state) == (asked, "ABORTED")
    assert watchers.told(made) == ["ended"]


def test_an_absence_of_the_bot_is_a_note_in_the_card(watchers: Watchers) -> None:
    """After an hour without a bot, the thread says nothing about it; the card has the time of the gap."""
    made = watchers.follow()
    watchers.run(60)
    watchers.clock.advance(3_600)
    watchers.run(30, waiter=watchers.new_waiter("restarted"))
    assert watchers.told(made) == []
    row = watchers.store.jobs.job(REF)
    assert row is not None
    (gap,) = row.follow_state.gaps
    assert timedelta(seconds=3_600) <= gap.end - gap.start <= timedelta(seconds=3_630)


def test_a_quick_restart_is_not_worth_a_note(watchers: Watchers) -> None:
    """Nor is a job marked as unseen before it was followed."""
    watchers.follow()
    watchers.run(60)
    watchers.clock.advance(30)
    watchers.run(30, waiter=watchers.new_waiter("restarted"))
    row = watchers.store.jobs.job(REF)
    assert row is not None
    assert row.follow_state.gaps == ()


def test_the_bots_absence_is_not_told_as_a_silence_of_dss(watchers: Watchers) -> None:
    """The first look after an hour's absence fails: the bot doesn't know that DSS was silent for an hour."""
    made = watchers.follow()
    watchers.run(60)
    watchers.clock.advance(3_600)
    watchers.dss.broken = DSSUnavailable("502")
    watchers.run(10, waiter=watchers.new_waiter("restarted"))
    assert watchers.told(made) == []


def test_an_end_just_after_a_look_is_seen_in_the_next_tick(watchers: Watchers) -> None:
    """The list says that the job is no longer running: the bot then requests its end at once."""
    made = watchers.follow()
    watchers.run(1)
    watchers.end()
    watchers.run(1)
    assert watchers.told(made) == ["ended"]


def test_before_15_2_each_project_is_listed_in_turn(watchers: Watchers) -> None:
    """As many lists as the budget allows, and no project is forgotten."""
    waiter = watchers.older(requests_per_second=2)
    watchers.follow_many(12, projects=6)
    watchers.run(30, waiter=waiter)
    lists = [project for name, project in watchers.dss.calls if name == "recent_jobs"]
    assert {lists.count(f"P{number}") for number in range(6)} <= {4, 5, 6, 7, 8, 9, 10}
    assert len(watchers.dss.calls) <= 2 * 30 + 4 + 1
    assert watchers.dss.made("running_jobs") == 0


def test_before_15_2_ends_are_seen_too(watchers: Watchers) -> None:
    """A list shows finished jobs as well."""
    waiter = watchers.older()
    made = watchers.follow()
    watchers.run(6, waiter=waiter)
    watchers.end()
    watchers.run(10, waiter=waiter)
    assert watchers.told(made) == ["ended"]


def test_before_15_2_a_deleted_projects_jobs_vanish(watchers: Watchers) -> None:
    """Its list no longer exists; its jobs are checked one by one, and the others are still followed."""
    waiter = watchers.older()
    gone, stays = watchers.follow_many(2, projects=2)
    watchers.run(3, waiter=waiter)
    watchers.dss.forget(gone)
    watchers.dss.refusing_projects["P0"] = DSSNotFound("no such project")
    watchers.run(40, waiter=waiter)
    assert waiter.following == 1
    assert waiter.trouble is None
    watchers.end(stays)
    watchers.run(10, waiter=waiter)
    assert waiter.following == 0


def test_before_15_2_a_project_that_is_refused_does_not_blind_the_others(watchers: Watchers) -> None:
    """The rights to one project were revoked: the rest of the instance is still followed."""
    waiter = watchers.older()
    _, stays = watchers.follow_many(2, projects=2)
    watchers.run(3, waiter=waiter)
    watchers.dss.refusing_projects["P0"] = DSSRefused("no")
    watchers.end(stays)
    watchers.run(40, waiter=waiter)
    assert waiter.following == 1


def test_a_list_that_says_less_does_not_wipe_the_card(watchers: Watchers) -> None:
    """If the budget allows only the list, the card keeps what a status said before."""
    made = watchers.follow()
    status = watchers.say(counters=Counters(done=1, total=2), activities=(Activity(id="a", state="DONE"),))
    watchers.run(1)
    starved = watchers.new_waiter("one", requests_per_second=0.01)
    watchers.clock.advance(1)
    watchers.say(state="COMPUTING_DEPS")
    starved.round()
    row = watchers.store.jobs.job(REF)
    assert row is not None
    assert (row.info.state, row.info.counters) == ("COMPUTING_DEPS", status.counters)
    assert made.root_id in watchers.rows()


def test_following_survives_what_msgspec_stores(watchers: Watchers) -> None:
    """A row survives the round trip: a new waiter sees nothing new in it."""
    made = watchers.follow()
    watchers.say(counters=Counters(running=1, total=2))
    watchers.run(3)
    revision = watchers.revision(made.root_id)
    watchers.run(20, waiter=watchers.new_waiter("one"))
    assert watchers.revision(made.root_id) == revision
    assert msgspec.json.encode(watchers.store.jobs.job(REF))


def test_who_begins_to_follow_while_the_end_is_written_hears_it_too(watchers: Watchers) -> None:
    """Reading the log of a failure takes a while."""
    first = watchers.follow()
    watchers.run(4)
    job = watchers.dss.jobs[REF]
    late = watch(place=Place(channel_id="C2"), created_at=watchers.clock())
    root = draft(id=late.root_id, watch_id=late.id, channel_id="C2")
    following = Recording(job=FollowedJob(info=job, follow_state=FollowState()), watch=late, drafts=(root,))
    watchers.dss.meanwhile["log_tail"] = lambda: watchers.store.jobs.record(following)
    watchers.end(state="FAILED")
    watchers.run(10)
    assert "ended" in watchers.told(first)
    assert "ended" in watchers.told(late)


def test_a_lease_is_kept_while_dss_takes_long_to_answer(watchers: Watchers) -> None:
    """Otherwise two replicas would take it from each other forever, and neither would finish a round."""
    made = watchers.follow()
    watchers.run(2)
    watchers.end()
    other = watchers.new_waiter("two")

    def slow() -> None:
        for _ in range(6):
            watchers.clock.advance(5)
            watchers.waiter.renew()
            other.renew()
        other.round()

    watchers.dss.meanwhile["running_jobs"] = slow
    watchers.waiter.round()
    assert watchers.told(made) == ["ended"]


def test_a_lease_is_not_kept_by_who_hangs(watchers: Watchers) -> None:
    """After some minutes, another waiter continues."""
    made = watchers.follow()
    watchers.run(2)
    watchers.end()
    other = watchers.new_waiter("two")

    def hang() -> None:
        for _ in range(200):
            watchers.clock.advance(5)
            watchers.waiter.renew()
        other.round()
        assert watchers.told(made) == ["ended"]

    watchers.dss.meanwhile["running_jobs"] = hang
    watchers.waiter.round()
    assert watchers.told(made) == ["ended"]


def test_a_follow_that_was_committed_late_is_found(watchers: Watchers) -> None:
    """A database stall: the row's time is older than any query for the newest changes covers."""
    watchers.run(2)
    made = watchers.follow()
    with watchers.store.database.write() as connection:
        connection.execute(update(watches).values(changed_at=0))
    watchers.run(70)
    assert watchers.waiter.following == 1
    watchers.end()
    watchers.run(5)
    assert watchers.told(made) == ["ended"]
