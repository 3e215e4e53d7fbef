"""What Tab offers."""

import pytest

from bot.commands.build_parser import parse_build
from bot.commands.jobs_parser import parse_jobs
from bot.demo.completion import BUILD_OPTIONS, JOBS_OPTIONS, Vocabulary, candidates

KNOWN = Vocabulary(
    people=("alice", "bob"),
    channels=("data", "random"),
    datasets={"CHURN": ("features", "scored", "scored_broken"), "SALES": ("orders",)},
    jobs=("Build_scored__NP__2026-11-25T22-51-00",),
)


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("/dss-", ["/dss-build", "/dss-jobs"]),
        ("w", ["wait"]),
        ("as ", ["alice", "bob"]),
        ("in #r", ["#random"]),
        ("/dss-build ch", ["CHURN."]),
        ("/dss-build churn.sc", ["churn.scored", "churn.scored_broken"]),
        ("/dss-build NOPE.x", []),
        ("/dss-build CHURN.scored --m", ["--mode"]),
        ("/dss-build CHURN.scored --mode m", ["modified", "missing"]),
        ("/dss-jobs CH", ["CHURN"]),
        ("/dss-jobs CHURN --state f", ["failed"]),
        ("/dss-jobs CHURN --dataset f", ["features"]),
        ("/dss-jobs log B", ["Build_scored__NP__2026-11-25T22-51-00"]),
        ("/dss-jobs abort --", ["--all"]),
        ("/dss-jobs abort --all S", ["SALES"]),
        ("show C", []),
    ],
)
def test_what_may_come_next(text: str, offered: list[str]) -> None:
    """Commands, names, and options, each in the right place, in any case."""
    assert candidates(text, KNOWN) == offered


@pytest.mark.parametrize(("option", "values"), BUILD_OPTIONS.items())
def test_the_bot_reads_every_option_of_a_build(option: str, values: tuple[str, ...]) -> None:
    """Completion offers nothing that the bot doesn't understand."""
    for value in values or ("2026-11-23",):
        assert type(parse_build(f"CHURN.scored {option} {value}")).__name__ == "Build"


@pytest.mark.parametrize(("option", "values"), JOBS_OPTIONS.items())
def test_the_bot_reads_every_option_of_a_list(option: str, values: tuple[str, ...]) -> None:
    """Completion offers nothing that the bot doesn't understand."""
    for value in values or ("3",):
        assert type(parse_jobs(f"CHURN {option} {value}")).__name__ == "ListJobs"
