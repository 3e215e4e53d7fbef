"""App Home: running and recent jobs, without typing."""

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.sandbox.dss import DssSandbox
from bot.sandbox.slack import View
from bot.views import action_ids
from tests.scenario.test_known_jobs import link_to
from tests.scenario.world import LONG, Scenario, ref, shown


def now(
    scenario: Scenario,
    user: str,
    *containing: str,
    without: str | None = None,
    after: View | None = None,
) -> View:
    """Wait until the Home tab, if need be a newer one, shows all these texts and not another one."""

    def there() -> View | None:
        view = scenario.slack.home(user)
        if view is None or (after and view.hash == after.hash) or (without and without in shown(view)):
            return None
        return view if all(text in shown(view) for text in containing) else None

    return scenario.until(there)


def home(scenario: Scenario, user: str, *containing: str) -> View:
    """Open the Home tab and wait until it appears."""
    before = scenario.slack.home(user)
    scenario.slack.as_user(user).open_home().wait(LONG)
    return now(scenario, user, *containing, after=before)


def of(view: View, action: str, text: str) -> str:
    """Return the action id of the button whose value contains a text."""
    return next(
        str(element["action_id"])
        for block in view.blocks
        for element in (*block.get("elements", ()), block.get("accessory", {}))
        if action_ids.base(element.get("action_id", "")) == action and text in element.get("value", "")
    )


def row_of(view: View, name: str) -> str:
    """Return the text of the first row that names a dataset or a job."""
    sections = [str(block["text"]["text"]) for block in view.blocks if block["type"] == "section"]
    return next(text for text in sections if "* · " in text and f"`{name}`" in text)


def label(view: View, action: str) -> list[str]:
    """Return the labels of the buttons with this action, in order."""
    elements = [element for block in view.blocks for element in block.get("elements", ())]
    found = [one for one in elements if action_ids.base(one.get("action_id", "")) == action]
    return [str(one["text"]["text"]) for one in found]


def test_a_row_says_what_the_thread_says(scenario: Scenario) -> None:
    """State, output, progress, who asked in Slack, a link to the thread; rows are divided."""
    scenario.elsewhere("scored_history")
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("Running", "CHURN.customers_clean", "0 of 1 activity done")
    view = home(scenario, "bob", "Running now", "CHURN.scored_history", "CHURN.customers_clean")
    mine = row_of(view, "CHURN.customers_clean")
    assert "*Running*" in mine
    assert "0 of 1 activity done" in mine
    assert "requested by alice" in mine
    assert link_to(root) in mine
    assert "0 of 1 activity done" in row_of(view, "CHURN.scored_history"), "nobody follows it: DSS is asked"
    assert sum(block["type"] == "divider" for block in view.blocks) >= 2


def test_it_says_whom_the_bot_takes_me_for(scenario: Scenario) -> None:
    """My DSS login, whose rights count, which instance, and when."""
    view = home(scenario, "bob", "In DSS you are `bob`")
    assert "The bot acts with its own key." in shown(view)
    assert scenario.dss.url in shown(view)
    assert "as of <!date^" in shown(view)


def test_who_has_no_login_is_told_so(scenario: Scenario) -> None:
    """With open access, that is no reason to show nothing."""
    scenario.slack.add_user("nobody-in-dss")
    view = home(scenario, "nobody-in-dss", "doesn't know your DSS login", "Running now")
    assert "may do here what the bot's key may" in shown(view)


def test_mine_or_all(scenario: Scenario) -> None:
    """The filter that is on is marked; it stays when other buttons are pressed or Home is opened again."""
    scenario.elsewhere("scored_history", by="carol")
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    scenario.root("Running", "CHURN.customers_clean")
    view = home(scenario, "alice", "CHURN.scored_history", "CHURN.customers_clean")
    assert label(view, action_ids.HOME_SHOW)[:3] == ["✓ All jobs I can see", "Only mine", "Refresh"]
    scenario.press(view, of(view, action_ids.HOME_SHOW, '"mine":true'))
    view = now(scenario, "alice", "✓ Only mine", "CHURN.customers_clean", without="CHURN.scored_history")
    scenario.press(view, of(view, action_ids.JOB_STATUS, "customers_clean"))
    now(scenario, "alice", "✓ Only mine", "Close", without="CHURN.scored_history")
    home(scenario, "alice", "✓ Only mine")
    view = now(scenario, "alice", "✓ Only mine", without="Close")
    assert "CHURN.scored_history" not in shown(view)
    scenario.press(view, of(view, action_ids.HOME_SHOW, "v1:"))
    now(scenario, "alice", "✓ All jobs I can see", "CHURN.scored_history")


def test_a_job_started_under_my_login_in_dss_is_mine(scenario: Scenario) -> None:
    """Nobody asked the bot for it."""
    scenario.elsewhere("scored_history", by="bob")
    view = home(scenario, "bob", "CHURN.scored_history")
    scenario.press(view, of(view, action_ids.HOME_SHOW, '"mine":true'), user="bob")
    view = now(scenario, "bob", "✓ Only mine", "CHURN.scored_history")
    scenario.press(view, of(view, action_ids.HOME_SHOW, "v1:"), user="bob")
    now(scenario, "bob", "✓ All jobs I can see")


