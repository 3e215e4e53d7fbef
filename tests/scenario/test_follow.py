"""Following jobs that were started outside Slack."""

from bot.views import action_ids
from tests.scenario.world import Scenario, has_button, ref, shown


def test_a_job_started_elsewhere_is_followed_to_its_end(scenario: Scenario) -> None:
    """A root message and a thread, as if it had been started here; the follower is told the end."""
    job = scenario.elsewhere("customers_clean")
    scenario.type(f"/dss-jobs follow {ref(job)}")
    root = scenario.root("Running", "CHURN.customers_clean")
    assert "started by `bob`" in shown(root)
    scenario.finish_job(job)
    assert f"<@{scenario.slack.user_id('alice')}>" in shown(scenario.reply(root, "*Done*"))
    assert scenario.starts() == []


def test_following_twice_in_one_channel(scenario: Scenario) -> None:
    """One root message; the second person is told that it is already followed here."""
    job = scenario.elsewhere("customers_clean")
    scenario.type(f"/dss-jobs follow {ref(job)}")
    scenario.root("CHURN.customers_clean")
    scenario.type(f"/dss-jobs follow {ref(job)}", user="bob")
    scenario.told("already followed here", user="bob")
    assert len(scenario.roots()) == 1


def test_following_in_two_channels(scenario: Scenario) -> None:
    """Each channel has its own thread."""
    scenario.slack.add_channel(f"{scenario.channel}-two")
    job = scenario.elsewhere("customers_clean")
    scenario.type(f"/dss-jobs follow {ref(job)}")
    scenario.type(f"/dss-jobs follow {ref(job)}", user="bob", channel=f"{scenario.channel}-two")
    first = scenario.root("CHURN.customers_clean")
    second = scenario.root("CHURN.customers_clean", channel=f"{scenario.channel}-two")
    scenario.finish_job(job)
    scenario.until(lambda: any("*Done*" in shown(m) for m in scenario.now(first).replies))
    other = f"{scenario.channel}-two"

    def bob_knows() -> bool:
        root = next(m for m in scenario.roots(other) if m.ts == second.ts)
        return any("*Done*" in shown(m) for m in root.replies)

    scenario.until(bob_knows)


def test_unfollow_and_follow_again(scenario: Scenario) -> None:
    """After unfollow, the thread is silent; following again makes a new thread at once."""
    job = scenario.elsewhere("customers_clean")
    scenario.type(f"/dss-jobs follow {ref(job)}")
    first = scenario.root("CHURN.customers_clean")
    scenario.type(f"/dss-jobs unfollow {ref(job)}")
    answer = scenario.told("no longer followed here")
    scenario.press(answer, action_ids.JOB_FOLLOW)
    second = scenario.until(lambda: scenario.roots()[1:] or None)[0]
    scenario.finish_job(job)
    scenario.reply(second, "*Done*")
    assert not any("*Done*" in shown(m) for m in scenario.now(first).replies)


def test_stop_following_by_button(scenario: Scenario) -> None:
    """The answer to "already followed" offers to stop following."""
    job = scenario.elsewhere("customers_clean")
    scenario.type(f"/dss-jobs follow {ref(job)}")
    scenario.root("CHURN.customers_clean")
    scenario.type(f"/dss-jobs follow {ref(job)}", user="bob")
    scenario.press(scenario.told("already followed", user="bob"), action_ids.JOB_UNFOLLOW, user="bob")
    scenario.told("no longer followed here", user="bob")


def test_unfollowing_what_was_not_followed(scenario: Scenario) -> None:
    """The answer says so, instead of silence or false success."""
    job = scenario.elsewhere("customers_clean")
    scenario.type(f"/dss-jobs unfollow {ref(job)}")
    scenario.told("isn't followed here")


def test_following_an_ended_job(scenario: Scenario) -> None:
    """There is nothing to follow: only the person who asked sees how it ended."""
    job = scenario.elsewhere("customers_clean")
    scenario.finish_job(job)
    scenario.type(f"/dss-jobs follow {ref(job)}")
    answer = scenario.told("nothing left to follow", "Done", "CHURN.customers_clean")
    assert not has_button(answer, action_ids.JOB_FOLLOW)
    assert scenario.roots() == []


def test_follow_from_a_list(scenario: Scenario) -> None:
    """A running job in a list can be followed here."""
    scenario.elsewhere("alerts", "FRAUD")
    scenario.type("/dss-jobs FRAUD --state running")
    scenario.press(scenario.told("state running"), action_ids.JOB_FOLLOW)
    scenario.root("FRAUD.alerts", "Running")


def test_a_job_that_is_deleted_while_it_is_followed(scenario: Scenario) -> None:
    """The thread says once that DSS no longer knows the job."""
    job = scenario.elsewhere("customers_clean")
    scenario.type(f"/dss-jobs follow {ref(job)}")
    scenario.root("CHURN.customers_clean")
    scenario.type(f"/dss-jobs status {ref(job)}")
    status = scenario.told("Running", "CHURN.customers_clean")
    scenario.forget(job)
    scenario.press(status, action_ids.JOB_ABORT)
    scenario.told("has no job")
    scenario.type(f"/dss-jobs unfollow {ref(job)}")
    scenario.told("no longer followed here")
