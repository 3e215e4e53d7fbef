"""Aborts by button or command, and their outcomes."""

from bot.views import action_ids
from tests.scenario.world import Scenario, has_button, ref, shown


def test_abort_by_button(scenario: Scenario) -> None:
    """The thread says who asked, then the outcome; the root is final and offers Rebuild."""
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("Running", "CHURN.customers_clean")
    scenario.press(root, action_ids.JOB_ABORT, user="bob")
    scenario.reply(root, "bob asked to abort this job")
    end = scenario.reply(root, "*Aborted*")
    assert f"<@{scenario.slack.user_id('alice')}>" in shown(end)
    assert "bob" in shown(end)
    final = scenario.root("Aborted")
    assert has_button(final, action_ids.JOB_REBUILD)
    assert not has_button(final, action_ids.JOB_ABORT)
    assert len(scenario.requested("POST", "/abort")) == 1


def test_abort_by_command(scenario: Scenario) -> None:
    """`abort JOB` does the same for a followed job, and answers the person."""
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("Running", "CHURN.customers_clean")
    scenario.type(f"/dss-jobs abort {ref(scenario.newest())}")
    scenario.told("accepted the request to abort")
    scenario.reply(root, "*Aborted*")


def test_abort_by_id_alone(scenario: Scenario) -> None:
    """The bot finds a job that it follows by its id without the project."""
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("Running", "CHURN.customers_clean")
    scenario.type(f"/dss-jobs abort {scenario.newest().id}")
    scenario.reply(root, "*Aborted*")


def test_a_job_that_ends_in_spite_of_an_abort(scenario: Scenario) -> None:
    """The bot reports what happened: the abort came too late, and the job is done."""
    scenario.slow("customers_clean", ignores_abort=True)
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("Running", "CHURN.customers_clean")
    scenario.press(root, action_ids.JOB_ABORT)
    scenario.reply(root, "asked to abort this job")
    scenario.root("abort requested")
    scenario.finish_job(scenario.newest())
    end = scenario.reply(root, "*Done*")
    assert "abort" in shown(end).lower().split("done", 1)[1]


def test_an_ended_job_cannot_be_aborted(scenario: Scenario) -> None:
    """The answer says how it ended, without a request to DSS."""
    [done] = [job for job in scenario.dss.world.jobs.of_project("FRAUD") if job.plan.outcome == "DONE"][:1]
    scenario.type(f"/dss-jobs abort {ref(done)}")
    scenario.told("already finished", "nothing to abort")
    assert scenario.requested("POST", "/abort") == []


def test_an_abort_of_a_job_that_nobody_follows_is_told_to_the_asker(scenario: Scenario) -> None:
    """Without a thread, the outcome is an answer to the person who asked."""
    job = scenario.elsewhere("customers_clean")
    scenario.type(f"/dss-jobs abort {ref(job)}")
    taken = scenario.told("accepted the request to abort")
    outcome = scenario.told("Aborted", "CHURN.customers_clean")
    assert outcome.ts != taken.ts
    assert scenario.roots() == []


def test_two_people_abort_the_same(scenario: Scenario) -> None:
    """Two presses at once: one reply in the thread, one outcome, and both people get an answer."""
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("Running", "CHURN.customers_clean")
    scenario.press(root, action_ids.JOB_ABORT, user="alice", stale=True)
    scenario.press(root, action_ids.JOB_ABORT, user="bob", stale=True)
    scenario.reply(root, "*Aborted*")
    scenario.until(lambda: scenario.answers("bob") and scenario.answers("alice"))
    said = [m for m in scenario.now(root).replies if "asked to abort" in shown(m)]
    assert len(said) == 1


def test_abort_all_names_asks_and_aborts(scenario: Scenario) -> None:
    """Names every unfinished job in the project; only the confirmation aborts them, and no others."""
    first, second = scenario.elsewhere("alerts", "FRAUD"), scenario.elsewhere("payments_clean", "FRAUD")
    other = scenario.elsewhere("customers_clean")
    scenario.type("/dss-jobs abort --all fraud")
    question = scenario.told("2 unfinished jobs", "FRAUD.alerts", "FRAUD.payments_clean")
    assert scenario.requested("POST", "/abort") == []
    scenario.press(question, action_ids.ABORT_ALL_CONFIRM)
    scenario.told("request to abort 2 jobs")
    asked = "\n".join(scenario.requested("POST", "/abort"))
    assert first.id in asked
    assert second.id in asked
    assert other.id not in asked
    scenario.until(lambda: not any(has_button(m, action_ids.ABORT_ALL_CONFIRM) for m in scenario.answers()))


def test_abort_all_pressed_twice(scenario: Scenario) -> None:
    """A double click on the confirmation sends DSS one abort per job."""
    scenario.elsewhere("alerts", "FRAUD")
    scenario.type("/dss-jobs abort --all FRAUD")
    question = scenario.told("1 unfinished job", "FRAUD.alerts")
    scenario.press(question, action_ids.ABORT_ALL_CONFIRM, stale=True)
    scenario.press(question, action_ids.ABORT_ALL_CONFIRM, stale=True)
    scenario.told("request to abort 1 job")
    scenario.until(lambda: scenario.bot.store.intents.open_count() == 0)
    assert len(scenario.requested("POST", "/abort")) == 1


def test_abort_all_can_be_cancelled(scenario: Scenario) -> None:
    """Cancel aborts nothing."""
    scenario.elsewhere("alerts", "FRAUD")
    scenario.type("/dss-jobs abort --all FRAUD")
    scenario.press(scenario.told("1 unfinished job"), action_ids.ABORT_ALL_CANCEL)
    scenario.told("Canceled")
    assert scenario.requested("POST", "/abort") == []


def test_abort_all_of_nothing(scenario: Scenario) -> None:
    """Nothing is running: the answer says so, without a button."""
    scenario.type("/dss-jobs abort --all PAYROLL")
    assert not has_button(scenario.told("nothing to abort"), action_ids.ABORT_ALL_CONFIRM)


def test_abort_from_the_status(scenario: Scenario) -> None:
    """The status of a running job offers an Abort button."""
    job = scenario.elsewhere("customers_clean")
    scenario.type(f"/dss-jobs status {ref(job)}")
    scenario.press(scenario.told("Running", "CHURN.customers_clean"), action_ids.JOB_ABORT)
    taken = scenario.told("accepted the request to abort")
    scenario.press(taken, action_ids.JOB_STATUS)
    scenario.told("Aborted", "CHURN.customers_clean")
