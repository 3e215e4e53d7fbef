"""What the bot itself knows of a job fills the gaps in DSS's list."""

import json

import pytest

from bot.sandbox.dss.jobs import Job
from bot.sandbox.slack import Message
from tests.scenario.world import Scenario, ref, shown


def list_only_ids(scenario: Scenario, *jobs: Job) -> None:
    """Make DSS's list of running jobs as bare as DSS-API.md §1.3 allows."""
    items = [{"jobId": job.id, "projectKey": job.project} for job in jobs]
    scenario.dss.faults.add("garbage", method="GET", path="/jobs/running/", body=json.dumps(items).encode())


def link_to(root: Message) -> str:
    """Return the end of a link to a thread, as Slack makes them."""
    return f"/archives/{root.channel}/p{root.ts.replace('.', '')}|thread>"


def test_a_followed_job_is_shown_with_what_its_thread_shows(scenario: Scenario) -> None:
    """Who asked in Slack (not the key's name), how far the job is, and a link to its thread."""
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("Running", "CHURN.customers_clean", "0 of 1 activity done")
    scenario.type("/dss-jobs", user="bob")
    running = shown(scenario.told("Running now", user="bob")).split("Your recent jobs")[0]
    assert "requested by alice" in running
    assert "API (" not in running
    assert "0 of 1 activity done" in running
    assert link_to(root) in running


def test_a_bare_id_of_a_followed_job_has_its_state_and_outputs(scenario: Scenario) -> None:
    """DSS lists only the id: the bot knows the rest from following the job."""
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("Running", "CHURN.customers_clean")
    list_only_ids(scenario, scenario.newest())
    scenario.type("/dss-jobs", user="bob")
    running = shown(scenario.told("Running now", user="bob")).split("Your recent jobs")[0]
    assert "*Running* · `CHURN.customers_clean`" in running
    assert "In state" not in running
    assert "In state" not in shown(scenario.now(root))


def test_a_bare_id_of_another_job_is_looked_up(scenario: Scenario) -> None:
    """Nobody follows it, so DSS is asked for its status."""
    job = scenario.elsewhere("scored_history")
    list_only_ids(scenario, job)
    scenario.type("/dss-jobs", user="bob")
    running = shown(scenario.told("Running now", user="bob")).split("Your recent jobs")[0]
    assert "*Running* · `CHURN.scored_history`" in running
    assert "started by `bob`" in running


def test_a_job_that_somebody_only_follows_is_not_called_theirs(scenario: Scenario) -> None:
    """Carol follows Bob's job: the row links to her thread and says who started the job."""
    job = scenario.elsewhere("scored_history", by="bob")
    scenario.type(f"/dss-jobs follow {ref(job)}", user="carol")
    root = scenario.root("CHURN.scored_history")
    scenario.type("/dss-jobs")
    running = shown(scenario.told("Running now")).split("Your recent jobs")[0]
    assert "started by `bob`" in running
    assert "carol" not in running
    assert link_to(root) in running


def test_a_thread_in_direct_messages_is_linked_for_its_owner_only(scenario: Scenario) -> None:
    """Nobody else could open it."""
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean", channel=scenario.slack.dm("alice"))
    root = scenario.direct("Running", "CHURN.customers_clean")
    scenario.type("/dss-jobs")
    assert link_to(root) in shown(scenario.told("Running now"))
    scenario.type("/dss-jobs", user="bob")
    assert "|thread>" not in shown(scenario.told("Running now", user="bob"))


def test_the_list_of_a_project_too(scenario: Scenario) -> None:
    """Running and ended jobs: who asked, and where to read on."""
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("Running", "CHURN.customers_clean", "0 of 1 activity done")
    scenario.type("/dss-jobs CHURN --state running", user="bob")
    answer = shown(scenario.told("state running", user="bob"))
    assert "requested by alice" in answer
    assert "0 of 1 activity done" in answer
    assert link_to(root) in answer
    scenario.finish_job(scenario.newest())
    scenario.reply(root, "*Done*")
    scenario.type("/dss-jobs CHURN --limit 1", user="bob")
    answer = shown(scenario.told("at most 1", user="bob"))
    assert "requested by alice" in answer
    assert link_to(root) in answer


def test_what_is_being_built_leads_to_its_thread(scenario: Scenario) -> None:
    """Somebody else asks for the same: they learn who asked first and where to watch."""
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("Running", "CHURN.customers_clean", "0 of 1 activity done")
    scenario.type("/dss-build CHURN.customers_clean", user="bob")
    answer = shown(scenario.told("being built right now", user="bob"))
    assert "requested by alice" in answer
    assert link_to(root) in answer
    assert len(scenario.starts()) == 1


def test_the_status_leads_to_the_thread(scenario: Scenario) -> None:
    """And it says who asked in Slack, not which key called DSS."""
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("Running", "CHURN.customers_clean")
    scenario.type(f"/dss-jobs status {ref(scenario.newest())}", user="bob")
    answer = shown(scenario.told("Running", user="bob"))
    assert "requested by alice" in answer
    assert "API (" not in answer
    assert link_to(root) in answer


def test_the_question_before_aborting_all_says_whose_jobs_they_are(scenario: Scenario) -> None:
    """Whoever is about to abort them knows whom to ask first."""
    scenario.elsewhere("alerts", "FRAUD", by="bob")
    scenario.slow("payments_clean", "FRAUD")
    scenario.type("/dss-build FRAUD.payments_clean")
    root = scenario.root("Running", "FRAUD.payments_clean")
    scenario.type("/dss-jobs abort --all FRAUD", user="carol")
    lines = shown(scenario.told("2 unfinished jobs", user="carol")).split("\n")
    theirs, mine = (next(line for line in lines if name in line) for name in ("alerts", "payments_clean"))
    assert "started by `bob`" in theirs
    assert "requested by alice" in mine
    assert link_to(root) in mine


@pytest.mark.parametrize("by", ["carol", "Carol", "carol@example.com", "@carol", "me"])
def test_by_finds_what_somebody_asked_the_bot_for(scenario: Scenario, by: str) -> None:
    """In open access DSS says that the key started it; the bot knows better."""
    scenario.type("/dss-build FRAUD.alerts", user="carol")
    root = scenario.root("FRAUD.alerts")
    scenario.type("/dss-build FRAUD.payments_clean")
    others = scenario.root("FRAUD.payments_clean")
    reader = "carol" if by == "me" else "alice"
    scenario.type(f"/dss-jobs FRAUD --by {by}", user=reader)
    answer = shown(scenario.told("Jobs of FRAUD", user=reader))
    assert link_to(root) in answer
    assert link_to(others) not in answer
    scenario.type(f"/dss-jobs --by {by} --since 1h", user=reader)
    assert link_to(root) in shown(scenario.told("since 1h", user=reader))
