"""App Homes that are probably open are kept up to date, with few calls."""

from collections.abc import Callable

import pytest
from slack_sdk import WebClient

from bot.sandbox.dss.server import Recorded
from bot.views import action_ids
from tests.scenario.test_home import home, now, of
from tests.scenario.world import Scenario, shown

PEOPLE = ("alice", "bob", "carol")


@pytest.fixture
def live(make_scenario: Callable[..., Scenario]) -> Scenario:
    """A bot in default access: calls for a page are made as its person, the others with the bot's key."""
    scenario = make_scenario(access="dss", home_minutes=None)
    for person in ("bob", "carol"):
        scenario.dss.world.grant(person, "CHURN")
    return scenario


def rounds(scenario: Scenario, count: int) -> None:
    """Wait until the bot has looked at the open App Homes so many times; each time, it asks DSS once."""

    def looked() -> int:
        return sum(by_the_key(call) for call in scenario.dss.requests)

    until = looked() + count
    scenario.until(lambda: looked() >= until)


def by_the_key(call: Recorded) -> bool:
    """Return whether a call is the list of what is running, asked by the bot itself."""
    return call.path.rstrip("/") == "/jobs/running" and not call.proxy_user


def pages(scenario: Scenario, since: int) -> list[Recorded]:
    """Return what DSS was asked as a person since some call."""
    return [call for call in scenario.dss.requests[since:] if call.proxy_user]


def published(scenario: Scenario) -> int:
    """Return how often an App Home was published."""
    return sum(call.method == "views.publish" for call in scenario.slack.calls)


def test_a_job_that_starts_and_ends_shows_without_a_press(live: Scenario) -> None:
    """It moves to the recent jobs; the filters stay."""
    view = home(live, "bob", "Running now")
    live.press(view, of(view, action_ids.HOME_SHOW, '"mine":true'), user="bob")
    now(live, "bob", "✓ Only mine")
    live.slow("customers_clean")
    live.type("/dss-build CHURN.customers_clean", user="bob")
    now(live, "bob", "✓ Only mine", "*Running* · `CHURN.customers_clean`", "|thread>")
    live.finish_job(live.newest())
    view = now(live, "bob", "*Done* · `CHURN.customers_clean`")
    assert "None of yours is running." in shown(view)


def test_a_favorite_that_is_saved_or_deleted_shows_without_a_press(live: Scenario) -> None:
    """And only to its owner."""
    home(live, "alice", "No favorites yet")
    home(live, "bob", "No favorites yet")
    live.type("/dss-build save tonight CHURN.scored", user="bob")
    view = now(live, "bob", "Your favorites", "`tonight`: `CHURN.scored`")
    assert "`tonight`" not in shown(live.slack.home("alice"))
    live.type("/dss-build delete tonight", user="bob")
    now(live, "bob", "No favorites yet", after=view)


def test_idle_homes_cost_one_call_to_dss_a_round_and_none_to_slack(live: Scenario) -> None:
    """However many are open; a change costs each of them one page of at most four calls, published once."""
    for person in PEOPLE:
        home(live, person, "Running now")
    rounds(live, 3)
    asked, told = len(live.dss.requests), published(live)
    rounds(live, 12)
    assert pages(live, asked) == []
    assert published(live) == told
    asked = len(live.dss.requests)
    live.elsewhere("scored_history", by="bob")
    for person in PEOPLE:
        now(live, person, "CHURN.scored_history")
    rounds(live, 3)
    each = [sum(call.proxy_user == person for call in pages(live, asked)) for person in PEOPLE]
    assert max(each) <= 4, each
    assert published(live) - told <= len(PEOPLE)


def test_an_answer_stays_until_it_is_closed(live: Scenario) -> None:
    """What goes on below doesn't take it away."""
    job = live.elsewhere("scored_history", by="bob")
    view = home(live, "bob", "CHURN.scored_history")
    live.press(view, of(view, action_ids.JOB_STATUS, "scored_history"), user="bob")
    now(live, "bob", "Close", "Follow here")
    live.finish_job(job)
    now(live, "bob", "Close", "Follow here", "There are no running jobs you can see.")


