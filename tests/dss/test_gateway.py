"""The bot's port to DSS: every format of DSS's answers becomes the same facts."""

import threading
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
import pytest

from bot.domain import (
    Activity,
    BuildMode,
    Counters,
    Dimension,
    DssUser,
    Failure,
    FlowObject,
    JobInfo,
    JobRef,
    Output,
    OutputKind,
    ProjectInfo,
    WarningGroup,
    WhoAmI,
)
from bot.domain.ports import Dss
from bot.dss import DSSBadKey, DSSInvalidRequest, DSSNotFound, DSSUnavailable, DSSUnreadable
from bot.dss.conversions import moment, version_tuple
from bot.dss.gateway import DssGateway
from tests.dss.conftest import KEY, Serve
from tests.dss.stub import HTML, PAGE, Got, Say, Stub

OLD = {"DSS-Version": "14.2.0"}
NEW = {"DSS-Version": "15.2.0"}
REF = JobRef(instance="eu", project="P", job_id="j.1")

Open = Callable[..., tuple[Stub, Dss]]


@pytest.fixture
def gateway(serve: Serve) -> Open:
    def start(*says: object, ui_url: str | None = None) -> tuple[Stub, Dss]:
        stub, client = serve(*says)
        return stub, DssGateway(client, instance="eu", ui_url=ui_url)

    return start


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


STATUS = {
    "baseStatus": {
        "def": {
            "id": "j.1",
            "name": "Build_a",
            "type": "RECURSIVE_BUILD",
            "initiator": {"login": "alice", "displayName": "Alice"},
            "initiationTimestamp": 1_000_000,
            "triggeredFrom": "API",
            "outputs": [{"type": "DATASET", "targetDatasetProjectKey": "P", "targetDataset": "a"}],
        },
        "state": "FAILED",
        "jobStartTime": 1_001_000,
        "jobEndTime": 1_002_500,
        "activities": {
            "late": {
                "state": "FAILED",
                "endTime": 1_002_400,
                "firstFailure": {"message": "because of the first"},
            },
            "first": {
                "activityId": "first",
                "recipeName": "compute_a",
                "recipeType": "python",
                "state": "FAILED",
                "startTime": 1_001_100,
                "endTime": 1_002_300,
                "firstFailure": {"message": "KeyError: 'amount'", "stackTraceStr": "java.lang…"},
                "warnings": {
                    "totalCount": 4,
                    "warnings": {
                        "BAD_TYPE": {
                            "type": "BAD_TYPE",
                            "count": 3,
                            "stored": [{"message": "'n/a' for password=hunter2"}, {"message": "second"}],
                        },
                        "OTHER": {"stored": [None]},
                        "NONE": None,
                    },
                },
                "targets": [{"records": 10}, {"records": 5}, {}],
            },
            "none": None,
            "waiting": {"state": "NOT_STARTED"},
        },
    },
    "globalState": {"done": 0, "failed": 2, "notStarted": "1", "total": 3},
}


def test_a_status_becomes_facts(gateway: Open) -> None:
    """State, times, people, counts, activities, and the first failure."""
    _, dss = gateway(Say(STATUS))
    assert dss.job("P", "j.1") == JobInfo(
        ref=REF,
        state="FAILED",
        finished=True,
        name="Build_a",
        mode="RECURSIVE_BUILD",
        outputs=(Output(kind=OutputKind.DATASET, project="P", id="a"),),
        initiator="alice",
        triggered_from="API",
        initiated_at=at(1000),
        started_at=at(1001),
        ended_at=at(1002.5),
        warnings=4,
        counters=Counters(failed=2, not_started=1, total=3),
        activities=(
            Activity(id="late", state="FAILED", ended_at=at(1002.4), failure="because of the first"),
            Activity(
                id="first",
                state="FAILED",
                recipe="compute_a",
                recipe_type="python",
                started_at=at(1001.1),
                ended_at=at(1002.3),
                failure="KeyError: 'amount'",
                warnings=4,
                warning_groups=(
                    WarningGroup(kind="BAD_TYPE", count=3, message="'n/a' for password=[redacted]"),
                    WarningGroup(kind="OTHER", count=1),
                ),
                records=15,
            ),
            Activity(id="waiting", state="NOT_STARTED"),
        ),
        failure=Failure(
            message="KeyError: 'amount'", activity_id="first", recipe="compute_a", stack="java.lang…"
        ),
    )


