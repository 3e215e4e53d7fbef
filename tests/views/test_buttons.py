"""Which buttons a job has, and their values."""

import re

import pytest

from bot import views
from bot.domain import (
    AbortAll,
    AbortJob,
    Activity,
    Build,
    BuildMode,
    JobCard,
    JobName,
    ListJobs,
    Message,
    Output,
    OutputKind,
    ReadLog,
    Request,
    RequestedOutput,
    SendLog,
)
from bot.domain.log_excerpts import extract
from bot.views import action_ids, buttons
from tests.views.blockkit import mrkdwn_of
from tests.views.cards import NOW, card, job, ref
from tests.views.gallery import LOG, failed, running, warned

NAME = JobName(job_id=ref().job_id, project="CHURN", instance="main")


def elements(message: Message) -> list[dict[str, str]]:
    """Return all buttons in a message, in order."""
    rows = [block["elements"] for block in message.blocks if block["type"] == "actions"]
    return [element for row in rows for element in row]  # type: ignore[attr-defined]


def requests(message: Message, action: str) -> list[Request]:
    """Return the requests in the buttons with this action."""
    return [
        views.decode(element["value"])
        for element in elements(message)
        if action_ids.base(element["action_id"]) == action and "value" in element
    ]


def test_a_running_job_can_be_aborted_after_a_question_and_not_rebuilt() -> None:
    """The question says what is lost and what stays."""
    shown = elements(views.root(running(), NOW))
    assert [element["action_id"] for element in shown] == ["job_abort", "job_log", "open_dss"]
    assert (shown[0]["style"], views.decode(shown[0]["value"])) == ("danger", AbortJob(job=NAME))
    assert re.search(r"lost.*already written stays", str(shown[0]["confirm"]))


@pytest.mark.parametrize("state", ["DONE", "FAILED", "ABORTED"])
def test_a_finished_job_can_be_rebuilt_and_not_aborted(state: str) -> None:
    """The same in the root message, the last reply, and the list."""
    a_card = card(job(state))
    same = Build(outputs=(RequestedOutput(project="CHURN", name="scored"),), instance="main")
    request = ListJobs(project="CHURN")
    for message in (
        views.root(a_card, NOW),
        views.reply_ended(a_card, None, NOW),
        views.status(a_card, NOW),
        views.job_list("Jobs", [a_card], request=request, now=NOW),
    ):
        assert requests(message, action_ids.JOB_REBUILD) == [same]
        assert requests(message, action_ids.JOB_ABORT) == requests(message, action_ids.JOB_FOLLOW) == []


def test_a_rebuild_keeps_mode_partition_and_the_id_of_a_folder() -> None:
    """The new job starts with the same request as the old one."""
    outputs = tuple(
        Output(kind="MANAGED_FOLDER", project="A", id=name, name=f"name of {name}", partition="2026-11-24")
        for name in ("x1", "x2")
    )
    again = buttons.same_again(job("DONE", outputs=outputs, mode="RECURSIVE_BUILD"))
    assert again == Build(
        outputs=tuple(
            RequestedOutput(project="A", name=name, kind=OutputKind.FOLDER) for name in ("x1", "x2")
        ),
        mode=BuildMode.MODIFIED,
        partition="2026-11-24",
        instance="main",
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"outputs": ()},
        {"mode": "SOMETHING_NEW"},
        {"outputs": (Output(project="A", id="x", kind="SOMETHING_NEW"),)},
        {
            "outputs": (
                Output(project="A", id="x", partition="2026-11-24"),
                Output(project="A", id="x", partition="2026-11-25"),
            )
        },
    ],
)
def test_what_one_request_cannot_say_has_no_rebuild(changes: dict[str, object]) -> None:
    """No button is better than one that starts something else."""
    assert requests(views.root(card(job("DONE", **changes)), NOW), action_ids.JOB_REBUILD) == []


def test_already_running_offers_nothing_that_starts_a_job() -> None:
    """A second job for the same output would only fail."""
    answer = views.already_running(running(), ["CHURN.scored"], NOW)
    shown = [element["action_id"] for element in elements(answer)]
    assert shown == ["job_follow", "job_log", "open_dss"]


def test_start_after_the_question_is_confirmed() -> None:
    """The confirmed request is the one in the question, with the confirmation added."""
    request = Build(outputs=(RequestedOutput(project="CHURN", name="scored"),), mode=BuildMode.ALL)
    assert requests(views.confirm_all(request, ["CHURN.scored"]), action_ids.BUILD_CONFIRM_ALL) == [
        Build(outputs=request.outputs, mode=BuildMode.ALL, confirmed=True)
    ]


@pytest.mark.parametrize(("number", "carried"), [(1, 1), (20, 20), (29, 29), (45, 20)])
def test_abort_all_carries_all_ids_or_those_that_are_named(number: int, carried: int) -> None:
    """A button aborts only jobs that it counted, and it shows how many."""
    jobs = [job(ref=ref(f"Build_{n:054}")) for n in range(number)]
    message = views.confirm_abort_all("CHURN", [card(one) for one in jobs], AbortAll(project="CHURN"), NOW)
    [request] = requests(message, action_ids.ABORT_ALL_CONFIRM)
    assert request == AbortAll(project="CHURN", jobs=tuple(one.ref.job_id for one in jobs[:carried]))
    texts = "\n".join(mrkdwn_of(message.blocks))
    assert texts.count("•") == min(number, 20)
    assert (f"and {number - 20} more" in texts) == (number > 20)
    assert ("Then ask again" in texts) == (carried < number)


