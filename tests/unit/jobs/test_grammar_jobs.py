"""``/dss-jobs``: what may be typed, and what is answered to mistakes."""

import pytest

from bot.facts import (
    AbortAll,
    AbortJob,
    FollowJob,
    Help,
    JobName,
    ListJobs,
    Mistake,
    Overview,
    ReadLog,
    Request,
    ShowStatus,
    UnfollowJob,
)
from bot.jobs.grammar import as_command, parse_jobs

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
        ("help", Help(command="jobs")),
        ("help log", Help(command="jobs")),
        ("CHURN --help", Help(command="jobs")),
    ],
)
def test_every_form_of_the_contract_is_read(text: str, request_: Request) -> None:
    """Each row of the table of commands gives its record."""
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
    """A link is taken for a job, alone or after a subcommand."""
    job = JobName(project="CHURN", job_id=ID, host="https://dss.example:11200")
    assert parse_jobs(f"log {link}") == ReadLog(job=job)
    assert parse_jobs(link) == ShowStatus(job=job)


@pytest.mark.parametrize(
    ("text", "example", "suggestion"),
    [
        ("stauts X", "/dss-jobs status X", "status"),
        ("stop X", "/dss-jobs abort X", "abort"),
        ("watch CHURN/X", "/dss-jobs follow CHURN/X", "follow"),
        ("unfolow X", "/dss-jobs unfollow X", "unfollow"),
        ("abort all CHURN", "/dss-jobs abort --all CHURN", "--all"),
        ("abrot --all CHURN", "/dss-jobs abort --all CHURN", "abort --all"),
        ("CHURN abort --all", "/dss-jobs abort --all CHURN", "abort --all"),
        ("CHURN --all", "/dss-jobs CHURN", "abort --all"),
        (f"CHURN log {ID}", f"/dss-jobs log CHURN/{ID}", "log"),
        ("CHURN failed", "/dss-jobs CHURN --state failed", "--state"),
        ("failed", "/dss-jobs PROJECT --state failed", "--state"),
        ("running", "/dss-jobs PROJECT --state running", "--state"),
        ("CHURN yesterday", "/dss-jobs CHURN --since yesterday", "--since"),
        ("CHURN 3 days ago", '/dss-jobs CHURN --since "3 days ago"', "--since"),
        ("yesterday", "/dss-jobs PROJECT --since yesterday", "--since"),
        ("CHURN --failed", "/dss-jobs CHURN --state failed", "--state failed"),
        ("CHURN --mine", "/dss-jobs CHURN --by me", "--by me"),
        ("abort all", "/dss-jobs abort --all PROJECT", "--all"),
        ("CHURN.scored", "/dss-jobs CHURN --dataset scored", "--dataset"),
        ("CHURN --state faled", "/dss-jobs CHURN --state failed", "failed"),
        ("CHURN --satte done", "/dss-jobs CHURN --state done", "--state"),
        ("CHURN --from 2h", "/dss-jobs CHURN --since 2h", "--since"),
        (ID, f"/dss-jobs status {ID}", "status"),
    ],
)
def test_near_misses_are_named(text: str, example: str, suggestion: str) -> None:
    """What was probably meant comes first, and the example is that, ready to be sent."""
    mistake = parse_jobs(text)
    assert isinstance(mistake, Mistake)
    assert mistake.example == example
    assert mistake.suggestions[0] == suggestion


