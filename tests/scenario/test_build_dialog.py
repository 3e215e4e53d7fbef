"""The build dialog: opened, typed into, corrected and submitted, as people do."""

import dataclasses
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from bot.sandbox.dss import DssSandbox
from bot.sandbox.dss.model import User
from bot.sandbox.slack import Delivery, View
from bot.views import action_ids, dialog_ids
from bot.workers.timely import Patience
from tests.scenario.test_rules import configure
from tests.scenario.world import LONG, Scenario, has_button, shown


def dialog(
    scenario: Scenario,
    *containing: str,
    user: str = "alice",
    without: str = "⏳",
    other_than: tuple[str, ...] = (),
) -> View:
    """Wait until a person's dialog shows all these texts."""

    def there() -> View | None:
        views = [view for view in scenario.slack.views(user) if view.id not in other_than]
        found = (view for view in views if all(text in shown(view) for text in containing))
        return next((view for view in found if without not in shown(view)), None)

    return scenario.until(there)


def opened(scenario: Scenario, user: str = "alice") -> View:
    """Type the command alone and wait for the filled dialog."""
    before = tuple(view.id for view in scenario.slack.views(user))
    scenario.type("/dss-build", user=user)
    return dialog(scenario, "How much to build", user=user, other_than=before)


def offered(
    scenario: Scenario, view: View, field: str, typed: str, user: str = "alice"
) -> list[dict[str, object]]:
    """Type into a select and return what it offers."""
    delivery = scenario.slack.as_user(user).suggest(view, field, typed).wait(LONG)
    assert delivery.acked, delivery.error
    assert isinstance(delivery.ack_payload, dict)
    options: list[dict[str, object]] = delivery.ack_payload["options"]
    return options


def values(options: list[dict[str, object]]) -> list[object]:
    """Return what the options send."""
    return [one["value"] for one in options]


def pick(scenario: Scenario, view: View, field: str, typed: str, user: str = "alice") -> None:
    """Type into a select and choose the first option."""
    first = offered(scenario, view, field, typed, user)[0]
    choice: object = [first] if field == dialog_ids.BUILD_OUTPUTS else first
    scenario._acknowledged(scenario.slack.as_user(user).select(view, field, choice))


def fill(scenario: Scenario, view: View, project: str, output: str, user: str = "alice") -> View:
    """Choose a project and an output, and wait until the bot has checked them."""
    outputs = field_id(view, dialog_ids.BUILD_OUTPUTS)
    pick(scenario, view, dialog_ids.BUILD_PROJECT, project, user)
    scenario.until(lambda: field_id(now(scenario, view, user), dialog_ids.BUILD_OUTPUTS) != outputs or None)
    pick(scenario, view, dialog_ids.BUILD_OUTPUTS, output, user)
    return now(scenario, view, user)


def now(scenario: Scenario, view: View, user: str = "alice") -> View:
    """Return the dialog as it is now."""
    return next(one for one in scenario.slack.views(user) if one.id == view.id)


def field_id(view: View, action: str) -> str:
    """Return the block id of a field."""
    return next(
        str(block["block_id"])
        for block in view.blocks
        if block["type"] == "input" and block["element"]["action_id"] == action
    )


def errors(scenario: Scenario, delivery: Delivery) -> dict[str, str]:
    """Return what is marked at the fields, by action id."""
    assert delivery.acked, delivery.error
    payload = delivery.ack_payload
    assert isinstance(payload, dict), payload
    assert payload["response_action"] == "errors"
    return {block_id.partition("|")[0]: text for block_id, text in payload["errors"].items()}


def submit(scenario: Scenario, view: View, user: str = "alice", **state: object) -> Delivery:
    """Press Build."""
    delivery = scenario.slack.as_user(user).submit(now(scenario, view, user), state).wait(LONG)
    scenario.acks.append(delivery.ack_payload)
    return delivery


def test_a_build_without_typing_a_name_by_heart(scenario: Scenario) -> None:
    """The command alone opens a dialog; parts of names are enough; one job starts, with a thread here."""
    view = opened(scenario)
    assert "CHURN" in values(offered(scenario, view, dialog_ids.BUILD_PROJECT, "churn"))
    view = fill(scenario, view, "chur", "customers_cl")
    view = dialog(scenario, "No running job builds any of it")
    submit(scenario, view)
    scenario.root("CHURN.customers_clean")
    scenario.until(lambda: len(scenario.starts()) == 1 or None)
    assert scenario.starts()[0]["type"] == "NON_RECURSIVE_FORCED_BUILD"
    assert scenario.slack.views("alice") == []


