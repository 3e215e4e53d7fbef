"""Builds that somebody named, for themselves or for a channel, and a channel's default project."""

import pytest

from bot.sandbox.dss.model import DATASET, Item, User
from bot.sandbox.slack import Message
from bot.views import action_ids
from tests.scenario.test_home import home, label, now, of
from tests.scenario.test_mentions import mention
from tests.scenario.world import Scenario, has_button, shown


@pytest.fixture(scope="module")
def settings_of_scenario() -> dict[str, object]:
    """People have their own rights in DSS: carol can't see FRAUD."""
    return {"access": "dss", "scopes": ("app_mentions:read",)}


def answer(scenario: Scenario, text: str, *containing: str, user: str = "alice") -> Message:
    """Type a command and return the ephemeral answer that comes after it."""
    before = len(scenario.answers(user))
    delivery = scenario.type(text, user=user)
    if delivery.ack_payload:
        said = shown(delivery.ack_payload)
        assert all(one in said for one in containing), said
        return Message(channel="", ts="0", user="", text=said)
    return scenario.until(
        lambda: next(
            (
                one
                for one in scenario.answers(user)[before:]
                if all(part in shown(one) for part in containing)
            ),
            None,
        )
    )


def test_a_build_is_saved_and_run_by_its_name(scenario: Scenario) -> None:
    """It's the same job as the whole command; case doesn't matter."""
    answer(scenario, "/dss-build save tonight CHURN.scored --mode modified", "Saved for you", "`tonight`")
    scenario.type("/dss-build Tonight")
    scenario.root("CHURN.scored", "requested by")
    [start] = scenario.starts()
    assert start["type"] == "RECURSIVE_BUILD"


def test_what_a_message_suggests_works_as_it_stands(scenario: Scenario) -> None:
    """The answer to a saved favorite names the command; a name with spaces is in quotes."""
    saved = answer(scenario, '/dss-build save "end of month" CHURN.scored', "Saved for you")
    assert '`/dss-build "end of month"`' in shown(saved)
    scenario.type('/dss-build "end of month"')
    scenario.until(scenario.starts)
    scenario.until(scenario.idle)
    scenario.type("/dss-build \u201cend of month\u201d --dry-run")
    scenario.told("CHURN.scored", "would")
    assert len(scenario.starts()) == 1


def test_options_are_for_this_time(scenario: Scenario) -> None:
    """The favorite stays as it was saved."""
    answer(scenario, "/dss-build save once CHURN.scored --mode modified", "Saved for you")
    scenario.type("/dss-build once --mode only")
    scenario.until(scenario.starts)
    scenario.until(scenario.idle)
    scenario.type("/dss-build once")
    scenario.until(lambda: len(scenario.starts()) == 2)
    types = [start["type"] for start in scenario.starts()]
    assert types == ["NON_RECURSIVE_FORCED_BUILD", "RECURSIVE_BUILD"]
    answer(scenario, "/dss-build once --on default", "--on doesn't work with a favorite")


def test_a_favorite_wins_over_an_output_with_its_name(scenario: Scenario) -> None:
    """Somebody who named a build wants that, whatever is called the same."""
    answer(scenario, "/dss-build save features CHURN.scored", "Saved for you")
    scenario.type("/dss-build features")
    [start] = scenario.until(scenario.starts)
    assert "scored" in str(start["outputs"])
    answer(scenario, "/dss-build delete features", "Deleted")


def test_a_favorite_by_mention(scenario: Scenario) -> None:
    """The grammar is that of the command."""
    answer(scenario, "/dss-build save by-mention CHURN.scored", "Saved for you")
    mention(scenario, "build by-mention")
    scenario.root("CHURN.scored", "requested by")
    mention(scenario, "build list")
    scenario.told("Your favorites", "`by-mention`")


def test_list_rename_and_delete(scenario: Scenario) -> None:
    """Every favorite has a button; names that are gone are answered with those that are near."""
    answer(scenario, "/dss-build save renamed CHURN.scored", "Saved for you")
    listed = answer(scenario, "/dss-build list", "Your favorites", "`renamed`")
    assert has_button(listed, action_ids.JOB_REBUILD)
    answer(scenario, "/dss-build rename renamed morning", "now called `morning`")
    gone = answer(scenario, "/dss-build delete mornin", "You have no favorite", "Did you mean")
    assert "`/dss-build delete morning`" in shown(gone)
    answer(scenario, "/dss-build delete morning", "Deleted `morning`")
    answer(scenario, "/dss-build delete morning", "You have no favorite")


def test_one_press_in_the_list_builds(scenario: Scenario) -> None:
    """The button carries the build."""
    for name in ("rename", "save"):
        said = shown(scenario.type(f"/dss-build save {name} CHURN.scored").ack_payload)
        assert "already means something else" in said
        assert f'`/dss-build save "my {name}" CHURN.scored`' in said
    answer(scenario, "/dss-build save pressed CHURN.features", "Saved for you")
    listed = answer(scenario, "/dss-build list", "`pressed`")
    scenario.press(listed, action_ids.JOB_REBUILD)
    scenario.until(scenario.starts)


