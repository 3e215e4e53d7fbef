"""What a channel sees: everything, outcomes only, or nothing; and a log only with the rights of who asked."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.sandbox.slack import Message
from bot.views import action_ids
from tests.scenario.world import FOREVER_MS, Scenario, has_button, ref, shown

CONFIGURATION = """
[visibility.projects]
"FRAUD" = "outcome"
"PAY*" = "private"
"""


@pytest.fixture(scope="module")
def settings_of_scenario(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """Access by DSS; FRAUD shows outcomes, PAYROLL nothing."""
    file = tmp_path_factory.mktemp("settings") / "bot.toml"
    file.write_text(CONFIGURATION)
    return {"access": "dss", "environment": {"DSS_BOT_CONFIG": str(file)}}


def said(message: Message) -> str:
    """Return everything that a message's readers could get at, the values of buttons included."""
    return json.dumps([message.text, message.blocks, [said(reply) for reply in message.replies]])


def log_callers(scenario: Scenario) -> set[str | None]:
    """Return with whose rights logs were read since the test began; ``None`` is the bot's key."""
    return {
        call.proxy_user
        for call in scenario.dss.requests[scenario._requests :]
        if call.path.rstrip("/").endswith("/log")
    }


def test_an_outcome_without_names(scenario: Scenario) -> None:
    """The channel sees that a job in FRAUD runs and ends; the one who presses Details sees the rest."""
    scenario.slow("alerts", "FRAUD")
    scenario.type("/dss-build FRAUD.alerts")
    root = scenario.root("Running", "a job in `FRAUD`", "requested by")
    scenario.press(root, action_ids.JOB_STATUS)
    details = scenario.told("FRAUD.alerts", "Running")
    assert has_button(details, action_ids.JOB_ABORT)
    scenario.finish_job(scenario.newest("FRAUD"))
    end = scenario.reply(root, "*Done*", "a job in `FRAUD`")
    assert f"<@{scenario.slack.user_id('alice')}>" in shown(end)
    assert "alerts" not in said(scenario.now(root))


def test_a_job_of_two_projects_shows_what_the_stricter_one_allows(scenario: Scenario) -> None:
    """The job runs in CHURN, whose jobs the channel sees in full, and builds something in FRAUD, too."""
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean FRAUD.alerts")
    root = scenario.root("Running", "a job in `CHURN`")
    scenario.type(f"/dss-jobs abort {ref(scenario.newest())}")
    scenario.reply(root, "*Aborted*")
    assert "alerts" not in said(scenario.now(root))
    assert "FRAUD" not in said(scenario.now(root))


def test_a_job_that_builds_in_a_private_project_too_is_told_to_the_one_who_asked(scenario: Scenario) -> None:
    """Also when somebody follows it later."""
    scenario.dss.world.grant("carol", "CHURN")
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean PAYROLL.salary_bands", user="carol")
    scenario.direct("Running", "PAYROLL.salary_bands", "CHURN.customers_clean", user="carol")
    scenario.type(f"/dss-jobs follow {ref(scenario.newest())}", user="carol")
    scenario.told("followed", user="carol")
    assert scenario.roots() == []


def test_the_details_need_ones_own_rights(scenario: Scenario) -> None:
    """Carol sees the channel but not FRAUD in DSS: the answer names nothing either."""
    scenario.slow("alerts", "FRAUD")
    scenario.type("/dss-build FRAUD.alerts")
    root = scenario.root("Running", "a job in `FRAUD`")
    scenario.press(root, action_ids.JOB_STATUS, user="carol")
    answer = shown(scenario.told("You can't see this job in DSS", user="carol"))
    assert "alerts" not in answer
    assert "FRAUD" not in answer


def test_an_abort_in_a_channel_that_sees_outcomes(scenario: Scenario) -> None:
    """The thread says that somebody asked, and how it ended."""
    scenario.slow("alerts", "FRAUD")
    scenario.type("/dss-build FRAUD.alerts")
    root = scenario.root("Running", "a job in `FRAUD`")
    scenario.type(f"/dss-jobs abort {ref(scenario.newest('FRAUD'))}")
    scenario.reply(root, "*Aborted*")
    assert "alerts" not in said(scenario.now(root))


