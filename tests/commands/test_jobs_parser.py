"""``/dss-jobs``: the allowed input, and the answers to mistakes."""

import pytest

from bot.commands.jobs_parser import parse_jobs
from bot.commands.rendering import as_command
from bot.domain import (
    ALL_PROJECTS,
    AbortAll,
    AbortJob,
    FollowJob,
    Help,
    JobName,
    ListDatasets,
    ListJobs,
    ListProjects,
    Mistake,
    MyLastJob,
    Overview,
    ParsedCommand,
    ReadLog,
    ShowStatus,
    UnfollowJob,
)

ID = "Build_scored__NP__2026-11-23T08-15-02.417"
JOB = JobName(project="CHURN", job_id=ID)


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("", Overview()),
        ("--on prod", Overview(instance="prod")),
        ("CHURN", ListJobs(project="CHURN")),
        ("churn", ListJobs(project="churn")),
        ("unheardof", ListJobs(project="unheardof")),
        ('"log"', ListJobs(project="log")),
        (
            "CHURN --state failed --since 2015/09/24 --by bob --dataset scored --limit 5 --on prod",
            ListJobs(
                project="CHURN",
                state="failed",
                since="2015/09/24",
                by="bob",
                dataset="scored",
                limit=5,
                instance="prod",
            ),
        ),
        ("\u2014state=FAILURES CHURN \u2014by ME", ListJobs(project="CHURN", state="failed", by="me")),
        ("CHURN --state success", ListJobs(project="CHURN", state="done")),
        ("CHURN --since 3 days ago", ListJobs(project="CHURN", since="3 days ago")),
        ("--since 2026-11-23 14:00 CHURN", ListJobs(project="CHURN", since="2026-11-23 14:00")),
        ('CHURN --since "last monday"', ListJobs(project="CHURN", since="last monday")),
        ("CHURN --limit 100", ListJobs(project="CHURN", limit=100)),
        ("CHURN --by @bob", ListJobs(project="CHURN", by="bob")),
        ("CHURN --by <@U123|bob>", ListJobs(project="CHURN", by="<@U123>")),
        ("CHURN --by bob@example.com", ListJobs(project="CHURN", by="bob@example.com")),
        (f"status {ID}", ShowStatus(job=JobName(job_id=ID))),
        (f"STATUS CHURN/{ID}", ShowStatus(job=JOB)),
        (f"CHURN/{ID}", ShowStatus(job=JOB)),
        (f"log CHURN/{ID}", ReadLog(job=JOB)),
        (f"logs CHURN/{ID} --activity compute_x_NP", ReadLog(job=JOB, activity="compute_x_NP")),
        (f"abort CHURN/{ID}", AbortJob(job=JOB)),
        (f"follow CHURN/{ID}", FollowJob(job=JOB)),
        (f"unfollow CHURN/{ID}", UnfollowJob(job=JOB)),
        (f"abort {ID} --on prod", AbortJob(job=JobName(job_id=ID, instance="prod"))),
        ("abort --all CHURN", AbortAll(project="CHURN")),
        ("abort CHURN \u2014all", AbortAll(project="CHURN")),
        ("abort --all=CHURN --on prod", AbortAll(project="CHURN", instance="prod")),
        ("failed", ListJobs(project="*", state="failed")),
        ("failed today", ListJobs(project="*", state="failed", since="today")),
        ("running", ListJobs(project="*", state="running")),
        ("yesterday", ListJobs(project="*", since="yesterday")),
        ("last week", ListJobs(project="*", since="last week")),
        ("--state failed --since yesterday", ListJobs(project="*", state="failed", since="yesterday")),
        ("churn failures last week", ListJobs(project="churn", state="failed", since="last week")),
        ("failed CHURN", ListJobs(project="CHURN", state="failed")),
        ("CHURN 3 days ago", ListJobs(project="CHURN", since="3 days ago")),
        ("CHURN,SALES", ListJobs(project="CHURN,SALES")),
        ("CH* --state failed", ListJobs(project="CH*", state="failed")),
        ("list CHURN", ListJobs(project="CHURN")),
        ("ls", Overview()),
        ("CHURN.scored", ListJobs(project="CHURN", dataset="scored")),
        ("https://dss/projects/CHURN/datasets/scored/", ListJobs(project="CHURN", dataset="scored")),
        (ID, ShowStatus(job=JobName(job_id=ID))),
        ("last", MyLastJob()),
        ("status", MyLastJob()),
        ("log", MyLastJob(verb="log")),
        ("why", MyLastJob(verb="why")),
        ("abort", MyLastJob(verb="abort")),
        ("abort it", MyLastJob(verb="abort")),
        ("retry", MyLastJob(verb="rebuild")),
        ("log of my last build", MyLastJob(verb="log")),
        ("why did it fail", MyLastJob(verb="why")),
        ("STOP", ListJobs(project="STOP")),
        ("rebuild --on prod", MyLastJob(verb="rebuild", instance="prod")),
        (f"why CHURN/{ID}", ReadLog(job=JOB)),
        (f"rebuild CHURN/{ID}", ShowStatus(job=JOB)),
        ("LAST", ListJobs(project="LAST")),
        ("projects", ListProjects()),
        ("projects customer churn", ListProjects(text="customer churn")),
        ("datasets CHURN", ListDatasets(project="CHURN")),
        ("datasets churn score", ListDatasets(project="churn", text="score")),
        ("help", Help(command="jobs")),
        ("help log", Help(command="jobs")),
        ("CHURN --help", Help(command="jobs")),
    ],
)
def test_every_form_of_the_contract_is_read(text: str, request_: ParsedCommand) -> None:
    """Each row of the command table gives its record."""
    assert parse_jobs(text) == request_


