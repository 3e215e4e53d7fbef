"""Words for durations, times, states and names."""

from datetime import timedelta

import pytest

from bot.facts import BuildMode, Counters, JobRef
from bot.slack.views import words
from tests.unit.views.cards import NOW, ago, card, job


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
    assert words.duration(seconds) == said


def test_a_time_is_shown_in_the_readers_zone_and_with_its_day_when_it_is_far() -> None:
    """Slack fills in the time; a client that cannot shows UTC and says so."""
    assert words.at(ago(minutes=27), NOW) == "<!date^1795615380^{time}|14:03 UTC>"
    assert words.at(ago(days=2), NOW) == "<!date^1795444200^{date_short_pretty} {time}|2026-11-23 14:30 UTC>"


def test_times_that_contradict_each_other_give_no_duration() -> None:
    """An aborted job may have a zero or earlier end."""
    assert words.lasted(NOW, ago(seconds=1)) is None
    assert words.job_lasted(job("ABORTED", ended_at=None), NOW) is None
    assert words.job_lasted(job(started_at=NOW + timedelta(seconds=3)), NOW) == "less than 1 s"
    assert words.job_lasted(job(started_at=None, initiated_at=None), NOW) is None


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
        ("", "In state unknown"),
    ],
)
def test_every_state_has_words_also_one_that_nobody_knows(state: str, said: str) -> None:
    """The icon is never the only thing that tells the state."""
    assert words.outcome(job(state)).words == said


def test_done_is_told_apart_from_nothing_built_and_from_warnings() -> None:
    """A plain green tick would be a lie for both."""
    nothing = words.outcome(job("DONE", counters=Counters()))
    warned = words.outcome(job("DONE", warnings=1, counters=Counters(done=1, total=1)))
    unknown = words.outcome(job("DONE", counters=None))
    assert (nothing.words, warned.words, unknown.words) == (
        "Done, nothing was built",
        "Done with 1 warning",
        "Done",
    )
    assert len({nothing.icon, warned.icon, unknown.icon}) == 3


def test_modes_are_called_as_in_dss_and_an_unknown_one_as_it_is() -> None:
    """Every mode has its words."""
    assert words.mode("NON_RECURSIVE_FORCED_BUILD") == "build only this"
    assert len({words.mode(mode) for mode in BuildMode}) == len(BuildMode)
    assert words.mode("*x*") == "`*x*`"


def test_names_are_listed_up_to_a_number_and_then_counted() -> None:
    """Also nothing is a list."""
    assert words.names([]) == "nothing"
    assert words.names(["a", "b"]) == "`a` and `b`"
    assert words.names(list("abcdefg"), 2) == "`a`, `b` and 5 more"


def test_the_asker_is_named_without_a_mention() -> None:
    """The Slack name when the bot started the job for them, else DSS's word for who did."""
    assert words.who(card()) == "asked by Alice Martin"
    assert words.who(card(started_by_bot=False)) == "started by `alice`"
    assert words.who(card(asker_name=None)) == "started by `alice`"
    assert words.who(card(job(initiator=""), asker_name=None)) is None


def test_only_what_looks_like_an_id_becomes_a_mention() -> None:
    """Anything else is a name."""
    assert words.mention("U0ALICE") == "<@U0ALICE>"
    assert words.mention("!channel") == "`!channel`"
    assert words.channel("C0>") == "`C0&gt;`"


def test_a_bar_is_never_longer_than_itself() -> None:
    """Counters of DSS can contradict each other."""
    assert words.bar(3, 7) == "████░░░░░░"
    assert words.bar(9, 3) == "█" * 10
    assert words.bar(1, 0) == "░" * 10


@pytest.mark.parametrize(
    ("job", "shown"),
    [
        ("Build_scored__NP__2026-11-25T12-00-00.000", "`CHURN/Build_scored__NP__2026-11-25T12-00-00.000`"),
        ("Build my folder (NP)", '`"CHURN/Build my folder (NP)"`'),
    ],
)
def test_a_jobs_id_is_shown_as_a_command_takes_it(job: str, shown: str) -> None:
    """It is there to be pasted."""
    assert words.job_id(JobRef(instance="dss", project="CHURN", job_id=job)) == shown