def test_it_opens_empty_while_dss_says_nothing(make_scenario: Callable[..., Scenario]) -> None:
    """Slack gets the view at once; when DSS is too slow, names are typed, and that works too."""
    scenario = make_scenario(access="dss", waits=Patience(options=0.2))
    scenario.dss.faults.add("latency", seconds=LONG)
    scenario.type("/dss-build")
    opening = scenario.until(lambda: [one for one in scenario.slack.calls if one.method == "views.open"])[0]
    assert "Loading" in shown(opening.args["view"])
    assert "How much" not in shown(opening.args["view"])
    view = dialog(scenario, "slow to answer", "You can type the names instead")
    scenario.dss.faults.clear()
    submit(scenario, view, build_typed="CHURN.customers_clean")
    scenario.root("CHURN.customers_clean")


def test_dss_down_is_said_in_the_dialog(scenario: Scenario) -> None:
    """A select that can't be filled turns into a text field, and says so; what is typed is checked."""
    view = opened(scenario)
    scenario.later(minutes=2)
    scenario.dss.faults.add("status", status=503)
    with suppress(LookupError):  # gone already, unless the first attempt might only have been slow
        for typed in ("c", "ch"):
            assert offered(scenario, view, dialog_ids.BUILD_PROJECT, typed) == []
    view = dialog(scenario, "DSS is", "You can type the names instead")
    assert "in quotes" in errors(scenario, submit(scenario, view, build_typed="CHURN a.b"))["build_typed"]
    scenario.dss.faults.clear()
    submit(scenario, view, build_typed="CHURN.features")
    scenario.root("CHURN.features")


def test_what_is_missing_is_marked_at_its_field(scenario: Scenario) -> None:
    """The client itself asks for required fields; what it can't know, the bot marks."""
    view = opened(scenario)
    pick(scenario, view, dialog_ids.BUILD_PROJECT, "churn")
    with pytest.raises(ValueError, match="What to build"):
        submit(scenario, view)


def test_a_partition_is_offered_typed_and_checked(scenario: Scenario) -> None:
    """Existing ones come newest first; another text is an option, and is marked if it doesn't fit."""
    view = fill(scenario, opened(scenario), "churn", "daily_sessions")
    known = values(offered(scenario, view, dialog_ids.BUILD_PARTITION, ""))
    assert known == sorted(known, key=str, reverse=True)
    assert len(known) >= 2
    pick(scenario, view, dialog_ids.BUILD_PARTITION, "2026-13-45")
    view = dialog(scenario, "can't be a value of the dimension")
    marked = errors(scenario, submit(scenario, view))
    assert "can't be a value of the dimension" in marked["build_partition"]
    assert scenario.starts() == []
    scenario._acknowledged(
        scenario.slack.as_user("alice").select(
            view, dialog_ids.BUILD_PARTITION, offered(scenario, view, dialog_ids.BUILD_PARTITION, "")[0]
        )
    )
    view = dialog(scenario, "No running job builds any of it", without="can't be a value")
    submit(scenario, view)
    scenario.root("daily_sessions", str(known[0]))


def test_another_project_forgets_the_outputs(scenario: Scenario) -> None:
    """A dependent field never keeps a stale choice, and offers the new project's names."""
    view = fill(scenario, opened(scenario), "churn", "scored")
    before = field_id(view, dialog_ids.BUILD_OUTPUTS)
    pick(scenario, view, dialog_ids.BUILD_PROJECT, "sales")
    scenario.until(lambda: field_id(now(scenario, view), dialog_ids.BUILD_OUTPUTS) != before or None)
    view = now(scenario, view)
    chosen = view.values[field_id(view, dialog_ids.BUILD_OUTPUTS)][dialog_ids.BUILD_OUTPUTS]
    assert chosen["selected_options"] == []
    assert all("|SALES|" in str(one) for one in values(offered(scenario, view, dialog_ids.BUILD_OUTPUTS, "")))


def test_the_preview_says_what_runs_and_what_everything_costs(scenario: Scenario) -> None:
    """Somebody else builds it: nothing would start. Everything upstream is spelled out, and still asks."""
    scenario.elsewhere("scored_history")
    view = fill(scenario, opened(scenario), "churn", "scored_history")
    dialog(scenario, "is being built right now", "bob")
    view = fill(scenario, opened(scenario), "churn", "customers_clean")
    scenario.select(view, dialog_ids.BUILD_MODE, "RECURSIVE_FORCED_BUILD")
    view = dialog(scenario, "Every upstream recipe runs again")
    submit(scenario, view)
    question = scenario.told("CHURN.customers_clean")
    assert has_button(question, action_ids.BUILD_CONFIRM_ALL)
    assert scenario.starts() == []