def test_refresh_shows_what_happened_since(scenario: Scenario) -> None:
    """A job that ended moves to the recent ones, with Rebuild in place of Abort."""
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("Running", "CHURN.customers_clean")
    view = home(scenario, "carol", "CHURN.customers_clean")
    assert of(view, action_ids.JOB_ABORT, "customers_clean")
    job = scenario.newest()
    scenario.finish_job(job)
    scenario.reply(root, "*Done*")
    scenario.press(view, action_ids.HOME_SHOW, user="carol")
    view = now(scenario, "carol", ref(job), after=view)
    running, recent = shown(view).split("Recent jobs")
    assert ref(job) not in running
    assert ref(job) in recent
    assert "*Done*" in row_of(view, ref(job))
    assert of(view, action_ids.JOB_REBUILD, "customers_clean")
    with pytest.raises(StopIteration):
        of(view, action_ids.JOB_ABORT, job.id)


def test_abort_is_answered_in_place(scenario: Scenario) -> None:
    """The answer is above the rows, and the row says that the abort was requested."""
    scenario.slow("customers_clean", ignores_abort=True)
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("Running", "CHURN.customers_clean")
    view = home(scenario, "alice", "CHURN.customers_clean")
    scenario.press(view, of(view, action_ids.JOB_ABORT, "customers_clean"))
    view = now(scenario, "alice", "DSS accepted the request to abort `CHURN.customers_clean`")
    assert "abort requested" in row_of(view, "CHURN.customers_clean")
    scenario.reply(root, "asked to abort")
    scenario.press(view, of(view, action_ids.HOME_SHOW, "v1:"))
    now(scenario, "alice", "CHURN.customers_clean", without="DSS accepted the request")
    assert not any("request to abort" in shown(answer) for answer in scenario.answers())


def test_log_and_status_are_shown_in_place(scenario: Scenario) -> None:
    """Home has no channel: what can't be shown in a dialog is shown there, with the rows below."""
    scenario.elsewhere("scored_history")
    view = home(scenario, "bob", "CHURN.scored_history")
    scenario.press(view, of(view, action_ids.JOB_LOG, "scored_history"), user="bob")
    scenario.dialog("og of `CHURN.scored_history`", user="bob")
    scenario.slack.faults.add("views.open", kind="error:expired_trigger_id", times=1)
    scenario.press(view, of(view, action_ids.JOB_LOG, "scored_history"), user="bob")
    view = now(scenario, "bob", "og of `CHURN.scored_history`", "Close", "Running now")
    scenario.press(view, of(view, action_ids.JOB_STATUS, "scored_history"), user="bob")
    view = now(scenario, "bob", "compute_scored_history", "Follow here", without="og of")
    assert "Running now" in shown(view)
    assert scenario.answers("bob") == []


def test_rebuild_from_home(scenario: Scenario) -> None:
    """Home says that the job was accepted; its thread is in my messages with the bot. Twice is two builds."""
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("Running", "CHURN.customers_clean")
    scenario.finish_job(scenario.newest())
    scenario.reply(root, "*Done*")
    view = home(scenario, "alice", "*Done* · `CHURN.customers_clean`")
    scenario.slow("customers_clean")
    scenario.press(view, of(view, action_ids.JOB_REBUILD, "customers_clean"))
    now(scenario, "alice", "DSS accepted the build of `CHURN.customers_clean`")
    again = scenario.direct("Running", "CHURN.customers_clean")
    view = home(scenario, "alice", link_to(again))
    assert "*Running*" in row_of(view, "CHURN.customers_clean")
    assert len(scenario.starts()) == 2


def test_follow_from_home(scenario: Scenario) -> None:
    """Home has no channel, so the job is followed in my messages with the bot, and Home says that it is."""
    scenario.elsewhere("alerts", "FRAUD")
    view = home(scenario, "bob", "FRAUD.alerts")
    scenario.press(view, of(view, action_ids.JOB_STATUS, "alerts"), user="bob")
    scenario.press(now(scenario, "bob", "Follow here"), action_ids.JOB_FOLLOW, user="bob")
    view = now(scenario, "bob", "Now following `FRAUD.alerts`")
    scenario.direct("FRAUD.alerts", user="bob")
    scenario.press(view, action_ids.JOB_UNFOLLOW, user="bob")
    now(scenario, "bob", "`FRAUD.alerts` is no longer followed here")


