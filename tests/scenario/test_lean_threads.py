"""What a root and its thread say, each once, and what the bar shows of failures and aborts."""

import pytest

from bot.sandbox.dss.model import DATASET
from bot.sandbox.dss.plan import Step, Target
from bot.sandbox.slack import Message
from bot.views import action_ids
from tests.scenario.world import Scenario, shown


@pytest.fixture(scope="module")
def settings_of_scenario() -> dict[str, object]:
    """Classic blocks, which have the bar."""
    return {"config": "[slack]\nnew_blocks = false\n"}


def test_the_bar_of_a_failure_is_not_the_bar_of_a_success(scenario: Scenario) -> None:
    """Other signs, and in words, for failed and aborted activities: no color says it alone."""
    scenario.type("/dss-build CHURN.features_broken")
    failed = shown(scenario.root("Failed", "CHURN.features_broken"))
    assert "✕" in failed
    assert "1 failed" in failed
    assert "█" * 10 not in failed
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("Running", "CHURN.customers_clean")
    scenario.press(root, action_ids.JOB_ABORT)
    scenario.reply(root, "*Aborted*")
    aborted = shown(scenario.root("Aborted", "CHURN.customers_clean"))
    assert "━" in aborted
    assert "1 aborted" in aborted
    assert "█" not in aborted


def test_a_short_build_has_no_reply_at_its_start(scenario: Scenario) -> None:
    """Once that is known: "Started" a second before "Done" says nothing."""
    target = Target(
        project="CHURN", kind=DATASET, id="customers_clean", label="customers_clean", partition="NP"
    )
    step = Step(id="c_NP", recipe="compute_customers_clean", duration_ms=500, targets=(target,))
    for number in range(1, 6):
        scenario.dss.world.plan_next(activities=[step])
        scenario.type("/dss-build CHURN.customers_clean")
        scenario.until(lambda wanted=number: len(_done(scenario)) == wanted)  # type: ignore[misc]
        scenario.until(scenario.idle)
    last = scenario.now(_done(scenario)[-1])
    assert not [reply for reply in last.replies if "Started" in shown(reply)]


def _done(scenario: Scenario) -> list[Message]:
    return [root for root in scenario.roots() if "Done" in root.text]


def test_a_cause_is_once_in_the_root_and_once_in_the_thread(scenario: Scenario) -> None:
    """And the job's id is short in both: the status has all of it."""
    scenario.type("/dss-build CHURN.features_broken")
    root = scenario.root("Failed", "CHURN.features_broken")
    scenario.reply(root, "KeyError: 'amount'")
    scenario.until(scenario.idle)
    replies = "\n".join(reply.text for reply in scenario.now(root).replies)
    assert replies.count("`Error in Python process: KeyError: 'amount'`") == 1
    assert shown(scenario.now(root)).count("`Error in Python process: KeyError: 'amount'`") == 1
    whole = scenario.newest().id
    said = str(scenario.now(root).text) + "".join(reply.text for reply in scenario.now(root).replies)
    assert whole not in said
    scenario.type("/dss-jobs status")
    scenario.told(whole)


def test_a_refusal_is_the_only_answer(scenario: Scenario) -> None:
    """No line that says that DSS is asked stays above it."""
    scenario.type("/dss-build CHURN.scroed")
    scenario.told("no dataset scroed")
    assert not [answer for answer in scenario.answers() if "Asking DSS" in shown(answer)]