def test_a_cause_is_told_without_its_secrets(gateway: Open) -> None:
    """Connection errors quote addresses and passwords; a whole channel sees a cause."""
    words = "cannot log in: jdbc:postgresql://bot:hunter2secret@db/x password=hunter3secret"
    activity = {"state": "FAILED", "firstFailure": {"message": words, "stackTraceStr": words}}
    _, dss = gateway(Say({"baseStatus": {"state": "FAILED", "activities": {"x": activity}}}))
    job = dss.job("P", "j.1")
    assert job.failure is not None
    assert "cannot log in" in job.failure.message
    assert "hunter" not in repr(job)


WHY = [
    (
        {
            "activities": {"x": {"firstFailure": {"message": "act"}}},
            "unexpectedFailure": {"message": "job"},
        },
        "act",
    ),
    (
        {
            "activities": {"x": {"state": "FAILED", "firstFailure": {"message": ""}}},
            "unexpectedFailure": {"detailedMessage": "job"},
            "checksFailure": {"detailedMessage": "checks"},
        },
        "job",
    ),
    ({"checksFailure": {"detailedMessage": "checks"}, "incompatibilities": [{"jobId": "o"}]}, "checks"),
    (
        {"incompatibilities": [{"jobId": "o", "datasetProjectKey": "P", "datasetName": "a"}]},
        "P.a is being built by another job o",
    ),
    ({}, None),
]


@pytest.mark.parametrize(("base", "message"), WHY)
def test_the_best_reason_is_taken(gateway: Open, base: dict[str, object], message: str | None) -> None:
    """Activity, job, checks, another conflicting job: in that order (DSS-API.md §1.5)."""
    _, dss = gateway(Say({"baseStatus": {"state": "FAILED", **base}}))
    failure = dss.job("P", "j.1").failure
    assert (failure.message if failure else None) == message


def test_conflicts_name_the_other_jobs(gateway: Open) -> None:
    """The bot can offer the person the jobs that had the output first."""
    others = [{"jobProjectKey": "Q", "jobId": "o1"}, {"jobId": "o2"}, {"datasetName": "a"}]
    _, dss = gateway(Say({"baseStatus": {"state": "FAILED", "incompatibilities": others}}))
    assert dss.job("P", "j.1").conflicts == (
        JobRef(instance="eu", project="Q", job_id="o1"),
        JobRef(instance="eu", project="P", job_id="o2"),
    )


@pytest.mark.parametrize(
    ("answer", "state", "finished"),
    [
        ({"baseStatus": {"state": "DONE"}}, "DONE", True),
        ({"baseStatus": {"status": "ABORTED"}}, "ABORTED", True),
        ({"runtimeSummary": {"state": "RUNNING"}}, "RUNNING", False),
        ({"baseStatus": {"state": "SOMETHING_NEW", "jobEndTime": 5}}, "SOMETHING_NEW", False),
        ({"baseStatus": {}, "globalState": None}, "", False),
        ({"removed": True}, "", True),
        ({"baseStatus": {"state": "RUNNING"}, "logTail": {"lines": []}, "k8sLogs": 3}, "RUNNING", False),
    ],
)
def test_the_state_is_found_wherever_it_is(
    gateway: Open, answer: dict[str, object], state: str, finished: bool
) -> None:
    """A job is finished only in the three final states, or if its details are gone (DSS-API.md §2.1)."""
    _, dss = gateway(Say(answer))
    facts = dss.job("P", "j.1")
    assert (facts.state, facts.finished) == (state, finished)


