"""Slack doesn't say in which language somebody reads: that delays and prevents no answer."""

from collections.abc import Callable

import pytest

from tests.scenario.test_languages import FRENCH, acknowledged, french
from tests.scenario.world import Scenario, shown


def test_a_burst_of_unknown_people_while_slack_hangs(make_scenario: Callable[..., Scenario]) -> None:
    """Fifty people whom the bot doesn't know yet: all are answered, as the channels are."""
    scenario = make_scenario()
    people = [f"new-{number}" for number in range(50)]
    for name in people:
        scenario.slack.add_user(name, locale=FRENCH)
    scenario.slack.faults.add("users.info", kind="timeout", times=100)
    asked = [scenario.slack.as_user(one).command("/dss-jobs", "help", scenario.channel) for one in people]
    for delivery in asked:
        delivery.wait(scenario.patience)
        assert "*Jobs in DSS*" in shown(delivery.ack_payload["blocks"])  # type: ignore[index]


@pytest.mark.parametrize("kind", ["429", "reset", "body:[1]"])
def test_an_answer_that_says_nothing(make_scenario: Callable[..., Scenario], kind: str) -> None:
    """The bot answers as the channels are."""
    scenario = make_scenario()
    scenario.slack.add_user("chloe", locale=FRENCH)
    scenario.slack.faults.add("users.info", kind=kind, times=9)
    assert "*Jobs in DSS*" in acknowledged(scenario, "/dss-jobs help", "chloe")


def test_somebody_whom_slack_does_not_know_changes_nothing_for_others(scenario: Scenario) -> None:
    """The next person is asked about, and answered in French at once."""
    for name in ("dora", "emile"):
        scenario.slack.add_user(name, locale=FRENCH)
    scenario.slack.faults.add("users.info", kind="error:user_not_found")
    assert "*Jobs in DSS*" in acknowledged(scenario, "/dss-jobs help", "dora")
    assert french("*Jobs in DSS*") in acknowledged(scenario, "/dss-jobs help", "emile")
