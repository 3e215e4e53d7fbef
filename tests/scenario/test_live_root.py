"""The root message of a job with activities, on a workspace with newer blocks and on one without."""

from collections.abc import Callable

import pytest

from bot.sandbox.dss.model import DATASET, Item
from bot.sandbox.dss.plan import Step, Target
from bot.sandbox.slack import NEWER_BLOCKS, Message
from bot.views import action_ids
from tests.scenario.world import Scenario, has_button, shown


@pytest.fixture(params=["newer", "old"])
def workspace(request: pytest.FixtureRequest, make_scenario: Callable[..., Scenario]) -> Scenario:
    """The bot in a workspace that knows the newer blocks, and in one that refuses them."""
    made = make_scenario()
    if request.param == "old":
        made.slack.refuse_blocks(NEWER_BLOCKS)
    return made


def knows_plans(scenario: Scenario) -> bool:
    """Return whether the workspace knows the newer blocks."""
    return not scenario.slack._world.unknown_blocks


def steps(number: int, *, seconds: float = 60.0) -> list[Step]:
    """Return activities that run one after the other."""
    return [
        Step(
            id=f"compute_d{n}_NP",
            recipe=f"compute_d{n}",
            duration_ms=round(seconds * 1000),
            needs=(f"compute_d{n - 1}_NP",) if n else (),
            targets=(Target(project="CHURN", kind=DATASET, id=f"d{n}", label=f"d{n}", partition="NP"),),
            reason="RECIPE_HAS_CHANGED",
        )
        for n in range(number)
    ]


def test_a_job_is_told_to_its_end(workspace: Scenario) -> None:
    """The same facts in both forms, one message, and the end in its thread."""
    workspace.type("/dss-build CHURN.scored")
    root = workspace.root("CHURN.scored")
    workspace.reply(root, "Done")
    final = workspace.root("Done", "done")
    assert final.ts == root.ts
    assert len(workspace.roots()) == 1
    assert has_button(final, action_ids.JOB_REBUILD)
    types = [block["type"] for block in final.blocks]
    assert ("plan" in types) == knows_plans(workspace)


def test_a_failure_names_its_activity_and_its_cause(workspace: Scenario) -> None:
    """In the root message of either form."""
    workspace.type("/dss-build CHURN.features_broken")
    root = workspace.root("Failed", "CHURN.features_broken", "compute_features_broken", "KeyError: 'amount'")
    workspace.reply(root, "Failed", "KeyError: 'amount'")


def test_hundreds_of_activities_stay_readable(workspace: Scenario) -> None:
    """A dozen at most are shown, failed and running ones first, and the others are counted."""
    workspace.dss.world.plan_next(activities=steps(300, seconds=0.05))
    workspace.type("/dss-build CHURN.scored")
    final = workspace.root("Done", "300 of 300 activities done")
    plans = [block for block in final.blocks if block["type"] == "plan"]
    if knows_plans(workspace):
        assert len(plans[0]["tasks"]) == 12
        assert "and 288 more activities: 288 done" in shown(final)
    assert len(final.blocks) <= 50


def test_an_old_workspace_is_asked_once(workspace: Scenario) -> None:
    """After the first refusal, no further call has newer blocks."""
    before = len(workspace.slack.calls)
    for _ in range(2):
        workspace.type("/dss-build CHURN.scored")
        root = workspace.until(lambda: unfinished(workspace))
        workspace.reply(root, "Done")
    refused = [call for call in workspace.slack.calls[before:] if call.error == "invalid_blocks"]
    assert len(refused) == (0 if knows_plans(workspace) else 1)


def unfinished(scenario: Scenario) -> Message | None:
    """Return the root message whose thread has no end yet."""
    return next(
        (one for one in scenario.roots() if not any("Done" in shown(reply) for reply in one.replies)), None
    )


def test_a_status_answer_has_both_forms(workspace: Scenario) -> None:
    """What only one person sees falls back as well."""
    workspace.slow("customers_clean")
    workspace.type("/dss-build CHURN.customers_clean")
    workspace.root("Running", "CHURN.customers_clean")
    workspace.type(f"/dss-jobs status {workspace.newest().id}")
    answer = workspace.told("0 of 1 activity done, 1 running", "compute_customers_clean")
    assert ("plan" in [block["type"] for block in answer.blocks]) == knows_plans(workspace)


def test_the_setting_turns_newer_blocks_off(make_scenario: Callable[..., Scenario]) -> None:
    """``[slack] new_blocks = false``: nothing is tried."""
    scenario = make_scenario(config="[slack]\nnew_blocks = false\n")
    scenario.type("/dss-build CHURN.scored")
    root = scenario.root("Done", "1 of 1 activity done")
    assert "plan" not in [block["type"] for block in root.blocks]


def test_the_log_at_the_end_can_be_folded_away(workspace: Scenario) -> None:
    """Where Slack has such blocks; elsewhere it is an ordinary paragraph."""
    workspace.type("/dss-build CHURN.features_broken")
    root = workspace.root("Failed", "CHURN.features_broken")
    reply = workspace.reply(root, "Failed", "Traceback")
    assert ("container" in [block["type"] for block in reply.blocks]) == knows_plans(workspace)


def test_long_lists_of_names_are_tables(workspace: Scenario) -> None:
    """Where Slack shows tables, all names can be paged through; elsewhere, the first ones are listed."""
    for number in range(45):
        name = f"made_{number:02}"
        workspace.dss.world.projects["CHURN"].add(Item(kind=DATASET, id=name, name=name))
    workspace.type("/dss-jobs datasets CHURN made")
    answer = workspace.told("45 datasets of", "made_00")
    tables = [block for block in answer.blocks if block["type"] == "data_table"]
    assert bool(tables) == knows_plans(workspace)
    seen = str(answer.blocks)
    assert ("made_44" in seen) == knows_plans(workspace)
    assert ("and 5 more" in seen) != knows_plans(workspace)
    workspace.type("/dss-jobs datasets CHURN made_1")
    few = workspace.told("10 datasets of", "made_19")
    assert "data_table" not in [block["type"] for block in few.blocks]
