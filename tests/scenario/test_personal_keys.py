"""With whose key DSS is called, and that the rules hold for it as well."""

import base64
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.views import action_ids
from tests.scenario.test_connect import connected, reading_key
from tests.scenario.test_rules import EVERYTHING, configure, deny, rule
from tests.scenario.world import FOREVER_MS, Scenario, ref, shown

CHURN_ONLY = '[[rules]]\nallow = "*"\neveryone = true\nprojects = "CHURN"'


@pytest.fixture(scope="module")
def settings_of_scenario(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """Access by DSS without an admin key, with personal keys and a policy file."""
    folder: Path = tmp_path_factory.mktemp("rules")
    keys = {"DSS_BOT_ENCRYPTION_KEYS": Fernet.generate_key().decode()}
    return {"access": "dss", "api_key": reading_key, "environment": configure(folder) | keys}


@pytest.fixture
def scenario(scenario: Scenario) -> Scenario:
    """Each test begins with rules that allow everything."""
    rule(scenario, EVERYTHING)
    return scenario


def callers(scenario: Scenario, method: str, end: str, *, since: int = 0) -> set[str]:
    """Return the keys with which DSS got these calls, by method and end of the path."""
    calls = scenario.dss.requests[max(since, scenario._requests) :]
    keys = set()
    for call in calls:
        if call.method == method and call.path.rstrip("/").endswith(end):
            scheme, _, said = call.headers["Authorization"].partition(" ")
            keys.add(base64.b64decode(said).decode().rstrip(":") if scheme == "Basic" else said)
            assert call.proxy_user is None
    return keys


def test_rules_hide_what_the_key_could_see(scenario: Scenario) -> None:
    """Alice's key reads PAYROLL in DSS; the rules show CHURN only: by name, list, status, log, and typo."""
    hidden = scenario.elsewhere("salary_bands", "PAYROLL", by="alice")
    with connected(scenario):
        rule(scenario, CHURN_ONLY)
        unknown = "There is no project PAYROLL in DSS that you can see"
        for command, answer in {
            "/dss-jobs projects": "CHURN",
            "/dss-jobs PAYROLL": unknown,
            "/dss-build PAYROLL.salary_bands": unknown,
            "/dss-build salary_bands": "No project that you can see has an output",
            f"/dss-jobs status {ref(hidden)}": unknown,
            f"/dss-jobs log {ref(hidden)}": unknown,
            f"/dss-jobs abort {ref(hidden)}": unknown,
            "/dss-jobs": "Running now",
        }.items():
            scenario.type(command)
            scenario.told(answer)
        assert "SALES" not in "\n".join(map(shown, scenario.answers()))
        assert "PAYROLL." not in "\n".join(map(shown, scenario.answers()))
        assert scenario.starts() == []
        assert hidden.life.stop_at is None


def test_rules_forbid_what_the_key_could_do(scenario: Scenario) -> None:
    """Alice may build CHURN in DSS; the rules say no, and then yes: the build is made with her key."""
    with connected(scenario):
        rule(scenario, EVERYTHING, deny("build", where='projects = "CHURN"'))
        scenario.type("/dss-build CHURN.customers_clean")
        scenario.told("You may not build in CHURN from here")
        assert scenario.starts() == []
        rule(scenario, EVERYTHING)
        scenario.slow("customers_clean")
        scenario.type("/dss-build CHURN.customers_clean")
        root = scenario.root("Running", "CHURN.customers_clean")
        assert callers(scenario, "POST", "/jobs") == {scenario.dss.key_of("alice")}
        rule(scenario, EVERYTHING, deny("abort_own", where='projects = "CHURN"'))
        scenario.press(root, action_ids.JOB_ABORT)
        scenario.told("You may not abort")
        assert scenario.requested("POST", "/abort") == []
        rule(scenario, EVERYTHING)
        scenario.press(root, action_ids.JOB_ABORT)
        scenario.reply(root, "*Aborted*")
        assert callers(scenario, "POST", "/abort") == {scenario.dss.key_of("alice")}


def test_the_rules_allow_more_than_the_key_can(scenario: Scenario) -> None:
    """Bob's rights in DSS still count: he may read FRAUD there, and not build."""
    with connected(scenario, "bob"):
        scenario.type("/dss-build FRAUD.alerts", user="bob")
        scenario.told("can give you the right", user="bob")
        assert scenario.roots() == []


def test_the_excerpt_of_a_failure_is_read_with_ones_own_key(scenario: Scenario) -> None:
    """The log of the thread, and that of the button of somebody else: each with the key of who asked."""
    with connected(scenario, "alice"), connected(scenario, "bob"):
        scenario.begin()
        scenario.type("/dss-build CHURN.features_broken")
        root = scenario.root("Failed", "CHURN.features_broken")
        assert "Traceback" in shown(scenario.reply(root, "*Failed*"))
        assert callers(scenario, "GET", "/log") == {scenario.dss.key_of("alice")}
        before = len(scenario.dss.requests)
        scenario.press(root, action_ids.JOB_LOG, user="bob")
        scenario.dialog("Log of", user="bob")
        assert callers(scenario, "GET", "/log", since=before) == {scenario.dss.key_of("bob")}


def test_without_the_right_the_key_reads_no_excerpt(scenario: Scenario) -> None:
    """Bob lost CHURN while his job ran: the channel has the outcome, and nothing of the log."""
    with connected(scenario, "bob"):
        scenario.begin()
        scenario.dss.world.plan_next(outcome="FAILED", duration=FOREVER_MS / 1000)
        scenario.type("/dss-build CHURN.customers_clean", user="bob")
        root = scenario.root("CHURN.customers_clean")
        scenario.dss.world.revoke("bob", "CHURN")
        try:
            scenario.finish_job(scenario.newest())
            end = scenario.reply(root, "*Failed*")
        finally:
            scenario.dss.world.grant("bob", "CHURN")
        assert "Traceback" not in shown(end)
        assert callers(scenario, "GET", "/log") <= {scenario.dss.key_of("bob")}


def test_a_lost_start_is_looked_for_with_ones_own_key(scenario: Scenario) -> None:
    """The answer to the start never came: the job is found among those that the person can see."""
    with connected(scenario):
        scenario.begin()
        scenario.dss.faults.add("lose_answer", method="POST", path="/jobs/$", times=1)
        scenario.slow("customers_clean")
        scenario.type("/dss-build CHURN.customers_clean")
        scenario.root("CHURN.customers_clean", "requested by")
        assert len(scenario.starts()) == 1
        assert callers(scenario, "GET", "/projects/CHURN/jobs") == {scenario.dss.key_of("alice")}
        assert scenario.newest().initiator == "alice"
