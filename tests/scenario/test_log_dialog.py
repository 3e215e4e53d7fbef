"""The dialog of a log: opened, searched and turned over, as people do."""

from collections.abc import Callable

from bot.sandbox.dss.jobs import Job
from bot.sandbox.dss.logs import SECRET_PASSWORD
from bot.sandbox.slack import View
from bot.views import action_ids, dialog_ids
from tests.scenario.test_build_dialog import dialog, now
from tests.scenario.test_logs import failed, sent_files
from tests.scenario.world import Scenario, ref, shown

ACTIVITY = "compute_features_broken_NP"


def opened(scenario: Scenario, job: Job, user: str = "alice") -> View:
    """Ask for a log, press the button below it, and wait for the filled dialog."""
    for left in reversed(scenario.slack.views(user)):
        scenario.slack.as_user(user).close(left)
    before = len(scenario.answers(user))
    scenario.type(f"/dss-jobs log {ref(job)}", user=user)
    scenario.until(lambda: len(scenario.answers(user)) > before)
    scenario.press(scenario.answers(user)[-1], action_ids.LOG_DIALOG_OPEN, user=user)
    return dialog(scenario, "*Log of `CHURN.features_broken`", user=user)


def search(scenario: Scenario, view: View, text: str) -> None:
    """Type into the search field and press Enter."""
    scenario._acknowledged(scenario.slack.as_user("alice").select(view, dialog_ids.LOG_SEARCH, text))


def long_log(scenario: Scenario, job: Job, rows: int) -> None:
    """Have DSS answer with a log of numbered rows from now on."""
    text = "".join(f"[2026/11/25-14:25:48.000] [main] [INFO] [x] row {n} of it\n" for n in range(rows))
    scenario.dss.faults.add("garbage", path=f"{job.id}/log", body=text.encode())


def test_the_dialog_begins_with_the_error(scenario: Scenario) -> None:
    """Then come the lines of the whole log; only the person who asked sees any of it."""
    view = opened(scenario, failed(scenario))
    texts = [block["text"]["text"] for block in view.blocks if block["type"] == "section"]
    assert texts[1].startswith("❌ In `compute_features_broken`: ")
    assert "Traceback" in texts[2]
    assert "Job kernel starting" in texts[4]
    assert SECRET_PASSWORD not in shown(view)
    assert scenario.slack.views("bob") == []


def test_the_log_button_opens_it_at_once(scenario: Scenario) -> None:
    """While DSS takes its time, the dialog says that it reads; nothing is posted."""
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    root = scenario.root("Running", "CHURN.customers_clean")
    told = len(scenario.answers())
    scenario.dss.faults.add("latency", seconds=1.5, path="/log")
    scenario.press(root, action_ids.JOB_LOG)
    assert "Reading the log" in shown(scenario.dialog("⏳"))
    view = dialog(scenario, "*Log of `CHURN.customers_clean`", "Job kernel starting")
    assert len(scenario.answers()) == told
    scenario.dss.faults.clear()
    reads = len(scenario.requested("GET", "/log"))
    assert "Refresh" in shown(view)
    scenario.press(view, dialog_ids.LOG_NEWER)
    scenario.until(lambda: len(scenario.requested("GET", "/log")) > reads or None)
    scenario.finish_job(scenario.newest())
    scenario.reply(root, "*Done*")
    scenario.press(now(scenario, view), dialog_ids.LOG_NEWER)
    dialog(scenario, "*Log of", without="Refresh")


def test_the_right_to_the_log_is_lost_while_it_is_open(
    make_scenario: Callable[..., Scenario],
) -> None:
    """The next change shows why there is nothing more to read, and no line of the log."""
    scenario = make_scenario(access="dss")
    view = opened(scenario, failed(scenario), user="bob")
    scenario.dss.world.revoke("bob", "CHURN")
    scenario.later(minutes=10)
    reads = len(scenario.requested("GET", "/log"))
    scenario._acknowledged(scenario.slack.as_user("bob").select(view, dialog_ids.LOG_SEARCH, "amount"))
    scenario.until(lambda: "Log of" not in shown(now(scenario, view, "bob")) or None)
    said = shown(now(scenario, view, "bob"))
    assert "KeyError" not in said
    assert "Job kernel" not in said
    assert "CHURN" in said
    assert len(scenario.requested("GET", "/log")) == reads


