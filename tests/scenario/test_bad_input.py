"""The answer to every wrong input says what would be right; nothing starts."""

import html
import re

import pytest

from bot.commands.build_parser import parse_build
from bot.commands.jobs_parser import parse_jobs
from bot.domain import Mistake, ParsedCommand
from bot.views import action_ids
from tests.scenario.world import Scenario, ref, shown


@pytest.mark.parametrize(
    ("command", "wanted"),
    [
        ("/dss-build help", ("How to use", "/dss-build CHURN.scored")),
        ("/dss-jobs help", ("How to use", "/dss-jobs CHURN --state failed")),
        ("/dss-build CHURN", ("For example",)),
        ("/dss-build CHURN.scored --mood all", ("--mode",)),
        ("/dss-build CHURN.scored --mode al", ("all",)),
        ("/dss-build CHURN.scored --type foldr", ("folder",)),
        ("/dss-build CHURN.scored --partition", ("--partition",)),
        ('/dss-build CHURN "scored', ("never closed",)),
        ("/dss-build " + "x" * 2_990 + ".yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy", ("at most", "characters")),
        ("/dss-jobs statsu CHURN/Build_x__NP__2026-11-23T08-15-02.417", ("status",)),
        ("/dss-jobs CHURN --state faild", ("failed",)),
        ("/dss-jobs CHURN --since yesterdya", ("yesterday",)),
        ("/dss-jobs CHURN --limit many", ("--limit",)),
        ("/dss-jobs CHURN --limit 0", ("--limit",)),
        ("/dss-jobs CHURN --sinse 2h", ("--since",)),
        ("/dss-jobs abort --all", ("abort --all",)),
        ("/dss-jobs CHURN SALES", ("commas", "/dss-jobs CHURN,SALES")),
        ("/dss-jobs stop CHURN/Build_x__NP__2026-11-23T08-15-02.417", ("abort",)),
    ],
)
def test_a_mistake_is_answered(scenario: Scenario, command: str, wanted: tuple[str, ...]) -> None:
    """In the acknowledgement, or after a look at DSS where the example names something there."""
    delivery = scenario.type(command)
    if delivery.ack_payload is None or not shown(delivery.ack_payload):
        scenario.told(*wanted)
    else:
        assert all(text in shown(delivery.ack_payload) for text in wanted)
    assert scenario.starts() == []


@pytest.mark.parametrize(
    ("command", "wanted"),
    [
        ("/dss-build CHRUN.scored", ("no project CHRUN", "`CHURN`")),
        ("/dss-build CHURN.scroed", ("no dataset scroed", "`CHURN.scored`", "/dss-build CHURN.scored")),
        ('/dss-build CHURN "Customer export" --type folder', ("no folder", "Customer exports")),
        ("/dss-build CHURN.scored SALES.nothing_like_it", ("no dataset",)),
        (
            '/dss-build CHURN.features "Customer exports" --mode missing',
            (
                "is a folder in CHURN, not a dataset: add --type folder",
                'CHURN."Customer exports" --mode missing --type folder',
            ),
        ),
        ("/dss-jobs CHURN --dataset scord --by me", ("/dss-jobs CHURN --by me --dataset scored",)),
        ("/dss-jobs CHURN --by alic --state failed", ("didn't start any", "--state failed --by alice")),
        ("/dss-jobs CHURN --since 05/06/2026", ("could be two days",)),
        (
            "/dss-build CHURN.daily_sessions CHURN.scored --partition 2026-11-23",
            ("For example: `/dss-build CHURN.daily_sessions --partition", "Then: `/dss-build CHURN.scored`"),
        ),
        ("/dss-jobs abort CHURN", ("is a project, not a job", "`/dss-jobs abort --all CHURN`")),
        ("/dss-jobs log churn", ("is a project, not a job", "`/dss-jobs CHURN`")),
        ("/dss-jobs follow nope", ("Which project", "PROJECT/nope", "`/dss-jobs`")),
        ("/dss-jobs CHURN --since 2026-02-30", ("2026-02-30",)),
        ("/dss-jobs CHRUN", ("no project CHRUN", "`CHURN`")),
        ("/dss-jobs CHURN --dataset scroed", ("no dataset scroed", "/dss-jobs CHURN --dataset scored")),
        ("/dss-jobs CHURN --on prod", ("no DSS instance prod", "default")),
        ("/dss-jobs abort --all CHRUN", ("no project CHRUN", "`CHURN`")),
        (
            "/dss-jobs status CHURN/Build_gone__NP__2026-11-23T08-15-02.417",
            ("has no job", "/dss-jobs CHURN"),
        ),
        ("/dss-jobs abort CHURN/Build_gone__NP__2026-11-23T08-15-02.417", ("has no job",)),
        ("/dss-jobs log CHURN/Build_gone__NP__2026-11-23T08-15-02.417", ("has no job",)),
        ("/dss-jobs follow CHURN/Build_gone__NP__2026-11-23T08-15-02.417", ("has no job",)),
        ("/dss-jobs unfollow CHURN/Build_gone__NP__2026-11-23T08-15-02.417", ("isn't followed here",)),
        (
            "/dss-jobs status https://dss.example.com/projects/CHURN/jobs/Build_x__NP__2026-11-23T08-15-02.417/",
            ("not connected",),
        ),
    ],
)
def test_what_dss_does_not_know_is_answered(
    scenario: Scenario, command: str, wanted: tuple[str, ...]
) -> None:
    """The answer to an unknown name suggests the nearest ones, and nothing starts."""
    scenario.type(command)
    answer = scenario.told(*wanted)
    assert scenario.starts() == []
    assert scenario.requested("POST", "/abort") == []
    for example in re.findall(r"(?:For example|Then): `([^`]+)`", answer.text):
        assert html.unescape(example) != command
        assert not isinstance(read(example), Mistake), example