def test_abort_all_with_ids_that_fit_in_no_button_says_what_to_do() -> None:
    """There is no button, but there is an answer."""
    jobs = [job(ref=ref("x" * 1_990 + str(n))) for n in range(2)]
    message = views.confirm_abort_all("CHURN", [card(one) for one in jobs], AbortAll(project="CHURN"), NOW)
    assert elements(message) == []
    assert "one by one" in "\n".join(mrkdwn_of(message.blocks))


def test_pages_turn_both_ways_and_keep_the_filters() -> None:
    """Previous and next have the same request with another page; the first and last pages have only one."""
    request = ListJobs(project="CHURN", state="failed", page=1)
    message = views.job_list("Jobs", [running()], request=request, now=NOW, has_more=True)
    assert requests(message, action_ids.LIST_PAGE) == [
        ListJobs(project="CHURN", state="failed", page=page) for page in (0, 2)
    ]
    first = views.job_list("Jobs", [running()], request=ListJobs(project="CHURN"), now=NOW)
    assert requests(first, action_ids.LIST_PAGE) == []


def test_a_list_that_is_given_too_many_jobs_shows_a_page_of_them() -> None:
    """A message never exceeds the maximum number of blocks and leads to the rest."""
    message = views.job_list("Jobs", [running()] * 30, request=ListJobs(project="CHURN"), now=NOW)
    assert len(requests(message, action_ids.JOB_LOG)) == views.PAGE_SIZE
    assert requests(message, action_ids.LIST_PAGE) == [ListJobs(project="CHURN", page=1)]


def log_of(card_shown: JobCard, text: str, activity: str | None = None) -> Message:
    """Return the answer that shows this log."""
    return views.log(card_shown, extract(text, views.LOG_LINES), activity=activity)


def test_of_a_long_log_the_newest_lines_are_shown_and_it_is_said() -> None:
    """The last line of the log is the last one shown."""
    text = "\n".join(f"line {n} {'x' * 50}" for n in range(1_000))
    shown = "\n".join(mrkdwn_of(log_of(card(), text).blocks))
    assert "line 999" in shown
    assert "line 0 " not in shown
    assert "The whole log has 1,000 lines." in shown
    assert "The whole log has" not in str(log_of(card(), "short").blocks)


def test_a_log_is_shown_in_forty_lines_at_most_whatever_it_contains() -> None:
    """Titles, cause, warnings and fences count too."""
    trace = "Traceback (most recent call last)\n" + "  File y\n" * 40 + "KeyError: 'amount'\n"
    text = "first\n" + trace + "\n".join(f"[2026/11/25-14:25:48.000] [a] [WARN] [b] w{n}" for n in range(99))
    for card_shown in (warned(failed()), failed(), card()):
        lines = "\n".join(mrkdwn_of(log_of(card_shown, text).blocks)).splitlines()
        assert 30 <= len(lines) <= 40
        assert "KeyError: 'amount'" in lines


def test_a_log_begins_with_the_error_then_the_warnings_then_the_end() -> None:
    """A person reads downwards and stops at the cause."""
    shown = "\n".join(mrkdwn_of(log_of(warned(failed()), LOG).blocks))
    told = [
        "In `compute_joined`",
        "Traceback",
        "17 warnings",
        "INPUT_DATA_BAD_TYPE",
        "End of the log",
        "FAILED",
    ]
    assert sorted(told, key=shown.index) == told


def test_a_line_that_is_longer_than_a_block_is_cut_and_the_next_ones_are_shown() -> None:
    """One enormous line doesn't hide the rest."""
    shown = mrkdwn_of(log_of(card(), "a" * 20_000 + "\nthe end").blocks)
    assert any(text.endswith("the end\n```") for text in shown)


def test_the_list_of_activities_has_a_hundred_options_at_most_failed_ones_first() -> None:
    """Slack refuses more; the ones that people look for are included; one that doesn't fit isn't."""
    activities = (
        *(Activity(id=f"a{n}", state="DONE") for n in range(150)),
        Activity(id="x" * 151, state="FAILED"),
        Activity(id="broken", state="FAILED"),
    )
    message = log_of(card(job(activities=activities)), "text")
    [select] = [element for element in elements(message) if element["action_id"] == action_ids.LOG_ACTIVITY]
    values = [option["value"] for option in select["options"]]  # type: ignore[index]
    assert len(values) == 100
    assert values[:3] == ["*", "broken", "a0"]


def test_a_running_log_can_be_read_again() -> None:
    """Refresh keeps the activity; a finished job's log no longer changes."""
    message = log_of(running(), "text", activity="a1")
    assert ReadLog(job=NAME, activity="a1") in requests(message, action_ids.LOG_SHOW)
    assert requests(log_of(card(job("DONE")), "text"), action_ids.LOG_SHOW) == []


def test_the_file_is_of_the_log_that_is_shown() -> None:
    """The whole job's or one activity's; there is no file of an empty log."""
    assert requests(log_of(running(), "text"), action_ids.LOG_FILE) == [SendLog(job=NAME)]
    one = log_of(running(), "text", activity="a1")
    assert requests(one, action_ids.LOG_FILE) == [SendLog(job=NAME, activity="a1")]
    assert requests(log_of(running(), ""), action_ids.LOG_FILE) == []


@pytest.mark.parametrize("strange", ["a b", '"', "x`y"])
def test_a_command_that_would_need_quotes_is_a_button_only(strange: str) -> None:
    """The button follows the job; a partial command would name another job."""
    shown = views.reply_limit(card(job(ref=ref(strange))), 7)
    assert "/dss-jobs follow" not in shown.text
    assert requests(shown, action_ids.JOB_FOLLOW)
