"""What a root and its thread say, each once, and what the bar shows of failures and aborts."""

import pytest

from bot.sandbox.dss.model import DATASET, RecipeFailure
from bot.sandbox.dss.plan import Step, Target
from bot.views import action_ids
from tests.scenario.test_build_dialog import dialog
from tests.scenario.world import FOREVER_MS, Scenario, shown

BROKEN = RecipeFailure(message="KeyError: 'amount'")


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


def test_a_build_that_ends_at_once_has_no_reply_at_its_start(scenario: Scenario) -> None:
    """Not even the first time: "Started" a second before "Done" says nothing."""
    scenario.dss.world.plan_next(activities=[_step("customers_clean", 500)])
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("Done", "CHURN.customers_clean")
    scenario.reply(root, "*Done*")
    scenario.until(scenario.idle)
    assert len(scenario.now(root).replies) == 1


def test_a_build_that_runs_on_has_one_reply_at_its_start(scenario: Scenario) -> None:
    """After a moment; its root shows at once that it runs."""
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("Running", "CHURN.customers_clean")
    assert scenario.now(root).replies == ()
    scenario.later(seconds=30)  # longer than this build usually takes
    scenario.reply(root, "Started: `CHURN.customers_clean`")
    scenario.later(seconds=30)
    scenario.finish_job(scenario.newest())
    scenario.reply(root, "*Done*")
    assert len(scenario.now(root).replies) == 2


def test_partitions_that_fail_together_have_one_reply(scenario: Scenario) -> None:
    """Thirty days of one recipe fail while another still runs: one reply says how many, with one log."""
    days = [_step("features", 100, number, fails=BROKEN) for number in range(30)]
    scenario.dss.world.plan_next(activities=[*days, _step("customers_clean", FOREVER_MS)])
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("Running", "30 failed")
    failed = scenario.reply(root, "`compute_features`", "30 partitions failed: ", "KeyError: 'amount'")
    scenario.press(failed, action_ids.JOB_LOG)
    dialog(scenario, "*Log of `compute_features_0`")
    scenario.press(root, action_ids.JOB_ABORT)
    scenario.reply(root, "*Aborted*")
    assert sum("KeyError" in shown(reply) for reply in scenario.now(root).replies) == 1


def _step(dataset: str, milliseconds: int, number: int = 0, *, fails: RecipeFailure | None = None) -> Step:
    target = Target(project="CHURN", kind=DATASET, id=dataset, label=dataset, partition="NP")
    return Step(
        id=f"compute_{dataset}_{number}",
        recipe=f"compute_{dataset}",
        duration_ms=milliseconds,
        targets=(target,),
        failure=fails,
    )


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