def test_home_shows_my_favorites_and_one_press_builds(scenario: Scenario) -> None:
    """Those of other people and of channels don't appear there."""
    home(scenario, "bob", "No favorites yet", "`/dss-build save nightly CHURN.scored`")
    answer(scenario, "/dss-build save at-home CHURN.features", "Saved for you", user="bob")
    answer(scenario, "/dss-build save ours CHURN.scored --channel", "Saved for everybody", user="bob")
    answer(scenario, "/dss-build save hers CHURN.scored", "Saved for you")
    view = home(scenario, "bob", "Your favorites", "`at-home`: `CHURN.features`")
    assert "`ours`" not in shown(view)
    assert "`hers`" not in shown(view)
    assert label(view, action_ids.JOB_REBUILD)[0] == "Build at-home"
    scenario.press(view, of(view, action_ids.JOB_REBUILD, "features"), user="bob")
    [start] = scenario.until(scenario.starts)
    assert "features" in str(start["outputs"])
    now(scenario, "bob", "DSS accepted the build of `CHURN.features`", "Your favorites")


def test_home_shows_ten_favorites_and_says_how_many_more_there_are(scenario: Scenario) -> None:
    """The rest are listed by a command."""
    for number in range(12):
        answer(scenario, f"/dss-build save n{number:02} CHURN.scored", "Saved for you", user="carol")
    view = home(scenario, "carol", "Your favorites", "`n09`", "and 2 more: `/dss-build list`")
    assert label(view, action_ids.JOB_REBUILD)[:10] == [f"Build n{number:02}" for number in range(10)]
    assert "`n10`" not in shown(view)
    listed = answer(scenario, "/dss-build list", "Your favorites", user="carol")
    assert "`n11`" in shown(listed)


def test_mistakes_are_answered_with_a_command_that_works(scenario: Scenario) -> None:
    """Nothing is saved; what was typed is kept."""
    for typed, problem, example in (
        ("save CHURN.scored", "name comes first", "/dss-build save nightly CHURN.scored"),
        ("save", "under which name", "/dss-build save nightly PROJECT.dataset"),
        ("save NIGHTLY CHURN.scored", "capitals", "/dss-build save nightly CHURN.scored"),
        ("save a/b CHURN.scored", "letters, digits", '/dss-build save "a b" CHURN.scored'),
        ("save x CHURN.scored --dry-run", "--dry-run doesn't work", "/dss-build save x CHURN.scored"),
        ("save x CHURN", "Say what to build", "/dss-build save x CHURN.dataset"),
        ("rename x", "two names", '/dss-build rename x "x 2"'),
        ("delete", "one name", "/dss-build delete nightly"),
    ):
        said = shown(scenario.type(f"/dss-build {typed}").ack_payload)
        assert problem in said, said
        assert f"`{example}`" in said, said
    wrong = answer(scenario, "/dss-build save typo CHURN.score --mode modified", "score")
    assert "`/dss-build save typo CHURN.scored --mode modified`" in shown(wrong)
    answer(scenario, "/dss-build typo", "No project that you can see has an output")


def test_a_channels_favorite_is_everybodys_there(scenario: Scenario) -> None:
    """Bob runs what alice saved, as himself; elsewhere it isn't known."""
    answer(scenario, "/dss-build save team CHURN.scored --channel", "Saved for everybody in this channel")
    scenario.type("/dss-build team", user="bob")
    scenario.root("CHURN.scored", "requested by")
    assert len(scenario.starts()) == 1
    scenario.slack.add_channel("elsewhere-1")
    before = len(scenario.answers("bob"))
    scenario.type("/dss-build team", user="bob", channel="elsewhere-1")
    scenario.until(lambda: len(scenario.answers("bob")) > before)
    assert len(scenario.starts()) == 1


def test_who_cannot_see_what_a_channels_favorite_builds_is_not_told(scenario: Scenario) -> None:
    """Carol has no rights in FRAUD: she can neither read, run, replace, rename nor delete it."""
    answer(scenario, "/dss-build save secret FRAUD.alerts --channel", "Saved for everybody")
    for command in (
        "/dss-build list",
        "/dss-build secret",
        "/dss-build save secret CHURN.scored --channel",
        "/dss-build rename secret mine --channel",
        "/dss-build delete secret --channel",
    ):
        before = len(scenario.answers("carol"))
        scenario.type(command, user="carol")
        scenario.until(lambda before=before: len(scenario.answers("carol")) > before)  # type: ignore[misc]
    said = "\n".join(map(shown, scenario.answers("carol")))
    assert "FRAUD" not in said
    assert "alerts" not in said
    assert said.count("You can't change the channel's favorite") >= 3
    assert scenario.starts() == []
    answer(scenario, "/dss-build list", "Favorites of this channel", "FRAUD.alerts")