def test_list_items_of_every_shape_become_facts(gateway: Open) -> None:
    """Nested, flat, without state, with an object as initiator; items that name no job are skipped."""
    items = [
        {
            "def": {
                "id": "a",
                "projectKey": "P",
                "type": "T",
                "initiator": "bob",
                "initiationTimestamp": 1_000,
                "outputs": [
                    {"type": "RETRIEVABLE_KNOWLEDGE", "targetDataset": "kb"},
                    {"targetManagedFolder": "f", "targetManagedFolderProjectKey": "Q"},
                    {"savedModelId": "m"},
                    {"type": "NEW_KIND", "id": "n", "partition": "2026"},
                    {"type": "DATASET"},
                ],
            },
            "state": "DONE",
            "stableState": True,
            "startTime": 2_000,
            "endTime": 3_000,
            "warningsCount": 4,
        },
        {
            "jobId": "b",
            "name": "B",
            "initiator": {"displayName": "Carol"},
            "stableState": True,
            "startTime": 0,
        },
        {"id": "c", "status": "RUNNING", "stableState": False, "jobStartTime": 2_000},
        {"def": None, "state": "RUNNING"},
        {"jobId": "d", "state": None, "stableState": None},
    ]
    _, dss = gateway(Say(items))
    a, b, c, d = dss.recent_jobs("P", 10)
    assert a == JobInfo(
        ref=JobRef(instance="eu", project="P", job_id="a"),
        state="DONE",
        finished=True,
        mode="T",
        initiator="bob",
        initiated_at=at(1),
        started_at=at(2),
        ended_at=at(3),
        warnings=4,
        outputs=(
            Output(kind=OutputKind.KNOWLEDGE, project="P", id="kb"),
            Output(kind=OutputKind.FOLDER, project="Q", id="f"),
            Output(kind=OutputKind.MODEL, project="P", id="m"),
            Output(kind="NEW_KIND", project="P", id="n", partition="2026"),
        ),
    )
    assert (b.state, b.finished, b.name, b.initiator, b.started_at) == ("", True, "B", "Carol", None)
    assert (c.ref.job_id, c.state, c.finished, c.started_at) == ("c", "RUNNING", False, at(2))
    assert (d.state, d.finished) == ("", False)


def test_running_jobs_of_a_new_dss(gateway: Open) -> None:
    """One call for the instance; the answer doesn't contain jobs that have ended meanwhile."""
    items = [
        {"jobId": "r", "projectKey": "P", "state": "RUNNING"},
        {"jobId": "d", "projectKey": "P", "state": "DONE"},
        {"jobId": "homeless", "state": "RUNNING"},
    ]
    stub, dss = gateway(Say(items, headers=NEW))
    running = dss.running_jobs()
    assert running is not None
    assert [facts.ref.job_id for facts in running] == ["r"]
    assert stub.got[0].target == "/public/api/jobs/running/?allUsers=True"


def test_an_old_dss_is_asked_once_and_again_after_an_upgrade(gateway: Open) -> None:
    """The missing call costs one request, for all users of the instance; an upgrade is detected."""
    version = {"DSS-Version": ""}

    def answer(got: Got) -> Say:
        if "/jobs/running/" in got.target and version["DSS-Version"] != "15.2.0":
            return Say(PAGE, 404, HTML | version)
        return Say([], headers=dict(version))

    stub, dss = gateway(answer)
    assert dss.running_jobs() is None
    assert dss.as_login("alice").running_jobs() is None
    assert len(stub.got) == 1
    version["DSS-Version"] = "14.2.0"
    dss.projects()
    assert dss.running_jobs() is None
    assert len(stub.got) == 2, "the version alone says it"
    version["DSS-Version"] = "15.2.0"
    dss.projects()
    assert dss.running_jobs() == []


def test_a_gateways_page_is_not_taken_for_a_missing_call(gateway: Open) -> None:
    """A stopped instance answers 404 with a page: this is forgotten as soon as DSS is back."""
    _, dss = gateway(Say([], headers=NEW), Say(PAGE, 404, HTML), Say([]))
    assert dss.running_jobs() == []
    assert dss.running_jobs() is None
    assert dss.running_jobs() == []


def test_a_failing_running_call_is_no_missing_one(gateway: Open) -> None:
    """If DSS is down or the key is wrong, it's an error, not "this DSS can't"."""
    unknown = Say({"errorType": "x.NotAuthenticatedException", "message": "Unknown API key"}, 401, NEW)
    _, dss = gateway(unknown, Say(PAGE, 502, HTML))
    with pytest.raises(DSSBadKey):
        dss.running_jobs()
    with pytest.raises(DSSUnavailable):
        dss.running_jobs()


