"""The first post about a project in a public channel asks once."""

import pytest

from bot.sandbox.slack import Message
from bot.views import action_ids
from tests.scenario.world import LONG, Scenario, ref, shown


@pytest.fixture(scope="module")
def settings_of_scenario() -> dict[str, object]:
    """With the question, which the other scenarios do without."""
    return {"asks_first": True}


def asked(scenario: Scenario, dataset: str = "CHURN.customers_clean") -> Message:
    """Let alice build, and return the question."""
    scenario.slow(dataset.partition(".")[2])
    scenario.type(f"/dss-build {dataset}")
    return scenario.told("This posts about `CHURN`", "for the first time")


def press(scenario: Scenario, question: Message, text: str) -> None:
    """Press the button with a text."""
    [button] = [
        element
        for block in question.blocks
        for element in block.get("elements", ())
        if isinstance(element, dict) and element.get("text", {}).get("text") == text
    ]
    scenario.slack.as_user("alice").press(question, action_id=str(button["action_id"])).wait(LONG)


def test_a_yes_is_remembered(scenario: Scenario) -> None:
    """Nothing starts before; after it, the channel isn't asked again, whoever builds, after a restart too."""
    question = asked(scenario)
    assert "people of other organizations" in shown(question)
    assert scenario.starts() == []
    press(scenario, question, "Post here")
    root = scenario.root("Running", "CHURN.customers_clean")
    scenario.finish_job(scenario.newest())
    scenario.reply(root, "*Done*")
    scenario.stop_bot()
    scenario.start_bot()
    scenario.slow("features")
    scenario.type("/dss-build CHURN.features", user="bob")
    scenario.root("Running", "CHURN.features")


def test_direct_messages_instead(scenario: Scenario) -> None:
    """The job is followed in the person's direct messages, and the channel is asked again next time."""
    press(scenario, asked(scenario), "Send me direct messages")
    scenario.told("Messages tab")
    job = scenario.newest()
    scenario.direct("Running", "CHURN.customers_clean", job.id[-12:])
    assert scenario.roots() == []
    scenario.finish_job(job)
    before = len(scenario.answers())
    scenario.slow("features")
    scenario.type("/dss-build CHURN.features")
    scenario.until(lambda: any("first time" in shown(one) for one in scenario.answers()[before:]))


def test_cancel_starts_nothing(scenario: Scenario) -> None:
    """As every question."""
    press(scenario, asked(scenario), "Cancel")
    scenario.told("Canceled")
    assert scenario.starts() == []
    assert scenario.roots() == []


def test_following_asks_too(scenario: Scenario) -> None:
    """A job that was started elsewhere."""
    job = scenario.elsewhere("customers_clean")
    scenario.type(f"/dss-jobs follow {ref(job)}")
    question = scenario.told("This posts about `CHURN`", "for the first time")
    assert scenario.roots() == []
    press(scenario, question, "Post here")
    scenario.root("Running", "CHURN.customers_clean")


def test_a_private_channel_is_not_asked(scenario: Scenario) -> None:
    """Whoever is there was invited."""
    scenario.slack.add_channel(f"{scenario.channel}-own", private=True)
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean", channel=f"{scenario.channel}-own")
    scenario.root("Running", "CHURN.customers_clean", channel=f"{scenario.channel}-own")


def test_the_question_does_not_name_what_one_may_not_build(scenario: Scenario) -> None:
    """It comes after the plan: a name that isn't there is refused as always, without the question."""
    scenario.type("/dss-build CHURN.nothing_like_it")
    scenario.told("has no dataset")
    assert not any(action_ids.BUILD_CONFIRM_ALL in str(one.blocks) for one in scenario.answers())