def read(command: str) -> ParsedCommand:
    """Parse a command as it was shown, which is how Slack sends it."""
    name, _, text = command.partition(" ")
    return {"/dss-build": parse_build, "/dss-jobs": parse_jobs}[name](text)


def test_a_login_that_nobody_has(scenario: Scenario) -> None:
    """`--by` a person who started nothing: an empty list that says what was searched for."""
    scenario.type("/dss-jobs CHURN --by nobody")
    scenario.told("nothing found", "by nobody")


def test_a_dataset_that_no_job_built(scenario: Scenario) -> None:
    """`--dataset` with a name unlike any other: an empty list that says what was searched for."""
    scenario.type("/dss-jobs CHURN --dataset zzzzzz")
    scenario.told("nothing found", "building zzzzzz")


def test_a_button_whose_job_is_gone(scenario: Scenario) -> None:
    """Every button of a deleted job gets an answer."""
    job = scenario.elsewhere("customers_clean")
    scenario.type(f"/dss-jobs status {ref(job)}")
    status = scenario.told("Running", "CHURN.customers_clean")
    scenario.forget(job)
    scenario.press(status, action_ids.JOB_LOG)
    scenario.dialog(f"has no job `{job.id}`")
    for number, action in enumerate((action_ids.JOB_ABORT, action_ids.JOB_FOLLOW), 1):
        scenario.press(status, action)

        def answered(wanted: int = number) -> bool:
            return sum(f"has no job `{job.id}`" in shown(m) for m in scenario.answers()) == wanted

        scenario.until(answered)


@pytest.mark.parametrize("value", ["v0:whatever", "", "v1:{", 'v1:{"type":"Build"}', "x" * 1_900])
def test_a_button_of_an_older_version(scenario: Scenario, value: str) -> None:
    """An unreadable value has no effect, and the person is told politely."""
    job = scenario.elsewhere("customers_clean")
    scenario.type(f"/dss-jobs status {ref(job)}")
    status = scenario.told("Running", "CHURN.customers_clean")
    for block in status.blocks:
        for element in block.get("elements", ()):
            if element.get("action_id") == action_ids.JOB_ABORT:
                element["value"] = value
    scenario.press(status, action_ids.JOB_ABORT, stale=True)
    scenario.told("older message", "Nothing was done")
    assert scenario.requested("POST", "/abort") == []


HOSTILE = [
    '"<!channel>"',
    '"<!here> & co"',
    '"<@U0ALICE>"',
    "'*bold* _it_ ~gone~'",
    '"a|b,c"',
    "'50% off?#1'",
    "x" * 200,
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_built_and_shown_as_text(scenario: Scenario, name: str) -> None:
    """A dataset's name stays plain text: in the answer, the root, the thread, the list, and the log."""
    scenario.type(f"/dss-build HOSTILE {name}")
    scenario.until(lambda: scenario.starts() or None)
    [started] = scenario.starts()
    outputs = started["outputs"]
    assert isinstance(outputs, list)
    assert outputs[0]["id"] == name.strip("\"'")
    scenario.root("HOSTILE")
    scenario.type("/dss-jobs HOSTILE")
    scenario.press(scenario.told("Jobs of HOSTILE"), action_ids.JOB_LOG)
    scenario.until(lambda: any("log of" in shown(view).lower() for view in scenario.slack.views("alice")))


def test_a_hostile_failure_is_shown_as_text(scenario: Scenario) -> None:
    """A failure of 10,000 characters with markup: root, thread, status, list, and log show it as text."""
    scenario.type("/dss-build HOSTILE.hostile_failure")
    root = scenario.root("Failed", "HOSTILE.hostile_failure")
    end = scenario.reply(root, "*Failed*", "ValueError")
    assert "&lt;!channel&gt;" in shown(end)
    scenario.type(f"/dss-jobs log {ref(scenario.newest('HOSTILE'))}")
    scenario.told("Log of", "&lt;!channel&gt;")
    scenario.type("/dss-jobs HOSTILE --state failed")
    scenario.told("Jobs of HOSTILE", "ValueError")


@pytest.mark.parametrize(
    "command",
    [
        "/dss-build <!channel>.x",
        "/dss-build CHURN.<!here>",
        "/dss-build CHURN.`x` --mode `<!channel>`",
        "/dss-build &<>.&amp; --partition <!everyone>",
        "/dss-jobs <@U0ALICE>",
        "/dss-jobs CHURN --by <!channel>",
        "/dss-jobs CHURN --dataset <https://evil.example|click>",
        "/dss-jobs status <!channel>",
        "/dss-jobs status CHURN/<!channel>",
        "/dss-jobs log CHURN/`<!here>` --activity <!here>",
        "/dss-jobs CHURN --since <!channel>",
        "/dss-jobs CHURN --state *bold*",
        "/dss-jobs CHURN --on <!channel>",
        "/dss-jobs abort --all <!channel>",
        "/dss-jobs \u202e\u0000\u0007 CHURN",
        "/dss-build " + "`" * 2_000,
        "/dss-jobs " + "<!channel>" * 1_000,
    ],
)
@pytest.mark.parametrize("raw", [False, True])
def test_hostile_typed_text_is_shown_as_text(scenario: Scenario, command: str, raw: bool) -> None:
    """Whatever is typed, escaped by Slack or not, gets an answer that notifies nobody."""
    scenario.type(command, raw=raw)
    scenario.until(lambda: scenario.answers() or None)
    assert scenario.starts() == []
