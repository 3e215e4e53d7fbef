"""Which buttons a job has, and what they carry."""

import re

import pytest

from bot.facts import (
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
    WantedOutput,
    Wish,
)
from bot.slack import views
from bot.slack.views import buttons, ids
from tests.unit.views.blockkit import mrkdwn_of
from tests.unit.views.cards import NOW, card, job, ref
from tests.unit.views.gallery import running

NAME = JobName(job_id=ref().job_id, project="CHURN", instance="main")


def elements(message: Message) -> list[dict[str, str]]:
    """All buttons of a message, in order."""
    rows = [block["elements"] for block in message.blocks if block["type"] == "actions"]
    return [element for row in rows for element in row]  # type: ignore[attr-defined]


def wishes(message: Message, action: str) -> list[Wish]:
    """What the buttons with this action carry."""
    return [
        views.decode(element["value"])
        for element in elements(message)
        if ids.base(element["action_id"]) == action and "value" in element
    ]


def test_a_running_job_can_be_aborted_after_a_question_and_not_rebuilt() -> None:
    """The question says what is lost and what stays."""
    shown = elements(views.root(running(), NOW))
    assert [element["action_id"] for element in shown] == ["job_abort", "job_log", "open_dss"]
    assert (shown[0]["style"], views.decode(shown[0]["value"])) == ("danger", AbortJob(job=NAME))
    assert re.search(r"lost.*stays written", str(shown[0]["confirm"]))


@pytest.mark.parametrize("state", ["DONE", "FAILED", "ABORTED"])
def test_a_finished_job_can_be_rebuilt_and_not_aborted(state: str) -> None:
    """The same in the root message, the last reply and the list."""
    a_card = card(job(state))
    same = Build(outputs=(WantedOutput(project="CHURN", name="scored"),), instance="main")
    wish = ListJobs(project="CHURN")
    for message in (
        views.root(a_card, NOW),
        views.told_ended(a_card, None, NOW),
        views.status(a_card, NOW),
        views.job_list("Jobs", [a_card], wish=wish, now=NOW),
    ):
        assert wishes(message, ids.JOB_REBUILD) == [same]
        assert wishes(message, ids.JOB_ABORT) == wishes(message, ids.JOB_FOLLOW) == []