def test_what_somebody_saved_who_left_can_be_cleared_by_everybody_there(scenario: Scenario) -> None:
    """Carol, who has no rights in FRAUD, deletes it and sets another default; what it built isn't told."""
    scenario.slack.add_user("frida")
    scenario.dss.world.add_user(User(login="frida", name="frida", email="frida@example.com"))
    scenario.dss.world.grant("frida", "FRAUD")
    scenario.later(minutes=15)  # the bot keeps the list of DSS's users for a while
    answer(scenario, "/dss-build save left FRAUD.alerts --channel", "Saved for everybody", user="frida")
    answer(scenario, "/dss-jobs defaults FRAUD", "`FRAUD` is now the default project", user="frida")
    answer(scenario, "/dss-build delete left --channel", "You can't change", user="carol")
    scenario.change_account("frida", deleted=True)
    answer(scenario, "/dss-build rename left mine --channel", "You can't change", user="carol")
    answer(scenario, "/dss-build save left CHURN.scored --channel", "You can't change", user="carol")
    answer(scenario, "/dss-build delete left --channel", "Deleted `left`.", user="carol")
    answer(scenario, "/dss-jobs defaults none", "no default project anymore", user="carol")
    said = "\n".join(map(shown, scenario.answers("carol")))
    assert "FRAUD" not in said
    assert "alerts" not in said


def test_a_guest_saves_nothing(scenario: Scenario) -> None:
    """They are refused as with every command."""
    for text in ("/dss-build save mine CHURN.scored", "/dss-jobs defaults CHURN", "/dss-build delete x"):
        answer(scenario, text, "Guests", user="guest")
    answer(scenario, "/dss-build list", "Guests", user="guest")


def test_a_name_is_looked_up_in_the_default_project_first(scenario: Scenario) -> None:
    """Without one, the same name in two projects is asked about; what isn't there is looked up elsewhere."""
    answer(scenario, "/dss-jobs defaults churn", "`CHURN` is now the default project")
    scenario.type("/dss-build scored")
    scenario.root("CHURN.scored", "requested by")
    scenario.type("/dss-build revenue")
    scenario.root("SALES.revenue", "requested by")
    answer(scenario, "/dss-jobs defaults", "Default project of this channel", "`CHURN`")
    answer(scenario, "/dss-jobs defaults none", "no default project anymore")
    answer(scenario, "/dss-jobs defaults", "no default project. To set one")


def test_a_list_of_a_dataset_looks_into_the_default_project_first(scenario: Scenario) -> None:
    """Where several projects have such a dataset, the bot asks only without a default project."""
    for project in ("CHURN", "SALES"):
        scenario.dss.world.projects[project].add(Item(kind=DATASET, id="in_both", name="in_both"))
    scenario.later(minutes=2)
    answer(scenario, "/dss-jobs in_both", "Several projects have a dataset in_both")
    answer(scenario, "/dss-jobs defaults SALES", "`SALES` is now the default project")
    answer(scenario, "/dss-jobs in_both", "SALES", "building in_both")
    answer(scenario, "/dss-jobs scored --since 2h", "CHURN", "building scored")
    answer(scenario, "/dss-jobs churn", "Jobs of CHURN")
    answer(scenario, "/dss-jobs defaults none", "no default project anymore")


def test_who_cannot_see_the_default_project_cannot_change_it(scenario: Scenario) -> None:
    """And isn't told which it is."""
    answer(scenario, "/dss-jobs defaults FRAUD", "`FRAUD` is now the default project")
    for text in ("/dss-jobs defaults none", "/dss-jobs defaults CHURN"):
        said = shown(answer(scenario, text, "You can't change the default project", user="carol"))
        assert "FRAUD" not in said
    assert "FRAUD" not in shown(answer(scenario, "/dss-jobs defaults", "default project", user="carol"))
    answer(scenario, "/dss-jobs defaults NOPE", "There is no project NOPE")
    answer(scenario, "/dss-jobs defaults", "`FRAUD`")


def test_a_favorite_outlives_the_process(scenario: Scenario) -> None:
    """It's a row: another process knows it, and a save that was acknowledged isn't lost."""
    scenario.type("/dss-build save kept CHURN.scored")
    scenario.stop_bot()
    scenario.start_bot()
    scenario.until(lambda: scenario.bot.store.favorites.find((scenario.slack.user_id("alice"),), "kept"))
    scenario.type("/dss-build kept")
    scenario.root("CHURN.scored", "requested by")


def test_a_favorite_that_can_no_longer_be_built_is_said(scenario: Scenario) -> None:
    """Rights are those of the moment, not those of when it was saved; it can still be deleted."""
    answer(scenario, "/dss-build save stale PAYROLL.salaries", "Saved for you", user="carol")
    scenario.dss.world.revoke("carol", "PAYROLL")
    scenario.later(minutes=10)
    answer(scenario, "/dss-build stale", "There is no project PAYROLL", user="carol")
    assert scenario.starts() == []
    answer(scenario, "/dss-build delete stale", "Deleted", user="carol")
