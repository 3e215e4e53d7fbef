"""One problem job doesn't affect the others: neither their timing nor their messages."""

import threading
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import update

from bot.domain import Activity, Counters, Failure, JobInfo, JobRef
from bot.domain.errors import (
    DSSBadKey,
    DSSError,
    DSSNotFound,
    DSSServerError,
    DSSUnavailable,
    DSSUnreachable,
    DSSUnreadable,
)
from bot.store.tables import jobs
from bot.workers.followed_jobs import HELD_AT_MOST
from bot.workers.status_calls import MOST
from tests.support.fake_dss import FakeDss
from tests.support.samples import REF
from tests.workers.watchers import Watchers

VICTIM = JobRef(instance="dss", project="CHURN", job_id="victim")
OTHER = JobRef(instance="dss", project="CHURN", job_id="other")


class OneBad(FakeDss):
    """A DSS with a bad status for one job."""

    def __init__(self) -> None:
        super().__init__()
        self.error: Exception | None = None
        self.holding: threading.Event | None = None
        self.asked = 0
        self.hanging = {VICTIM.job_id}

    def job(self, project: str, job_id: str, *, within: float | None = None) -> JobInfo:
        if job_id in self.hanging:
            self.asked += 1
            if self.holding is not None:
                self.holding.wait(60)
            if self.error is not None:
                raise self.error
        return super().job(project, job_id, within=within)


@pytest.fixture
def bad(watchers: Watchers) -> OneBad:
    dss = OneBad()
    watchers.dss = dss
    watchers.waiter = watchers.start(patience=0.2)
    return dss


@pytest.mark.parametrize("listed", [True, False])
def test_a_row_that_can_not_be_computed_with_stops_no_round(watchers: Watchers, *, listed: bool) -> None:
    """It is set back alone, however it came into memory."""
    watchers.follow(VICTIM)
    other = watchers.follow(OTHER)
    watchers.run(2)
    entry = watchers.waiter._followed.get(VICTIM)
    assert entry is not None
    entry.row = msgspec.structs.replace(
        entry.row,
        info=msgspec.structs.replace(entry.row.info, started_at=watchers.clock().replace(tzinfo=None)),
    )
    if not listed:
        watchers.end(VICTIM)
    watchers.run(60)
    watchers.end(OTHER)
    watchers.run(3)
    assert watchers.told(other)[-1] == "ended"


@pytest.mark.parametrize(
    "error", [OverflowError("401 digits"), ValueError("NaN"), RecursionError(), KeyError("x")]
)
def test_whatever_goes_wrong_with_one_job_the_others_are_told(
    watchers: Watchers, bad: OneBad, error: Exception
) -> None:
    """The job is set back with a growing pause, named, and continues when it can."""
    made, other = watchers.follow(VICTIM), watchers.follow(OTHER)
    bad.error = error
    watchers.run(2)
    watchers.end(OTHER)
    watchers.run(3)
    assert watchers.told(other) == ["ended"]
    assert watchers.waiter.trouble is not None
    assert "CHURN/victim" in watchers.waiter.trouble
    asked = bad.asked
    watchers.run(3_600, step=10)
    assert bad.asked - asked <= 3_600 / HELD_AT_MOST + 8
    bad.error = None
    watchers.end(VICTIM)
    watchers.run(HELD_AT_MOST + 10, step=5)
    assert watchers.told(made) == ["ended"]
    assert watchers.waiter.trouble is None


@pytest.mark.parametrize("error", [OverflowError("9999"), ValueError("-5"), KeyError("x")])
@pytest.mark.parametrize("older", [True, False])
def test_whatever_goes_wrong_with_a_list_something_else_tells(
    watchers: Watchers, error: Exception, *, older: bool
) -> None:
    """The projects' lists, then single statuses; and no round fails."""
    if older:
        watchers.older()
        watchers.waiter = watchers.start()
    made = watchers.follow()
    watchers.dss.refusing["recent_jobs" if older else "running_jobs"] = error
    watchers.run(5)
    watchers.end()
    watchers.run(90)
    assert watchers.told(made) == ["ended"]


def test_many_ends_are_told_if_their_list_can_not_be_read(watchers: Watchers) -> None:
    """One by one."""
    refs = watchers.follow_many(20)
    watchers.run(5)
    watchers.dss.refusing["recent_jobs"] = ValueError("-5")
    for ref in refs:
        watchers.end(ref)
    watchers.run(30)
    assert sum(row.endswith(":ended") for row in watchers.rows()) == 20


def test_a_row_that_can_not_be_written_costs_itself(watchers: Watchers) -> None:
    """One database accepts what another refuses: the job is set back, and no round fails."""
    refs = watchers.follow_many(2)
    watchers.say(refs[0], name="x\0y", counters=Counters(done=1, total=2))
    watchers.end(refs[1])
    watchers.run(10)
    assert sum(row.endswith(":ended") for row in watchers.rows()) == 1


