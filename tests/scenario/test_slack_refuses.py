"""Slack rejects what the bot posts: the person who asked is still told, and health reports it."""

import pytest

from tests.scenario.world import Scenario, shown


def direct_since(scenario: Scenario, before: int) -> list[str]:
    """Return the direct messages to alice since then."""
    return [shown(message) for message in scenario.slack.messages(scenario.slack.dm("alice"))[before:]]


@pytest.mark.parametrize("code", ["no_permission", "a_word_of_next_year"])
def test_a_root_that_is_refused(scenario: Scenario, code: str) -> None:
    """An immediate direct message gives the reason; the rest of the job is reported there."""
    before = len(direct_since(scenario, 0))
    scenario.slow("customers_clean")
    scenario.slack.faults.add("chat.postMessage", kind=f"error:{code}")
    scenario.type("/dss-build CHURN.customers_clean")
    scenario.until(lambda: direct_since(scenario, before))
    root = scenario.slack.messages(scenario.slack.dm("alice"))[before]
    scenario.reply(root, "The bot can't post in")
    scenario.finish_job(scenario.newest())
    scenario.reply(root, "*Done*")


@pytest.mark.parametrize("code", ["cannot_reply_to_message", "a_word_of_next_year"])
def test_an_end_that_is_refused(scenario: Scenario, code: str) -> None:
    """The notification isn't lost: it comes in a direct message that says why."""
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("Running", "CHURN.customers_clean")
    scenario.later(seconds=30)  # a job that has just begun has no "Started" yet
    scenario.reply(root, "Started")
    before = len(direct_since(scenario, 0))
    scenario.slack.faults.add("chat.postMessage", kind=f"error:{code}")
    scenario.finish_job(scenario.newest())
    scenario.until(lambda: direct_since(scenario, before))
    (told,) = direct_since(scenario, before)
    assert "*Done*" in told
    assert "couldn't post in" in told


def test_a_card_whose_edit_was_refused_is_not_frozen(scenario: Scenario) -> None:
    """An unknown error for one edit; the end is still shown."""
    scenario.slow("customers_clean")
    scenario.slack.faults.add("chat.update", kind="error:a_word_of_next_year", times=2)
    scenario.type("/dss-build CHURN.customers_clean")
    scenario.root("CHURN.customers_clean")
    scenario.finish_job(scenario.newest())
    scenario.root("Done", "CHURN.customers_clean")


def test_a_rate_that_is_shut_for_a_day(scenario: Scenario) -> None:
    """Other channels continue, health reports it, and nothing is held for longer than ten minutes."""
    scenario.leaves = frozenset({"messages"})
    scenario.slack.add_channel("second")
    scenario.slack.faults.add("chat.postMessage", kind="429", retry_after=99_999)
    scenario.type("/dss-build CHURN.customers_clean")
    scenario.until(lambda: not scenario.bot._checks()["slack_rates"].ok)
    scenario.type("/dss-build CHURN.transactions_clean", channel="second")
    scenario.root("Done", "CHURN.transactions_clean", channel="second")
    check = scenario.bot._checks()["slack_rates"]
    assert "1 d 3 h" in check.detail
    assert not check.required
