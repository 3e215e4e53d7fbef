"""Words for durations, times, states, and names."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import BuildMode, Counters, JobRef
from bot.views import wording
from tests.views.cards import NOW, ago, card, job


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "less than 1 s"),
        (0.2, "less than 1 s"),
        (12, "12 s"),
        (59.6, "1 min"),
        (252, "4 min 12 s"),
        (3_600, "1 h"),
        (7_500, "2 h 5 min"),
        (86_399, "23 h 59 min"),
        (273_600, "3 d 4 h"),
    ],
)
def test_a_duration_has_its_two_largest_units(seconds: float, said: str) -> None:
    """Nobody needs the seconds of a day."""
    assert wording.duration(seconds) == said


def test_a_time_is_shown_in_the_readers_zone_and_with_its_day_when_it_is_far() -> None:
    """Slack fills in the time; a client that can't shows UTC and says so."""
    assert wording.at(ago(minutes=27), NOW) == "<!date^1795615380^{time}|14:03 UTC>"
    assert (
        wording.at(ago(days=2), NOW) == "<!date^1795444200^{date_short_pretty} {time}|2026-11-23 14:30 UTC>"
    )


def test_times_that_contradict_each_other_give_no_duration() -> None:
    """An aborted job can have a zero or earlier end."""
    assert wording.lasted(NOW, ago(seconds=1)) is None
    assert wording.job_lasted(job("ABORTED", ended_at=None), NOW) is None
    assert wording.job_lasted(job(started_at=NOW + timedelta(seconds=3)), NOW) == "less than 1 s"
    assert wording.job_lasted(job(started_at=None, initiated_at=None), NOW) is None


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("NOT_STARTED", "Waiting to start"),
        ("RUNNING", "Running"),
        ("DONE", "Done"),
        ("FAILED", "Failed"),
        ("ABORTED", "Aborted"),
        ("HIBERNATING", "In state HIBERNATING"),
        ("<!here>", "In state `&lt;!here&gt;`"),
        ("", "In an unknown state"),
    ],
)
def test_every_state_has_words_also_one_that_nobody_knows(state: str, said: str) -> None:
    """The icon is never the only indication of the state."""
    assert wording.outcome(job(state)).words == said


def test_done_is_told_apart_from_nothing_built_and_from_warnings() -> None:
    """A plain green check mark would be wrong for both."""
    nothing = wording.outcome(job("DONE", counters=Counters()))
    warned = wording.outcome(job("DONE", warnings=1, counters=Counters(done=1, total=1)))
    unknown = wording.outcome(job("DONE", counters=None))
    assert (nothing.words, warned.words, unknown.words) == (
        "Done, nothing was built",
        "Done with 1 warning",
        "Done",
    )
    assert len({nothing.icon, warned.icon, unknown.icon}) == 3


def test_modes_are_called_as_in_dss_and_an_unknown_one_as_it_is() -> None:
    """Every mode has a text."""
    assert wording.mode("NON_RECURSIVE_FORCED_BUILD") == "build only this"
    assert len({wording.mode(mode) for mode in BuildMode}) == len(BuildMode)
    assert wording.mode("*x*") == "`*x*`"


def test_names_are_listed_up_to_a_number_and_then_counted() -> None:
    """An empty list is also a list."""
    assert wording.names([]) == "nothing"
    assert wording.names(["a", "b"]) == "`a` and `b`"
    assert wording.names(list("abcdefg"), 2) == "`a`, `b` and 5 more"


def test_the_asker_is_named_without_a_mention() -> None:
    """The Slack name if the bot started the job for them, otherwise the initiator that DSS gives."""
    assert wording.who(card()) == "requested by Alice Martin"
    assert wording.who(card(started_by_bot=False)) == "started by `alice`"
    assert wording.who(card(asker_name=None)) == "started by `alice`"
    assert wording.who(card(job(initiator=""), asker_name=None)) is None


def test_only_what_looks_like_an_id_becomes_a_mention() -> None:
    """Anything else is a name."""
    assert wording.mention("U0ALICE") == "<@U0ALICE>"
    assert wording.mention("!channel") == "`!channel`"
    assert wording.channel("C0>") == "`C0&gt;`"


@pytest.mark.parametrize(
    ("counted", "drawn"),
    [
        (Counters(done=3, total=7), "████░░░░░░"),
        (Counters(done=7, total=7), "██████████"),
        (Counters(failed=1, total=1), "✕✕✕✕✕✕✕✕✕✕"),
        (Counters(done=1, failed=1, total=2), "█████✕✕✕✕✕"),
        (Counters(done=99, failed=1, total=100), "█████████✕"),
        (Counters(done=99, total=100), "█████████░"),
        (Counters(done=1, aborted=3, total=4), "███━━━━━━━"),
        (Counters(done=500, failed=1, aborted=1, running=1, total=504), "██████✕━▒░"),
        (Counters(running=1, total=3), "▒▒▒░░░░░░░"),
        (Counters(done=9, total=3), "██████████"),
        (Counters(), "░░░░░░░░░░"),
    ],
)
def test_the_bar_shows_what_was_done_and_what_was_not(counted: Counters, drawn: str) -> None:
    """A failure or an abort never looks like something done, with or without color."""
    assert wording.bar(counted) == drawn


@given(*[st.integers(0, 2_000)] * 5)
def test_the_bar_always_has_ten_cells(done: int, failed: int, aborted: int, running: int, rest: int) -> None:
    """And it is full only when everything is done."""
    counted = Counters(
        done=done,
        failed=failed,
        aborted=aborted,
        running=running,
        total=done + failed + aborted + running + rest,
    )
    drawn = wording.bar(counted)
    assert len(drawn) == 10
    assert (drawn == "█" * 10) is (done > 0 and counted.total == done)
    assert [sign in drawn for sign in "✕━▒"] == [failed > 0, aborted > 0, running > 0]


@pytest.mark.parametrize(
    ("job", "shown"),
    [
        ("Build_scored__NP__2026-11-25T12-00-00.000", "`CHURN/Build_scored__NP__2026-11-25T12-00-00.000`"),
        ("Build my folder (NP)", '`"CHURN/Build my folder (NP)"`'),
    ],
)
def test_a_jobs_id_is_shown_as_a_command_takes_it(job: str, shown: str) -> None:
    """So that people can paste it."""
    assert wording.job_id(JobRef(instance="dss", project="CHURN", job_id=job)) == shown
