"""Access `open`: every full member and nobody else, by command or button."""

import pytest

from bot.views import action_ids
from tests.scenario.world import Scenario, ref, shown

OUTSIDERS = {"guest": "Guests", "ultra": "Guests", "stranger": "other organizations", "dss-bot": "Other bots"}


@pytest.fixture
def mixed(scenario: Scenario) -> Scenario:
    """A channel with all kinds of people in it."""
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
    """The answer gives the reason, and the bot sends DSS no request."""
    mixed.type(command, user=who)
    mixed.told(reason, user=who)
    assert mixed.starts() == []
    assert mixed.requested("GET", "/jobs") == []


@pytest.mark.parametrize(("who", "reason"), OUTSIDERS.items())
def test_outsiders_cannot_press_what_others_may(mixed: Scenario, who: str, reason: str) -> None:
    """A button is authorized when it is pressed, for the person who presses it."""
    mixed.slow("customers_clean")
    mixed.type("/dss-build CHURN.customers_clean")
    root = mixed.root("Running", "CHURN.customers_clean")
    mixed.press(root, action_ids.JOB_ABORT, user=who)
    mixed.told(reason, user=who)
    mixed.press(root, action_ids.JOB_LOG, user=who)
    mixed.dialog(reason, user=who)
    assert mixed.requested("POST", "/abort") == []
    assert mixed.requested("GET", "/log") == []
    assert not any("asked to abort" in shown(m) for m in mixed.now(root).replies)


def test_a_member_may_do_what_somebody_else_began(mixed: Scenario) -> None:
    """With access `open`, a colleague can abort; the key itself calls, without impersonation."""
    mixed.slow("customers_clean")
    mixed.type("/dss-build CHURN.customers_clean")
    root = mixed.root("Running", "CHURN.customers_clean")
    mixed.press(root, action_ids.JOB_ABORT, user="bob")
    mixed.reply(root, "bob asked to abort")
    mixed.type(f"/dss-jobs status {ref(mixed.newest())}", user="bob")
    mixed.told("CHURN.customers_clean", user="bob")
    assert {call.proxy_user for call in mixed.dss.requests} == {None}
