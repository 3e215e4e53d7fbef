"""Approvals when something else happens: time passes, the bot restarts, DSS is down, people are quick."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from bot.sandbox.dss.model import FOLDER, Item
from bot.sandbox.slack import Message
from bot.views import action_ids, dialog_ids
from tests.scenario.test_approvals import in_thread
from tests.scenario.world import LONG, Scenario, has_button, shown


@pytest.fixture
def open_scenario(make_scenario: Callable[..., Scenario], tmp_path: Path) -> Scenario:
    """A bot for which every build of CHURN needs an approval, and which acts with its key."""
    file = tmp_path / "bot.toml"
    file.write_text('[approvals]\nprojects = ["churn"]\n')
    return make_scenario(environment={"DSS_BOT_CONFIG": str(file)})


def ask(scenario: Scenario, command: str = "/dss-build CHURN.scored") -> Message:
    scenario.type(command)
    return scenario.root("Approval needed")


def quiet(scenario: Scenario) -> None:
    scenario.until(lambda: scenario.bot.store.intents.open_count() == 0)


def test_it_lapses(open_scenario: Scenario) -> None:
    """After an hour, nobody can approve it, the requester knows, and can ask again with the command shown."""
    waiting = ask(open_scenario)
    open_scenario.later(minutes=61)
    over = open_scenario.root("Lapsed, because nobody approved it in time")
    assert not has_button(over, action_ids.APPROVAL_APPROVE)
    told = in_thread(open_scenario, "Nobody approved your build")
    assert "/dss-build CHURN.scored" in shown(told)
    open_scenario.press(waiting, action_ids.APPROVAL_APPROVE, user="bob", stale=True)
    open_scenario.told("it wasn't approved in time", user="bob")
    assert open_scenario.starts() == []
    open_scenario.type("/dss-build CHURN.scored")
    open_scenario.root("Approval needed")


def test_it_survives_a_restart(open_scenario: Scenario) -> None:
    """The request is a row: the next process carries it out."""
    waiting = ask(open_scenario)
    open_scenario.stop_bot()
    open_scenario.start_bot()
    open_scenario.press(waiting, action_ids.APPROVAL_APPROVE, user="bob")
    open_scenario.root("Done", "requested by")
    quiet(open_scenario)
    assert len(open_scenario.starts()) == 1


def test_while_dss_is_down_the_approval_is_kept(open_scenario: Scenario) -> None:
    """The start is tried again until DSS answers, and happens once."""
    waiting = ask(open_scenario)
    open_scenario.dss.faults.add("html502", path=r"/projects/CHURN/jobs/$", method="GET", times=8)
    open_scenario.press(waiting, action_ids.APPROVAL_APPROVE, user="bob")
    in_thread(open_scenario, "approved your build")
    open_scenario.root("Done", "requested by")
    quiet(open_scenario)
    assert len(open_scenario.starts()) == 1


def test_when_dss_refuses_the_start_everybody_knows(open_scenario: Scenario) -> None:
    """The request doesn't go on saying that the build starts."""
    waiting = ask(open_scenario)
    open_scenario.dss.faults.add("status", method="POST", path=r"/jobs/$", times=1, status=403)
    open_scenario.press(waiting, action_ids.APPROVAL_APPROVE, user="bob")
    open_scenario.root("Approved, but not started")
    in_thread(open_scenario, "was approved, but the bot couldn't start it")
    quiet(open_scenario)
    assert len(open_scenario.starts()) == 1


def test_when_the_answer_to_the_start_is_lost(open_scenario: Scenario) -> None:
    """And no job is found: nothing claims that the build started, or that it didn't."""
    waiting = ask(open_scenario)
    open_scenario.dss.faults.add("status", method="POST", path=r"/jobs/$", times=1)
    open_scenario.press(waiting, action_ids.APPROVAL_APPROVE, user="bob")
    open_scenario.until(lambda: open_scenario.starts() or None)
    open_scenario.later(seconds=40)
    open_scenario.root("it isn't clear whether it started")
    in_thread(open_scenario, "it isn't clear whether DSS started it")
    assert len(open_scenario.starts()) == 1


def test_people_who_press_at_once(open_scenario: Scenario) -> None:
    """Two approvals and a cancelation: one counts, the others are told, and DSS gets at most one start."""
    waiting = ask(open_scenario)
    presses = [
        ("bob", action_ids.APPROVAL_APPROVE),
        ("carol", action_ids.APPROVAL_APPROVE),
        ("alice", action_ids.APPROVAL_CANCEL),
    ]
    deliveries = [
        open_scenario.slack.as_user(who).press(waiting, action_id=action, stale=True)
        for who, action in presses
    ]
    for delivery in deliveries:
        delivery.wait(LONG)
    quiet(open_scenario)
    said = [
        text
        for who, _ in presses
        for text in [shown(open_scenario.until(partial(open_scenario.answers, who))[-1])]
    ]
    won = [text for text in said if text.startswith("You ")]
    assert len(won) == 1
    approved = "approved" in won[0]
    if approved:
        open_scenario.root("Done", "requested by")
    assert len(open_scenario.starts()) == int(approved)


