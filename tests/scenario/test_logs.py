"""Reading logs from Slack."""

import pytest

from bot.domain.redaction import redact
from bot.sandbox.dss.jobs import Job
from bot.sandbox.dss.logs import SECRET_PASSWORD, SECRET_TICKET, job_log
from bot.sandbox.slack.model import File
from bot.services.logs import FILE_BYTES
from bot.views import action_ids
from tests.scenario.world import LONG, Scenario, has_button, ref, shown


def failed(scenario: Scenario) -> Job:
    """Start a job that fails, and wait until it has."""
    world = scenario.dss.world
    job = world.start("CHURN", {"outputs": [{"id": "features_broken"}]})
    scenario.until(lambda: job.head(world.now()).stable)
    return job


def test_a_log_is_shown_without_its_secrets(scenario: Scenario) -> None:
    """The end of the log, with secrets masked; only the person who asked sees it."""
    job = failed(scenario)
    written = b"".join(job_log(job, scenario.dss.world.now())).decode()
    assert SECRET_TICKET in written
    assert SECRET_PASSWORD in written
    scenario.type(f"/dss-jobs log {ref(job)}")
    answer = shown(scenario.told("Log of", "Traceback"))
    assert "KeyError: 'amount'" in answer
    assert "password=[redacted]" in answer
    assert SECRET_TICKET not in answer
    assert SECRET_PASSWORD not in answer
    assert scenario.roots() == []


def test_log_by_button_of_a_root(scenario: Scenario) -> None:
    """Anybody in the channel can press Log; only that person sees the log, in a dialog."""
    scenario.slow("customers_clean")
    scenario.type("/dss-build CHURN.customers_clean")
    scenario.press(scenario.root("Running", "CHURN.customers_clean"), action_ids.JOB_LOG, user="bob")
    scenario.dialog("Log of", "Job kernel starting", user="bob")
    assert scenario.slack.views("alice") == []
    assert not any("Log of" in shown(m) for name in ("alice", "bob") for m in scenario.answers(name))


def test_log_of_one_activity(scenario: Scenario) -> None:
    """By its id, or by the name of its recipe."""
    job = failed(scenario)
    for typed in ("compute_features_broken_NP", "compute_features_broken"):
        before = len(scenario.answers())
        scenario.type(f"/dss-jobs log {ref(job)} --activity {typed}")
        scenario.until(lambda seen=before: len(scenario.answers()) > seen)  # type: ignore[misc]
        assert "compute_features_broken_NP" in shown(scenario.answers()[-1])
    assert len(scenario.requested("GET", "/log")) == 2


def test_an_unknown_activity_names_those_that_are_near(scenario: Scenario) -> None:
    """The answer to a misspelled activity suggests the nearest names."""
    job = failed(scenario)
    scenario.type(f"/dss-jobs log {ref(job)} --activity compute_featrues_broken")
    assert "compute_features_broken_NP" in shown(scenario.told("no activity"))


def test_an_activity_is_chosen_in_place(scenario: Scenario) -> None:
    """The activity menu changes the answer in place and leads back to the whole log."""
    job = failed(scenario)
    scenario.type(f"/dss-jobs log {ref(job)}")
    answer = scenario.told("Log of")
    scenario.select(answer, action_ids.LOG_ACTIVITY, "compute_features_broken_NP")
    chosen = scenario.told("Log of `compute_features_broken_NP`")
    assert chosen.ts == answer.ts
    scenario.press(chosen, action_ids.LOG_SHOW)
    assert scenario.told("Job kernel starting").ts == answer.ts


def test_a_cleared_log_is_told(scenario: Scenario) -> None:
    """DSS has deleted the job's log from its disk."""
    job = failed(scenario)
    scenario.dss.world.clear_logs("CHURN", job.id)
    scenario.type(f"/dss-jobs log {ref(job)}")
    scenario.told("no log", "cleared")


def test_a_huge_log_is_answered_with_its_end(scenario: Scenario) -> None:
    """A 50 MB log: the answer shows the end and says that it is only the end."""
    job = failed(scenario)
    scenario.dss.world.set_log_size("CHURN", job.id, 50_000_000)
    scenario.type(f"/dss-jobs log {ref(job)}")
    answer = shown(scenario.told("Only the end is shown", "50 MB", "Job finished, state FAILED"))
    assert "KeyError: 'amount'" in answer


