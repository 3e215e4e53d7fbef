"""Properties that hold for any text."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from bot.commands.build_parser import parse_build
from bot.commands.jobs_parser import parse_jobs
from bot.commands.rendering import as_command
from bot.domain import (
    ANY_PROJECT,
    AbortAll,
    AbortJob,
    Build,
    BuildMode,
    FollowJob,
    Help,
    JobName,
    ListDatasets,
    ListJobs,
    ListProjects,
    Mistake,
    MyLastJob,
    OutputKind,
    Overview,
    ParsedCommand,
    ReadLog,
    Request,
    RequestedOutput,
    ShowStatus,
    UnfollowJob,
)

_PIECES = st.sampled_from(
    (
        *(
            "status",
            "log",
            "abort",
            "follow",
            "unfollow",
            "help",
            "all",
            "me",
            "failed",
            "2h",
            "NP",
            "a/b",
            "..",
        ),
        *(
            "--all",
            "--state",
            "--mode",
            "--since",
            "--on",
            "--type",
            "--partition",
            "--",
            "\u2014",
            "\u2013x",
        ),
        *(
            '"',
            "\u201c",
            "\u201d",
            "'",
            "\u2019",
            "`",
            ".",
            ",",
            "/",
            "=",
            "|",
            "\\",
            "%",
            ":",
            "\u200b",
            "\u00a0",
        ),
        *("<http://a.b|a.b>", "<@U1|x>", "&amp;", "&lt;", "CHURN", "scored", "CHURN.scored", "2026-11-23"),
        *("CURRENT_DAY", "https://d.e/projects/K/jobs/J/", "https://[/projects/"),
    )
)
HOSTILE = st.one_of(
    st.text(max_size=60),
    st.lists(_PIECES, max_size=12).map(" ".join),
    st.lists(_PIECES, max_size=12).map("".join),
)

_LETTERS = st.characters(
    exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn", "Z"), exclude_characters="/\\\u2010\u2011\u2012\u2212"
)
_SPACED = st.text(st.one_of(_LETTERS, st.just(" ")), min_size=1, max_size=12).filter(
    lambda text: text.strip() != ""
)
_KEYS = _SPACED.filter(lambda text: ".." not in text and text not in {".", "?"})
_NAMES = st.one_of(
    _SPACED, st.sampled_from(["a.b", 'say "hi"', "\\", "it's", "--mode", "a,b", "“x”", "<!here>"])
).filter(lambda text: text not in {".", ".."})
_VALUES = _SPACED.map(str.strip)
_TEXTS = _VALUES.filter(lambda text: " " not in text)
_INSTANCES = st.none() | _VALUES
_PARTITIONS = st.sampled_from([None, "NP", "2026-11-23", "2026-11-01/2026-11-23|FR,FR/IT", "CURRENT_DAY"])


@st.composite
def builds(draw: st.DrawFn) -> Build:
    kind = draw(st.sampled_from([OutputKind.DATASET, OutputKind.FOLDER, OutputKind.MODEL]))
    anywhere = st.tuples(st.just(ANY_PROJECT), st.from_regex(r"[a-z]\w{0,9}", fullmatch=True))
    several = st.lists(st.tuples(_KEYS, _NAMES), min_size=1, max_size=20, unique=True)
    named = draw(several | anywhere.map(lambda one: [one]))
    return Build(
        outputs=tuple(RequestedOutput(project=project, name=name, kind=kind) for project, name in named),
        mode=draw(st.sampled_from(BuildMode)),
        partition=draw(_PARTITIONS),
        instance=draw(_INSTANCES),
        dry_run=draw(st.booleans()),
    )


_HOSTS = st.sampled_from([None, "https://dss.example", "http://10.0.0.1:11200"])
_JOBS = st.one_of(
    st.builds(JobName, job_id=_KEYS.map(str.strip), instance=_INSTANCES),
    st.builds(JobName, job_id=_KEYS, project=_KEYS, host=_HOSTS, instance=_INSTANCES),
).filter(lambda job: job.job_id.strip() == job.job_id and (job.project or "").strip() == (job.project or ""))

WISHES: st.SearchStrategy[Request] = st.one_of(
    st.builds(Overview, instance=_INSTANCES),
    st.builds(
        ListJobs,
        project=_KEYS | st.sampled_from(["*", "CH*", "A,B", "*x*", "?"]),
        state=st.sampled_from([None, "failed", "running", "done", "aborted"]),
        since=st.sampled_from([None, "2h", "2015/09/24", "3 days ago", "yesterday"]),
        by=st.sampled_from([None, "me", "bob", "a b"]),
        dataset=st.none() | _VALUES,
        limit=st.none() | st.integers(1, 100),
        instance=_INSTANCES,
    ),
    st.builds(MyLastJob, verb=st.sampled_from(["status", "log", "abort", "rebuild"]), instance=_INSTANCES),
    st.builds(ListProjects, text=st.none() | _TEXTS, instance=_INSTANCES),
    st.builds(ListDatasets, project=_KEYS, text=st.none() | _TEXTS, instance=_INSTANCES),
    st.builds(AbortAll, project=_KEYS, instance=_INSTANCES),
    st.builds(ReadLog, job=_JOBS, activity=st.none() | _VALUES),
    *(st.builds(record, job=_JOBS) for record in (ShowStatus, AbortJob, FollowJob, UnfollowJob)),
)


def as_slack_sends(command: str) -> str:
    """Return the text of a command without its name, escaped like Slack's."""
    text = command.partition(" ")[2]
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _check(text: str, parse: Callable[[str], ParsedCommand], command: str) -> None:
    request = parse(text)
    if not isinstance(request, Mistake):
        return
    assert request.command == command
    assert request.problem
    assert request.example.startswith(f"/dss-{command} ")
    again = parse(as_slack_sends(request.example))
    assert not isinstance(again, Mistake | Help), (request, again)


@given(HOSTILE)
def test_any_text_gets_an_answer_and_every_example_can_be_sent(text: str) -> None:
    """Nothing raises, and the example for a mistake is never itself a mistake."""
    _check(text, parse_build, "build")
    _check(text, parse_jobs, "jobs")


@given(builds())
def test_a_build_that_is_written_reads_as_the_same_build(build: Build) -> None:
    """Rebuild buttons and examples keep their meaning, whatever the names contain."""
    text = as_slack_sends(as_command(build))
    if len(text) <= 3_000:
        assert parse_build(text) == build


@given(WISHES)
def test_a_request_that_is_written_reads_as_the_same_request(asked: Request) -> None:
    """The same for every /dss-jobs request."""
    assert parse_jobs(as_slack_sends(as_command(asked))) == asked