@pytest.mark.parametrize("status", [401, 403])
def test_a_caller_who_may_not_list_the_instance_has_the_projects(gateway: Open, status: int) -> None:
    """A weak key must not look like an unavailable DSS, and it says nothing about other callers."""
    refused = Say({"errorType": "x.UnauthorizedException", "message": "Not an admin"}, status, NEW)
    _, dss = gateway(refused, Say([], headers=NEW))
    assert dss.as_login("alice").running_jobs() is None
    assert dss.running_jobs() == []


def test_a_start_sends_everything_and_returns_the_id(gateway: Open) -> None:
    """Each output has its type, project, and partition (DSS-API.md §1.4: always send the type)."""
    stub, dss = gateway(Say({"id": "j"}))
    outputs = [
        Output(project="P", id="a", partition="2026"),
        Output(kind=OutputKind.FOLDER, project="Q", id="f8", name="reports"),
    ]
    assert dss.start("P", outputs, BuildMode.MODIFIED, refresh_metastore=True) == "j"
    assert msgspec.json.decode(stub.got[0].body) == {
        "type": "RECURSIVE_BUILD",
        "refreshHiveMetastore": True,
        "autoUpdateSchemaBeforeEachRecipeRun": False,
        "outputs": [
            {"type": "DATASET", "id": "a", "projectKey": "P", "partition": "2026"},
            {"type": "MANAGED_FOLDER", "id": "f8", "projectKey": "Q", "partition": None},
        ],
    }


@pytest.mark.parametrize("refusal", [500, 400])
def test_a_knowledge_bank_goes_by_either_of_its_two_types(gateway: Open, refusal: int) -> None:
    """DSS's client has two words (DSS-API.md §2.4): a refusal of one started nothing; the other is sent."""
    refused = {"errorType": "java.lang.IllegalArgumentException", "message": "Unknown output type"}
    stub, dss = gateway(Say(refused, refusal), Say({"id": "j"}))
    bank = Output(kind=OutputKind.KNOWLEDGE, project="P", id="kb")
    assert dss.start("P", [bank], BuildMode.ONLY) == "j"
    sent = [msgspec.json.decode(got.body)["outputs"][0]["type"] for got in stub.got]
    assert sent == ["KNOWLEDGE_BANK", "RETRIEVABLE_KNOWLEDGE"]


def test_a_knowledge_bank_that_dss_refuses_twice_is_refused_with_the_first_reason(gateway: Open) -> None:
    """Nor is anything else sent twice."""
    first = {"errorType": "java.lang.IllegalArgumentException", "message": "Recipe has no model"}
    second = {"errorType": "java.lang.IllegalArgumentException", "message": "Unknown output type"}
    stub, dss = gateway(Say(first, 500), Say(second, 500), Say(first, 500))
    with pytest.raises(DSSInvalidRequest, match="no model"):
        dss.start("P", [Output(kind=OutputKind.KNOWLEDGE, project="P", id="kb")], BuildMode.ONLY)
    with pytest.raises(DSSInvalidRequest, match="no model"):
        dss.start("P", [Output(kind=OutputKind.STREAM, project="P", id="s")], BuildMode.ONLY)
    assert len(stub.got) == 3


def test_a_knowledge_bank_whose_start_got_lost_is_not_started_again(gateway: Open) -> None:
    """The job might exist."""
    stub, dss = gateway(Say("<html>", 502), Say({"id": "j"}))
    with pytest.raises(DSSUnavailable):
        dss.start("P", [Output(kind=OutputKind.KNOWLEDGE, project="P", id="kb")], BuildMode.ONLY)
    assert len(stub.got) == 1


def test_a_streaming_endpoint_is_listed_by_its_id_alone(gateway: Open) -> None:
    """The id is the name: DSS's client reads nothing else."""
    _, dss = gateway(Say([{"projectKey": "P", "id": "live_orders", "type": "kafka"}]))
    (listed,) = dss.objects("P", OutputKind.STREAM)
    assert (listed.id, listed.name) == ("live_orders", "live_orders")


