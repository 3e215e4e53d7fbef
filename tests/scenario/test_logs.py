"""Reading logs from Slack."""

from bot.sandbox.dss.jobs import Job
from bot.sandbox.dss.logs import SECRET_PASSWORD, SECRET_TICKET, job_log
from bot.slack.views import ids
from tests.scenario.world import Scenario, has_button, ref, shown


def failed(scenario: Scenario) -> Job:
    """Start a job that fails, and wait until it has."""
    world = scenario.dss.world
    job = world.start("CHURN", {"outputs": [{"id": "features_broken"}]})
    scenario.until(lambda: job.head(world.now()).stable)
    return job


def test_a_log_is_shown_without_its_secrets(scenario: Scenario) -> None:
    """The end of the log, with secrets masked; nobody else sees it."""
    job = failed(scenario)
    written = b"".join(job_log(job, scenario.dss.world.now())).decode()
    assert SECRET_TICKET in written
    assert SECRET_PASSWORD in written
    scenario.type(f"/dss-jobs log {ref(job)}")
    answer = shown(scenario.told("Log of", "Traceback"))
    assert "KeyError: 'amount'" in answer
    assert "jobTicketSecret" in answer
    assert SECRET_TICKET not in answer
    assert SECRET_PASSWORD not in answer
    assert scenario.roots() == []


def test_log_by_button_of_a_root(scenario: Scenario) -> None:
    """Anybody in the channel can press Log; only the presser sees it."""
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    scenario.press(scenario.root("Running", "CHURN.customers_clean"), ids.JOB_LOG, user="bob")
    scenario.told("Log of", user="bob")
    assert not any("Log of" in shown(m) for m in scenario.answers("alice"))


def test_log_of_one_activity(scenario: Scenario) -> None:
    """By its id, or by the name of its recipe."""
    job = failed(scenario)
    for typed in ("compute_features_broken_NP", "compute_features_broken"):
        before = len(scenario.answers())
        scenario.type(f"/dss-jobs log {ref(job)} --activity {typed}")
        scenario.until(lambda seen=before: len(scenario.answers()) > seen)  # type: ignore[misc]
        assert "compute_features_broken_NP" in shown(scenario.answers()[-1])
    assert len(scenario.requested("GET", "/log")) == 2


def test_an_unknown_activity_names_those_that_are_near(scenario: Scenario) -> None:
    """A misspelt activity is refused with the nearest names."""
    job = failed(scenario)
    scenario.type(f"/dss-jobs log {ref(job)} --activity compute_featrues_broken")
    assert "compute_features_broken_NP" in shown(scenario.told("no activity"))


def test_an_activity_is_chosen_in_place(scenario: Scenario) -> None:
    """The list of activities changes the same answer, and leads back to the whole log."""
    job = failed(scenario)
    scenario.type(f"/dss-jobs log {ref(job)}")
    answer = scenario.told("Log of")
    scenario.select(answer, ids.LOG_ACTIVITY, "compute_features_broken_NP")
    chosen = scenario.told("Log of `compute_features_broken_NP`")
    assert chosen.ts == answer.ts
    scenario.press(chosen, ids.JOB_LOG)
    scenario.until(lambda: any("jobTicketSecret" in shown(m) for m in scenario.answers()))


def test_a_cleared_log_is_told(scenario: Scenario) -> None:
    """A job whose log was removed from DSS's disk."""
    job = failed(scenario)
    scenario.dss.world.clear_logs("CHURN", job.id)
    scenario.type(f"/dss-jobs log {ref(job)}")
    scenario.told("no log", "cleared")


def test_a_huge_log_is_answered_with_its_end(scenario: Scenario) -> None:
    """50 MB: the end is shown, and said to be only the end."""
    job = failed(scenario)
    scenario.dss.world.set_log_size("CHURN", job.id, 50_000_000)
    scenario.type(f"/dss-jobs log {ref(job)}")
    scenario.told("Only the end is shown", "Job finished, state FAILED")


def test_the_log_of_a_running_job_can_be_refreshed(scenario: Scenario) -> None:
    """Refresh shows the log as it is by then."""
    job = scenario.elsewhere("customers_clean")
    scenario.type(f"/dss-jobs log {ref(job)}")
    scenario.press(scenario.told("Log of", "Job kernel starting"), "job_log:1")
    scenario.until(lambda: len(scenario.requested("GET", "/log")) == 2)
    scenario.finish_job(job)
    scenario.type(f"/dss-jobs status {ref(job)}")
    assert has_button(scenario.told("Done", "CHURN.customers_clean"), ids.JOB_LOG)


def test_the_log_of_a_job_that_has_not_begun(scenario: Scenario) -> None:
    """Nothing was written yet: said so, with a way to look again."""
    scenario.dss.world.plan_next(queue=10_000.0)
    job = scenario.dss.world.start("CHURN", {"outputs": [{"id": "scored"}]})
    scenario.type(f"/dss-jobs log {ref(job)}")
    assert has_button(scenario.told("no log", "nothing was written yet"), ids.JOB_LOG)
