"""Before DSS 15.2, there is no list of running jobs: everything works through the projects' own lists."""

import pytest

from bot.views import action_ids
from tests.scenario.world import Scenario, ref, shown


@pytest.fixture(scope="module")
def settings_of_scenario() -> dict[str, object]:
    """An older DSS for all the tests here."""
    return {"version": "14.2.0"}


def test_a_build_is_followed_to_its_end(scenario: Scenario) -> None:
    """Root, thread, and end, without any call that this DSS doesn't know."""
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("Done", "CHURN.customers_clean")
    scenario.reply(root, "*Done*")
    assert scenario.requested("GET", "/running") in ([], ["/jobs/running/"])


def test_abort_and_conflict(scenario: Scenario) -> None:
    """A running job is found before a second build and can be followed and aborted."""
    scenario.elsewhere("scored_history")
    scenario.type("/dss-build CHURN.scored_history")
    scenario.press(scenario.told("being built right now"), action_ids.JOB_FOLLOW)
    root = scenario.root("Running", "CHURN.scored_history")
    scenario.press(root, action_ids.JOB_ABORT)
    scenario.reply(root, "*Aborted*")
    assert scenario.starts() == []


def test_lists_and_overview(scenario: Scenario) -> None:
    """The overview contains running jobs of the projects that I built in."""
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    scenario.root("Running", "CHURN.customers_clean")
    scenario.type("/dss-jobs CHURN --state running")
    scenario.told("state running", "CHURN.customers_clean")
    scenario.type("/dss-jobs")
    running = shown(scenario.told("Running now")).split("Your recent jobs")[0]
    assert "CHURN.customers_clean" in running
    assert "no list of all running jobs" in running


def test_nothing_is_said_of_what_was_not_looked_at(scenario: Scenario) -> None:
    """Somebody else's job runs in a project where I never built: "no running jobs" would be false."""
    scenario.elsewhere("alerts", "FRAUD")
    scenario.type("/dss-jobs", user="carol")
    answer = shown(scenario.told("Running now", "no list of all running jobs", user="carol"))
    assert "There are no running jobs" not in answer


def test_a_job_by_its_id_alone(scenario: Scenario) -> None:
    """An id isn't enough for a job that the bot doesn't follow: the answer asks for the project."""
    job = scenario.elsewhere("customers_clean")
    scenario.type(f"/dss-jobs status {job.id}")
    assert f"PROJECT/{job.id}" in shown(scenario.told("Which project"))
    scenario.type(f"/dss-jobs status {ref(job)}")
    scenario.told("Running", "CHURN.customers_clean")