def test_enter_searches(scenario: Scenario) -> None:
    """Upper or lower case; only what contains the text is shown; an empty field shows everything again."""
    view = opened(scenario, failed(scenario))
    search(scenario, view, "keyerror")
    found = shown(dialog(scenario, "contain", "keyerror", "KeyError: 'amount'"))
    assert "Job kernel starting" not in found
    search(scenario, view, "no such text")
    dialog(scenario, "No line contains `no such text`")
    search(scenario, view, "")
    dialog(scenario, "Job kernel starting")


def test_the_button_searches_too(scenario: Scenario) -> None:
    """Where there is no Enter: the dialog stays open with what was found, and takes another search."""
    view = opened(scenario, failed(scenario))
    person = scenario.slack.as_user("alice")
    scenario._acknowledged(person.submit(view, {dialog_ids.LOG_SEARCH: "state failed"}))
    found = dialog(scenario, "1 line contains", "Job finished, state FAILED")
    assert found.id == view.id
    search(scenario, view, "kernel starting")
    dialog(scenario, "contains", "Job kernel starting")


def test_a_search_cannot_find_a_secret(scenario: Scenario) -> None:
    """Not even whether there is one: what is searched is what can be shown."""
    view = opened(scenario, failed(scenario))
    search(scenario, view, SECRET_PASSWORD[:-2])
    dialog(scenario, "No line contains")
    search(scenario, view, "[redacted]")
    assert SECRET_PASSWORD not in shown(dialog(scenario, "contain", "password=[redacted]"))


def test_the_log_of_one_activity(scenario: Scenario) -> None:
    """It's chosen in the dialog, and the whole job again."""
    view = opened(scenario, failed(scenario))
    person = scenario.slack.as_user("alice")
    scenario._acknowledged(person.select(view, dialog_ids.LOG_PART, ACTIVITY))
    assert "Job kernel starting" not in shown(dialog(scenario, f"*Log of `{ACTIVITY}`"))
    scenario._acknowledged(person.select(view, dialog_ids.LOG_PART, "*"))
    dialog(scenario, "*Log of `CHURN.features_broken`", "Job kernel starting")


def test_pages_from_the_newest_lines_to_the_oldest(scenario: Scenario) -> None:
    """Older, newer, and a search through all pages."""
    job = failed(scenario)
    long_log(scenario, job, 100)
    view = opened(scenario, job)
    assert "page 1 of 3" in shown(view)
    assert "row 99 of it" in shown(view)
    scenario.press(view, dialog_ids.LOG_OLDER)
    assert "row 59 of it" in shown(dialog(scenario, "page 2 of 3"))
    scenario.press(now(scenario, view), dialog_ids.LOG_OLDER)
    last = shown(dialog(scenario, "page 3 of 3", "row 0 of it"))
    assert "Older lines" not in last
    scenario.press(now(scenario, view), dialog_ids.LOG_NEWER)
    dialog(scenario, "page 2 of 3", "row 20 of it")
    search(scenario, view, "row 7 of")
    dialog(scenario, "1 line contains", "row 7 of it")


def test_the_file_of_the_log_that_is_shown(scenario: Scenario) -> None:
    """The dialog stays; the file comes as a direct message."""
    scenario.slack.add_scope("files:write")
    job = failed(scenario)
    scenario.press(opened(scenario, job), action_ids.LOG_FILE)
    scenario.until(lambda: sent_files(scenario, "alice", job))


def test_a_trigger_that_has_expired_is_answered_as_before(scenario: Scenario) -> None:
    """Slack doesn't open a dialog then: the answer is that of the command."""
    job = failed(scenario)
    before = len(scenario.answers())
    scenario.type(f"/dss-jobs log {ref(job)}")
    scenario.until(lambda: len(scenario.answers()) > before)
    answer = scenario.answers()[-1]
    scenario.slack.faults.add("views.open", kind="error:expired_trigger_id")
    before = len(scenario.answers())
    scenario.press(answer, action_ids.LOG_DIALOG_OPEN)
    scenario.until(lambda: len(scenario.answers()) > before)
    assert "Traceback" in shown(scenario.answers()[-1])


def test_a_log_that_was_cleared_meanwhile(scenario: Scenario) -> None:
    """The dialog says so at the next change."""
    job = failed(scenario)
    view = opened(scenario, job)
    scenario.dss.world.clear_logs("CHURN", job.id)
    search(scenario, view, "")
    dialog(scenario, "DSS has no log here")
