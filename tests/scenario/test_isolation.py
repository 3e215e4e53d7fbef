"""Nothing of one test reaches the next one, although they share a bot."""

import pytest

from tests.scenario.rest import await_rest
from tests.scenario.world import LONG, Scenario, shown


@pytest.mark.parametrize("private", [False, True], ids=["channel", "direct message"])
def test_an_answer_that_nobody_waited_for(scenario: Scenario, *, private: bool) -> None:
    """It comes before the next test begins, which doesn't see it, wherever it was asked for."""
    scenario.dss.faults.add("latency", path="/jobs/", seconds=LONG)
    scenario.type("/dss-jobs ETUDES", channel=scenario.slack.dm("alice") if private else None)
    scenario.finish()
    came = len(scenario.slack.ephemerals("alice"))
    assert "Jobs of ETUDES" in shown(scenario.slack.ephemerals("alice")[-1])
    scenario.begin()
    assert scenario.answers() == []
    scenario.type("/dss-jobs SALES")
    scenario.told("Jobs of SALES")
    assert len(scenario.answers()) == 1
    assert len(scenario.slack.ephemerals("alice")) == came + 1


def test_a_late_answer_in_an_earlier_channel(scenario: Scenario) -> None:
    """Even if one came, it would be no answer to this test."""
    earlier = scenario.slack.channel_id(scenario.channel)
    scenario.begin()
    scenario.type("/dss-jobs ETUDES", channel=earlier)
    scenario.until(lambda: any(one.channel == earlier for one in scenario.slack.ephemerals("alice")))
    assert scenario.answers() == []


def test_a_direct_message_of_an_earlier_test(scenario: Scenario) -> None:
    """It's no root of this test, although the conversation is the same."""
    scenario.type("/dss-build CHURN.customers_clean", channel=scenario.slack.dm("alice"))
    scenario.direct("CHURN.customers_clean")
    scenario.finish()
    scenario.begin()
    assert scenario.roots(scenario.slack.dm("alice")) == []


def test_whoever_leaves_something_behind_is_told_what(scenario: Scenario) -> None:
    """A test that leaves something on purpose says so (`Scenario.leaves`)."""
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    scenario.root("Running")
    scenario.dss.faults.down()
    with pytest.raises(AssertionError, match="leaves followed jobs behind"):
        await_rest(scenario.bot, scenario.slack, scenario.dss, left={}, within=0.1)
    await_rest(scenario.bot, scenario.slack, scenario.dss, left={"followed jobs": 1}, within=LONG)
