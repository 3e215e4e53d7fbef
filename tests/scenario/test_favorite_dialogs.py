"""Favorites saved from a finished job and from the build dialog: opened, typed, corrected, submitted."""

import dataclasses
from contextlib import suppress

import pytest

from bot import views
from bot.domain import Build, Place, RequestedOutput
from bot.sandbox.dss.model import DATASET, Item
from bot.sandbox.slack import Delivery, View
from bot.sandbox.slack.methods.views import put_on_top
from bot.views import action_ids, dialog_ids
from tests.scenario.test_build_dialog import dialog, errors, fill, offered, opened, submit
from tests.scenario.test_favorites import answer
from tests.scenario.world import Scenario, has_button, shown

NAME = dialog_ids.FAVORITE_NAME


@pytest.fixture(scope="module")
def settings_of_scenario() -> dict[str, object]:
    """People have their own rights in DSS: carol can't see FRAUD."""
    return {"access": "dss"}


def saving(scenario: Scenario, output: str = "CHURN.features", user: str = "alice") -> View:
    """Build something, press Save… on its status, and return the dialog."""
    for left in reversed(scenario.slack.views(user)):
        scenario.slack.as_user(user).close(left)
    scenario.type(f"/dss-build {output}", user=user)
    scenario.root("Done", output)
    status = answer(scenario, "/dss-jobs last", output, user=user)
    scenario.press(status, action_ids.FAVORITE_DIALOG_OPEN, user=user)
    return scenario.dialog("The favorite builds", output, user=user)


def save(
    scenario: Scenario, view: View, name: str, whose: str | None = None, user: str = "alice"
) -> Delivery:
    """Enter a name and press Save."""
    state: dict[str, object] = {NAME: name}
    if whose is not None:
        state[dialog_ids.FAVORITE_OWNER] = whose
    return submit(scenario, view, user, **state)


def favorites(scenario: Scenario, user: str = "alice") -> list[str]:
    """Return the names of somebody's favorites."""
    return [one.name for one in scenario.bot.store.favorites.of_owner(scenario.slack.user_id(user))]


def test_a_finished_job_gets_a_name(scenario: Scenario) -> None:
    """What can't be a name is marked at its field; the corrected one is saved, and builds the same again."""
    view = saving(scenario)
    for wrong, said in (
        ("list", "already means something else after /dss-build. Try: my list"),
        ("a/b", "letters, digits, spaces, - and _, and begins with a letter or a digit. Try: a b"),
        ("🚀", "letters, digits, spaces, - and _"),
        ("<!here>", "Try: here"),
        ("\u202ereversed", "Try: reversed"),
        ("NIGHTLY", "looks like a project: use small letters. Try: nightly"),
    ):
        assert said in errors(scenario, save(scenario, view, wrong))[NAME]
    save(scenario, view, "  of   features ")
    scenario.told("Saved for you", "`of features`: `CHURN.features`")
    assert scenario.slack.views("alice") == []
    scenario.type("/dss-build Of Features --dry-run")
    scenario.type('/dss-build "of features"')
    scenario.until(lambda: len(scenario.starts()) == 2 or None)


def test_a_name_that_is_taken_is_marked_and_nothing_is_replaced(scenario: Scenario) -> None:
    """The command replaces a favorite; in a dialog nobody sees what they would replace."""
    answer(scenario, "/dss-build save taken CHURN.scored", "Saved for you")
    answer(scenario, "/dss-build save taken CHURN.scored --channel", "Saved for everybody", user="bob")
    view = saving(scenario)
    for whose in (dialog_ids.MINE, dialog_ids.SHARED):
        told = errors(scenario, save(scenario, view, "Taken", whose))[NAME]
        assert "There is already a favorite “taken”. Choose another name." in told
    save(scenario, view, "not taken", dialog_ids.SHARED)
    scenario.told("Saved for everybody in this channel", "`not taken`")
    answer(scenario, "/dss-build list", "`taken`: `CHURN.scored`", "`not taken`: `CHURN.features`")


