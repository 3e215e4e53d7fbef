"""Text that was pasted with its marks is read as it was meant."""

import pytest

from tests.scenario.world import Scenario, shown

MARKED = ("*{}*", "_{}_", "~{}~", "`{}`", "```{}```", '"{}"', "\u201c{}\u201d", "*_{}_*")


@pytest.mark.parametrize("marks", MARKED)
def test_marks_around_the_whole_command(scenario: Scenario, marks: str) -> None:
    """They aren't part of the project or the last value."""
    scenario.type("/dss-jobs " + marks.format("CHURN --state failed"))
    scenario.told("Jobs of CHURN", "state failed")


@pytest.mark.parametrize("marks", MARKED)
def test_marks_around_single_words(scenario: Scenario, marks: str) -> None:
    """Of an output, of a value, of an option's value after the equals sign."""
    state, limit = marks.format("failed"), marks.format("7")
    scenario.type(f"/dss-jobs {marks.format('CHURN')} --state {state} --limit={limit}")
    scenario.told("Jobs of CHURN", "state failed", "at most 7")


@pytest.mark.parametrize("marks", MARKED)
def test_a_marked_output_is_built(scenario: Scenario, marks: str) -> None:
    """One job, of the dataset without the marks."""
    scenario.type("/dss-build " + marks.format("CHURN.customers_clean"))
    scenario.root("CHURN.customers_clean")
    (started,) = scenario.starts()
    assert "'id': 'customers_clean'" in str(started["outputs"])


def test_a_name_with_a_space_in_quotes_stays_one_name(scenario: Scenario) -> None:
    """The quotes of one name aren't those of a command."""
    scenario.type('/dss-build "CHURN.Customer exports" --type folder')
    scenario.root("CHURN.Customer exports")


def test_the_dashes_of_a_pasted_date_are_hyphens(scenario: Scenario) -> None:
    """In a partition and after ``--since``."""
    scenario.type("/dss-build CHURN.daily_sessions --partition 2026\u201311\u201320")
    scenario.root("CHURN.daily_sessions")
    assert "'partition': '2026-11-20'" in str(scenario.starts()[0]["outputs"])
    scenario.type("/dss-jobs CHURN --since 2026\u201311\u201320")
    assert "Fri 20 Nov 2026 00:00" in shown(scenario.told("from "))
