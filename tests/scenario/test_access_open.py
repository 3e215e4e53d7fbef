"""Access `open`: every full member, and nobody else, by command or by button."""

import pytest

from bot.slack.views import ids
from tests.scenario.world import Scenario, ref, shown

OUTSIDERS = {"guest": "guests", "ultra": "guests", "stranger": "other organisations", "dss-bot": "other bots"}


@pytest.fixture
def mixed(scenario: Scenario) -> Scenario:
    """A channel with people of all kinds in it."""
    slack = scenario.slack
    names = [user.name for user in slack._world.users.values()]
    if "ultra" not in names:
        slack.add_user("ultra", ultra_guest=True)
    scenario.channel = f"{scenario.channel}-mixed"
    everybody = ("alice", "bob", *OUTSIDERS)
    members = [slack.user_id(one) for one in everybody]
    slack.add_channel(scenario.channel, shared=True, members=members)
    return scenario


@pytest.mark.parametrize(("who", "reason"), OUTSIDERS.items())
@pytest.mark.parametrize(
    "command",
    ["/dss-build CHURN.customers_clean", "/dss-jobs", "/dss-jobs CHURN", "/dss-jobs abort --all CHURN"],
)
def test_outsiders_are_refused(mixed: Scenario, who: str, reason: str, command: str) -> None:
    """The reason is told, and DSS is asked nothing."""
    mixed.type(command, user=who)
    mixed.told(reason, user=who)
    assert mixed.starts() == []
    assert mixed.requested("GET", "/jobs") == []


@pytest.mark.parametrize(("who", "reason"), OUTSIDERS.items())
@pytest.mark.parametrize("action", [ids.JOB_ABORT, ids.JOB_LOG])
def test_outsiders_cannot_press_what_others_may(mixed: Scenario, who: str, reason: str, action: str) -> None:
    """A button is authorised at the press, for the person who presses."""
    mixed.slow("customers_clean")
    mixed.type("/dss-build CHURN.customers_clean")
    root = mixed.root("Running", "CHURN.customers_clean")
    mixed.press(root, action, user=who)
    mixed.told(reason, user=who)
    assert mixed.requested("POST", "/abort") == []
    assert mixed.requested("GET", "/log") == []
    assert not any("asked to abort" in shown(m) for m in mixed.now(root).replies)


def test_a_member_may_do_what_somebody_else_began(mixed: Scenario) -> None:
    """With access `open` a colleague may abort; the key itself calls, nobody is impersonated."""
    mixed.slow("customers_clean")
    mixed.type("/dss-build CHURN.customers_clean")
    root = mixed.root("Running", "CHURN.customers_clean")
    mixed.press(root, ids.JOB_ABORT, user="bob")
    mixed.reply(root, "bob asked to abort")
    mixed.type(f"/dss-jobs status {ref(mixed.newest())}", user="bob")
    mixed.told("CHURN.customers_clean", user="bob")
    assert {call.proxy_user for call in mixed.dss.requests} == {None}
