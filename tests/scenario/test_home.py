"""App Home: what runs and what is mine, without typing."""

import pytest

from bot.sandbox.slack import View
from bot.slack.views import ids
from tests.scenario.world import Scenario, has_button, shown


def home(scenario: Scenario, user: str, *containing: str) -> View:
    """Open the Home tab and wait for what it shows."""
    scenario.slack.as_user(user).open_home().wait(10)

    def there() -> View | None:
        view = scenario.slack.home(user)
        return view if view and all(text in shown(view) for text in containing) else None

    return scenario.until(there)


def test_running_and_mine(scenario: Scenario) -> None:
    """Both are shown, with buttons that work there."""
    scenario.elsewhere("scored_history")
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("Running", "CHURN.customers_clean")
    view = home(scenario, "alice", "Running now", "CHURN.scored_history", "CHURN.customers_clean")
    assert has_button(view, ids.JOB_LOG)
    mine = next(
        element
        for block in view.blocks
        for element in block.get("elements", ())
        if element.get("action_id", "").startswith(ids.JOB_ABORT)
        and "customers_clean" in element.get("value", "")
    )
    scenario.press(view, mine["action_id"])
    scenario.reply(root, "*Aborted*")


def test_a_log_pressed_at_home_comes_as_a_direct_message(scenario: Scenario) -> None:
    """There is no channel at Home: the answer is in the direct messages."""
    scenario.elsewhere("scored_history")
    view = home(scenario, "bob", "CHURN.scored_history")
    scenario.press(view, ids.JOB_LOG, user="bob")
    scenario.until(
        lambda: (
            any("og of" in shown(m) for m in scenario.slack.messages(scenario.slack.dm("bob")))
            or any("og of" in shown(m) for m in scenario.answers("bob"))
        )
    )


@pytest.mark.parametrize(("who", "reason"), [("guest", "guests"), ("stranger", "other organisations")])
def test_an_outsider_sees_the_reason(scenario: Scenario, who: str, reason: str) -> None:
    """In place of the jobs."""
    view = home(scenario, who, reason)
    assert "Running now" not in shown(view)


def test_dss_is_down(scenario: Scenario) -> None:
    """The Home tab says so."""
    scenario.dss.faults.down()
    home(scenario, "carol", "down or restarting")