def test_a_private_project_is_told_to_the_one_who_asked(scenario: Scenario) -> None:
    """The channel gets nothing; root and end are direct messages, and "my last job" finds it here."""
    scenario.slow("salary_bands", "PAYROLL")
    scenario.type("/dss-build PAYROLL.salary_bands", user="carol")
    scenario.told("Messages tab", user="carol")
    stamp = scenario.newest("PAYROLL").id[-12:]  # other tests have roots there too
    root = scenario.direct("Running", "PAYROLL.salary_bands", stamp, user="carol")
    scenario.type("/dss-jobs status", user="carol")
    scenario.told("*Running*", "PAYROLL.salary_bands", user="carol")
    scenario.finish_job(scenario.newest("PAYROLL"))
    scenario.reply(root, "*Done*")
    assert scenario.roots() == []


def test_following_and_unfollowing_a_private_project(scenario: Scenario) -> None:
    """The same for a job that was started elsewhere."""
    job = scenario.elsewhere("salary_bands", "PAYROLL", by="carol")
    scenario.type(f"/dss-jobs follow {ref(job)}", user="carol")
    scenario.told("Now following", "Messages tab", user="carol")
    scenario.type(f"/dss-jobs unfollow {ref(job)}", user="carol")
    scenario.told("no longer followed", user="carol")
    assert scenario.roots() == []


def test_the_log_is_read_as_the_person_who_asked(scenario: Scenario) -> None:
    """The excerpt in a thread comes from calls with their login, never with the bot's key."""
    scenario.type("/dss-build CHURN.features_broken")
    root = scenario.root("Failed", "CHURN.features_broken")
    assert "Traceback" in shown(scenario.reply(root, "*Failed*"))
    assert log_callers(scenario) == {"alice"}


def test_without_the_right_there_is_no_excerpt(scenario: Scenario) -> None:
    """Bob lost CHURN while his job ran: the channel has the outcome, and nothing of the log."""
    scenario.dss.world.plan_next(outcome="FAILED", duration=FOREVER_MS / 1000)
    scenario.type("/dss-build CHURN.customers_clean", user="bob")
    root = scenario.root("CHURN.customers_clean")
    job = scenario.newest()
    scenario.dss.world.revoke("bob", "CHURN")
    try:
        scenario.finish_job(job)
        end = scenario.reply(root, "*Failed*")
    finally:
        scenario.dss.world.grant("bob", "CHURN")
    assert "```" not in shown(end)
    assert None not in log_callers(scenario)


def test_direct_messages_name_nothing_after_rights_are_lost(scenario: Scenario) -> None:
    """Carol's own direct messages: her job ends after she lost PAYROLL, so she hears only how."""
    scenario.slow("salary_bands", "PAYROLL")
    scenario.type("/dss-build PAYROLL.salary_bands", user="carol")
    scenario.told("Messages tab", user="carol")
    job = scenario.newest("PAYROLL")
    root = scenario.direct("Running", "PAYROLL.salary_bands", job.id[-12:], user="carol")
    scenario.later(seconds=30)
    scenario.reply(root, "Started")
    scenario.later(minutes=5)  # what DSS said for that piece of news counts for a minute
    scenario.dss.world.revoke("carol", "PAYROLL")
    try:
        scenario.finish_job(job)
        end = scenario.reply(root, "*Done*", "a job in `PAYROLL`")
        assert "salary" not in said(end)
        now = scenario.until(lambda: _done(scenario.now(root)))
        assert "salary" not in json.dumps([now.text, now.blocks])  # earlier replies stay as they are
    finally:
        scenario.dss.world.grant("carol", "PAYROLL")


def _done(root: Message) -> Message | None:
    return root if "*Done*" in shown(root) else None


def test_a_project_that_becomes_private(make_scenario: Callable[..., Scenario], tmp_path: Path) -> None:
    """After a restart with the new setting, the root is one neutral line, and the end a direct message."""
    file = tmp_path / "bot.toml"
    file.write_text("")
    scenario = make_scenario(access="dss", environment={"DSS_BOT_CONFIG": str(file)})
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("Running", "CHURN.customers_clean")
    scenario.stop_bot()
    file.write_text('[visibility]\ndefault = "private"\n')
    scenario.start_bot()
    scenario.finish_job(scenario.newest())
    scenario.direct("*Done*", "a job in `CHURN`")
    now = scenario.until(lambda: one if "private now" in shown(one := scenario.now(root)) else None)
    assert "customers_clean" not in shown(now)
    assert not any("*Done*" in shown(reply) for reply in now.replies)