def test_a_changed_build_is_asked_about_again(open_scenario: Scenario) -> None:
    """A folder with the same name but another id isn't what was approved."""
    waiting = ask(open_scenario, '/dss-build CHURN "Customer exports" --type folder')
    project = open_scenario.dss.world.projects["CHURN"]
    with open_scenario.dss.world.lock:
        old = next(item for item in project.items.values() if item.kind == FOLDER)
        del project.items[old.ref]
        new = project.add(Item(kind=FOLDER, id="NewId000", name=old.name, type=old.type))
    open_scenario.later(minutes=2)  # names are cached for a minute
    open_scenario.press(waiting, action_ids.APPROVAL_APPROVE, user="bob")
    open_scenario.root("the build had changed")
    open_scenario.root("Approval needed", "Customer exports")
    in_thread(open_scenario, "it would build something else now")
    quiet(open_scenario)
    assert open_scenario.starts() == []
    assert new.id != old.id


def test_an_approver_who_has_the_requester_s_login_by_now(
    make_scenario: Callable[..., Scenario], tmp_path: Path
) -> None:
    """Bob's account gets the address of alice's login before the start: no second person has approved it."""
    file = tmp_path / "bot.toml"
    file.write_text('[approvals]\nprojects = ["churn"]\n')
    scenario = make_scenario(access="dss", environment={"DSS_BOT_CONFIG": str(file)})
    waiting = ask(scenario)
    scenario.dss.faults.add("html502", path=r"/projects/CHURN/jobs/$", method="GET", times=30)
    scenario.press(waiting, action_ids.APPROVAL_APPROVE, user="bob")
    in_thread(scenario, "approved your build")
    scenario.change_account("bob", email="alice@example.com")
    scenario.dss.faults.clear()
    scenario.root("Approved, but not started")
    in_thread(scenario, "was approved, but the bot couldn't start it")
    scenario.told("The person who approved it may no longer do that. Ask again")
    quiet(scenario)
    assert scenario.starts() == []


def test_where_nobody_else_can_see_it(open_scenario: Scenario) -> None:
    """In a direct message, the answer says where to ask."""
    open_scenario.type("/dss-build CHURN.scored", channel=open_scenario.slack.dm("alice"))
    answer = open_scenario.told("nobody else can see it here")
    assert "/dss-build CHURN.scored" in shown(answer)
    assert open_scenario.bot.store.approvals.pending_count() == 0


def test_the_approvers_have_a_channel(make_scenario: Callable[..., Scenario], tmp_path: Path) -> None:
    """The request goes there; the job is followed where it was asked for."""
    file = tmp_path / "bot.toml"
    file.write_text("")
    scenario = make_scenario(environment={"DSS_BOT_CONFIG": str(file)})
    approvers = scenario.slack.add_channel("approvers")
    scenario.stop_bot()
    file.write_text(f'[approvals]\nmodes = ["only"]\nchannel = "{approvers}"\n')
    scenario.start_bot()
    scenario.type("/dss-build CHURN.scored")
    scenario.told("needs an approval", f"<#{approvers}>")
    waiting = scenario.root("Approval needed", channel="approvers")
    assert scenario.roots() == []
    scenario.press(waiting, action_ids.APPROVAL_APPROVE, user="bob")
    scenario.root("Done", "requested by")
    scenario.root("*Approved*", channel="approvers")


def test_a_channel_that_does_not_show_the_project(
    make_scenario: Callable[..., Scenario], tmp_path: Path
) -> None:
    """An approver has to see everything, so the bot refuses to ask where it may not show that."""
    file = tmp_path / "bot.toml"
    file.write_text('[approvals]\nprojects = ["CHURN"]\n[visibility.projects]\nCHURN = "outcome"\n')
    scenario = make_scenario(environment={"DSS_BOT_CONFIG": str(file)})
    scenario.type("/dss-build CHURN.scored")
    scenario.told("doesn't show what is built in CHURN")
    assert scenario.roots() == []
    assert scenario.starts() == []


def test_a_channel_that_no_longer_shows_the_project(open_scenario: Scenario, tmp_path: Path) -> None:
    """The settings have changed since it was asked: what the channel sees from then on names nothing."""
    waiting = ask(open_scenario)
    open_scenario.stop_bot()
    (tmp_path / "bot.toml").write_text(
        '[approvals]\nprojects = ["churn"]\n[visibility.projects]\nCHURN = "outcome"\n'
    )
    open_scenario.start_bot()
    open_scenario.press(waiting, action_ids.APPROVAL_DECLINE, user="bob", stale=True)
    [dialog] = open_scenario.until(lambda: open_scenario.slack.views("bob"))
    open_scenario.slack.as_user("bob").submit(dialog, {dialog_ids.DECLINE_REASON: "Not scored, please"}).wait(
        LONG
    )
    over = open_scenario.root("*Declined*", "asked for")
    open_scenario.direct("declined your build of `CHURN.scored`", "Not scored, please")
    quiet(open_scenario)
    assert "scored" not in shown(over)
    assert open_scenario.now(over).replies == ()


def test_nobody_counts_as_somebody_else_while_dss_does_not_say_who_is_who(open_scenario: Scenario) -> None:
    """A second account of the requester approves nothing because of an outage: the decision waits."""
    open_scenario.slack.add_user("alice2", "alice@example.com")
    waiting = ask(open_scenario)
    open_scenario.stop_bot()
    open_scenario.start_bot()  # it knows nobody's login yet
    open_scenario.dss.faults.add("html502", path=r"/users", method="GET", times=4)
    open_scenario.press(waiting, action_ids.APPROVAL_APPROVE, user="alice2")
    open_scenario.told("You have the same DSS login as the person who asked", user="alice2")
    quiet(open_scenario)
    assert open_scenario.starts() == []