def test_who_waits_for_one_status_waits_alone(watchers: Watchers, bad: OneBad) -> None:
    """A late status delays no round; when it arrives, it is processed."""
    made, other = watchers.follow(VICTIM), watchers.follow(OTHER)
    bad.holding = threading.Event()
    watchers.run(3)
    watchers.end(OTHER)
    watchers.run(2)
    assert watchers.told(other) == ["ended"]
    assert bad.asked == 1
    watchers.say(VICTIM, activities=(Activity(id="a", state="FAILED"),), counters=Counters(failed=1, total=2))
    bad.holding.set()
    bad.holding = None
    _until_told(watchers, made.id, 1)
    assert watchers.told(made) == ["failed:a"]


def test_the_end_of_a_job_whose_status_does_not_come_is_told_by_the_list(
    watchers: Watchers, bad: OneBad
) -> None:
    """Without the numbers of the last look; the late status replaces them."""
    made = watchers.follow(VICTIM)
    watchers.say(
        VICTIM, counters=Counters(running=1, total=2), activities=(Activity(id="a", state="RUNNING"),)
    )
    watchers.run(2)
    bad.holding = threading.Event()
    watchers.end(VICTIM, "FAILED")
    watchers.run(4)
    assert watchers.told(made) == ["ended"]
    row = watchers.store.jobs.job(VICTIM)
    assert row is not None
    assert (row.info.state, row.info.counters, row.info.activities) == ("FAILED", None, ())
    watchers.show()
    watchers.say(
        VICTIM, counters=Counters(done=1, failed=1, total=2), failure=Failure(message="boom"), activities=()
    )
    bad.holding.set()
    bad.holding = None
    _until(watchers, lambda: "boom" in watchers.rows()[f"{made.id}:ended"])
    assert watchers.told(made) == ["ended"]
    row = watchers.store.jobs.job(VICTIM)
    assert row is not None
    assert row.info.counters == Counters(done=1, failed=1, total=2)


def test_an_end_is_told_while_all_status_calls_hang(watchers: Watchers, bad: OneBad) -> None:
    """All slots for status calls are taken: the other jobs get no turn, and their ends come from the list."""
    others = [JobRef(instance="dss", project="CHURN", job_id=f"victim-{n}") for n in range(MOST)]
    bad.hanging.update(ref.job_id for ref in others)
    made = watchers.follow(OTHER)
    watchers.run(6)
    for ref in others:
        watchers.follow(ref)
    bad.holding = threading.Event()
    watchers.run(2)
    watchers.end(OTHER)
    watchers.run(2)
    assert watchers.told(made) == ["ended"]
    bad.holding.set()


@pytest.mark.parametrize("error", [DSSUnreadable("?"), DSSServerError("500"), DSSUnreachable("late")])
def test_an_end_that_can_not_be_read_is_told_once(watchers: Watchers, bad: OneBad, error: DSSError) -> None:
    """No list shows it, and its status stays bad: the thread says so, and what to do."""
    made = watchers.follow(VICTIM)
    watchers.run(2)
    bad.error = error
    del bad.jobs[VICTIM]
    watchers.run(50, step=5)
    assert watchers.told(made) == []
    watchers.run(1_500, step=5)
    assert watchers.told(made) == ["endunreadable"]
    assert "state can't be read" in watchers.rows()[f"{made.id}:endunreadable"]
    assert "outcome unknown" in watchers.rows()[made.root_id]
    assert watchers.waiter.following == 0


@pytest.mark.parametrize("error", [DSSServerError("500"), DSSUnreadable("nonsense")])
def test_a_list_that_fails_is_replaced_by_lists_of_the_projects(watchers: Watchers, error: DSSError) -> None:
    """Ends are reported, health shows the problem, and the list is retried less and less often."""
    made = watchers.follow()
    watchers.run(2)
    watchers.dss.refusing["running_jobs"] = error
    watchers.calls()
    watchers.run(60)
    assert watchers.calls().count("running_jobs") <= 4
    assert watchers.waiter.trouble is not None
    assert "list of running jobs" in watchers.waiter.trouble
    watchers.end()
    watchers.run(5)
    assert watchers.told(made) == ["ended"]
    watchers.follow(OTHER)
    watchers.dss.refusing.clear()
    watchers.run(310)
    assert watchers.waiter.trouble is None


def test_when_no_list_can_be_read_each_job_is_asked_after(watchers: Watchers) -> None:
    """Lists fail, statuses work: the end is still reported."""
    made = watchers.follow()
    watchers.run(2)
    watchers.dss.refusing |= {"running_jobs": DSSServerError("500"), "recent_jobs": DSSServerError("500")}
    watchers.run(5)
    watchers.end()
    watchers.run(20)
    assert watchers.told(made) == ["ended"]