def test_submitting_twice_starts_one_job(scenario: Scenario) -> None:
    """The same dialog counts once, however often Slack delivers it."""
    scenario.slow("customers_clean")
    view = fill(scenario, opened(scenario), "churn", "customers_clean")
    view = dialog(scenario, "No running job builds any of it")
    delivery = submit(scenario, view)
    again = delivery.redeliver().wait(LONG)
    assert again.acked
    scenario.root("CHURN.customers_clean")
    assert len(scenario.starts()) == 1


def test_it_can_be_followed_in_a_direct_message(scenario: Scenario) -> None:
    """Where to follow the job is a choice; the channel sees nothing."""
    view = fill(scenario, opened(scenario), "churn", "customers_clean")
    view = dialog(scenario, "Where to follow it", "No running job")
    submit(scenario, view, build_where="direct")
    scenario.direct("CHURN.customers_clean")
    assert scenario.roots() == []


def test_a_project_that_is_gone_meanwhile_is_said(scenario: Scenario) -> None:
    """A stale dialog starts nothing; the person reads why."""
    view = fill(scenario, opened(scenario), "etudes", "")
    view = dialog(scenario, "No running job")
    scenario.dss.world.projects.pop("ETUDES")
    scenario.later(minutes=2)
    submit(scenario, view)
    scenario.told("ETUDES")
    assert scenario.starts() == []


def test_a_guest_reads_why_not_in_the_dialog(scenario: Scenario) -> None:
    """Nothing can be submitted."""
    scenario.type("/dss-build", user="guest")
    view = dialog(scenario, "Guests of the workspace", user="guest")
    assert "submit" not in view.payload


def test_an_expired_trigger_is_answered_with_how_to_type_it(scenario: Scenario) -> None:
    """The sentence is for the person alone, and its commands work."""
    scenario.slack.faults.add("views.open", kind="error:expired_trigger_id")
    scenario.type("/dss-build")
    told = scenario.told("didn't open the dialog in time")
    assert "/dss-build PROJECT.dataset" in shown(told)
    assert "/dss-build help" in shown(told)


def test_home_and_the_shortcut_open_it(scenario: Scenario) -> None:
    """From there the job is followed in a direct message."""
    scenario.slack.as_user("bob").open_home().wait(LONG)
    home = scenario.until(lambda: scenario.slack.home("bob"))
    before = tuple(one.id for one in scenario.slack.views("bob"))
    scenario.press(home, action_ids.BUILD_DIALOG_OPEN, user="bob")
    view = dialog(scenario, "How much to build", user="bob", other_than=before)
    assert "Where to follow it" not in shown(view)
    scenario._acknowledged(scenario.slack.as_user("carol").global_shortcut(dialog_ids.BUILD_SHORTCUT))
    view = dialog(scenario, "How much to build", user="carol")
    view = fill(scenario, view, "churn", "customers_clean", user="carol")
    view = dialog(scenario, "No running job", user="carol")
    submit(scenario, view, user="carol")
    scenario.direct("CHURN.customers_clean", user="carol")


def test_an_ended_job_can_be_built_again_with_changes(scenario: Scenario) -> None:
    """The status answer opens the dialog with what the job built."""
    scenario.type("/dss-build CHURN.features")
    scenario.root("Done", "CHURN.features")
    scenario.type("/dss-jobs last")
    scenario.press(scenario.told("CHURN.features"), action_ids.BUILD_DIALOG_CHANGE)
    view = dialog(scenario, "No running job builds any of it")
    assert "features" in shown(view)
    submit(scenario, view, build_mode="RECURSIVE_BUILD")
    scenario.until(lambda: len(scenario.starts()) == 2 or None)
    assert scenario.starts()[1]["type"] == "RECURSIVE_BUILD"


def test_what_somebody_uses_comes_first(scenario: Scenario) -> None:
    """Recent jobs rank names; without a project, recent outputs of all projects are offered."""
    scenario.type("/dss-build CHURN.scored", user="bob")
    scenario.root("CHURN.scored")
    scenario.later(minutes=2)
    view = opened(scenario, "bob")
    assert values(offered(scenario, view, dialog_ids.BUILD_PROJECT, "", "bob"))[0] == "CHURN"
    assert "dataset|CHURN|scored" in values(offered(scenario, view, dialog_ids.BUILD_OUTPUTS, "", "bob"))