def test_a_rebuild_keeps_mode_partition_and_the_id_of_a_folder() -> None:
    """What is started again is what was started."""
    outputs = tuple(
        Output(kind="MANAGED_FOLDER", project="A", id=name, name=f"name of {name}", partition="2026-11-24")
        for name in ("x1", "x2")
    )
    again = buttons.same_again(job("DONE", outputs=outputs, mode="RECURSIVE_BUILD"))
    assert again == Build(
        outputs=tuple(WantedOutput(project="A", name=name, kind=OutputKind.FOLDER) for name in ("x1", "x2")),
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
def test_what_one_wish_cannot_say_has_no_rebuild(changes: dict[str, object]) -> None:
    """Better no button than one that starts something else."""
    assert wishes(views.root(card(job("DONE", **changes)), NOW), ids.JOB_REBUILD) == []


def test_already_running_offers_nothing_that_starts_a_job() -> None:
    """A second job for the same output would only fail."""
    answer = views.already_running(running(), ["CHURN.scored"], NOW)
    shown = [element["action_id"] for element in elements(answer)]
    assert shown == ["job_follow", "job_log", "open_dss"]


def test_start_after_the_question_is_confirmed() -> None:
    """The wish that comes back is the one that was asked about, with the yes in it."""
    wish = Build(outputs=(WantedOutput(project="CHURN", name="scored"),), mode=BuildMode.ALL)
    assert wishes(views.confirm_all(wish, ["CHURN.scored"]), ids.BUILD_CONFIRM_ALL) == [
        Build(outputs=wish.outputs, mode=BuildMode.ALL, confirmed=True)
    ]


@pytest.mark.parametrize(("number", "carried"), [(1, 1), (20, 20), (29, 29), (45, 20)])
def test_abort_all_carries_all_ids_or_those_that_are_named(number: int, carried: int) -> None:
    """A job is only ever aborted by a button that counted it, and the button says how many."""
    jobs = [job(ref=ref(f"Build_{n:054}")) for n in range(number)]
    message = views.confirm_abort_all("CHURN", jobs, AbortAll(project="CHURN"), NOW)
    [wish] = wishes(message, ids.ABORT_ALL_CONFIRM)
    assert wish == AbortAll(project="CHURN", jobs=tuple(one.ref.job_id for one in jobs[:carried]))
    texts = "\n".join(mrkdwn_of(message.blocks))
    assert texts.count("•") == min(number, 20)
    assert (f"and {number - 20} more" in texts) == (number > 20)
    assert ("Then ask again" in texts) == (carried < number)


def test_abort_all_with_ids_that_fit_in_no_button_says_what_to_do() -> None:
    """No button, no silence."""
    jobs = [job(ref=ref("x" * 1_990 + str(n))) for n in range(2)]
    message = views.confirm_abort_all("CHURN", jobs, AbortAll(project="CHURN"), NOW)
    assert elements(message) == []
    assert "one by one" in "\n".join(mrkdwn_of(message.blocks))


def test_pages_turn_both_ways_and_keep_the_filters() -> None:
    """Previous and next carry the same wish with another page; the ends have only one of them."""
    wish = ListJobs(project="CHURN", state="failed", page=1)
    message = views.job_list("Jobs", [running()], wish=wish, now=NOW, has_more=True)
    assert wishes(message, ids.LIST_PAGE) == [
        ListJobs(project="CHURN", state="failed", page=page) for page in (0, 2)
    ]
    first = views.job_list("Jobs", [running()], wish=ListJobs(project="CHURN"), now=NOW)
    assert wishes(first, ids.LIST_PAGE) == []


def test_a_list_that_is_given_too_many_jobs_shows_a_page_of_them() -> None:
    """Never more blocks than a message may have, and a way to the rest."""
    message = views.job_list("Jobs", [running()] * 30, wish=ListJobs(project="CHURN"), now=NOW)
    assert len(wishes(message, ids.JOB_LOG)) == views.PAGE_SIZE
    assert wishes(message, ids.LIST_PAGE) == [ListJobs(project="CHURN", page=1)]


def logs(card_shown: JobCard, text: str, **more: object) -> list[str]:
    """The preformatted blocks of a log answer."""
    message = views.log(card_shown, text, **more)  # type: ignore[arg-type]
    return [shown for shown in mrkdwn_of(message.blocks) if shown.startswith("```")]


def test_of_a_long_log_the_newest_lines_are_shown_and_it_is_said() -> None:
    """Five blocks at most, the last line of the log in the last of them."""
    text = "\n".join(f"line {n} {'x' * 90}" for n in range(1_000))
    shown = logs(card(), text)
    assert len(shown) == 5
    assert "line 999" in shown[-1]
    assert "line 0 " not in shown[0]
    assert "Only the end is shown" in str(views.log(card(), text).blocks)
    assert "Only the end is shown" not in str(views.log(card(), "short").blocks)


def test_a_line_that_is_longer_than_a_block_is_cut_and_the_next_ones_are_shown() -> None:
    """One monstrous line does not hide the rest."""
    shown = logs(card(), "a" * 20_000 + "\nthe end")
    assert shown[-1].endswith("the end\n```")


def test_the_list_of_activities_has_a_hundred_options_at_most_failed_ones_first() -> None:
    """Slack refuses more; the ones that people look for are there; one that fits in no option is not."""
    activities = [
        *(Activity(id=f"a{n}", state="DONE") for n in range(150)),
        Activity(id="x" * 151, state="FAILED"),
        Activity(id="broken", state="FAILED"),
    ]
    message = views.log(card(), "text", activities=activities)
    [select] = [element for element in elements(message) if element["action_id"] == ids.LOG_ACTIVITY]
    values = [option["value"] for option in select["options"]]  # type: ignore[index]
    assert len(values) == 100
    assert values[:3] == ["*", "broken", "a0"]


def test_a_running_log_can_be_read_again() -> None:
    """Refresh keeps the activity; a finished job's log does not change any more."""
    message = views.log(running(), "text", activity="a1")
    assert ReadLog(job=NAME, activity="a1") in wishes(message, ids.JOB_LOG)
    assert wishes(views.log(card(job("DONE")), "text"), ids.JOB_LOG) == []


@pytest.mark.parametrize("strange", ["a b", '"', "x`y"])
def test_a_command_that_would_need_quotes_is_a_button_only(strange: str) -> None:
    """Whoever wants to follow on has the button; half a command would name another job."""
    shown = views.told_limit(card(job(ref=ref(strange))), 7)
    assert "/dss-jobs follow" not in shown.text
    assert wishes(shown, ids.JOB_FOLLOW)