def test_the_log_of_a_running_job_can_be_refreshed(scenario: Scenario) -> None:
    """Refresh shows the current log, in the place of what was shown."""
    job = scenario.elsewhere("customers_clean")
    scenario.type(f"/dss-jobs log {ref(job)}")
    scenario.press(scenario.told("Log of", "Job kernel starting"), "log_show:1")
    scenario.until(lambda: len(scenario.requested("GET", "/log")) == 2)
    scenario.finish_job(job)
    scenario.type(f"/dss-jobs status {ref(job)}")
    assert has_button(scenario.told("Done", "CHURN.customers_clean"), action_ids.JOB_LOG)


def test_the_log_of_a_job_that_has_not_begun(scenario: Scenario) -> None:
    """There is no log yet: the answer says so and offers to look again."""
    scenario.dss.world.plan_next(queue=10_000.0)
    job = scenario.dss.world.start("CHURN", {"outputs": [{"id": "scored"}]})
    scenario.type(f"/dss-jobs log {ref(job)}")
    assert has_button(scenario.told("no log", "nothing has been written yet"), action_ids.LOG_SHOW)


def test_a_log_begins_with_the_error_and_has_forty_lines_at_most(scenario: Scenario) -> None:
    """The cause and the traceback, then the warnings, then the end: a phone shows the answer at once."""
    job = failed(scenario)
    scenario.type(f"/dss-jobs log {ref(job)}")
    blocks = scenario.told("Log of").blocks
    texts = [block["text"]["text"] for block in blocks if block["type"] == "section"]
    assert texts[1].startswith("❌ In `compute_features_broken`: ")
    assert "KeyError: 'amount'" in texts[1]
    assert "Traceback" in texts[2]
    assert texts[-1].startswith("*End of the log*")
    assert "Job finished, state FAILED" in texts[-1]
    assert len("\n".join(texts).splitlines()) < 40


def test_the_error_of_a_log_that_is_too_long_comes_from_the_failed_activity(scenario: Scenario) -> None:
    """Other activities wrote more than the bot reads after the one that failed."""
    job = failed(scenario)
    noise = "".join(f"[2026/11/25-14:25:48.000] [main] [INFO] [x] row {n}\n" for n in range(6_000))
    noise += "[2026/11/25-14:25:49.000] [main] [ERROR] [x] Job finished, state FAILED\n"
    scenario.dss.faults.add("garbage", path=f"{job.id}/log", body=noise.encode(), times=1)
    scenario.type(f"/dss-jobs log {ref(job)}")
    answer = shown(scenario.told("Only the end is shown"))
    assert "Traceback" in answer
    assert "row 5999" in answer
    assert "Job finished, state FAILED" in answer


def test_the_texts_of_warnings_are_told(scenario: Scenario) -> None:
    """In the status, at the end, and in the log: grouped by kind, with counts."""
    scenario.type("/dss-build FRAUD.payments_clean")
    root = scenario.root("Done with 3 warnings")
    text = "`INPUT_DATA_BAD_TYPE`: `Value 'n/a' of column amount is not a valid double` (3 times)"
    assert text in shown(scenario.reply(root, "Done with 3 warnings"))
    job = scenario.newest("FRAUD")
    scenario.type(f"/dss-jobs status {ref(job)}")
    assert text in shown(scenario.told("Done with 3 warnings"))
    scenario.type(f"/dss-jobs log {ref(job)}")
    assert text in shown(scenario.told("Log of", "3 warnings"))


@pytest.fixture
def may_upload(scenario: Scenario) -> Scenario:
    """The app was installed with the scope for files."""
    scenario.slack.add_scope("files:write")
    return scenario


def sent_files(scenario: Scenario, user: str, job: Job) -> list[File]:
    """Return the files about a job in the direct messages of one person."""
    dm = scenario.slack.dm(user)
    return [file for file in scenario.slack.files if dm in file.channels and file.name.startswith(job.id)]


def test_the_whole_log_comes_as_a_file_to_the_person_who_asks(may_upload: Scenario) -> None:
    """In a direct message, with secrets masked, and with nothing in the channel."""
    scenario, job = may_upload, failed(may_upload)
    written = b"".join(job_log(job, scenario.dss.world.now())).decode()
    scenario.type(f"/dss-jobs log {ref(job)}", user="bob")
    scenario.press(scenario.told("Log of", user="bob"), action_ids.LOG_FILE, user="bob")
    scenario.until(lambda: sent_files(scenario, "bob", job))
    scenario.told("in your direct messages", user="bob")
    scenario.direct("Here is the log of `CHURN.features_broken`", user="bob")
    [file] = sent_files(scenario, "bob", job)
    assert file.name == f"{job.id}.log"
    content = (file.content or b"").decode()
    assert content == redact(written)
    assert SECRET_TICKET not in content
    assert SECRET_PASSWORD not in content
    assert sent_files(scenario, "alice", job) == []
    assert scenario.roots() == []