def test_a_channels_favorite_by_the_dialog(scenario: Scenario) -> None:
    """Everybody in the channel runs it by its name, as with --channel."""
    save(scenario, saving(scenario), "ours too", dialog_ids.SHARED)
    scenario.told("Saved for everybody in this channel", "`ours too`: `CHURN.features`")
    scenario.type('/dss-build "ours too"', user="bob")
    scenario.until(lambda: len(scenario.starts()) == 2 or None)


def test_submitting_twice_saves_once(scenario: Scenario) -> None:
    """Slack delivers it again, or a person presses twice: no error, and no second one."""
    view = saving(scenario)
    delivery = save(scenario, view, "once only")
    scenario.told("Saved for you", "`once only`")
    assert delivery.redeliver().wait(10).ack_payload in (None, "", {})
    assert sum("`once only`" in shown(one) for one in scenario.answers()) == 1
    assert favorites(scenario).count("once only") == 1


def test_rights_are_those_of_the_moment_when_it_is_submitted(scenario: Scenario) -> None:
    """Carol lost the project while the dialog was open: nothing is saved, and she reads why."""
    view = saving(scenario, "PAYROLL.salaries", user="carol")
    scenario.dss.world.revoke("carol", "PAYROLL")
    scenario.later(minutes=10)
    try:
        save(scenario, view, "salaries", user="carol")
        scenario.told("PAYROLL", user="carol")
        scenario.until(lambda: scenario.bot.store.intents.open_count() == 0 or None)
        assert favorites(scenario, "carol") == []
    finally:
        scenario.dss.world.grant("carol", "PAYROLL")
        scenario.later(minutes=10)


def test_a_job_that_is_gone_can_still_be_saved(scenario: Scenario) -> None:
    """The favorite is of the outputs, not of the job."""
    view = saving(scenario)
    scenario.forget(scenario.newest())
    save(scenario, view, "of one that is gone")
    scenario.told("Saved for you", "`of one that is gone`")


def test_an_output_that_is_gone_meanwhile_is_said(scenario: Scenario) -> None:
    """Nothing is saved; the person reads why."""
    view = saving(scenario, "ETUDES.東京_売上")
    project = scenario.dss.world.projects.pop("ETUDES")
    scenario.later(minutes=2)
    try:
        save(scenario, view, "etudes")
        scenario.told("ETUDES", "no project")
        assert "etudes" not in favorites(scenario)
    finally:
        scenario.dss.world.projects["ETUDES"] = project


def test_an_expired_trigger_is_answered_with_the_command(scenario: Scenario) -> None:
    """It works as it stands."""
    scenario.type("/dss-build CHURN.features")
    scenario.root("Done", "CHURN.features")
    status = answer(scenario, "/dss-jobs last", "CHURN.features")
    scenario.slack.faults.add("views.open", kind="error:expired_trigger_id", times=1)
    scenario.press(status, action_ids.FAVORITE_DIALOG_OPEN)
    told = scenario.told("didn't open the dialog in time")
    assert "`/dss-build save nightly CHURN.features --on default`" in shown(told)
    answer(scenario, "/dss-build save nightly CHURN.features --on default", "Saved for you")


def test_a_running_job_has_no_button_to_save_it(scenario: Scenario) -> None:
    """As with Rebuild: there is nothing yet that one would want again."""
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    scenario.root("Running", "CHURN.customers_clean")
    assert not has_button(answer(scenario, "/dss-jobs last", "Running"), action_ids.FAVORITE_DIALOG_OPEN)


