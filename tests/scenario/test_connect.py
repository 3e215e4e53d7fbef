"""Personal keys: `/dss-jobs connect`, its dialog, and whose calls DSS receives then."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from cryptography.fernet import Fernet

from bot.sandbox.dss import DssSandbox
from bot.sandbox.dss.model import Key, Rights
from bot.sandbox.slack import Delivery
from bot.sandbox.slack.model import View
from bot.views import action_ids, dialog_ids
from tests.scenario.world import LONG, Scenario, shown

READING = "glob-reads-only"
"""The bot's own key: it reads, and acts as nobody."""


def reading_key(dss: DssSandbox) -> str:
    """Return a global key that reads projects and can't act as anybody."""
    rights = {key: Rights(read=True, run=False) for key in dss.world.projects}
    return dss.world.add_key(Key(secret=READING, label="dss-bot", rights=rights)).secret


@pytest.fixture(scope="module")
def settings_of_scenario() -> dict[str, object]:
    """Without an admin key, and with personal keys turned on."""
    return {
        "access": "dss",
        "api_key": reading_key,
        "environment": {"DSS_BOT_ENCRYPTION_KEYS": Fernet.generate_key().decode()},
    }


def dialog(scenario: Scenario, *containing: str, user: str = "alice") -> View:
    """Wait for the person's open dialog to show all these texts."""
    return scenario.until(
        lambda: next(
            (view for view in scenario.slack.views(user) if all(text in shown(view) for text in containing)),
            None,
        )
    )


def open_dialog(scenario: Scenario, user: str = "alice", *, on: str = "") -> View:
    """Type the command and return its dialog."""
    person = scenario.slack.as_user(user)
    for old in scenario.slack.views(user):
        person.close(old)
    scenario.type(f"/dss-jobs connect{on}", user=user)
    return dialog(scenario, "Personal API key", user=user)


def submit(scenario: Scenario, view: View, key: str | None = None, *, user: str = "alice") -> Delivery:
    """Submit the dialog, and wait until that is acknowledged."""
    values = {} if key is None else {dialog_ids.KEY: key}
    delivery = scenario.slack.as_user(user).submit(view, values)
    delivery.wait(LONG)
    assert delivery.acked, delivery.error
    scenario.acks.append(delivery.ack_payload)
    return delivery


def connect(scenario: Scenario, user: str = "alice", login: str | None = None) -> None:
    """Connect a person's own key."""
    submit(scenario, open_dialog(scenario, user), scenario.dss.key_of(login or user), user=user)
    dialog(scenario, "Connected", user=user)


@contextmanager
def connected(scenario: Scenario, user: str = "alice") -> Iterator[None]:
    """Connect a person's own key, and disconnect it at the end."""
    connect(scenario, user)
    try:
        yield
    finally:
        disconnect(scenario, user)


def disconnect(scenario: Scenario, user: str = "alice") -> str:
    """Disconnect a person's key, and return the answer."""
    scenario.type("/dss-jobs disconnect", user=user)
    answer = shown(scenario.told("Deleted: I no longer have", user=user))
    scenario.begin()
    return answer


def test_without_a_key_the_refusal_offers_to_connect_one(scenario: Scenario) -> None:
    """The bot's key may not act as people: the answer says so, and names the command."""
    for command in ("/dss-build CHURN.customers_clean", "/dss-jobs CHURN"):
        scenario.begin()
        scenario.type(command)
        scenario.told("the bot's API key may not act as you", "/dss-jobs connect")
    assert scenario.starts() == []


