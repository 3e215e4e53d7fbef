"""The audit: who asked for what, from where, what was decided, by what, and what came of it."""

from collections.abc import Callable

import pytest

from bot.domain.audit import AuditEntry, AuditEvent
from bot.store import AuditFilter
from bot.views import action_ids, dialog_ids
from tests.scenario.world import LONG, Scenario, ref


@pytest.fixture(scope="module")
def settings_of_scenario() -> dict[str, object]:
    """The default access, in which people act as themselves."""
    return {"access": "dss"}


def entries(scenario: Scenario, user: str, **wanted: str) -> list[AuditEntry]:
    """Return a person's entries of this test's channel, oldest first, that say all of this."""
    channel = scenario.slack.channel_id(scenario.channel)
    found = [
        entry
        for entry in scenario.bot.store.audit.find(AuditFilter(user=scenario.slack.user_id(user)))
        if entry.channel == channel and all(getattr(entry, name) == value for name, value in wanted.items())
    ]
    return found[::-1]


def the(scenario: Scenario, user: str, **wanted: str) -> AuditEntry:
    """Wait for the one entry that says all of this."""
    [entry] = scenario.until(lambda: entries(scenario, user, **wanted))
    return entry


def test_a_build_and_its_abort_leave_decisions_and_outcomes(scenario: Scenario) -> None:
    """By command and by button, with the DSS login that the calls were made as."""
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("Running", "CHURN.customers_clean")
    job = scenario.newest()
    decided = the(scenario, "alice", event=AuditEvent.DECISION)
    assert (decided.allowed, decided.rule, decided.act_as) == (True, "dss", "alice")
    assert (decided.verb, decided.project, decided.target) == ("build", "CHURN", "CHURN.customers_clean")
    assert decided.surface == "command"
    started = the(scenario, "alice", outcome="started")
    assert (started.job, started.project, started.act_as) == (job.id, "CHURN", "alice")
    assert len(started.reference) == 32
    scenario.press(root, action_ids.JOB_ABORT, user="bob")
    scenario.reply(root, "*Aborted*")
    aborted = the(scenario, "bob", outcome="aborted")
    assert (aborted.job, aborted.surface, aborted.act_as) == (job.id, "button", "bob")
    assert scenario.bot.store.verify_audit().broken == ""


def test_a_refusal_says_what_decided(scenario: Scenario) -> None:
    """The person may nothing: both the decision and the outcome are denied."""
    scenario.slack.add_user("dave")
    scenario.type("/dss-build CHURN.customers_clean", user="dave")
    scenario.told("your login dave is disabled", user="dave")
    decided = the(scenario, "dave", event=AuditEvent.DECISION)
    assert (decided.allowed, decided.rule) == (False, "dss")
    refused = the(scenario, "dave", outcome="refused")
    assert not refused.allowed
    assert "your login dave is disabled" in refused.note


def test_what_fails_and_what_starts_nothing_is_there_too(scenario: Scenario) -> None:
    """DSS refuses; the bot asks back; a list isn't answered."""
    scenario.dss.faults.add("status", method="POST", path=r"^/projects/[A-Z]+/jobs/?$", status=400)
    scenario.type("/dss-build CHURN.customers_clean")
    failed = the(scenario, "alice", outcome="failed")
    assert failed.allowed
    assert failed.note.startswith("DSSInvalidRequest")
    scenario.dss.faults.clear()
    scenario.type("/dss-build CHURN.customers_clean --mode all")
    assert the(scenario, "alice", outcome="asked").verb == "build_upstream"
    scenario.type("/dss-jobs NOSUCH")
    assert the(scenario, "alice", outcome="refused").project == "NOSUCH"


def test_following_and_reading_a_log(scenario: Scenario) -> None:
    """A log has a decision; nothing of what it says is in the audit."""
    job = scenario.elsewhere("customers_clean")
    scenario.type(f"/dss-jobs follow {ref(job)}")
    scenario.root("CHURN.customers_clean")
    assert the(scenario, "alice", outcome="followed").job == job.id
    scenario.type(f"/dss-jobs log {ref(job)}")
    scenario.told("Log of")
    assert the(scenario, "alice", verb="log").target == job.id
    scenario.type(f"/dss-jobs unfollow {ref(job)}")
    assert the(scenario, "alice", outcome="unfollowed").job == job.id
    texts = " ".join(str(entry) for entry in entries(scenario, "alice"))
    assert "INFO" not in texts


def test_opening_app_home_is_a_read(scenario: Scenario) -> None:
    """From where: App Home has no channel of its own."""
    scenario.slack.as_user("bob").open_home()
    bob = AuditFilter(user=scenario.slack.user_id("bob"))
    home = scenario.until(
        lambda: [one for one in scenario.bot.store.audit.find(bob) if one.surface == "home"]
    )
    assert (home[0].verb, home[0].rule) == ("view", "dss")


def test_a_submitted_dialog_is_where_it_came_from(make_scenario: Callable[..., Scenario]) -> None:
    """A declined build was declined in a dialog."""
    scenario = make_scenario(access="dss", config='[approvals]\nprojects = ["CHURN"]\n')
    scenario.type("/dss-build CHURN.scored")
    scenario.press(scenario.root("Approval needed"), action_ids.APPROVAL_DECLINE, user="bob")
    [dialog] = scenario.until(lambda: scenario.slack.views("bob") or None)
    scenario.slack.as_user("bob").submit(dialog, {dialog_ids.DECLINE_REASON: "No"}).wait(LONG)
    assert the(scenario, "bob", event=AuditEvent.DECISION).surface == "dialog"
