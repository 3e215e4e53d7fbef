"""Connecting a key where it is different: several instances, HTTP mode, keys turned off, access `open`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bot.sandbox.dss import DssSandbox
from tests.scenario.test_connect import connect, dialog, disconnect, open_dialog, reading_key, submit
from tests.scenario.world import Scenario, shown

KEYS = {"DSS_BOT_ENCRYPTION_KEYS": Fernet.generate_key().decode()}


@contextmanager
def two_instances(make: Callable[..., Scenario], folder: Path) -> Iterator[tuple[Scenario, DssSandbox]]:
    """Run a scenario whose bot knows a second DSS, `staging`; its key acts as nobody either."""
    with DssSandbox(speed=40) as other:
        config = folder / "bot.toml"
        config.write_text(
            f'[instances.staging]\nurl = "{other.url}"\napi_key = "{reading_key(other)}"\n', encoding="utf-8"
        )
        environment = KEYS | {"DSS_BOT_CONFIG": str(config)}
        yield make(access="dss", api_key=reading_key, environment=environment), other


def test_each_instance_has_its_own_key(make_scenario: Callable[..., Scenario], tmp_path: Path) -> None:
    """`--on` says which: dialog, refusals and answers name it, and the other one stays without a key."""
    with two_instances(make_scenario, tmp_path) as (scenario, other):
        scenario.type("/dss-build CHURN.customers_clean --on staging")
        refused = shown(scenario.told("You can't use DSS (staging) from here yet"))
        assert "/dss-jobs connect --on staging" in refused
        view = open_dialog(scenario, on=" --on staging")
        assert "(`staging`)" in shown(view)
        submit(scenario, view, f"{scenario.dss.key_of('alice')}-of-default")
        again = dialog(scenario, "DSS doesn't know that key", "(`staging`)")
        submit(scenario, again, other.key_of("alice"))
        dialog(scenario, "Connected", "(`staging`)", "`alice`")
        scenario.type("/dss-build CHURN.customers_clean --on staging")
        scenario.root("CHURN.customers_clean", "on `staging`")
        assert other.world.jobs.of_project("CHURN")[-1].initiator == "alice"
        scenario.until(scenario.idle)  # the other DSS ends before the bot
        scenario.begin()
        scenario.type("/dss-build CHURN.customers_clean")
        assert "/dss-jobs connect --on default" in shown(scenario.told("You can't use DSS (default)"))
        assert scenario.starts() == []
        scenario.type("/dss-jobs disconnect")
        scenario.told("You have no personal API key connected to DSS (`default`)")
        scenario.type("/dss-jobs disconnect --on staging")
        gone = scenario.told("I no longer have your personal API key of `alice` (`staging`)")
        assert f"{other.url}/profile/" in str(gone.blocks)
        scenario.type("/dss-jobs connect --on stagging")
        assert "There is no DSS instance stagging" in shown(scenario.acks[-1])


def test_over_http(make_scenario: Callable[..., Scenario]) -> None:
    """Marked at its input, refused, connected, used: dialogs work as over the socket."""
    scenario = make_scenario(access="dss", delivery="http", api_key=reading_key, environment=KEYS)
    view = open_dialog(scenario)
    delivery = submit(scenario, view, "my key is 123")
    assert "no spaces" in str(delivery.ack_payload)
    submit(scenario, scenario.slack.views("alice")[0], scenario.dss.key_of("bob"))
    again = dialog(scenario, "belongs to bob, but your DSS login is alice")
    submit(scenario, again, scenario.dss.key_of("alice"))
    dialog(scenario, "Connected")
    scenario.type("/dss-build CHURN.customers_clean")
    scenario.root("CHURN.customers_clean")
    assert scenario.newest().initiator == "alice"
    assert "`alice`" in disconnect(scenario)


def test_keys_that_are_turned_off(make_scenario: Callable[..., Scenario]) -> None:
    """The answer says so, and how an administrator turns them on; no refusal offers what isn't there."""
    scenario = make_scenario(access="dss", api_key=reading_key)
    delivery = scenario.type("/dss-jobs connect")
    said = shown(delivery.ack_payload)
    assert "Personal API keys are turned off here" in said
    assert "dss-bot keys generate" in said
    scenario.type("/dss-build CHURN.customers_clean")
    assert "connect" not in shown(scenario.told("may not act as"))
    scenario.type("/dss-jobs disconnect")
    scenario.told("You have no personal API key connected")
    assert scenario.slack.views("alice") == []


def test_keys_that_are_turned_off_while_a_dialog_is_open(
    make_scenario: Callable[..., Scenario], tmp_path: Path
) -> None:
    """Whoever submits then is told so; a key from before isn't used, and can still be deleted."""
    scenario = make_scenario(access="dss", api_key=reading_key, environment=dict(KEYS))
    connect(scenario)
    view = open_dialog(scenario, "bob")
    scenario.stop_bot()
    scenario._environment.clear()
    scenario.start_bot()
    submit(scenario, view, scenario.dss.key_of("bob"), user="bob")
    dialog(scenario, "Personal API keys are turned off here", user="bob")
    scenario.type("/dss-jobs CHURN")
    scenario.told("the bot's API key")
    assert "`alice`" in disconnect(scenario)


@pytest.mark.parametrize("environment", [{}, KEYS], ids=["keys off", "keys on"])
def test_access_open(make_scenario: Callable[..., Scenario], environment: dict[str, str]) -> None:
    """Everybody acts with the bot's own key: there's nothing to connect, and nobody is asked to."""
    scenario = make_scenario(access="open", environment=environment)
    delivery = scenario.type("/dss-jobs connect")
    assert "everybody acts with the bot's own API key" in shown(delivery.ack_payload)
    assert scenario.slack.views("alice") == []
    scenario.type("/dss-build CHURN.customers_clean")
    scenario.root("CHURN.customers_clean")


def test_access_open_while_a_dialog_is_open(make_scenario: Callable[..., Scenario]) -> None:
    """The key isn't even looked at."""
    scenario = make_scenario(access="dss", api_key=reading_key, environment=dict(KEYS))
    view = open_dialog(scenario)
    scenario.stop_bot()
    scenario._access = "open"
    scenario.start_bot()
    before = len(scenario.requested("GET", "/auth/info"))
    submit(scenario, view, scenario.dss.key_of("alice"))
    dialog(scenario, "everybody acts with the bot's own API key")
    assert len(scenario.requested("GET", "/auth/info")) == before