@pytest.mark.parametrize(
    "link",
    [
        f"https://dss.example:11200/projects/CHURN/jobs/{ID}/",
        f"<https://dss.example:11200/projects/CHURN/jobs/{ID}/>",
        f"<https://dss.example:11200/projects/CHURN/jobs/{ID}/activities|the job of today>",
    ],
)
def test_pasted_links_name_the_job_and_its_host(link: str) -> None:
    """A link counts as a job, alone or after a subcommand."""
    job = JobName(project="CHURN", job_id=ID, host="https://dss.example:11200")
    assert parse_jobs(f"log {link}") == ReadLog(job=job)
    assert parse_jobs(link) == ShowStatus(job=job)


@pytest.mark.parametrize(
    ("text", "example", "suggestion"),
    [
        ("stauts X", "/dss-jobs status X", "status"),
        ("stop X", "/dss-jobs abort X", "abort"),
        ("stop", "/dss-jobs abort", "abort"),
        ("kill it", "/dss-jobs abort", "abort"),
        ("watch CHURN/X", "/dss-jobs follow CHURN/X", "follow"),
        ("unfolow X", "/dss-jobs unfollow X", "unfollow"),
        ("abort all CHURN", "/dss-jobs abort --all CHURN", "--all"),
        ("abrot --all CHURN", "/dss-jobs abort --all CHURN", "abort --all"),
        ("CHURN abort --all", "/dss-jobs abort --all CHURN", "abort --all"),
        ("CHURN --all", "/dss-jobs CHURN", "abort --all"),
        (f"CHURN log {ID}", f"/dss-jobs log CHURN/{ID}", "log"),
        ("CHURN --failed", "/dss-jobs CHURN --state failed", "--state failed"),
        ("CHURN --mine", "/dss-jobs CHURN --by me", "--by me"),
        ("abort all", "/dss-jobs abort --all PROJECT", "--all"),
        ("CHURN --state faled", "/dss-jobs CHURN --state failed", "failed"),
        ("CHURN --satte done", "/dss-jobs CHURN --state done", "--state"),
        ("CHURN --from 2h", "/dss-jobs CHURN --since 2h", "--since"),
    ],
)
def test_near_misses_are_named(text: str, example: str, suggestion: str) -> None:
    """The probable meaning comes first, and the example uses it, ready to send."""
    mistake = parse_jobs(text)
    assert isinstance(mistake, Mistake)
    assert mistake.example == example
    assert mistake.suggestions[0] == suggestion