def test_from_home_it_is_mine(scenario: Scenario) -> None:
    """There is no channel there; Home says that it was saved, and lists it."""
    scenario.type("/dss-build CHURN.features", user="bob")
    scenario.root("Done", "CHURN.features")
    person = scenario.slack.as_user("bob")
    person.open_home().wait(10)
    scenario.press(home_with(scenario, "CHURN.features"), action_ids.JOB_STATUS, user="bob")
    view = home_with(scenario, "Save…")
    scenario.press(view, action_ids.FAVORITE_DIALOG_OPEN, user="bob")
    asked = scenario.dialog("The favorite builds", user="bob")
    assert "Whose favorite" not in shown(asked)
    save(scenario, asked, "bobs", user="bob")
    home_with(scenario, "Saved for you", "Build bobs")


def home_with(scenario: Scenario, *containing: str) -> View:
    """Wait until bob's Home shows all these texts."""

    def there() -> View | None:
        view = scenario.slack.home("bob")
        return view if view and all(text in shown(view) for text in containing) else None

    return scenario.until(there)


def test_the_build_dialog_builds_and_saves(scenario: Scenario) -> None:
    """A wrong name is marked and nothing starts; the corrected dialog does both, once."""
    answer(scenario, "/dss-build save there CHURN.scored", "Saved for you")
    view = fill(scenario, opened(scenario), "churn", "customers_clean")
    view = dialog(scenario, "No running job builds any of it")
    with pytest.raises(ValueError, match="too long"):
        submit(scenario, view, build_favorite="x" * 41)
    for wrong, said in (("There", "already a favorite “there”"), ("help", "Try: my help")):
        told = errors(scenario, submit(scenario, view, build_favorite=wrong))
        assert said in told[dialog_ids.BUILD_FAVORITE]
    assert scenario.starts() == []
    scenario.slow("customers_clean")
    delivery = submit(scenario, view, build_favorite="clean customers")
    scenario.root("CHURN.customers_clean")
    scenario.told("Saved for you", "`clean customers`: `CHURN.customers_clean`")
    assert delivery.redeliver().wait(10).ack_payload in (None, "", {})
    scenario.until(lambda: scenario.bot.store.intents.open_count() == 0 or None)
    assert len(scenario.starts()) == 1
    assert sum("`clean customers`" in shown(one) for one in scenario.answers()) == 1


def test_the_name_stays_when_another_field_changes(scenario: Scenario) -> None:
    """Slack keeps what was typed, and the bot knows it even where it draws the dialog anew."""
    view = opened(scenario)
    scenario.slack.as_user("alice").select(view, dialog_ids.BUILD_FAVORITE, "kept name")
    view = fill(scenario, view, "churn", "customers_clean")
    view = dialog(scenario, "No running job builds any of it")
    submit(scenario, view)
    scenario.told("Saved for you", "`kept name`")
    scenario.root("CHURN.customers_clean")


def test_a_build_that_is_refused_is_not_saved_either(scenario: Scenario) -> None:
    """Both are checked anew: carol lost the project while the dialog was open."""
    view = fill(scenario, opened(scenario, "carol"), "payroll", "salaries", user="carol")
    view = dialog(scenario, "No running job", user="carol")
    scenario.dss.world.revoke("carol", "PAYROLL")
    scenario.later(minutes=10)
    try:
        submit(scenario, view, "carol", build_favorite="pay")
        scenario.until(lambda: scenario.bot.store.intents.open_count() == 0 or None)
        scenario.told("PAYROLL", user="carol")
        assert scenario.starts() == []
        assert "pay" not in favorites(scenario, "carol")
    finally:
        scenario.dss.world.grant("carol", "PAYROLL")


def test_a_dialog_of_another_version_says_so(scenario: Scenario) -> None:
    """Nothing is saved."""
    view = saving(scenario)
    with scenario.slack._world.edit():
        scenario.slack._world.views[view.id] = dataclasses.replace(
            view, payload={**view.payload, "private_metadata": "v9:{}"}
        )
    assert "another version" in shown(save(scenario, view, "never").ack_payload)
    assert "never" not in favorites(scenario)


