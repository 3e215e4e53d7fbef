"""The bot can't post somewhere: the job still runs, and the person still learns its outcome."""

import requests

from bot.views import action_ids
from tests.scenario.world import LONG, Scenario, ref, shown


def test_a_channel_without_the_bot(scenario: Scenario) -> None:
    """The job runs; its thread is in the direct messages and says how to invite the bot."""
    scenario.channel = f"{scenario.channel}-without"
    scenario.slack.add_channel(scenario.channel, bot_member=False)
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.direct("Running", "CHURN.customers_clean")
    said = scenario.reply(root, "/invite")
    assert f"<#{scenario.slack.channel_id(scenario.channel)}>" in shown(said)
    scenario.finish_job(scenario.newest())
    scenario.reply(root, "*Done*")
    assert scenario.roots() == []
    assert len(scenario.starts()) == 1


def test_a_private_channel_without_the_bot(scenario: Scenario) -> None:
    """The same when Slack doesn't even say that the channel exists."""
    scenario.channel = f"{scenario.channel}-private"
    alice = scenario.slack.user_id("alice")
    scenario.slack.add_channel(scenario.channel, bot_member=False, private=True, members=[alice])
    scenario.slow("transactions_clean")
    scenario.type("/dss-build CHURN.transactions_clean")
    root = scenario.direct("Running", "CHURN.transactions_clean")
    scenario.reply(root, "/invite")
    scenario.press(root, action_ids.JOB_ABORT)
    scenario.reply(root, "*Aborted*")


def test_a_channel_that_is_archived_meanwhile(scenario: Scenario) -> None:
    """Archived before the root was posted: direct messages, and no false advice just to invite the bot."""
    job = scenario.elsewhere("customers_clean")
    scenario.slack.change_channel(scenario.channel, archived=True)
    scenario.type(f"/dss-jobs follow {ref(job)}")
    root = scenario.direct("Running", "CHURN.customers_clean")
    assert "archived" in shown(scenario.reply(root, "/invite"))
    scenario.finish_job(job)
    scenario.reply(root, "*Done*")


def test_the_bot_is_removed_while_a_job_runs(scenario: Scenario) -> None:
    """A direct message tells the person who asked how the job ended."""
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    scenario.root("Running", "CHURN.customers_clean")
    before = len(scenario.slack.messages(scenario.slack.dm("alice")))
    scenario.slack.change_channel(scenario.channel, bot_member=False)
    scenario.finish_job(scenario.newest())
    scenario.until(
        lambda: any(
            "*Done*" in shown(m) for m in scenario.slack.messages(scenario.slack.dm("alice"))[before:]
        )
    )


def test_in_a_direct_message_with_the_bot(scenario: Scenario) -> None:
    """A command typed there is followed there."""
    scenario.channel = scenario.slack.dm("bob")
    scenario.slow("transactions_clean")
    scenario.type("/dss-build CHURN.transactions_clean", user="bob")
    root = scenario.root("Running", "CHURN.transactions_clean")
    scenario.press(root, action_ids.JOB_ABORT, user="bob")
    scenario.reply(root, "*Aborted*")


def use_up(scenario: Scenario, command: str) -> None:
    """Type a command, and use its response URL five times before DSS answers."""
    slow = scenario.dss.faults.add("latency", path=r"^/projects/[A-Z]+/jobs/$", seconds=LONG)
    delivery = scenario.type(command)
    for _ in range(5):
        with requests.post(delivery.payload["response_url"], json={"text": "…"}, timeout=LONG) as answer:
            assert answer.status_code == 200
    scenario.dss.faults.remove(slow)


def test_a_used_up_response_url(scenario: Scenario) -> None:
    """After Slack refuses the response URL, the answer takes another way, still only to the asker."""
    use_up(scenario, "/dss-jobs ETUDES")
    scenario.told("Jobs of ETUDES")
    assert any(call.method == "response_url" and call.status == 404 for call in scenario.slack.calls)
    assert scenario.roots() == []


def test_a_used_up_response_url_where_the_bot_is_not(scenario: Scenario) -> None:
    """And where the bot can't post at all, as a direct message."""
    scenario.channel = f"{scenario.channel}-used-up"
    scenario.slack.add_channel(scenario.channel, bot_member=False)
    use_up(scenario, "/dss-jobs SALES")
    scenario.direct("Jobs of SALES")


def test_slack_does_not_take_the_answer_for_a_moment(scenario: Scenario) -> None:
    """A failing response URL doesn't lose the answer."""
    scenario.slack.faults.add("response_url", kind="503", times=1)
    scenario.type("/dss-jobs FRAUD")
    scenario.told("Jobs of FRAUD")


def test_a_button_in_a_thread_answers_in_the_thread(scenario: Scenario) -> None:
    """An ephemeral answer appears where the person pressed the button: here, since no dialog opens."""
    scenario.type("/dss-build CHURN.features_broken")
    root = scenario.root("Failed", "CHURN.features_broken")
    end = scenario.reply(root, "*Failed*")
    scenario.slack.faults.add("views.open", kind="error:expired_trigger_id", times=1)
    scenario.press(end, action_ids.JOB_LOG)
    assert scenario.told("Log of").thread_ts == root.ts
