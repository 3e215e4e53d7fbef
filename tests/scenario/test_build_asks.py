"""Builds that need confirmation, or are requested again."""

from collections.abc import Callable

from bot.views import action_ids
from bot.workers.timely import Patience
from tests.scenario.world import LONG, Scenario, has_button, ref, shown


def test_mode_all_starts_only_after_the_press(scenario: Scenario) -> None:
    """Nothing is rebuilt before the person confirms; the question disappears with the answer."""
    scenario.type("/dss-build CHURN.scored --mode all")
    question = scenario.told("Rebuild `CHURN.scored`")
    assert scenario.starts() == []
    scenario.press(question, action_ids.BUILD_CONFIRM_ALL)
    scenario.root("CHURN.scored", "build everything upstream")
    assert [one["type"] for one in scenario.starts()] == ["RECURSIVE_FORCED_BUILD"]
    scenario.until(lambda: not any(has_button(m, action_ids.BUILD_CONFIRM_ALL) for m in scenario.answers()))


def test_mode_all_pressed_twice_is_one_job(scenario: Scenario) -> None:
    """A double click on the confirmation starts one job."""
    scenario.type("/dss-build CHURN.scored --mode all")
    question = scenario.told("Rebuild `CHURN.scored`")
    scenario.press(question, action_ids.BUILD_CONFIRM_ALL, stale=True)
    scenario.press(question, action_ids.BUILD_CONFIRM_ALL, stale=True)
    scenario.root("CHURN.scored")
    scenario.until(lambda: scenario.bot.store.intents.open_count() == 0)
    assert len(scenario.starts()) == 1
    assert len(scenario.roots()) == 1
    assert not any("under way" in shown(m) or "right now" in shown(m) for m in scenario.answers())


def test_mode_all_can_be_cancelled(scenario: Scenario) -> None:
    """Cancel starts nothing and removes the question."""
    scenario.type("/dss-build CHURN.scored --mode all")
    question = scenario.told("Rebuild `CHURN.scored`")
    scenario.press(question, action_ids.BUILD_CANCEL)
    scenario.told("Canceled")
    scenario.until(lambda: not any(has_button(m, action_ids.BUILD_CONFIRM_ALL) for m in scenario.answers()))
    assert scenario.starts() == []


def test_a_refusal_stands_alone(scenario: Scenario) -> None:
    """Nothing is claimed before DSS was asked: Slack couldn't replace the first answer to a command."""
    delivery = scenario.type("/dss-build CHURN.scored_histroy")
    assert shown(delivery.ack_payload) == ""
    scenario.told("no dataset", "scored_histroy")


def test_somebody_who_waits_is_told_what_for(make_scenario: Callable[..., Scenario]) -> None:
    """Nothing starts before DSS has answered, and that takes a while."""
    scenario = make_scenario(waits=Patience(slow_after=0.2))
    slow = scenario.dss.faults.add("latency", path="/projects/CHURN/", seconds=LONG)
    scenario.type("/dss-build CHURN.customers_clean")
    scenario.type("/dss-jobs CHURN", user="bob")
    scenario.told("Asking DSS to build `CHURN.customers_clean`")
    scenario.told("Still working on it", user="bob")
    scenario.dss.faults.remove(slow)
    scenario.root("CHURN.customers_clean")
    scenario.told("Jobs of CHURN", user="bob")


def test_a_refusal_after_the_press_replaces_what_was_said(scenario: Scenario) -> None:
    """ "Asking DSS …" doesn't stay above it."""
    scenario.type("/dss-build CHURN.scored --mode all")
    question = scenario.told("Rebuild `CHURN.scored`")
    fault = scenario.dss.faults.add("status", method="POST", path="/jobs/", status=403, message="not you")
    scenario.press(question, action_ids.BUILD_CONFIRM_ALL)
    answer = scenario.told("not you")
    assert answer.ts == question.ts
    assert not any("Asking DSS" in shown(message) for message in scenario.answers())
    scenario.dss.faults.remove(fault)


def test_what_is_being_built_is_shown_and_can_be_followed(scenario: Scenario) -> None:
    """A second build of the same output starts nothing: the running job is shown, and Follow works."""
    job = scenario.elsewhere("scored_history")
    scenario.type("/dss-build CHURN.scored_history")
    answer = scenario.told("being built right now", "Nothing was started")
    assert scenario.starts() == []
    scenario.press(answer, action_ids.JOB_FOLLOW)
    root = scenario.root("CHURN.scored_history", "Running")
    scenario.finish_job(job)
    end = scenario.reply(root, "*Done*")
    assert f"<@{scenario.slack.user_id('alice')}>" in shown(end)


