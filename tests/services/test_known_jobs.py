"""Which thread a row links to, and what of the bot's own knowledge a row shows."""

import pytest

from bot.domain import Counters, JobInfo
from bot.domain.stored_records import FollowedJob, KnownJob, Thread
from bot.services.known_jobs import completed_by, lacks_progress, requested_in, thread_for
from tests.support.samples import NOW, REF, job_info, watch

BARE = JobInfo(ref=REF, state="", finished=False)


def thread(asker: str, channel: str = "C1", *, posted: bool = True, closed: bool = False) -> Thread:
    """Return a thread of one person."""
    a_watch = watch(asker=asker, closed_at=NOW if closed else None)
    return Thread(watch=a_watch, channel_id=channel, ts="1.0" if posted else None)


def test_people_are_sent_to_their_own_thread_first() -> None:
    """Even if it ended and another one goes on."""
    mine, other = thread("U1", closed=True), thread("U2")
    assert thread_for("U1", [other, mine]) is mine


def test_a_thread_that_goes_on_comes_before_one_that_ended() -> None:
    """For somebody who has none."""
    ended, going_on = thread("U2", closed=True), thread("U3")
    assert thread_for("U1", [ended, going_on]) is going_on


@pytest.mark.parametrize("hidden", [thread("U2", "D1"), thread("U2", posted=False)])
def test_what_the_reader_cannot_open_is_not_linked(hidden: Thread) -> None:
    """Somebody else's direct messages, and a root message that isn't posted yet."""
    assert thread_for("U1", [hidden]) is None


def test_only_a_request_to_the_bot_says_who_started_a_job() -> None:
    """A follower isn't the person who started it."""
    followed = Thread(watch=watch(started_by_bot=False), channel_id="C1", ts="1.0")
    asked = thread("U2")
    assert requested_in([followed]) is None
    assert requested_in([followed, asked]) is asked.watch


def test_a_bare_id_is_completed() -> None:
    """The state, outputs and counters that the bot saw last; DSS's newer words win."""
    known = KnownJob(job=FollowedJob(info=job_info(counters=Counters(done=1, total=4))))
    assert completed_by(BARE, known) == known.job.info
    assert completed_by(job_info(state="COMPUTING_DEPS"), known).state == "COMPUTING_DEPS"
    assert completed_by(BARE, None) is BARE


def test_dss_is_asked_only_about_what_nobody_knows() -> None:
    """Neither about finished jobs nor about those whose counters the bot has."""
    assert lacks_progress(BARE)
    assert lacks_progress(job_info())
    assert not lacks_progress(job_info(counters=Counters(total=1)))
    assert not lacks_progress(job_info(state="DONE", finished=True))