def test_from_connecting_to_disconnecting(scenario: Scenario) -> None:
    """With a key of one's own, one's own rights count; afterwards it's as before."""
    connect(scenario)
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("Running", "CHURN.customers_clean")
    assert scenario.newest().initiator == "alice"
    scenario.press(root, action_ids.JOB_LOG)
    scenario.dialog("Log of")
    scenario.press(root, action_ids.JOB_ABORT)
    scenario.reply(root, "*Aborted*")
    assert all(call.proxy_user is None for call in scenario.dss.requests[scenario._requests :])
    answer = disconnect(scenario)
    assert "alice" in answer
    assert "DSS still accepts it" in answer
    scenario.type("/dss-jobs disconnect")
    scenario.told("You have no personal API key connected")
    scenario.type("/dss-build CHURN.customers_clean")
    scenario.told("/dss-jobs connect")


def test_each_person_acts_with_their_own_key(scenario: Scenario) -> None:
    """Rights differ: bob reads FRAUD and may not build there, alice may; carol has connected nothing."""
    with connected(scenario, "alice"), connected(scenario, "bob"):
        scenario.type("/dss-build FRAUD.alerts", user="bob")
        scenario.told("can give you the right", user="bob")
        scenario.type("/dss-build PAYROLL.salary_bands", user="bob")
        scenario.told("no project PAYROLL", user="bob")
        assert scenario.roots() == []
        scenario.type("/dss-jobs CHURN --by me", user="bob")
        scenario.told("by me", user="bob")
        scenario.type("/dss-jobs CHURN", user="carol")
        scenario.told("/dss-jobs connect", user="carol")


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (lambda dss: "dkuaps-made-up", "DSS doesn't know that key"),
        (lambda dss: dss.key_of("bob"), "belongs to bob, but your DSS login is alice"),
        (lambda dss: dss.key_of("admin"), "admin rights"),
        (lambda dss: READING, "which the bot itself uses"),
        (lambda dss: dss.project_key("CHURN"), "isn't a personal API key"),
    ],
    ids=["unknown", "of somebody else", "admin", "of the bot", "of a project"],
)
def test_a_key_that_cannot_be_connected(scenario: Scenario, key: object, said: str) -> None:
    """The dialog gives the reason and asks again; nothing is stored."""
    secret = key(scenario.dss)  # type: ignore[operator]
    submit(scenario, open_dialog(scenario), secret)
    view = dialog(scenario, said, "Personal API key")
    assert secret not in f"{view.payload} {view.values}"
    scenario.type("/dss-jobs disconnect")
    scenario.told("You have no personal API key connected")


def test_a_text_that_is_no_key_is_marked_at_its_input(scenario: Scenario) -> None:
    """DSS isn't asked, and the dialog stays open with what was typed."""
    view = open_dialog(scenario)
    delivery = submit(scenario, view, "my key is 123")
    assert delivery.ack_payload["response_action"] == "errors"  # type: ignore[index]
    assert "no spaces" in scenario.slack.views("alice")[0].errors[dialog_ids.KEY]
    assert scenario.requested("GET", "/auth/info") == []
    submit(scenario, view, scenario.dss.key_of("alice"))
    dialog(scenario, "Connected")
    disconnect(scenario)


def test_a_login_that_nothing_shows_has_to_be_confirmed(scenario: Scenario) -> None:
    """Frank's login has no address in DSS: until he confirms it, the key isn't used."""
    scenario.slack.add_user("frank")
    submit(scenario, open_dialog(scenario, "frank"), scenario.dss.key_of("frank"), user="frank")
    question = dialog(scenario, "Is that you?", "frank", user="frank")
    scenario.type("/dss-jobs CHURN", user="frank")
    scenario.told("/dss-jobs connect", user="frank")
    submit(scenario, question, user="frank")
    dialog(scenario, "Connected", "frank", user="frank")
    scenario.begin()
    scenario.type("/dss-jobs CHURN", user="frank")
    scenario.until(lambda: scenario.answers("frank"))
    assert "connect" not in shown(scenario.answers("frank")[0])
    assert scenario.requested("GET", "/projects")
    disconnect(scenario, "frank")


