"""The waiter: how little it asks of DSS, and what it tells."""

from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import update

from bot.errors import DSSNotFound, DSSRefused, DSSUnavailable, DSSUnreachable, DSSUnreadable
from bot.facts import AbortAsked, Activity, Counters, Failure, JobRef, Place
from bot.facts.records import FollowedJob, Memory
from bot.following.rules import Limits
from bot.store import Change, Recording
from bot.store.tables import watches
from bot.work.waiter import GONE_AFTER, LEASE_SECONDS
from tests.support.samples import REF, draft, facts, watch
from tests.unit.work.watchers import Watchers


def test_nothing_followed_is_nothing_asked(watchers: Watchers) -> None:
    """An idle bot leaves DSS alone."""
    watchers.run(10)
    assert watchers.calls() == []


def test_one_list_a_tick_and_a_status_only_where_it_is_due(watchers: Watchers) -> None:
    """Three running jobs: each is looked at once in five seconds while they are young."""
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
    """Also in the middle of a pause."""
    made = watchers.follow(state="NOT_STARTED")
    watchers.run(2)
    watchers.calls()
    watchers.say(state="RUNNING", counters=Counters(running=1, total=1))
    watchers.run(1)
    assert watchers.calls() == ["running_jobs", "job"]
    assert "running" in watchers.rows()[made.root_id].casefold()


def test_a_look_that_shows_nothing_new_writes_nothing(watchers: Watchers) -> None:
    """The card's row is not touched, so Slack is not called."""
    made = watchers.follow()
    watchers.run(60)
    assert watchers.revision(made.root_id) == 1


def test_a_whole_life(watchers: Watchers) -> None:
    """What fails is told as it happens; the end is told once, and then nothing is asked any more."""
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
    assert row.facts.state == "FAILED"


def test_the_log_of_a_failure_is_read_once(watchers: Watchers) -> None:
    """And only of a failure; that it cannot be read does not keep the end back."""
    refs = watchers.follow_many(2)
    watchers.run(1)
    watchers.dss.refusing["log_tail"] = DSSNotFound("cleared")
    watchers.end(refs[0], "FAILED")
    watchers.end(refs[1], "DONE")
    watchers.run(10)
    assert watchers.waiter.following == 0
    assert watchers.calls().count("log_tail") == 1


def test_an_activity_without_a_log_has_the_one_of_its_job(watchers: Watchers) -> None:
    """What DSS answers for such an activity is not known: the excerpt comes from the whole log then."""
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
    """The excerpt is redacted before it is a row."""
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
    """Forty jobs begin at once: never more than was agreed; the list goes first, and all get their turn."""
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
    """Where the budget does not reach, people who wait for a short job see it move."""
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
    assert row.facts.counters == Counters(done=1, total=2)


@pytest.mark.parametrize(("knows_running", "count"), [(True, 500), (False, 200)])
def test_many_ends_at_once_are_few_calls(watchers: Watchers, knows_running: bool, count: int) -> None:
    """A night's jobs end together: one list, not a status of each; and each is told. Details come later."""
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
    """Jobs far down in a project's history: it is listed once, then each is asked for when its turn comes."""
    waiter = watchers.start(requests_per_second=5)
    refs = watchers.follow_many(50)
    for number in range(400):
        newer = JobRef(instance="dss", project="P0", job_id=f"newer-{number}")
        watchers.dss.put(facts(ref=newer, state="DONE", finished=True))
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
    """In each thread; and health says what the silence looks like."""
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
    """A restart of a proxy is nobody's business."""
    made = watchers.follow()
    watchers.run(3)
    watchers.dss.broken = DSSUnreachable("no route")
    watchers.run(55)
    watchers.dss.broken = None
    watchers.run(30)
    assert watchers.told(made) == []