def test_of_several_outputs_only_what_runs_is_said_to_run(scenario: Scenario) -> None:
    """The command in the answer starts the others at once."""
    scenario.elsewhere("scored_history")
    scenario.type("/dss-build CHURN.scored_history CHURN.customers_clean --mode missing")
    answer = scenario.told("`CHURN.scored_history` is being built right now", "not even the others")
    assert scenario.starts() == []
    rest = "/dss-build CHURN.customers_clean --mode missing"
    assert rest in shown(answer)
    scenario.type(rest)
    scenario.until(lambda: scenario.starts() or None)


def test_another_partition_is_no_conflict(scenario: Scenario) -> None:
    """Two partitions of a dataset can be built at the same time."""
    scenario.type("/dss-build CHURN.daily_sessions --partition 2026-11-20")
    scenario.root("[2026-11-20]")
    scenario.type("/dss-build CHURN.daily_sessions --partition 2026-11-21")
    scenario.root("[2026-11-21]")
    assert len(scenario.starts()) == 2


def test_a_conflict_that_dss_finds_is_told(scenario: Scenario) -> None:
    """If another job builds an upstream output, the job fails at once, and the thread names that job."""
    other = scenario.elsewhere("features")
    scenario.type("/dss-build CHURN.scored --mode all")
    scenario.press(scenario.told("Rebuild `CHURN.scored`"), action_ids.BUILD_CONFIRM_ALL)
    root = scenario.root("Failed", "CHURN.scored")
    end = scenario.reply(root, "Failed", other.id)
    assert "Wait for the other job" in shown(end)


def test_rebuild_starts_the_same_again(scenario: Scenario) -> None:
    """Rebuild on an ended job starts one job with the same definition, even after a double click."""
    scenario.type("/dss-build CHURN.customers_clean --mode modified")
    root = scenario.root("Done", "CHURN.customers_clean")
    scenario.press(root, action_ids.JOB_REBUILD)
    scenario.press(root, action_ids.JOB_REBUILD)
    scenario.until(lambda: len(scenario.roots()) == 2)
    scenario.until(lambda: scenario.bot.store.intents.open_count() == 0)
    first, second = scenario.starts()
    assert first == second
    # A second click is silently ignored.
    assert not any("under way" in shown(m) or "right now" in shown(m) for m in scenario.answers())


def test_rebuild_of_a_partition_and_a_folder(scenario: Scenario) -> None:
    """Rebuild sends the same partitions and ids."""
    scenario.dss.world.plan_next(activities=0)
    scenario.type("/dss-build CHURN.daily_sessions --partition 2026-11-20 --mode missing")
    scenario.press(scenario.root("nothing was built", "daily_sessions"), action_ids.JOB_REBUILD)
    scenario.dss.world.plan_next(activities=0)
    scenario.type('/dss-build CHURN "Customer exports" --type folder --mode missing')
    folder = scenario.until(
        lambda: next((m for m in scenario.roots() if "daily" not in shown(m) and "nothing" in shown(m)), None)
    )
    assert folder is not None
    scenario.press(folder, action_ids.JOB_REBUILD)
    scenario.until(lambda: len(scenario.starts()) == 4)
    outputs = sorted(str(one["outputs"]) for one in scenario.starts())
    assert outputs[0] == outputs[1]
    assert outputs[2] == outputs[3]


def test_rebuild_by_somebody_else_is_theirs(scenario: Scenario) -> None:
    """The person who presses Rebuild is mentioned at the end of the new job."""
    scenario.type("/dss-build CHURN.customers_clean")
    scenario.press(scenario.root("Done", "CHURN.customers_clean"), action_ids.JOB_REBUILD, user="bob")
    second = scenario.until(lambda: scenario.roots()[1:] or None)[0]
    assert f"<@{scenario.slack.user_id('bob')}>" in shown(scenario.reply(second, "*Done*"))


def test_a_command_sent_twice_by_slack_is_one_job(scenario: Scenario) -> None:
    """A redelivered envelope starts nothing and says nothing more."""
    scenario.slow("customers_clean")
    delivery = scenario.type("/dss-build CHURN.customers_clean")
    scenario.root("CHURN.customers_clean")
    delivery.redeliver().wait(LONG)
    scenario.until(lambda: scenario.bot.store.intents.open_count() == 0)
    assert len(scenario.starts()) == 1
    assert len(scenario.roots()) == 1
    assert not any("under way" in shown(m) for m in scenario.answers())


def test_the_same_command_typed_twice_is_answered_twice(scenario: Scenario) -> None:
    """A repeated command doesn't start the job again, but it gets an answer."""
    job = scenario.elsewhere("customers_clean")
    scenario.type(f"/dss-jobs follow {ref(job)}")
    scenario.root("CHURN.customers_clean")
    scenario.type(f"/dss-jobs follow {ref(job)}")
    scenario.until(lambda: scenario.answers() or None)
    assert len(scenario.roots()) == 1