def test_the_things_of_a_project(gateway: Open) -> None:
    """Datasets have names, folders and models have ids; what has neither is skipped."""
    _, dss = gateway(
        Say([{"name": "a", "projectKey": "P"}, {"type": "odd"}]),
        Say([{"id": "f8", "name": "reports"}, {"id": "f9"}]),
        Say([{"id": "m8", "name": "churn"}]),
    )
    assert dss.objects("P", OutputKind.DATASET) == [FlowObject(kind=OutputKind.DATASET, id="a", name="a")]
    assert dss.objects("P", OutputKind.FOLDER) == [
        FlowObject(kind=OutputKind.FOLDER, id="f8", name="reports"),
        FlowObject(kind=OutputKind.FOLDER, id="f9", name="f9"),
    ]
    assert dss.objects("P", OutputKind.MODEL) == [FlowObject(kind=OutputKind.MODEL, id="m8", name="churn")]


def test_projects_partitions_and_dimensions(gateway: Open) -> None:
    """A partitioned dataset has dimensions; an unpartitioned one has none."""
    _, dss = gateway(
        Say([{"projectKey": "P", "name": "Sales"}, {"projectKey": "Q"}, {"name": "?"}]),
        Say(
            {
                "partitioning": {
                    "dimensions": [
                        {"name": "day", "type": "time", "params": {"period": "DAY"}},
                        {"name": "country", "type": "value", "params": {}},
                        {"name": "week", "type": "time", "params": {"period": "WEEK"}},
                        {"name": "odd"},
                    ]
                }
            }
        ),
        Say({"partitioning": {}}),
        Say({}),
        Say(["2026-11-22|FR"]),
    )
    assert dss.projects() == [ProjectInfo(key="P", name="Sales"), ProjectInfo(key="Q", name="Q")]
    assert dss.dimensions("P", "a") == (
        Dimension(name="day", period="DAY"),
        Dimension(name="country", period=""),
        Dimension(name="week", period=None),
        Dimension(name="odd", period=None),
    )
    assert dss.dimensions("P", "a") == ()
    assert dss.dimensions("P", "a") == ()
    assert dss.partitions("P", "a") == ["2026-11-22|FR"]


def test_users_come_from_the_call_that_this_key_may_use(gateway: Open) -> None:
    """Without admin rights if possible, otherwise with them; if both are refused, the second error counts."""
    users = [
        {"login": "a", "email": None, "enabled": False},
        {"login": "b", "displayName": "B"},
        {"email": "x"},
    ]
    no = Say({"errorType": "x.NotFoundException", "message": "no"}, 404)
    stub, dss = gateway(Say(users), no, Say(users), no, Say([1]))
    wanted = [DssUser(login="a", enabled=False), DssUser(login="b", display_name="B")]
    assert dss.users() == wanted
    assert dss.users() == wanted
    assert [got.target.removeprefix("/public/api") for got in stub.got] == [
        "/users",
        "/users",
        "/admin/users/",
    ]
    with pytest.raises(DSSUnreadable):
        dss.users()


def test_who_and_what(gateway: Open) -> None:
    """The key's identity, and the version, which is requested only if no answer has contained it."""
    info = {"authIdentifier": "alice", "groups": ["g"]}
    stub, dss = gateway(Say({"dssVersion": "13.0.0"}), Say(info, headers=NEW))
    assert dss.version() == "13.0.0"
    assert dss.who_am_i() == WhoAmI(identifier="alice", groups=("g",), admin=None)
    assert dss.version() == "15.2.0"
    assert len(stub.got) == 2
    assert dss.instance == "eu"