def test_a_job_that_ended_in_the_silence_is_told_after_it(watchers: Watchers) -> None:
    """First that DSS is back, then how it ended."""
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
    """Slack takes one reply a second in a channel: thousands of threads would hear of it long after.

    What the job did meanwhile is told, and its card says when it was not seen.
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
    assert len(row.memory.gaps) == 1


def test_a_vanished_job_is_asked_after_three_times(watchers: Watchers) -> None:
    """A DSS that restarts may not know its jobs for a moment; one that is back has not vanished."""
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


def test_a_status_that_cannot_be_read_is_tried_again(watchers: Watchers) -> None:
    """Five seconds later; one job that DSS chokes on does not stop the others."""
    refs = watchers.follow_many(2)
    watchers.dss.refusing["job"] = DSSUnreadable("?")
    watchers.run(4)
    assert watchers.calls().count("job") == 2
    watchers.dss.refusing.clear()
    watchers.end(refs[0])
    watchers.run(5)
    assert watchers.waiter.following == 1


def test_the_limit_ends_following(watchers: Watchers) -> None:
    """Told as the last word."""
    waiter = watchers.start(limits=Limits(follow=timedelta(minutes=5)))
    made = watchers.follow()
    watchers.run(320, step=5, waiter=waiter)
    assert watchers.told(made) == ["gaveup"]
    assert waiter.following == 0


def test_a_job_that_was_given_up_can_be_followed_again(watchers: Watchers) -> None:
    """The last word says so: ``/dss-jobs follow JOB`` takes it up again."""
    waiter = watchers.start(limits=Limits(follow=timedelta(minutes=5)))
    watchers.follow()
    watchers.run(320, step=5, waiter=waiter)
    watchers.say(counters=Counters(done=1, total=2))
    again = watch(created_at=watchers.clock())
    fresh = FollowedJob(facts=watchers.dss.jobs[REF], memory=Memory(followed_since=watchers.clock()))
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
    """The first was killed: nothing is told twice, and what happened meanwhile is told."""
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
    """Both believe that they hold the lease: the version of the row lets one of them write."""
    twin = watchers.new_waiter("one")
    made = watchers.follow()

    def both(seconds: int) -> None:
        for _ in range(seconds):
            watchers.waiter.round()
            twin.round()
            watchers.clock.advance(1)

    both(20)  # longer than the store's changes are read again for
    failed = Activity(id="a", state="FAILED")
    watchers.say(activities=(failed,), counters=Counters(failed=1, total=2))
    both(10)
    assert watchers.told(made) == ["failed:a"]
    assert watchers.revision(f"{made.id}:failed:a") == 1


def test_an_end_that_two_waiters_see_at_once_is_told_once(watchers: Watchers) -> None:
    """One tells it while the other waits for DSS's answer: the other writes nothing, and lets go."""
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
    """Somebody wrote into the row while DSS was asked: the waiter reads it again and goes on from there."""
    made = watchers.follow()
    watchers.waiter.round()
    asked = AbortAsked(by="U2", at=watchers.clock())

    def abort() -> None:
        row = watchers.store.jobs.job(REF)
        assert row is not None
        memory = msgspec.structs.replace(row.memory, abort=asked)
        assert watchers.store.jobs.apply(Change(job=msgspec.structs.replace(row, memory=memory)))

    watchers.say(counters=Counters(done=1, total=2))
    watchers.clock.advance(6)
    watchers.dss.meanwhile["job"] = abort
    watchers.run(1)
    watchers.end(state="ABORTED")
    watchers.run(10)
    row = watchers.store.jobs.job(REF)
    assert row is not None
    assert (row.memory.abort, row.facts.state) == (asked, "ABORTED")
    assert watchers.told(made) == ["ended"]


def test_an_absence_of_the_bot_is_a_note_in_the_card(watchers: Watchers) -> None:
    """After an hour without a bot the thread is silent about it; the card says when nobody looked."""
    made = watchers.follow()
    watchers.run(60)
    watchers.clock.advance(3_600)
    watchers.run(30, waiter=watchers.new_waiter("restarted"))
    assert watchers.told(made) == []
    row = watchers.store.jobs.job(REF)
    assert row is not None
    (gap,) = row.memory.gaps
    assert timedelta(seconds=3_600) <= gap.end - gap.start <= timedelta(seconds=3_630)