@pytest.mark.parametrize("error", [DSSUnavailable("502"), DSSBadKey("revoked"), DSSUnreachable("no route")])
def test_an_outage_and_a_rejected_key_are_silence(watchers: Watchers, error: DSSError) -> None:
    """The bot requests nothing else then; but a gateway might fail for one list and let others through."""
    watchers.follow()
    watchers.run(2)
    watchers.dss.broken = error
    watchers.calls()
    watchers.run(10)
    also = set() if isinstance(error, DSSBadKey) else {"recent_jobs"}
    assert set(watchers.calls()) == {"running_jobs"} | also
    assert watchers.waiter.trouble == f"{type(error).__name__}: {error}"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (DSSUnavailable("502"), "DSS hasn't answered since"),
        (DSSBadKey("revoked"), "DSS hasn't accepted the bot's API key since"),
        (DSSUnreadable("a web page"), "The bot hasn't been able to read DSS's answers since"),
    ],
)
def test_three_silences_are_three_sentences(watchers: Watchers, error: DSSError, words: str) -> None:
    """An outage, a rejected key, nonsense: the thread reports each, and no job is given up on."""
    made = watchers.follow()
    watchers.run(2)
    watchers.dss.broken = error
    watchers.run(1_500, step=5)
    (told,) = [text for row, text in watchers.rows().items() if row.startswith(f"{made.id}:silent")]
    assert words in told
    assert watchers.waiter.following == 1
    watchers.show()
    watchers.dss.broken = None
    watchers.end()
    watchers.run(620, step=5)
    assert [name.partition(":")[0] for name in watchers.told(made)] == ["silent", "back", "ended"]


def test_a_job_whose_notes_are_lost_is_followed_on(watchers: Watchers) -> None:
    """They start over, the thread says so once, and later reports how the job ends."""
    made = watchers.follow()
    watchers.run(10)
    with watchers.store.database.write() as connection:
        connection.execute(update(jobs).values(facts="{}", memory="[]", version=7))
    watchers.say(counters=Counters(done=1, total=2))
    watchers.run(30)
    assert watchers.waiter.rebuilt == 1
    watchers.end()
    watchers.run(5)
    assert sorted(watchers.told(made)) == ["ended", "rebuilt", "started"]


def test_a_finished_job_never_shows_what_ran_at_the_last_look(watchers: Watchers) -> None:
    """Many ends come from a list, which has no numbers: they are looked up, or not shown."""
    refs = watchers.follow_many(30)
    for ref in refs:
        watchers.say(
            ref, counters=Counters(running=1, total=2), activities=(Activity(id="a", state="RUNNING"),)
        )
    watchers.run(60)
    for ref in refs:
        watchers.end(ref)
        watchers.say(ref, counters=Counters(done=2, total=2), activities=(Activity(id="a", state="DONE"),))
    watchers.run(3)
    assert watchers.waiter.following == 0
    for ref in refs:
        row = watchers.store.jobs.job(ref)
        assert row is not None
        assert row.info.counters in {None, Counters(done=2, total=2)}
    watchers.run(20)
    final = [watchers.store.jobs.job(ref) for ref in refs]
    assert [row.info.counters for row in final if row] == [Counters(done=2, total=2)] * 30


def test_a_vanished_job_has_no_details(watchers: Watchers) -> None:
    """The bot requests nothing that DSS doesn't know."""
    watchers.follow()
    watchers.run(2)
    watchers.dss.forget(REF)
    watchers.dss.refusing["job"] = DSSNotFound("gone")
    watchers.run(60)
    watchers.calls()
    watchers.run(60)
    assert watchers.calls() == []


def test_the_clock_may_be_set_back_in_the_middle(watchers: Watchers) -> None:
    """A job that was held isn't held for the difference too."""
    made = watchers.follow()
    watchers.dss.refusing["job"] = DSSUnreadable("?")
    watchers.run(30)
    watchers.clock.moment -= timedelta(days=1)
    watchers.dss.refusing.clear()
    watchers.end()
    watchers.run(5)
    assert watchers.told(made) == ["ended"]


def _until_told(watchers: Watchers, watch_id: str, count: int) -> None:
    _until(watchers, lambda: sum(row.startswith(f"{watch_id}:") for row in watchers.rows()) >= count)


def _until(watchers: Watchers, so: "object") -> None:
    """Continue until the predicate is true; threads take as long as they need."""
    for _ in range(4_000):
        if so():  # type: ignore[operator]
            return
        watchers.run(5, step=5)
        threading.Event().wait(0.01)
    raise AssertionError("it never came")