def test_each_login_has_one_gateway(gateway: Open) -> None:
    """However many threads ask at once, a login has one gateway; no login means the key itself."""
    stub, dss = gateway(Say({}))
    found: list[Dss] = []
    threads = [threading.Thread(target=lambda: found.append(dss.as_login("alice"))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 16
    assert len(set(map(id, found))) == 1
    assert found[0].as_login(None) is dss
    found[0].as_login("bob").who_am_i()
    assert stub.got[0].headers["X-DKU-ProxyUser"] == "bob"


def test_many_threads_share_one_client(gateway: Open) -> None:
    """Each thread gets its own answer and its own caller, through one pool."""

    def answer(got: Got) -> Say:
        return Say({"authIdentifier": got.headers.get("X-DKU-ProxyUser", "key")})

    _, dss = gateway(answer)
    wrong: list[str] = []

    def work(login: str) -> None:
        caller = dss.as_login(login)
        wrong.extend(login for _ in range(20) if caller.who_am_i().identifier != login)

    threads = [threading.Thread(target=work, args=(f"user{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_an_abort_and_a_log(gateway: Open) -> None:
    """Both reach the job, and an unknown job is an error."""
    missing = Say({"errorType": "x.NotFoundException", "message": "Job log not found"}, 404)
    text = {"Content-Type": "text/plain"}
    _, dss = gateway(Say({"msg": "ok"}), Say("a\nb\n", 200, text), missing)
    dss.abort("P", "j.1")
    tail = dss.log_tail("P", "j.1", max_bytes=3)
    assert (tail.text, tail.total_bytes, tail.truncated) == ("b\n", 4, True)
    with pytest.raises(DSSNotFound):
        dss.log_tail("P", "j.1", activity="x")


def test_a_job_has_an_address_for_people(gateway: Open) -> None:
    """The web interface's address, even if it is elsewhere, encoded, with the final slash (DSS-API.md §5)."""
    _, dss = gateway(ui_url="https://dss.example.com/")
    assert dss.job_url("P", "a b/c.1") == "https://dss.example.com/projects/P/jobs/a%20b%2Fc.1/"
    stub, dss = gateway()
    assert dss.job_url("P", "j") == f"{stub.url}/projects/P/jobs/j/"


@pytest.mark.parametrize(
    ("version", "numbers"),
    [
        ("15.2.0", (15, 2, 0)),
        ("15.2.0-beta1", (15, 2, 0)),
        ("15", (15,)),
        ("15.x", (15,)),
        ("dev", None),
        ("9" * 5_000, None),
        ("", None),
    ],
)
def test_versions_are_read_as_far_as_they_are_numbers(version: str, numbers: tuple[int, ...] | None) -> None:
    """A development build doesn't break the comparison."""
    assert version_tuple(version) == numbers


@pytest.mark.parametrize("millis", [None, 0, -1, -5.5, float("nan"), float("inf"), 10**20])
def test_times_that_are_none(millis: float | None) -> None:
    """Zero, negative, missing, and impossible times are "not yet"."""
    assert moment(millis) is None


def test_a_personal_key_is_sent_instead_of_the_bots(gateway: Open) -> None:
    """Over the same connections, without impersonation, and whatever login is asked for."""
    stub, dss = gateway(Say([]))
    own = dss.with_key("dkuaps-own", lambda error: error)
    for caller in (own, own.as_login("bob"), own.as_login(None)):
        caller.projects()
        assert stub.got[-1].headers["Authorization"] == "Basic " + b64encode(b"dkuaps-own:").decode()
        assert "X-DKU-ProxyUser" not in stub.got[-1].headers
    dss.projects()
    assert stub.got[-1].headers["Authorization"] == "Basic " + b64encode(f"{KEY}:".encode()).decode()


def test_a_refused_personal_key_raises_what_its_owner_says(gateway: Open) -> None:
    """The owner hears of it; the bot's own key raises the usual error, and no other error is replaced."""
    unknown = {"errorType": "com.dataiku.dip.exceptions.NotAuthenticatedException", "message": "dkuaps-own?"}
    stub, dss = gateway(Say(unknown, status=401))
    heard: list[DSSBadKey] = []

    def refused(error: DSSBadKey) -> DSSNotFound:
        heard.append(error)
        return DSSNotFound("replaced")

    own = dss.with_key("dkuaps-own", refused)
    with pytest.raises(DSSNotFound, match="replaced"):
        own.projects()
    assert len(heard) == 1
    assert "dkuaps-own" not in str(heard[0])
    with pytest.raises(DSSBadKey):
        dss.projects()
    stub.says = [Say({"errorType": "x.NotFoundException", "message": "no"}, status=404)]
    with pytest.raises(DSSNotFound, match="no"):
        own.projects()
    assert len(heard) == 1
    with pytest.raises(ValueError, match="characters that a key can't have") as wrong:
        dss.with_key("not a key", refused)
    assert "not a key" not in str(wrong.value)