def test_a_right_that_is_lost_takes_the_jobs_away(live: Scenario) -> None:
    """Within a minute, although nothing has happened to any job."""
    live.dss.world.grant("bob", "PAYROLL")
    live.later(minutes=2)
    live.slow("salary_bands", "PAYROLL")
    live.type("/dss-build PAYROLL.salary_bands", user="bob")
    root = live.root("Running", "PAYROLL.salary_bands")
    live.finish_job(live.newest("PAYROLL"))
    live.reply(root, "*Done*")
    home(live, "bob", "PAYROLL.salary_bands")
    rounds(live, 3)
    live.dss.world.revoke("bob", "PAYROLL")
    live.later(minutes=1.5)
    now(live, "bob", "Recent jobs", without="PAYROLL")


def test_it_ends_some_minutes_after_the_last_press(live: Scenario) -> None:
    """Nobody says when App Home is closed."""
    home(live, "bob", "Running now")
    rounds(live, 3)
    live.later(minutes=6)
    home(live, "carol", "Running now")
    rounds(live, 3)
    asked = len(live.dss.requests)
    live.elsewhere("scored_history", by="bob")
    rounds(live, 4)
    assert {call.proxy_user for call in pages(live, asked)} == {"carol"}


def test_dss_is_away_for_a_moment(live: Scenario) -> None:
    """What was true as of then stays, and what happened meanwhile shows afterwards."""
    job = live.elsewhere("scored_history", by="bob")
    view = home(live, "bob", "CHURN.scored_history")
    rounds(live, 3)
    live.dss.faults.down()
    live.finish_job(job)
    live.later(minutes=1.5)
    rounds(live, 3)
    assert "CHURN.scored_history" in shown(live.slack.home("bob") or view)
    live.dss.faults.up()
    now(live, "bob", "There are no running jobs you can see.")


def test_it_recovers_from_a_refusal(live: Scenario) -> None:
    """Home was opened while DSS was down: the jobs show once it is back."""
    live.dss.faults.down()
    home(live, "carol", "down or restarting")
    live.dss.faults.up()
    now(live, "carol", "Running now")


def test_another_replica_shows_something_newer(live: Scenario) -> None:
    """Whoever published last keeps it current; the other one doesn't put the older page back."""
    home(live, "bob", "Running now")
    rounds(live, 3)
    replica = WebClient(token=live.slack.bot_token, base_url=live.slack.api_url)
    text = {"type": "mrkdwn", "text": "Newer", "verbatim": True}
    newer = {"type": "home", "blocks": [{"type": "section", "text": text}]}
    replica.views_publish(user_id=live.slack.user_id("bob"), view=newer)
    live.elsewhere("scored_history", by="bob")
    live.until(lambda: any(call.error == "hash_conflict" for call in live.slack.calls))
    live.later(minutes=2)
    home(live, "carol", "CHURN.scored_history")  # one is open here, so there are rounds
    rounds(live, 3)
    assert shown(now(live, "bob")) == "Newer"


def test_the_audit_has_what_people_asked_for(live: Scenario) -> None:
    """Not each look of the bot itself."""
    home(live, "bob", "Running now")
    rounds(live, 2)
    before = len(_entries(live))
    live.elsewhere("scored_history", by="bob")
    now(live, "bob", "CHURN.scored_history")
    assert len(_entries(live)) == before


def _entries(scenario: Scenario) -> list[object]:
    return [one for one in scenario.bot.store.audit.newest() if one.verb == "view"]


def test_off_by_a_setting(make_scenario: Callable[..., Scenario]) -> None:
    """``[slack] home_minutes = 0``."""
    scenario = make_scenario(access="dss", config="[slack]\nhome_minutes = 0\n", home_minutes=None)
    home(scenario, "bob", "Running now")
    asked = len(scenario.dss.requests)
    scenario.elsewhere("scored_history", by="bob")
    scenario.type("/dss-jobs")
    scenario.told("running")
    assert not any(by_the_key(call) for call in scenario.dss.requests[asked:])
    home(scenario, "bob", "CHURN.scored_history")
