"""The bot stops midway: the next bot to start continues where it left off."""

from collections.abc import Callable

from bot.views import action_ids
from tests.scenario.world import LONG, Scenario, has_button, shown


def test_a_job_that_ends_while_the_bot_is_away(make_scenario: Callable[..., Scenario]) -> None:
    """The thread is finished after the restart: one root, one end, one job."""
    scenario = make_scenario()
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("Running", "CHURN.customers_clean")
    scenario.stop_bot()
    scenario.finish_job(scenario.newest())
    scenario.start_bot()
    scenario.reply(root, "*Done*")
    final = scenario.root("Done", "CHURN.customers_clean")
    assert final.ts == root.ts
    assert has_button(final, action_ids.JOB_REBUILD)
    scenario.until(scenario.idle)
    assert len(scenario.roots()) == 1
    assert sum("*Done*" in shown(m) for m in scenario.now(root).replies) == 1
    assert len(scenario.starts()) == 1


def test_what_is_asked_while_the_bot_is_away_is_not_done(make_scenario: Callable[..., Scenario]) -> None:
    """Slack says that the bot is away; nothing happens later by surprise; the job goes on, still followed."""
    scenario = make_scenario()
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("Running", "CHURN.customers_clean")
    scenario.stop_bot()
    pressed = scenario.slack.as_user("alice").press(root, action_id=action_ids.JOB_ABORT)
    pressed.wait(LONG)
    assert pressed.error
    scenario.expected_failures = 1
    scenario.start_bot()
    scenario.press(root, action_ids.JOB_LOG)
    scenario.dialog("Log of")
    assert scenario.requested("POST", "/abort") == []
    scenario.press(root, action_ids.JOB_ABORT)
    scenario.reply(root, "*Aborted*")
    assert len(scenario.requested("POST", "/abort")) == 1


def test_a_start_that_was_interrupted_is_adopted_by_the_next_bot(
    make_scenario: Callable[..., Scenario],
) -> None:
    """The answer to the start is lost and the bot stops: the next bot finds the job and follows it."""
    scenario = make_scenario()
    scenario.dss.faults.add("lose_answer", method="POST", path="/jobs/$", times=1)
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    scenario.until(lambda: scenario.starts() or None)
    scenario.stop_bot()
    assert scenario.roots() == []
    scenario.start_bot()
    scenario.root("Running", "CHURN.customers_clean")
    assert len(scenario.starts()) == 1
    assert len(scenario.roots()) == 1


def test_an_abort_is_told_after_a_restart(make_scenario: Callable[..., Scenario]) -> None:
    """Requested before, ended while the bot was away: the thread reports both, once."""
    scenario = make_scenario()
    scenario.slow("customers_clean", ignores_abort=True)
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("Running", "CHURN.customers_clean")
    scenario.press(root, action_ids.JOB_ABORT)
    scenario.reply(root, "asked to abort")
    scenario.stop_bot()
    scenario.finish_job(scenario.newest())
    scenario.start_bot()
    scenario.reply(root, "*Done*")
    assert sum("asked to abort this job" in shown(m) for m in scenario.now(root).replies) == 1