HOSTILE = ("<!channel>", "<!here> & co", "*bold* _it_ ~gone~", "x" * 200, "\u202ertl", "🚀🚀")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_shown_as_text_and_saved(scenario: Scenario, name: str) -> None:
    """In the dialog, in the answer and in the list; the favorite builds exactly that output."""
    project = scenario.dss.world.projects["HOSTILE"]
    if name not in {item.id for item in project.of_kind(DATASET)}:
        project.add(Item(kind=DATASET, id=name, name=name))
    opened_ = views.FavoriteDialog(
        build=Build(outputs=(RequestedOutput(project="HOSTILE", name=name),)),
        place=Place(channel_id=scenario.slack.channel_id(scenario.channel), surface="dialog"),
    )
    scenario.later(minutes=2)
    view = shown_to(scenario, opened_)
    save(scenario, view, f"hostile {len(favorites(scenario))}")
    scenario.told("Saved for you", "HOSTILE")
    answer(scenario, "/dss-build list", "Your favorites", "HOSTILE")
    saved = scenario.bot.store.favorites.of_owner(scenario.slack.user_id("alice"))
    assert name in {one.build.outputs[0].name for one in saved}


def shown_to(scenario: Scenario, opened_: views.FavoriteDialog) -> View:
    """Show the dialog as the button Save… does."""
    world, user = scenario.slack._world, scenario.slack.user_id("alice")
    payload = views.favorite_dialog(opened_.build, views.encode_favorite_dialog(opened_), channel=True)
    with world.edit():
        return put_on_top(world, user, dict(payload))


def test_dss_down_while_it_is_saved_is_said(scenario: Scenario) -> None:
    """Nothing is lost without a word: the answer says that DSS doesn't answer; the same name is free then."""
    view = saving(scenario)
    scenario.later(minutes=10)
    scenario.dss.faults.add("status", status=503)
    save(scenario, view, "in vain")
    scenario.until(lambda: scenario.bot.store.intents.open_count() == 0 or None)
    scenario.told("DSS")
    scenario.dss.faults.clear()
    assert "in vain" not in favorites(scenario)
    save(scenario, saving(scenario), "in vain")
    scenario.told("Saved for you", "`in vain`")


def test_the_name_is_kept_when_dss_goes_down_and_names_are_typed(scenario: Scenario) -> None:
    """The dialog turns into text fields; what was typed as a favorite stays and is saved with them."""
    view = opened(scenario)
    scenario.slack.as_user("alice").select(view, dialog_ids.BUILD_FAVORITE, "typed later")
    scenario.later(minutes=2)
    scenario.dss.faults.add("status", status=503)
    with suppress(LookupError):  # gone already, unless the first attempt might only have been slow
        for typed in ("c", "ch"):
            offered(scenario, view, dialog_ids.BUILD_PROJECT, typed)
    view = dialog(scenario, "You can type the names instead")
    scenario.dss.faults.clear()
    scenario.later(minutes=2)
    submit(scenario, view, build_typed="CHURN.customers_clean")
    scenario.root("CHURN.customers_clean")
    scenario.told("Saved for you", "`typed later`: `CHURN.customers_clean`")


@pytest.mark.parametrize("value", ["", "v0:x", "v1:{", 'v1:{"type":"Build"}', 'v1:{"type":"Overview"}'])
def test_an_old_button_is_answered(scenario: Scenario, value: str) -> None:
    """Nothing opens, and the person is told politely."""
    scenario.type("/dss-build CHURN.features")
    scenario.root("Done", "CHURN.features")
    status = answer(scenario, "/dss-jobs last", "CHURN.features")
    for block in status.blocks:
        for element in block.get("elements", ()):
            if element.get("action_id") == action_ids.FAVORITE_DIALOG_OPEN:
                element["value"] = value
    scenario.press(status, action_ids.FAVORITE_DIALOG_OPEN, stale=True)
    scenario.told("older message", "Nothing was done")
