"""Sentences that were wrong or of no use once, as people read them."""

from bot.slack.views import ids
from tests.scenario.world import Scenario, ref, shown


def test_a_job_id_in_an_answer_can_be_copied(scenario: Scenario) -> None:
    """Underscores of an id are not replaced by characters that only look like them."""
    gone = "CHURN/Build_gone__NP__2026-11-23T08-15-02.417"
    scenario.type(f"/dss-jobs status {gone}")
    scenario.told("knows no job `Build_gone__NP__2026-11-23T08-15-02.417`")
    scenario.type(f"/dss-jobs unfollow {gone}")
    scenario.told(f"`{gone}` was not followed here")


def test_an_abort_by_the_bot_is_not_called_somebody_elses(scenario: Scenario) -> None:
    """The outcome of an unfollowed job's abort names the person who asked for it here."""
    job = scenario.elsewhere("customers_clean")
    scenario.type(f"/dss-jobs abort {ref(job)}")
    outcome = shown(scenario.told("*Aborted*"))
    assert "was not asked for this" not in outcome
    assert "What was already written stays written" in outcome


def test_an_abort_elsewhere_is_called_so_where_the_job_is_followed(scenario: Scenario) -> None:
    """A job that DSS ended without the bot's doing."""
    job = scenario.elsewhere("customers_clean")
    scenario.type(f"/dss-jobs follow {ref(job)}")
    root = scenario.root("Running", "CHURN.customers_clean")
    scenario.dss.world.abort("CHURN", job.id)
    scenario.reply(root, "*Aborted*", "The bot was not asked for this")


def test_a_wrong_date_is_answered_with_a_whole_command(scenario: Scenario) -> None:
    """The example can be sent as it stands."""
    scenario.type("/dss-jobs SALES --since 2026-02-30")
    scenario.told("cannot be read as a date", "For example: `/dss-jobs SALES --since yesterday`")


def test_a_gateways_words_are_not_called_those_of_dss(scenario: Scenario) -> None:
    """DSS said nothing when it is down."""
    scenario.dss.faults.down()
    scenario.type("/dss-jobs SALES")
    assert "DSS said" not in shown(scenario.told("down or restarting"))


def test_hostile_people(scenario: Scenario) -> None:
    """Names of Slack's and of DSS's people are text too: in root, thread, answers and lists."""
    if "<!here> *boss*" not in {user.name for user in scenario.slack._world.users.values()}:
        scenario.slack.add_user("<!here> *boss*")
    job = scenario.elsewhere("alerts", "FRAUD", by="<!channel> & `co`")
    scenario.type("/dss-jobs FRAUD --state running")
    scenario.told("state running", "&lt;!channel&gt;")
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean", user="<!here> *boss*")
    root = scenario.root("Running", "CHURN.customers_clean", "&lt;!here&gt;")
    scenario.press(root, ids.JOB_ABORT, user="<!here> *boss*")
    scenario.reply(root, "asked to abort", "&lt;!here&gt;")
    scenario.reply(root, "*Aborted*")
    scenario.type(f"/dss-jobs follow {ref(job)}")
    scenario.root("FRAUD.alerts", "&lt;!channel&gt;")
