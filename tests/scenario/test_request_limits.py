"""Limits for people: a kind answer, nothing started, and nobody else is held up."""

import pytest

from bot.domain.request_limits import RequestLimits
from bot.store import AuditFilter
from tests.scenario.world import Scenario, shown


@pytest.fixture(scope="module")
def settings_of_scenario() -> dict[str, object]:
    """Limits that a test reaches."""
    return {"limits": RequestLimits(starts_per_person=2, reads_per_person=2)}


def test_too_many_builds_are_refused_with_when_again(scenario: Scenario) -> None:
    """The third one starts nothing; somebody else's does; the command is typed back for later."""
    for output in ("customers_clean", "features", "scored"):
        scenario.type(f"/dss-build CHURN.{output} --type dataset")
    refused = scenario.told("too many builds", "one person can start 2 a minute", "Nothing was started")
    assert "Try again in" in shown(refused)
    assert "/dss-build CHURN." in shown(refused)
    scenario.type("/dss-build FRAUD.alerts", user="bob")
    scenario.until(lambda: len(scenario.starts()) == 3 or None)
    [entry] = [
        one
        for one in scenario.bot.store.audit.find(AuditFilter(denied=True, verb="build"))
        if one.rule == "limits.starts_per_person"
    ]
    assert entry.user_id == scenario.slack.user_id("alice")
    assert not entry.allowed
    text = scenario.bot.metrics.registry.get_sample_value(
        "dss_bot_requests_limited_total", {"limit": "starts_per_person"}
    )
    assert text == 1


def test_too_many_searches_are_refused_and_cheap_questions_are_not(scenario: Scenario) -> None:
    """Logs and searches of several projects share a limit; the list of one project has none."""
    for _ in range(3):
        scenario.type("/dss-jobs CH* --state failed", user="carol")
    scenario.told("too many logs and searches", "DSS wasn't asked", user="carol")
    for _ in range(4):
        scenario.type("/dss-jobs CHURN --state failed", user="carol")
    scenario.until(lambda: len(scenario.answers("carol")) == 7 or None)
    assert sum("too many" in shown(one) for one in scenario.answers("carol")) == 1
