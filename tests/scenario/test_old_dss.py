"""Before DSS 15.2 there is no list of what runs: everything works by the projects' own lists."""

import pytest

from bot.slack.views import ids
from tests.scenario.world import Scenario, ref, shown


@pytest.fixture(scope="module")
def settings_of_scenario() -> dict[str, object]:
    """An older DSS for all the tests here."""
    return {"version": "14.2.0"}


def test_a_build_is_followed_to_its_end(scenario: Scenario) -> None:
    """Root, thread and end, without a single call that this DSS does not know."""
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("Done", "CHURN.customers_clean")
    scenario.reply(root, "*Done*")
    assert scenario.requested("GET", "/running") in ([], ["/jobs/running/"])


def test_abort_and_conflict(scenario: Scenario) -> None:
    """A running job is found before a second build, can be followed and aborted."""
    scenario.elsewhere("scored_history")
    scenario.type("/dss-build CHURN.scored_history")
    scenario.press(scenario.told("being built right now"), ids.JOB_FOLLOW)
    root = scenario.root("Running", "CHURN.scored_history")
    scenario.press(root, ids.JOB_ABORT)
    scenario.reply(root, "*Aborted*")
    assert scenario.starts() == []


def test_lists_and_overview(scenario: Scenario) -> None:
    """Running jobs of the projects that I built in are in the overview."""
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    scenario.root("Running", "CHURN.customers_clean")
    scenario.type("/dss-jobs CHURN --state running")
    scenario.told("state running", "CHURN.customers_clean")
    scenario.type("/dss-jobs")
    running = shown(scenario.told("Running now")).split("Your recent jobs")[0]
    assert "CHURN.customers_clean" in running
    assert "no list of everything" in running


def test_nothing_is_said_of_what_was_not_looked_at(scenario: Scenario) -> None:
    """Somebody else's job runs in a project that I never built in: "nothing is running" would be untrue."""
    scenario.elsewhere("alerts", "FRAUD")
    scenario.type("/dss-jobs", user="carol")
    answer = shown(scenario.told("Running now", "no list of everything", user="carol"))
    assert "Nothing is running" not in answer


def test_a_job_by_its_id_alone(scenario: Scenario) -> None:
    """An id is not enough for a job that the bot does not follow: the project is asked for."""
    job = scenario.elsewhere("customers_clean")
    scenario.type(f"/dss-jobs status {job.id}")
    assert f"PROJECT/{job.id}" in shown(scenario.told("Which project"))
    scenario.type(f"/dss-jobs status {ref(job)}")
    scenario.told("Running", "CHURN.customers_clean")