def test_cancel_at_home(scenario: Scenario) -> None:
    """A question is asked, and its answer given, in Home."""
    scenario.type("/dss-build CHURN.customers_clean --mode all")
    scenario.press(scenario.told("everything upstream"), action_ids.BUILD_CONFIRM_ALL)
    root = scenario.root("CHURN.customers_clean")
    scenario.reply(root, "*Done")
    view = home(scenario, "alice", "`CHURN.customers_clean`")
    scenario.press(view, of(view, action_ids.JOB_REBUILD, "customers_clean"))
    scenario.press(now(scenario, "alice", "and *everything upstream*?"), action_ids.BUILD_CANCEL)
    now(scenario, "alice", "Canceled.", without="everything upstream*?")
    assert len(scenario.starts()) == 1


def test_what_home_cannot_show_comes_as_a_message(scenario: Scenario) -> None:
    """Slack refuses the view: the answer isn't lost."""
    scenario.elsewhere("scored_history")
    view = home(scenario, "bob", "CHURN.scored_history")
    scenario.slack.faults.add("views.publish", kind="error:internal_error", times=1)
    scenario.press(view, of(view, action_ids.JOB_STATUS, "scored_history"), user="bob")
    scenario.told("compute_scored_history", user="bob")


def test_a_crowd_fits(scenario: Scenario) -> None:
    """However many jobs run, Home stays within Slack's 100 blocks and counts the rest, with an answer too."""
    scenario.dss.world.add_running_jobs(40)
    view = home(scenario, "carol", "and 25 more")
    scenario.press(view, of(view, action_ids.JOB_STATUS, ""), user="carol")
    assert len(now(scenario, "carol", "Close", " more: ").blocks) <= 100


def test_a_restricted_project_is_left_out(make_scenario: Callable[..., Scenario]) -> None:
    """With the default access, neither its running nor its ended jobs are shown to others."""
    scenario = make_scenario(access="dss")
    scenario.slow("salary_bands", "PAYROLL")
    scenario.type("/dss-build PAYROLL.salary_bands", user="carol")
    root = scenario.root("Running", "PAYROLL.salary_bands")
    view = home(scenario, "carol", "PAYROLL.salary_bands", "The bot acts with your rights.")
    rights = scenario.dss.world.users["carol"].rights
    assert f"You can see {sum(one.read for one in rights.values())} projects." in shown(view)
    assert "PAYROLL" not in shown(home(scenario, "bob", "Running now"))
    scenario.finish_job(scenario.newest("PAYROLL"))
    scenario.reply(root, "*Done*")
    scenario.press(view, action_ids.HOME_SHOW, user="carol")
    now(scenario, "carol", "*Done* · `PAYROLL.salary_bands`")
    assert "PAYROLL" not in shown(home(scenario, "bob", "Recent jobs"))


def test_another_instance(make_scenario: Callable[..., Scenario], tmp_path: Path) -> None:
    """Home names the instance and leads to the others."""
    with DssSandbox(speed=40) as other:
        config = tmp_path / "bot.toml"
        config.write_text(
            f'[instances.staging]\nurl = "{other.url}"\napi_key = "{other.admin_key}"\n', encoding="utf-8"
        )
        scenario = make_scenario(environment={"DSS_BOT_CONFIG": str(config)})
        view = home(scenario, "alice", "On staging")
        scenario.press(view, of(view, action_ids.HOME_SHOW, "staging"))
        view = now(scenario, "alice", "instance `staging`", other.url, without="On staging")
        assert of(view, action_ids.HOME_SHOW, "default")


def test_what_runs_on_each_instance(make_scenario: Callable[..., Scenario], tmp_path: Path) -> None:
    """Counted with my rights, and looked up after the page is there: a dead instance holds nothing up."""
    with DssSandbox(speed=40) as other, socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound, and nobody listens
        config = tmp_path / "bot.toml"
        dead = f"http://127.0.0.1:{closed.getsockname()[1]}"
        config.write_text(
            f'[instances.staging]\nurl = "{other.url}"\napi_key = "{other.admin_key}"\n'
            f'[instances.dead]\nurl = "{dead}"\napi_key = "secret-key"\n',
            encoding="utf-8",
        )
        scenario = make_scenario(access="dss", environment={"DSS_BOT_CONFIG": str(config)})
        other.world.add_running_jobs(2, "PAYROLL", "carol")
        home(scenario, "bob", "On staging")
        now(scenario, "bob", "Instance `staging`: nothing running.", "Instance `dead`: it doesn't answer")
        home(scenario, "carol", "On staging")
        now(scenario, "carol", "Instance `staging`: 2 jobs running.")


@pytest.mark.parametrize(("who", "reason"), [("guest", "Guests"), ("stranger", "other organizations")])
def test_an_outsider_sees_the_reason(scenario: Scenario, who: str, reason: str) -> None:
    """The reason replaces the jobs."""
    view = home(scenario, who, reason)
    assert "Running now" not in shown(view)


def test_dss_is_down_and_comes_back(scenario: Scenario) -> None:
    """The Home tab says so; Refresh shows the jobs again."""
    scenario.dss.faults.down()
    view = home(scenario, "carol", "down or restarting")
    scenario.dss.faults.up()
    scenario.press(view, action_ids.HOME_SHOW, user="carol")
    now(scenario, "carol", "Running now")