@pytest.mark.parametrize(
    ("text", "part", "example"),
    [
        ("CHURN a", "commas", "/dss-jobs CHURN --dataset a"),
        ("CHURN 7", "commas", "/dss-jobs CHURN --dataset 7"),
        ("CHURN SALES failed", "commas", "/dss-jobs CHURN,SALES --state failed"),
        ("failed --state done", "twice", "/dss-jobs --state done"),
        ("CHURN.scored --dataset x", "twice", "/dss-jobs CHURN --dataset x"),
        ("CHURN." + "x" * 301, "--dataset", "/dss-jobs CHURN"),
        ("follow", "which job", "/dss-jobs follow PROJECT/Build_dataset_2026-11-23T08-15-02.417"),
        (
            "log --activity x",
            "which job",
            "/dss-jobs log PROJECT/Build_dataset_2026-11-23T08-15-02.417 --activity x",
        ),
        ("datasets", "which project", "/dss-jobs datasets PROJECT"),
        ("CHURN --state zzz", "“zzz”", "/dss-jobs CHURN --state failed"),
        ("CHURN --since blah", "“blah”", "/dss-jobs CHURN --since yesterday"),
        ("CHURN --limit 0", "1 to 100", "/dss-jobs CHURN --limit 1"),
        ("CHURN --limit 101", "1 to 100", "/dss-jobs CHURN --limit 100"),
        ("CHURN --limit ten", "“ten”", "/dss-jobs CHURN --limit 20"),
        ("CHURN --limit today", "“today”", "/dss-jobs CHURN --since today"),
        ("CHURN --limit today failed", "“today”", "/dss-jobs CHURN --state failed --since today"),
        ("--limit 3 days ago", "“3 days ago”", '/dss-jobs --since "3 days ago"'),
        ("CHURN --limit 2 hours --by me", "“2 hours”", '/dss-jobs CHURN --since "2 hours" --by me'),
        ("CHURN --limit 24h --limit 7", "“24h”", "/dss-jobs CHURN --since 24h --limit 7"),
        ("CHURN --limit last week", "“last week”", '/dss-jobs CHURN --since "last week"'),
        ("CHURN --limit failed --by bob", "“failed”", "/dss-jobs CHURN --state failed --by bob"),
        ("CHURN --since monday --limit today", "“today”", "/dss-jobs CHURN --since monday --limit 20"),
        ("CHURN --state today", "“today”", "/dss-jobs CHURN --state failed --since today"),
        ("CHURN --limit today --since 7d", "“today”", "/dss-jobs CHURN --since 7d"),
        ("CHURN --since me", "“me”", "/dss-jobs CHURN --since yesterday --by me"),
        ("CHURN --limit -1", "needs a value|“-1”", "/dss-jobs CHURN --limit 20"),
        ("CHURN --by", "needs a value", "/dss-jobs CHURN --by me"),
        ("CHURN --state failed --state done", "twice", "/dss-jobs CHURN --state failed"),
        ("CHURN --activity x", "--activity", "/dss-jobs CHURN"),
        ("status X --state failed", "--state", "/dss-jobs X --state failed"),
        ("abort --all", "one project", "/dss-jobs abort --all PROJECT"),
        ("abort --all A B", "one project", "/dss-jobs abort --all A"),
        ("follow A B", "one job", "/dss-jobs follow A"),
        (f"follow CHURN {ID}", "one job", f"/dss-jobs follow CHURN/{ID}"),
        ("status A/../B", "..", "/dss-jobs status PROJECT/Build_dataset_2026-11-23T08-15-02.417"),
        ('"CHURN', "never closed", "/dss-jobs CHURN"),
        ("x" * 3_001, "3000", "/dss-jobs PROJECT --state failed"),
    ],
)
def test_a_mistake_says_what_would_have_been_right(text: str, part: str, example: str) -> None:
    """The answer names the problem, and the example keeps everything that was right."""
    mistake = parse_jobs(text)
    assert isinstance(mistake, Mistake)
    assert any(word in mistake.problem for word in part.split("|")), mistake.problem
    assert mistake.example == example


@pytest.mark.parametrize("key", ["log", "LOGS", "Abort", "help", "list", "FAILED"])
def test_a_project_named_like_a_subcommand_is_written_in_quotes(key: str) -> None:
    """The written text reads as the project, not as the subcommand."""
    assert as_command(ListJobs(project=key)) == f'/dss-jobs "{key}"'
    assert parse_jobs(f'"{key}"') == ListJobs(project=key)


@pytest.mark.parametrize("key", ["LS", "LIST", "FAILED", "RUNNING", "TODAY"])
def test_a_project_whose_key_is_a_word_of_ours_is_listed_as_it_is_written(key: str) -> None:
    """DSS keys are in capitals; the hints are for people who type a word."""
    assert parse_jobs(key) == ListJobs(project=key)


def test_a_job_called_all_is_written_in_quotes() -> None:
    """It reads as the job and aborts nothing else."""
    request = AbortJob(job=JobName(job_id="all"))
    assert as_command(request) == '/dss-jobs abort "all"'
    assert parse_jobs('abort "all"') == request


def test_only_a_word_like_abort_is_shown_how_to_abort_everything() -> None:
    """A harmless request never gets an example of a dangerous command."""
    for text in ("CHURN --all", "frobnicate --all X", "status --all X", "--all"):
        mistake = parse_jobs(text)
        assert isinstance(mistake, Mistake)
        assert "abort" not in mistake.example


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("what is running", ListJobs(project=ALL_PROJECTS, state="running")),
        ("who built CHURN.scored", ListJobs(project="CHURN", dataset="scored")),
        ("which jobs are running in CHURN", ListJobs(project="CHURN", state="running")),
        ("what was built today", ListJobs(project=ALL_PROJECTS, since="today")),
    ],
)
def test_a_question_is_the_list_that_answers_it(typed: str, right: ListJobs) -> None:
    """The words that make it a sentence are no projects, and "who" is no slip in "why"."""
    assert parse_jobs(typed) == right
