"""Builds that a second person has to approve."""

import dataclasses
import json
from collections.abc import Iterator

import msgspec
import pytest

from bot.domain import DecideApproval
from bot.sandbox.slack import Message
from bot.views import action_ids, decode, dialog_ids, encode
from tests.scenario.world import LONG, Scenario, has_button, shown

RULES = """
[approvals]
projects = ["CHURN", "FRAUD"]
modes = ["all"]
partitions = 2
"""


@pytest.fixture(scope="module")
def settings_of_scenario(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """A bot for which CHURN is a protected project, and each person acts as themselves."""
    file = tmp_path_factory.mktemp("settings") / "bot.toml"
    file.write_text(RULES)
    return {"access": "dss", "environment": {"DSS_BOT_CONFIG": str(file)}}


@pytest.fixture(autouse=True)
def nothing_waits(scenario: Scenario) -> Iterator[None]:
    """Cancel what a test left behind: the next one asks for the same build."""
    yield
    quiet(scenario)  # else a button can go while it's looked for
    for root in [*scenario.roots(), *scenario.roots(scenario.slack.dm("alice"))]:
        if has_button(root, action_ids.APPROVAL_CANCEL):
            asker = next(name for name in ("alice", "bob") if user(scenario, name) in shown(root))
            scenario.press(root, action_ids.APPROVAL_CANCEL, user=asker)
    scenario.until(lambda: scenario.bot.store.approvals.pending_count() == 0)


@pytest.fixture
def waiting(scenario: Scenario) -> Message:
    """Alice's build of CHURN.scored, which waits."""
    return ask(scenario)


def ask(scenario: Scenario, command: str = "/dss-build CHURN.scored") -> Message:
    scenario.type(command)
    return scenario.root("Approval needed")


def user(scenario: Scenario, name: str) -> str:
    return f"<@{scenario.slack.user_id(name)}>"


def value_of(message: Message, action: str) -> str:
    """Return the value of a button."""
    return next(
        str(element["value"])
        for block in message.blocks
        for element in block.get("elements", ())
        if element.get("action_id") == action
    )


def in_thread(scenario: Scenario, *containing: str) -> Message:
    """Wait for what the requester is told in the thread of a request."""

    def found() -> Message | None:
        replies = [reply for root in scenario.roots() for reply in root.replies]
        alice = user(scenario, "alice")
        return next((one for one in replies if all(t in shown(one) for t in (*containing, alice))), None)

    return scenario.until(found)


def quiet(scenario: Scenario) -> None:
    """Wait until everything that was asked is carried out."""
    scenario.until(lambda: scenario.bot.store.intents.open_count() == 0)


def test_it_starts_only_after_somebody_else_approved(scenario: Scenario, waiting: Message) -> None:
    """The request says what, why, who, and until when; the job starts once, as the person who asked."""
    said = shown(waiting)
    assert "Build only this: `CHURN.scored`" in said
    assert "CHURN is a protected project" in said
    assert f"asked by {user(scenario, 'alice')}" in said
    assert "runs as DSS login `alice`" in said
    assert "valid until" in said
    assert scenario.starts() == []
    scenario.press(waiting, action_ids.APPROVAL_APPROVE, user="bob")
    scenario.root("Done", "CHURN.scored")
    over = scenario.root(f"*Approved* by {user(scenario, 'bob')}")
    assert not has_button(over, action_ids.APPROVAL_APPROVE)
    assert len(scenario.starts()) == 1
    assert scenario.newest().initiator == "alice"
    in_thread(scenario, "approved your build of `CHURN.scored`")
    notes = [(one.verb, one.user_id, one.act_as, one.note) for one in scenario.bot.store.audit.newest(30)]
    bob, alice = scenario.slack.user_id("bob"), scenario.slack.user_id("alice")
    assert any(n[:3] == ("approval approved", bob, "bob") and alice in n[3] for n in notes)
    assert ("build", alice, "alice", f"approved by {bob}") in notes


def test_declined_with_a_reason(scenario: Scenario, waiting: Message) -> None:
    """A dialog asks why; the requester reads it in a direct message, once, and the message shows it."""
    scenario.press(waiting, action_ids.APPROVAL_DECLINE, user="bob")
    [dialog] = scenario.until(lambda: scenario.slack.views("bob") or None)
    bob = scenario.slack.as_user("bob")
    bob.submit(dialog, {dialog_ids.DECLINE_REASON: "Not *before* the <release>"}).wait(LONG)
    scenario.root(f"*Declined* by {user(scenario, 'bob')}", "Not \u2217before\u2217 the &lt;release&gt;")
    told = in_thread(scenario, "declined your build", "Not \u2217before\u2217 the &lt;release&gt;")
    assert "/dss-build CHURN.scored" in shown(told)
    quiet(scenario)
    assert scenario.starts() == []


def test_a_damaged_dialog(scenario: Scenario, waiting: Message) -> None:
    """It says so itself, and nothing is declined."""
    scenario.press(waiting, action_ids.APPROVAL_DECLINE, user="bob")
    [dialog] = scenario.until(lambda: scenario.slack.views("bob") or None)
    world = scenario.slack._world
    with world.edit():
        world.views[dialog.id].payload["private_metadata"] = "v1:{}"
    bob = scenario.slack.as_user("bob")
    bob.submit(dialog, {dialog_ids.DECLINE_REASON: "no"}).wait(LONG)
    [told] = scenario.slack.views("bob")
    assert "from another version of the bot" in shown(told)
    bob.close(told)
    assert has_button(scenario.now(waiting), action_ids.APPROVAL_CANCEL)


def test_declined_without_a_dialog(scenario: Scenario, waiting: Message) -> None:
    """If Slack doesn't open the dialog in time, a select of reasons works as well."""
    scenario.slack.faults.add("views.open", kind="error:expired_trigger_id")
    scenario.press(waiting, action_ids.APPROVAL_DECLINE, user="bob")
    asked = scenario.told("why do you decline", user="bob")
    scenario.select(asked, action_ids.APPROVAL_DECLINE_REASON, "Talk to me first", user="bob")
    scenario.root("*Declined*", "Talk to me first")
    in_thread(scenario, "declined your build", "Talk to me first")


def test_the_requester_can_cancel_but_not_approve(scenario: Scenario, waiting: Message) -> None:
    """Nobody approves their own build."""
    scenario.press(waiting, action_ids.APPROVAL_APPROVE)
    scenario.told("You asked for this build, so somebody else has to decide")
    scenario.press(waiting, action_ids.APPROVAL_CANCEL)
    scenario.root(f"*Canceled* by {user(scenario, 'alice')}")
    scenario.told("You canceled your request")
    quiet(scenario)
    assert scenario.starts() == []


def test_others_can_not_cancel(scenario: Scenario, waiting: Message) -> None:
    """They can decline."""
    scenario.press(waiting, action_ids.APPROVAL_CANCEL, user="bob")
    scenario.told("Only the person who asked", user="bob")
    assert has_button(scenario.now(waiting), action_ids.APPROVAL_APPROVE)


def test_another_account_of_the_same_person(scenario: Scenario, waiting: Message) -> None:
    """A second Slack account with the same DSS login approves nothing."""
    scenario.slack.add_user("alice2", "alice@example.com")
    scenario.press(waiting, action_ids.APPROVAL_APPROVE, user="alice2")
    scenario.told("You have the same DSS login as the person who asked", user="alice2")
    quiet(scenario)
    assert scenario.starts() == []


def test_somebody_without_a_login_approves_nothing(scenario: Scenario, waiting: Message) -> None:
    """They are refused as for any other command."""
    scenario.slack.add_user("nobody")
    scenario.press(waiting, action_ids.APPROVAL_APPROVE, user="nobody")
    scenario.told("no login there has your email address", user="nobody")
    assert scenario.starts() == []


def test_whoever_may_only_read_a_project_approves_nothing(scenario: Scenario) -> None:
    """Bob can see FRAUD, but may not run jobs there."""
    waiting = ask(scenario, "/dss-build FRAUD.alerts")
    scenario.press(waiting, action_ids.APPROVAL_APPROVE, user="bob")
    scenario.told("You may not build in FRAUD in DSS", user="bob")
    scenario.dss.world.grant("bob", "FRAUD")
    try:
        scenario.press(waiting, action_ids.APPROVAL_APPROVE, user="bob")
        scenario.root("*Approved*")
        scenario.until(lambda: scenario.starts() or None)
    finally:
        scenario.dss.world.grant("bob", "FRAUD", run=False)


def test_the_right_is_needed_in_each_project(scenario: Scenario) -> None:
    """Bob may build in CHURN, which comes first, but not in FRAUD, which is built in the same job."""
    waiting = ask(scenario, "/dss-build CHURN.customers_clean FRAUD.alerts")
    scenario.press(waiting, action_ids.APPROVAL_APPROVE, user="bob")
    scenario.told("You may not build in FRAUD in DSS", user="bob")
    quiet(scenario)
    assert scenario.starts() == []
    assert has_button(scenario.now(waiting), action_ids.APPROVAL_APPROVE)


def test_it_is_not_asked_twice(scenario: Scenario, waiting: Message) -> None:
    """The second time, whoever asks learns that it waits, and where; the requester can cancel it there."""
    scenario.type("/dss-build CHURN.scored", user="bob")
    answer = scenario.told("waiting for approval", user="bob")
    assert f"{waiting.ts.replace('.', '')}|thread>" in shown(answer)
    assert not has_button(answer, action_ids.APPROVAL_CANCEL)
    scenario.type("/dss-build CHURN.scored")
    mine = scenario.told("waiting for approval")
    assert len(scenario.roots()) == 1
    scenario.press(mine, action_ids.APPROVAL_CANCEL)
    scenario.root("*Canceled*")


def test_what_needs_none_starts_at_once(scenario: Scenario) -> None:
    """Another project isn't protected."""
    scenario.type("/dss-build SALES.orders_clean --partition 2026-11-20|FR")
    scenario.root("SALES.orders_clean")
    assert not any("Approval" in shown(one) for one in scenario.roots())


def test_rebuild_and_a_confirmed_build_need_it_too(scenario: Scenario) -> None:
    """There is no way around it: the button for everything upstream, and Rebuild, ask as well."""
    scenario.type("/dss-build CHURN.customers_clean --mode all")
    scenario.press(scenario.told("Rebuild `CHURN.customers_clean`"), action_ids.BUILD_CONFIRM_ALL)
    request = scenario.root("Approval needed", "rebuilds everything upstream", "protected project")
    assert scenario.starts() == []
    scenario.press(request, action_ids.APPROVAL_APPROVE, user="bob")
    done = scenario.root("Done", "requested by")
    scenario.press(done, action_ids.JOB_REBUILD, user="bob")
    question = scenario.told("Rebuild `CHURN.customers_clean`", user="bob")
    scenario.press(question, action_ids.BUILD_CONFIRM_ALL, user="bob")
    scenario.root("Approval needed", f"asked by {user(scenario, 'bob')}")
    assert len(scenario.starts()) == 1


def test_many_partitions(scenario: Scenario) -> None:
    """A range is counted."""
    scenario.type("/dss-build CHURN.daily_sessions --partition 2026-11-01/2026-11-20")
    scenario.root("Approval needed", "It builds 20 partitions, more than 2", "2026-11-01/2026-11-20")


def test_a_replayed_or_tampered_button_does_nothing(scenario: Scenario, waiting: Message) -> None:
    """A value from another request, or with another hash, is refused; so is a press after the end."""
    other = ask(scenario, "/dss-build CHURN.customers_clean")
    other = scenario.root("Approval needed", "customers_clean")
    mine, theirs = (decode(value_of(one, action_ids.APPROVAL_APPROVE)) for one in (waiting, other))
    assert isinstance(mine, DecideApproval)
    assert isinstance(theirs, DecideApproval)
    forged = msgspec.structs.replace(mine, fingerprint=theirs.fingerprint)
    press_value(scenario, waiting, encode(forged))
    scenario.told("doesn't belong to the build that is waiting", user="bob")
    press_value(scenario, waiting, encode(msgspec.structs.replace(mine, approval="0" * 32)))
    scenario.told("doesn't know this request", user="bob")
    press_value(scenario, waiting, 'v1:{"type":"DecideApproval","approval":"x","verdict":"approve"}')
    scenario.told("older message", user="bob")
    scenario.press(waiting, action_ids.APPROVAL_CANCEL)
    scenario.root("*Canceled*")
    press_value(scenario, waiting, encode(mine))
    scenario.told("isn't waiting any more: the person who asked canceled it", user="bob")
    quiet(scenario)
    assert scenario.starts() == []


def press_value(scenario: Scenario, message: Message, value: str) -> None:
    """Press Approve as bob, as a forged payload would."""
    old = json.dumps(value_of(message, action_ids.APPROVAL_APPROVE))
    blocks = json.loads(json.dumps(message.blocks).replace(old, json.dumps(value)))
    forged = dataclasses.replace(message, blocks=blocks)
    scenario.press(forged, action_ids.APPROVAL_APPROVE, user="bob", stale=True)


def test_the_rights_of_now_decide(scenario: Scenario, waiting: Message) -> None:
    """The requester lost the project in the meantime: nothing starts, and they learn why."""
    scenario.dss.world.revoke("alice", "CHURN")
    try:
        scenario.press(waiting, action_ids.APPROVAL_APPROVE, user="bob")
        scenario.root("Approved, but not started")
        told = in_thread(scenario, "was approved, but the bot couldn't start it")
        assert "read project permissions" not in shown(told)
        scenario.until(lambda: scenario.answers() or None)
        assert scenario.starts() == []
    finally:
        scenario.dss.world.grant("alice", "CHURN")


def test_an_archived_channel_is_told(scenario: Scenario) -> None:
    """Where the bot can't post, the requester learns that nobody sees the request."""
    scenario.slack.change_channel(scenario.channel, archived=True)
    scenario.type("/dss-build CHURN.scored")
    request = scenario.direct("Approval needed", user="alice")
    scenario.until(lambda: any("nobody but you sees" in shown(r) for r in scenario.now(request).replies))