def test_a_file_of_one_activity(may_upload: Scenario) -> None:
    """The file is of the log that is shown."""
    scenario, job = may_upload, failed(may_upload)
    scenario.type(f"/dss-jobs log {ref(job)} --activity compute_features_broken")
    scenario.press(scenario.told("Log of `compute_features_broken_NP`"), action_ids.LOG_FILE)
    scenario.direct("Here is the log of `compute_features_broken_NP`")
    file = scenario.until(lambda: next(iter(sent_files(scenario, "alice", job)), None))
    assert file.name == f"{job.id}_compute_features_broken_NP.log"
    assert b"Job kernel starting" not in (file.content or b"")


def test_a_file_of_a_huge_log_has_its_end_and_says_so(may_upload: Scenario) -> None:
    """The bot holds no more than that in memory."""
    scenario, job = may_upload, failed(may_upload)
    scenario.dss.world.set_log_size("CHURN", job.id, 50_000_000)
    scenario.type(f"/dss-jobs log {ref(job)}", user="carol")
    scenario.press(scenario.told("Log of", user="carol"), action_ids.LOG_FILE, user="carol")
    scenario.direct("Here is the end of the log", "The whole log is 50 MB", "the last 5 MB", user="carol")
    file = scenario.until(lambda: next(iter(sent_files(scenario, "carol", job)), None))
    assert FILE_BYTES * 0.99 < file.length <= FILE_BYTES
    assert (file.content or b"").endswith(b"Job finished, state FAILED\n")


def test_without_the_scope_the_person_is_told_what_is_missing(scenario: Scenario) -> None:
    """Nothing is sent, not even a note about a file."""
    job = failed(scenario)
    scenario.slack.drop_scope("files:write")
    scenario.type(f"/dss-jobs log {ref(job)}", user="bob")
    before = len(scenario.roots(scenario.slack.dm("bob")))
    scenario.press(scenario.told("Log of", user="bob"), action_ids.LOG_FILE, user="bob")
    scenario.told("isn't allowed to upload files", "`files:write`", user="bob")
    assert len(scenario.roots(scenario.slack.dm("bob"))) == before


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        ("files.getUploadURLExternal", "429"),
        ("upload", "503"),
        ("files.completeUploadExternal", "error:file_upload_size_restricted"),
    ],
)
def test_a_file_that_slack_refuses_leaves_no_note(may_upload: Scenario, call: str, fault: str) -> None:
    """The person is told where they asked, and can try again."""
    scenario, job = may_upload, failed(may_upload)
    scenario.type(f"/dss-jobs log {ref(job)}", user="bob")
    notes = len(scenario.roots(scenario.slack.dm("bob")))
    scenario.slack.faults.add(call, kind=fault)
    answer = scenario.told("Log of", user="bob")
    scenario.press(answer, action_ids.LOG_FILE, user="bob")
    scenario.told("Slack didn't accept the file", user="bob")
    assert len(scenario.roots(scenario.slack.dm("bob"))) == notes
    scenario.press(answer, action_ids.LOG_FILE, user="bob")
    scenario.until(lambda: len(sent_files(scenario, "bob", job)) == 1)


def test_a_file_whose_sharing_slack_does_not_confirm_is_told_as_such(may_upload: Scenario) -> None:
    """It is there, so the person looks before asking again; the bot never shares it twice."""
    scenario, job = may_upload, failed(may_upload)
    scenario.type(f"/dss-jobs log {ref(job)}", user="carol")
    scenario.slack.faults.add("files.completeUploadExternal", kind="lose_answer")
    scenario.press(scenario.told("Log of", user="carol"), action_ids.LOG_FILE, user="carol")
    scenario.told("Slack didn't confirm the file", "look at your direct messages", user="carol")
    assert len(sent_files(scenario, "carol", job)) == 1


def test_a_double_click_sends_one_file(may_upload: Scenario) -> None:
    """The second click is answered, and does nothing."""
    scenario, job = may_upload, failed(may_upload)
    scenario.type(f"/dss-jobs log {ref(job)}", user="bob")
    answer = scenario.told("Log of", user="bob")
    slow = scenario.dss.faults.add("latency", path=f"{job.id}/log", seconds=LONG)
    scenario.press(answer, action_ids.LOG_FILE, user="bob")
    scenario.press(answer, action_ids.LOG_FILE, user="bob")
    scenario.told("already under way", user="bob")
    scenario.dss.faults.remove(slow)
    scenario.until(lambda: sent_files(scenario, "bob", job))
    scenario.told("in your direct messages", user="bob")
    assert len(sent_files(scenario, "bob", job)) == 1
