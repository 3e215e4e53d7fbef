"""Two bots on one database: what Slack tells one of them counts for the other, too."""

from collections.abc import Callable

from tests.scenario.world import Scenario, shown

EACH = 2
"""How many commands each of the two gets: Slack's deliveries go to them in turn."""


def test_a_change_of_an_account_counts_for_every_replica(make_scenario: Callable[..., Scenario]) -> None:
    """Bob becomes a guest: neither replica answers him as a member again, until he is one again."""
    scenario = make_scenario(access="dss")
    with scenario.replica():
        _all_say(scenario, "Running now")
        scenario.change_account("bob", guest=True)
        _all_say(scenario, "Guests of")
        scenario.change_account("bob", guest=False)
        _all_say(scenario, "Running now")


def _all_say(scenario: Scenario, expected: str) -> None:
    before = len(scenario.answers("bob"))
    asked = [scenario.type("/dss-jobs", user="bob") for _ in range(2 * EACH)]
    assert len({one.connection_id for one in asked}) == 2
    scenario.until(lambda: len(scenario.answers("bob")) >= before + 2 * EACH or None)
    said = [shown(one) for one in scenario.answers("bob")[before:]]
    assert all(expected in one for one in said), said