def test_a_key_that_DSS_refuses_later(scenario: Scenario) -> None:  # noqa: N802
    """Its owner hears it from DSS once, then from the bot; no call is made with it again, or without it."""
    secret = scenario.dss.key_of("carol")
    with connected(scenario, "carol"):
        kept = scenario.dss.world.keys[secret]
        scenario.dss.world.revoke_key(secret)
        try:
            scenario.type("/dss-build CHURN.customers_clean", user="carol")
            scenario.told("no longer accepts your personal API key", "/dss-jobs connect", user="carol")
        finally:
            scenario.dss.world.add_key(kept)
        before = len(scenario.dss.requests)
        scenario.type("/dss-jobs CHURN", user="carol")
        scenario.told("DSS no longer accepts it", "/dss-jobs connect", "/dss-jobs disconnect", user="carol")
        asked = [call.path for call in scenario.dss.requests[before:]]
        assert not any("/projects" in path and "jobs" in path for path in asked), asked
        assert scenario.starts() == []


def test_guests_are_refused_before_DSS_is_asked(scenario: Scenario) -> None:  # noqa: N802
    """Whatever key they have."""
    scenario.slack.add_user("guest", guest=True)
    submit(scenario, open_dialog(scenario, "guest"), scenario.dss.key_of("bob"), user="guest")
    dialog(scenario, "Guests of the workspace can't use this bot", user="guest")


def test_DSS_that_is_down(scenario: Scenario) -> None:  # noqa: N802
    """The dialog says so and asks again; nothing is stored."""
    view = open_dialog(scenario)
    scenario.dss.faults.add("html502", path="/auth/info")
    submit(scenario, view, scenario.dss.key_of("alice"))
    dialog(scenario, "DSS is down or restarting", "Personal API key")
    scenario.dss.faults.clear()
    scenario.type("/dss-jobs disconnect")
    scenario.told("You have no personal API key connected")


def test_a_dialog_that_was_closed_meanwhile(scenario: Scenario) -> None:
    """The outcome comes as a message that only the person sees."""
    view = open_dialog(scenario)
    scenario.slack.faults.add("views.update", kind="error:not_found", times=5)
    submit(scenario, view, scenario.dss.key_of("alice"))
    scenario.told("Your personal DSS API key is connected")
    disconnect(scenario)


def test_an_expired_trigger(scenario: Scenario) -> None:
    """The person gets an answer, and the command again."""
    scenario.slack.faults.add("views.open", kind="error:expired_trigger_id")
    scenario.type("/dss-jobs connect")
    scenario.told("Slack didn't open the dialog in time", "/dss-jobs connect")


def test_a_key_in_the_command_is_not_repeated(scenario: Scenario) -> None:
    """The answer says what to do about it."""
    delivery = scenario.type("/dss-jobs connect dkuaps-typed-by-mistake")
    assert "Don't type a key into a command" in shown(delivery.ack_payload)
    assert "dkuaps-typed-by-mistake" not in str(delivery.ack_payload)


def test_a_dialog_of_another_version(scenario: Scenario) -> None:
    """It's replaced by a sentence."""
    view = open_dialog(scenario)
    world = scenario.slack._world
    with world.edit():
        world.views[view.id].payload["callback_id"] = "of_2099"
    submit(scenario, view, "anything")
    dialog(scenario, "from another version of the bot")


def test_a_tampered_dialog(scenario: Scenario) -> None:
    """An instance that doesn't exist, and a key of somebody else to confirm: refused, and nothing stored."""
    view = open_dialog(scenario)
    world = scenario.slack._world
    with world.edit():
        world.views[view.id].payload["private_metadata"] = "elsewhere"
    submit(scenario, view, scenario.dss.key_of("alice"))
    dialog(scenario, "There is no DSS instance elsewhere")
    with world.edit():
        world.views[view.id].payload.update(callback_id=dialog_ids.CONNECT_CONFIRM, private_metadata="0" * 32)
    submit(scenario, view)
    dialog(scenario, "That took too long")
    scenario.type("/dss-jobs disconnect")
    scenario.told("You have no personal API key connected")