def test_only_what_dss_lets_a_person_see_is_offered(make_scenario: Callable[..., Scenario]) -> None:
    """With access by DSS, names are looked up as the person; nobody learns others."""
    scenario = make_scenario(access="dss")
    view = opened(scenario, "carol")
    assert values(offered(scenario, view, dialog_ids.BUILD_PROJECT, "", "carol")) == ["CHURN", "PAYROLL"]
    assert offered(scenario, view, dialog_ids.BUILD_PROJECT, "sales", "carol") == []
    view = fill(scenario, view, "churn", "customers_clean", "carol")
    submit(scenario, view, "carol", build_where="direct")
    scenario.told("do not have the right", user="carol")
    assert scenario.newest().initiator != "carol"


def test_only_what_the_rules_show_is_offered(make_scenario: Callable[..., Scenario], tmp_path: Path) -> None:
    """Hidden projects and outputs aren't there; a forbidden build is said before it's submitted."""
    allow = '[[rules]]\nallow = "*"\neveryone = true\nprojects = "CHURN"\n'
    forbid = '[[rules]]\ndeny = ["build", "build_upstream"]\neveryone = true\ndatasets = "scored"\n'
    scenario = make_scenario(environment=configure(tmp_path, allow + forbid))
    view = opened(scenario)
    assert values(offered(scenario, view, dialog_ids.BUILD_PROJECT, "")) == ["CHURN"]
    view = fill(scenario, view, "churn", "scored")
    view = dialog(scenario, "forbids it")
    marked = errors(scenario, submit(scenario, view))
    assert "CHURN.scored" in marked["build_outputs"]
    assert scenario.starts() == []


def test_what_was_submitted_survives_a_crash(make_scenario: Callable[..., Scenario]) -> None:
    """The row is written before the dialog closes: the next bot starts the job, once."""
    scenario = make_scenario()
    view = fill(scenario, opened(scenario), "churn", "customers_clean")
    view = dialog(scenario, "No running job")
    scenario.dss.faults.add("status", method="GET", status=503)
    delivery = submit(scenario, view)
    assert delivery.acked
    assert scenario.slack.views("alice") == []
    scenario.stop_bot()
    scenario.dss.faults.clear()
    scenario.start_bot()
    delivery.redeliver().wait(LONG)
    scenario.until(scenario.idle)
    assert len(scenario.starts()) <= 1


def test_an_instance_is_chosen_first(make_scenario: Callable[..., Scenario], tmp_path: Path) -> None:
    """The names are those of the chosen DSS, and the job starts there."""
    with DssSandbox(speed=40) as other:
        config = tmp_path / "bot.toml"
        config.write_text(
            f'[instances.staging]\nurl = "{other.url}"\napi_key = "{other.admin_key}"\n', encoding="utf-8"
        )
        scenario = make_scenario(environment={"DSS_BOT_CONFIG": str(config)})
        scenario.leaves = frozenset({"followed jobs"})  # of the other DSS, which ends first
        view = opened(scenario)
        before = field_id(view, dialog_ids.BUILD_PROJECT)
        scenario.select(view, dialog_ids.BUILD_INSTANCE, "staging")
        scenario.until(lambda: field_id(now(scenario, view), dialog_ids.BUILD_PROJECT) != before or None)
        view = fill(scenario, now(scenario, view), "churn", "scored_history")
        submit(scenario, view)
        scenario.root("CHURN.scored_history", "on `staging`")
        assert scenario.starts() == []


def test_a_dialog_of_another_version_says_so(scenario: Scenario) -> None:
    """It can't be submitted, and nothing is guessed."""
    view = opened(scenario)
    with scenario.slack._world.edit():
        scenario.slack._world.views[view.id] = dataclasses.replace(
            view, payload={**view.payload, "private_metadata": "v9:{}"}
        )
    scenario._acknowledged(
        scenario.slack.as_user("alice").select(view, dialog_ids.BUILD_MODE, "RECURSIVE_BUILD")
    )
    dialog(scenario, "older message")


def test_whoever_changes_while_the_dialog_is_open_is_offered_nothing_more(
    make_scenario: Callable[..., Scenario],
) -> None:
    """A guest gets no names, not even those from a moment ago; another address offers what its login sees."""
    scenario = make_scenario(access="dss")
    scenario.dss.world.add_user(User(login="new", name="New", email="new@example.com"))
    view = opened(scenario, "bob")
    assert offered(scenario, view, dialog_ids.BUILD_PROJECT, "", "bob")
    scenario.change_account("bob", email="new@example.com")
    assert offered(scenario, view, dialog_ids.BUILD_PROJECT, "", "bob") == []
    scenario.change_account("bob", email="bob@example.com")
    assert offered(scenario, view, dialog_ids.BUILD_PROJECT, "", "bob")
    scenario.change_account("bob", guest=True)
    assert offered(scenario, view, dialog_ids.BUILD_PROJECT, "", "bob") == []
    dialog(scenario, "Guests of the workspace", user="bob")