def test_a_quick_restart_is_not_worth_a_note(watchers: Watchers) -> None:
    """Nor is a job noted as unseen that was not followed yet."""
    watchers.follow()
    watchers.run(60)
    watchers.clock.advance(30)
    watchers.run(30, waiter=watchers.new_waiter("restarted"))
    row = watchers.store.jobs.job(REF)
    assert row is not None
    assert row.memory.gaps == ()


def test_the_bots_absence_is_not_told_as_a_silence_of_dss(watchers: Watchers) -> None:
    """The first look after an hour's absence fails: that DSS has not answered for an hour is not known."""
    made = watchers.follow()
    watchers.run(60)
    watchers.clock.advance(3_600)
    watchers.dss.broken = DSSUnavailable("502")
    watchers.run(10, waiter=watchers.new_waiter("restarted"))
    assert watchers.told(made) == []


def test_an_end_just_after_a_look_is_seen_in_the_next_tick(watchers: Watchers) -> None:
    """The list says that it does not run any more: then its end is asked for at once."""
    made = watchers.follow()
    watchers.run(1)
    watchers.end()
    watchers.run(1)
    assert watchers.told(made) == ["ended"]


def test_before_15_2_each_project_is_listed_in_turn(watchers: Watchers) -> None:
    """As many lists as the budget gives, and none of the projects is forgotten."""
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
    """Its list is not there any more; the jobs are asked after one by one, and others are followed on."""
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
    """One project's rights were taken away: the rest of the instance is followed on."""
    waiter = watchers.older()
    _, stays = watchers.follow_many(2, projects=2)
    watchers.run(3, waiter=waiter)
    watchers.dss.refusing_projects["P0"] = DSSRefused("no")
    watchers.end(stays)
    watchers.run(40, waiter=waiter)
    assert waiter.following == 1


def test_a_list_that_says_less_does_not_wipe_the_card(watchers: Watchers) -> None:
    """Where the budget allows only the list, what a status said before is kept."""
    made = watchers.follow()
    status = watchers.say(counters=Counters(done=1, total=2), activities=(Activity(id="a", state="DONE"),))
    watchers.run(1)
    starved = watchers.new_waiter("one", requests_per_second=0.01)
    watchers.clock.advance(1)
    watchers.say(state="COMPUTING_DEPS")
    starved.round()
    row = watchers.store.jobs.job(REF)
    assert row is not None
    assert (row.facts.state, row.facts.counters) == ("COMPUTING_DEPS", status.counters)
    assert made.root_id in watchers.rows()


def test_following_survives_what_msgspec_stores(watchers: Watchers) -> None:
    """A row read back is the row that was written: a fresh waiter sees nothing new in it."""
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
    following = Recording(job=FollowedJob(facts=job, memory=Memory()), watch=late, drafts=(root,))
    watchers.dss.meanwhile["log_tail"] = lambda: watchers.store.jobs.record(following)
    watchers.end(state="FAILED")
    watchers.run(10)
    assert "ended" in watchers.told(first)
    assert "ended" in watchers.told(late)


def test_a_lease_is_kept_while_dss_takes_long_to_answer(watchers: Watchers) -> None:
    """Two replicas would take it from each other for ever, and nobody would finish a round."""
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
    """After some minutes another one goes on."""
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
    """A database that stalls: the row's time lies further back than any look at the newest changes."""
    watchers.run(2)
    made = watchers.follow()
    with watchers.store.database.write() as connection:
        connection.execute(update(watches).values(changed_at=0))
    watchers.run(70)
    assert watchers.waiter.following == 1
    watchers.end()
    watchers.run(5)
    assert watchers.told(made) == ["ended"]
