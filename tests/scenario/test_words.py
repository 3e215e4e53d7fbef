"""Sentences that were once wrong or useless, as people read them."""

from bot.sandbox.dss.model import DATASET
from bot.sandbox.dss.plan import Step, Target
from bot.views import action_ids
from tests.scenario.world import FOREVER_MS, Scenario, ref, shown


def test_a_job_id_in_an_answer_can_be_copied(scenario: Scenario) -> None:
    """Underscores in an id are not replaced with lookalike characters."""
    gone = "CHURN/Build_gone__NP__2026-11-23T08-15-02.417"
    scenario.type(f"/dss-jobs status {gone}")
    scenario.told("has no job `Build_gone__NP__2026-11-23T08-15-02.417`")
    scenario.type(f"/dss-jobs unfollow {gone}")
    scenario.told(f"`{gone}` isn't followed here")


def test_an_abort_by_the_bot_is_not_called_somebody_elses(scenario: Scenario) -> None:
    """The outcome of an unfollowed job's abort names the person who requested it here."""
    job = scenario.elsewhere("customers_clean")
    scenario.type(f"/dss-jobs abort {ref(job)}")
    outcome = shown(scenario.told("*Aborted*"))
    assert "Nobody asked the bot" not in outcome
    assert "What was already written stays" in outcome


def test_an_abort_elsewhere_is_called_so_where_the_job_is_followed(scenario: Scenario) -> None:
    """DSS ended the job without the bot's involvement."""
    job = scenario.elsewhere("customers_clean")
    scenario.type(f"/dss-jobs follow {ref(job)}")
    root = scenario.root("Running", "CHURN.customers_clean")
    scenario.dss.world.abort("CHURN", job.id)
    scenario.reply(root, "*Aborted*", "Nobody asked the bot")


def test_a_wrong_date_is_answered_with_a_whole_command(scenario: Scenario) -> None:
    """The example can be sent as it is."""
    scenario.type("/dss-jobs SALES --since 2026-02-30")
    scenario.told("isn't a date that the bot can read", "For example: `/dss-jobs SALES --since yesterday`")


def test_a_gateways_words_are_not_called_those_of_dss(scenario: Scenario) -> None:
    """When DSS is down, a gateway's words aren't attributed to it."""
    scenario.dss.faults.down()
    scenario.type("/dss-jobs SALES")
    assert "DSS said" not in shown(scenario.told("down or restarting"))


def test_hostile_people(scenario: Scenario) -> None:
    """Names of Slack's and DSS's people are text too: in root, thread, answers, and lists."""
    if "<!here> *boss*" not in {user.name for user in scenario.slack._world.users.values()}:
        scenario.slack.add_user("<!here> *boss*")
    job = scenario.elsewhere("alerts", "FRAUD", by="<!channel> & `co`")
    scenario.type("/dss-jobs FRAUD --state running")
    scenario.told("state running", "&lt;!channel&gt;")
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean", user="<!here> *boss*")
    root = scenario.root("Running", "CHURN.customers_clean", "&lt;!here&gt;")
    scenario.press(root, action_ids.JOB_ABORT, user="<!here> *boss*")
    scenario.reply(root, "asked to abort", "&lt;!here&gt;")
    scenario.reply(root, "*Aborted*")
    scenario.type(f"/dss-jobs follow {ref(job)}")
    scenario.root("FRAUD.alerts", "&lt;!channel&gt;")


def test_a_conflict_is_said_once(scenario: Scenario) -> None:
    """Which job was there first is the cause; the same in DSS's words adds nothing."""
    first = scenario.elsewhere("customers_clean")
    second = scenario.dss.world.start("CHURN", {"outputs": [{"id": "customers_clean"}]}, initiator="bob")
    scenario.type(f"/dss-jobs status {ref(second)}")
    answer = shown(scenario.told("*Failed*", "already being built by"))
    assert answer.count(f"`{ref(first)}`") == 1
    assert "is being built by another job" not in answer


def test_partitions_of_one_activity_are_counted(scenario: Scenario) -> None:
    """A root message doesn't list the same activity eight times."""
    days = [f"2026-11-{day}" for day in range(16, 24)]
    steps = [
        Step(
            id=f"compute_daily_sessions_{day}",
            recipe="compute_daily_sessions",
            duration_ms=FOREVER_MS,
            targets=(
                Target(
                    project="CHURN", kind=DATASET, id="daily_sessions", label="daily_sessions", partition=day
                ),
            ),
        )
        for day in days
    ]
    scenario.dss.world.plan_next(activities=steps)
    scenario.type("/dss-build CHURN.daily_sessions --partition 2026-11-16/2026-11-23")
    root = scenario.root("Running", "compute_daily_sessions", " partitions")
    assert str(root.blocks).count("compute_daily_sessions") < len(days)