@pytest.mark.parametrize(
    ("text", "part", "example"),
    [
        ("list CHURN", "project alone", "/dss-jobs CHURN"),
        ("ls CHURN --state failed", "project alone", "/dss-jobs CHURN --state failed"),
        ("list", "project alone", "/dss-jobs PROJECT"),
        ("running CHURN", "--state", "/dss-jobs CHURN --state running"),
        ("failed", "--state", "/dss-jobs PROJECT --state failed"),
        ("CHURN yesterday", "--since", "/dss-jobs CHURN --since yesterday"),
        ("CHURN a", "one project at a time", "/dss-jobs CHURN"),
        ("CHURN 7", "one project at a time", "/dss-jobs CHURN"),
        ("CHURN SALES", "one project at a time", "/dss-jobs CHURN"),
        ("--state failed", "which project", "/dss-jobs PROJECT --state failed"),
        ("CHURN --state zzz", "“zzz”", "/dss-jobs CHURN --state failed"),
        ("CHURN --since blah", "“blah”", "/dss-jobs CHURN --since yesterday"),
        ("CHURN --limit 0", "1 to 100", "/dss-jobs CHURN --limit 1"),
        ("CHURN --limit 101", "1 to 100", "/dss-jobs CHURN --limit 100"),
        ("CHURN --limit ten", "“ten”", "/dss-jobs CHURN --limit 20"),
        ("CHURN --limit -1", "needs a value|“-1”", "/dss-jobs CHURN --limit 20"),
        ("CHURN --by", "needs a value", "/dss-jobs CHURN --by me"),
        ("CHURN --by <@U123|bob>", "mention", "/dss-jobs CHURN --by me"),
        ("CHURN --state failed --state done", "twice", "/dss-jobs CHURN --state failed"),
        ("CHURN --activity x", "--activity", "/dss-jobs CHURN"),
        ("status X --state failed", "--state", "/dss-jobs status X"),
        ("log", "which job", "/dss-jobs log PROJECT/Build_dataset_2026-11-23T08-15-02.417"),
        ("abort --all", "one project", "/dss-jobs abort --all PROJECT"),
        ("abort --all A B", "one project", "/dss-jobs abort --all A"),
        ("follow A B", "one job", "/dss-jobs follow A"),
        (f"follow CHURN {ID}", "one job", f"/dss-jobs follow CHURN/{ID}"),
        ("status A/../B", "..", "/dss-jobs status PROJECT/Build_dataset_2026-11-23T08-15-02.417"),
        ('"CHURN', "never closed", "/dss-jobs PROJECT --state failed"),
        ("CHURN." + "x" * 301, "--dataset", "/dss-jobs CHURN"),
        ("x" * 3_001, "3000", "/dss-jobs PROJECT --state failed"),
    ],
)
def test_a_mistake_says_what_would_have_been_right(text: str, part: str, example: str) -> None:
    """The problem is named, and the example keeps all that was right."""
    mistake = parse_jobs(text)
    assert isinstance(mistake, Mistake)
    assert any(word in mistake.problem for word in part.split("|")), mistake.problem
    assert mistake.example == example


@pytest.mark.parametrize("key", ["log", "LOGS", "Abort", "help", "list", "FAILED"])
def test_a_project_named_like_a_subcommand_is_written_in_quotes(key: str) -> None:
    """What is written reads as the project, not as the subcommand."""
    assert as_command(ListJobs(project=key)) == f'/dss-jobs "{key}"'
    assert parse_jobs(f'"{key}"') == ListJobs(project=key)


@pytest.mark.parametrize("key", ["LS", "LIST", "FAILED", "RUNNING", "TODAY"])
def test_a_project_whose_key_is_a_word_of_ours_is_listed_as_it_is_written(key: str) -> None:
    """DSS makes keys in capitals; the hints are for who types a word."""
    assert parse_jobs(key) == ListJobs(project=key)


def test_a_job_called_all_is_written_in_quotes() -> None:
    """It reads as the job, and aborts nothing else."""
    wish = AbortJob(job=JobName(job_id="all"))
    assert as_command(wish) == '/dss-jobs abort "all"'
    assert parse_jobs('abort "all"') == wish


def test_only_a_word_like_abort_is_shown_how_to_abort_everything() -> None:
    """An example of something dangerous is not given to who asked for something harmless."""
    for text in ("CHURN --all", "frobnicate --all X", "status --all X", "--all"):
        mistake = parse_jobs(text)
        assert isinstance(mistake, Mistake)
        assert "abort" not in mistake.example
