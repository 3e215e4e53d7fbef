"""Who a person is in DSS: named in the settings, by a domain alias, and only while Slack and DSS say so."""

from collections.abc import Callable
from functools import partial

import pytest

from bot.sandbox.dss.model import User
from bot.views import action_ids
from tests.scenario.world import LONG, Scenario, shown

CONFIG = """
[people]
"{alice}" = "carol"
"{guest}" = "bob"
"{stranger}" = "bob"
"{dss-bot}" = "bob"
"misspelt@example.com" = "alicia"
"davina@example.com" = "dave"
"erin@example.com" = "erin"
"second.guest@example.com" = "bob"
"second.stranger@example.com" = "bob"

[people.default]
"Erin@Example.com" = "erin.external"

[identity]
aliases = {{ "corp.example" = "example.com" }}
"""


@pytest.fixture(scope="module")
def settings_of_scenario() -> dict[str, object]:
    """Every test here is about the default access, with these people in the file."""
    return {"access": "dss", "config": CONFIG}


@pytest.fixture
def shared(scenario: Scenario) -> Scenario:
    """A channel in which there are guests and strangers too."""
    slack = scenario.slack
    if "erin" not in {user.name for user in slack._world.users.values()}:
        for name in ("erin", "misspelt", "davina"):
            slack.add_user(name)
        slack.add_user("second.guest", guest=True)
        slack.add_user("second.stranger", stranger=True)
        slack.add_user("al", "bob+slack@Corp.Example")
        slack.add_user("kay", "\N{KELVIN SIGN}ay@corp.example")
        scenario.dss.world.add_user(User(login="kay", name="Kay", email="kay@example.com"))
    everybody = [user.id for user in slack._world.users.values()]
    scenario.channel += "-shared"
    slack.add_channel(scenario.channel, shared=True, members=everybody)
    return scenario


@pytest.mark.parametrize(
    ("who", "login"),
    [
        ("alice", "carol"),  # by member ID, although the address is alice's
        ("bob", "bob"),  # by the address
        ("erin", "erin.external"),  # by the address, in the instance's own table
        ("al", "bob"),  # by the alias of a domain, without the tag
        ("guest", "bob"),
        ("stranger", "bob"),
    ],
)
def test_a_person_acts_as_the_login_that_the_settings_name(shared: Scenario, who: str, login: str) -> None:
    """Also where the address leads to another login, to two, or to none; guests and strangers by their ID."""
    before = len(shared.dss.requests)
    shared.type("/dss-jobs", user=who)
    shared.told("Running now", user=who)
    asked = {call.proxy_user for call in shared.dss.requests[before:] if "/users" not in call.path}
    assert asked - {None} == {login}


@pytest.mark.parametrize(
    ("who", "reason"),
    [
        ("misspelt", "name alicia as your login, and there is no such login"),
        ("davina", "your login dave is disabled"),
        ("kay", "no login there has your email address"),
        ("second.guest", "Guests of the workspace can't use this bot"),
        ("second.stranger", "other organizations can't use this bot"),
        ("dss-bot", "Other bots can't use this one"),
    ],
)
def test_nobody_else_gets_in(shared: Scenario, who: str, reason: str) -> None:
    """A login must be enabled, an address names no outsider, nothing names a bot, and K isn't Kelvin's."""
    shared.type("/dss-build CHURN.customers_clean", user=who)
    shared.told(reason, user=who)
    assert shared.starts() == []
    assert shared.requested("GET", "/jobs") == []


def test_a_stranger_s_press_counts_for_the_login(shared: Scenario) -> None:
    """The press names the stranger's own workspace, and so does Slack's record of them."""
    shared.slow("customers_clean")
    shared.type("/dss-build CHURN.customers_clean", user="bob")
    root = shared.root("Running", "CHURN.customers_clean")
    shared.press(root, action_ids.JOB_ABORT, user="stranger")
    shared.reply(root, "*Aborted*")
    assert [call.proxy_user for call in shared.dss.requests if call.path.endswith("/abort")][-1] == "bob"


def test_whoever_is_deactivated_or_becomes_a_guest_is_out_at_once(shared: Scenario) -> None:
    """Slack says that the account changed, so the bot asks again at the next press; and back again."""
    shared.slow("customers_clean")
    shared.type("/dss-build CHURN.customers_clean", user="bob")
    root = shared.root("Running", "CHURN.customers_clean")
    for change, reason in (({"guest": True}, "Guests of"), ({"deleted": True}, "A deactivated")):
        _changed(shared, "bob", **change)
        # Bob's client hasn't heard of it yet.
        shared.press(root, action_ids.JOB_ABORT, user="bob", stale=True)
        shared.told(reason, user="bob")
        assert shared.requested("POST", "/abort") == []
    _changed(shared, "bob", guest=False, deleted=False)
    shared.press(root, action_ids.JOB_ABORT, user="bob")
    shared.reply(root, "*Aborted*")


def test_another_address_is_another_login_at_once(shared: Scenario) -> None:
    """An administrator of Slack corrected it."""
    shared.slack.add_user("zed", "bob@example.com")
    shared.type("/dss-build FRAUD.alerts", user="zed", channel=shared.slack.dm("zed"))
    shared.told("can give you the right", user="zed")
    _changed(shared, "zed", email="nobody.there@example.com")
    shared.type("/dss-build FRAUD.alerts", user="zed", channel=shared.slack.dm("zed"))
    shared.told("no login there has your email address nobody.there@example.com", user="zed")


def test_a_login_that_was_just_added_is_found(shared: Scenario) -> None:
    """The list of users is read again for somebody who isn't in it, at most once a minute."""
    where = _direct(shared, "zoe")
    shared.later(minutes=1)
    lists = len(shared.requested("GET", "/users"))
    for before in (0, 1, 2):
        shared.type("/dss-jobs", user="zoe", channel=where)
        shared.until(partial(_more_refusals, shared, "zoe", before))
    assert len(shared.requested("GET", "/users")) == lists + 1
    shared.dss.world.add_user(User(login="zoe", name="Zoe", email="zoe@example.com"))
    shared.later(minutes=1)
    shared.type("/dss-jobs", user="zoe", channel=where)
    shared.told("Running now", user="zoe")


def _direct(scenario: Scenario, name: str) -> str:
    scenario.slack.add_user(name)
    return scenario.slack.dm(name)


def _more_refusals(scenario: Scenario, user: str, than: int) -> bool:
    return sum("no login there" in shown(message) for message in scenario.answers(user)) > than


def _changed(scenario: Scenario, user: str, **changes: object) -> None:
    """Change an account in Slack, and wait until the bot has heard of it."""
    event = scenario.slack.as_user(user).change_account(**changes)
    assert event is not None
    assert event.wait(LONG).acked


def test_with_access_open_guests_who_are_named_act_with_the_key(
    make_scenario: Callable[..., Scenario],
) -> None:
    """An address alone names none of them there either."""
    scenario = make_scenario(access="open", config=CONFIG)
    scenario.slack.add_user("second.guest", guest=True)
    everybody = [user.id for user in scenario.slack._world.users.values()]
    scenario.slack.add_channel("shared", shared=True, members=everybody)
    for who in ("guest", "stranger"):
        scenario.type("/dss-jobs", user=who, channel="shared")
        scenario.told("Running now", user=who)
    scenario.type("/dss-jobs", user="second.guest", channel="shared")
    scenario.told("Guests of the workspace can't use this bot", user="second.guest")
    assert {call.proxy_user for call in scenario.dss.requests} == {None}
