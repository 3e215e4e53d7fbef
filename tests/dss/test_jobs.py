"""The documented usage of projects and jobs, and every format in which DSS might answer."""

from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec
import pytest

from bot.dss import DSSJob, DSSNotFound, DSSUnreadable
from bot.dss.log_tail import TailRing, last_error_line
from tests.dss.conftest import Serve
from tests.dss.stub import HTML, PAGE, Got, Say

JOB = {
    "def": {
        "id": "Build_a_NP_2015-09-24T09-00-00.123",
        "projectKey": "P",
        "name": "Build_a_NP",
        "type": "RECURSIVE_BUILD",
        "initiator": "alice",
        "initiationTimestamp": 1443085200123,
        "triggeredFrom": "API",
        "mailNotification": False,
        "outputs": [
            {
                "targetDataset": "a",
                "targetDatasetProjectKey": "P",
                "targetPartition": "NP",
                "type": "DATASET",
            }
        ],
    },
    "state": "FAILED",
    "stableState": True,
    "startTime": 1443085201000,
    "endTime": 0,
    "warningsCount": 2,
    "somethingNew": {"x": [1]},
}
TEXT = {"Content-Type": "text/plain"}
OLD = {"DSS-Version": "14.2.0"}
NEW = {"DSS-Version": "15.2.0"}


def test_listed_jobs_behave_as_the_documented_mappings(serve: Serve) -> None:
    """The documented filter "failures since a date" runs unchanged, and no key is lost, even a new one."""
    _, client = serve(Say([JOB, {**JOB, "state": "DONE"}]))
    jobs = client.get_project("P").list_jobs()
    since = 1443045600000
    failed = [job for job in jobs if job["state"] == "FAILED" and job["def"]["initiationTimestamp"] >= since]
    assert len(failed) == 1
    job = failed[0]
    assert job["def"]["outputs"][0]["targetDataset"] == "a"
    assert dict(job) == JOB == job
    assert job != {**JOB, "state": "DONE"}
    assert list(job) == list(JOB)
    assert len(job) == 7
    assert "state" in job
    assert "nope" not in job
    assert job.get("nope", 5) == 5
    assert job.get("endTime") == 0
    assert (list(job.keys()), list(job.values()), dict(job.items())) == (
        list(JOB),
        list(JOB.values()),
        JOB,
    )
    assert isinstance(job, Mapping)
    with pytest.raises(KeyError):
        job["nope"]


def test_an_item_says_who_it_is_in_both_shapes(serve: Serve) -> None:
    """Nested, flat, or without a project: the id, project, times, and handle are available."""
    flat = {"jobId": "j1", "projectKey": "Q", "startTime": 1000, "endTime": -1, "stableState": False}
    bare = {"id": "j2", "jobStartTime": "2000", "jobEndTime": 3000, "status": "DONE"}
    _, client = serve(Say([JOB, flat, bare]))
    nested, second, third = client.get_project("P").list_jobs()
    assert (nested.project_key, nested.job_id) == ("P", "Build_a_NP_2015-09-24T09-00-00.123")
    assert (nested.end_time, nested.finished) == (None, True)
    assert (second.project_key, second.job_id, second.finished) == ("Q", "j1", False)
    assert (second.start_time, second.end_time) == (datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC), None)
    assert (third.project_key, third.job_id, third.finished) == ("P", "j2", True)
    assert third.end_time == datetime(1970, 1, 1, 0, 0, 3, tzinfo=UTC)
    handle = second.to_job()
    assert (handle.project_key, handle.id) == ("Q", "j1")


def test_a_list_can_give_handles(serve: Serve) -> None:
    """``as_type`` works as in the official client."""
    _, client = serve(Say([JOB]))
    (job,) = client.get_project("P").list_jobs(as_type="objects")
    assert isinstance(job, DSSJob)
    with pytest.raises(ValueError, match="as_type"):
        client.get_project("P").list_jobs(as_type="things")  # type: ignore[call-overload]


def test_a_limit_holds_whether_dss_knows_it_or_not(serve: Serve) -> None:
    """An old DSS that ignores the limit doesn't make the list longer."""
    _, client = serve(Say([JOB] * 5))
    assert len(client.get_project("P").list_jobs(limit=2)) == 2
    with pytest.raises(ValueError, match="at least 1"):
        client.get_project("P").list_jobs(limit=0)


@pytest.mark.parametrize("body", ["[1]", "[null]", '{"a":1}', '[{"a":1}', "["])
def test_a_list_that_is_none_is_unreadable(serve: Serve, body: str) -> None:
    """Something other than a list is an error now, not an attribute error later."""
    _, client = serve(Say(body))
    with pytest.raises(DSSUnreadable):
        client.get_project("P").list_jobs()


def test_an_item_with_a_field_of_another_type_is_read_without_it_and_still_a_mapping(serve: Serve) -> None:
    """A field that can't be typed is unknown; the raw mapping stays available."""
    _, client = serve(Say([{"jobId": ["x"]}]))
    (job,) = client.get_project("P").list_jobs()
    assert job["jobId"] == ["x"]
    assert job.job_id is None


def test_running_jobs_come_from_the_call_of_15_2(serve: Serve) -> None:
    """For a new DSS, the running jobs come from the project's call."""
    stub, client = serve(Say([{"jobId": "r"}], headers=NEW))
    (job,) = client.get_project("P").list_running_jobs()
    assert (job.job_id, job.project_key) == ("r", "P")
    assert stub.got[0].target == "/public/api/projects/P/jobs/running/"


def test_running_jobs_before_15_2_are_filtered_from_all(serve: Serve) -> None:
    """An old DSS treats "running" as a job id; the list of all jobs answers, next time at once."""
    jobs = [JOB, {"jobId": "r", "state": "RUNNING"}, {"jobId": "s", "stableState": False}]

    def answer(got: Got) -> Say:
        if got.target.endswith("/running/"):
            return Say({"errorType": "x.NotFoundException", "message": "no job running"}, 404, OLD)
        return Say(jobs, headers=OLD)

    stub, client = serve(answer)
    project = client.get_project("P")
    assert [job.job_id for job in project.list_running_jobs()] == ["r", "s"]
    assert [job.id for job in project.list_running_jobs(as_type="objects")] == ["r", "s"]
    assert [got.target.rsplit("/P/", 1)[1] for got in stub.got] == ["jobs/running/", "jobs/", "jobs/"]


def test_a_new_dss_that_does_not_find_the_project_says_so(serve: Serve) -> None:
    """The fallback is for old versions; it hides no real error."""
    _, client = serve(Say({"errorType": "x.NotFoundException", "message": "no"}, 404, NEW))
    with pytest.raises(DSSNotFound):
        client.get_project("P").list_running_jobs()


def test_the_builder_makes_the_official_definition(serve: Serve) -> None:
    """Every ``with_`` method exists, unset values are explicit nulls, and the definition is sent as built."""
    stub, client = serve(Say({"id": "j"}))
    builder = client.get_project("P").new_job("RECURSIVE_BUILD")
    chained = (
        builder.with_output("a")
        .with_output("f", object_type="MANAGED_FOLDER", object_project_key="Q", partition="NP")
        .with_type("RECURSIVE_FORCED_BUILD")
        .with_refresh_metastore(True)
        .with_auto_update_schema_before_each_recipe_run(True)
    )
    assert chained is builder
    expected = {
        "type": "RECURSIVE_FORCED_BUILD",
        "refreshHiveMetastore": True,
        "autoUpdateSchemaBeforeEachRecipeRun": True,
        "outputs": [
            {"type": None, "id": "a", "projectKey": None, "partition": None},
            {"type": "MANAGED_FOLDER", "id": "f", "projectKey": "Q", "partition": "NP"},
        ],
    }
    assert builder.get_definition() == expected
    assert builder.start().id == "j"
    assert msgspec.json.decode(stub.got[0].body) == expected


def test_the_old_output_shape_is_sent_as_it_is(serve: Serve) -> None:
    """A definition from ten-year-old documentation still works."""
    definition = {
        "type": "NON_RECURSIVE_FORCED_BUILD",
        "outputs": [{"id": "dataset_to_build", "partition": "NP"}],
    }
    stub, client = serve(Say({"id": "j"}))
    assert client.get_project("P").start_job(definition).id == "j"
    assert msgspec.json.decode(stub.got[0].body) == definition


@pytest.mark.parametrize("answer", [{}, {"id": ""}, {"id": 5}, [], None])
def test_a_start_that_names_no_job_is_in_doubt(serve: Serve, answer: object) -> None:
    """Without an id, the job might be running anyway."""
    _, client = serve(Say(answer))
    with pytest.raises(DSSUnreadable) as caught:
        client.get_project("P").start_job({})
    assert caught.value.maybe_done


def test_a_status_under_another_word_is_found_where_it_is_documented(serve: Serve) -> None:
    """``status`` for ``state`` (DSS-API.md §1.5) doesn't cause an endless polling loop."""
    _, client = serve(Say({"baseStatus": {"status": "DONE"}}))
    assert client.get_project("P").get_job("j").get_status()["baseStatus"]["state"] == "DONE"


def test_an_abort_answers_whatever_dss_says(serve: Serve) -> None:
    """The format of the confirmation isn't documented: nothing in it is read, and it can be empty."""
    _, client = serve(Say({"msg": "ok"}), Say(""))
    job = client.get_project("P").get_job("j")
    assert job.abort() == {"msg": "ok"}
    assert job.abort() == {}


# --- logs


def test_a_log_is_utf_8_whatever_the_header_says(serve: Serve) -> None:
    """Without a charset, `requests` would assume Latin-1; a broken byte loses only itself."""
    _, client = serve(Say("é\n".encode() + b"\xff\n", 200, TEXT))
    job = client.get_project("P").get_job("j")
    assert job.get_log() == "é\n�\n"
    assert b"".join(job.stream_log()) == b"\xc3\xa9\n\xff\n"


def test_a_web_page_is_no_log(serve: Serve) -> None:
    """A login page that a gateway sends with 200 isn't posted as a log."""
    _, client = serve(Say(PAGE, 200, HTML))
    job = client.get_project("P").get_job("j")
    for read in (job.get_log, job.get_log_tail, lambda: list(job.stream_log())):
        with pytest.raises(DSSUnreadable, match="web page"):
            read()


def test_a_tail_is_the_end_in_whole_lines(serve: Serve) -> None:
    """For a long log, the last lines are returned, with the log's length."""
    log = "".join(f"line {number} é\n" for number in range(50_000))
    _, client = serve(Say(log, 200, TEXT))
    tail = client.get_project("P").get_job("j").get_log_tail(max_bytes=1000)
    assert tail.truncated
    assert tail.total_bytes == len(log.encode())
    assert log.endswith(tail.text)
    assert tail.text.startswith("line ")
    assert 950 < len(tail.text.encode()) <= 1000


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
@pytest.mark.parametrize("limit", [0, 1, 5, 6, 16, 17, 1000])
def test_the_ring_keeps_the_end_however_it_is_fed(size: int, limit: int) -> None:
    """Cut anywhere, even within a character: the text is a suffix, starts at a line, and fits the limit."""
    text = "ab\nécd\n€€€\nlast 1\n"
    data = text.encode()
    ring = TailRing(limit)
    for start in range(0, len(data), size):
        ring.feed(data[start : start + size])
    tail = ring.tail()
    assert tail.total_bytes == len(data)
    assert tail.truncated == (limit < len(data))
    assert text.endswith(tail.text)
    assert len(tail.text.encode()) <= limit
    if limit >= 17:
        assert tail.text[:3] in {"ab\n", "€€€"}


def test_the_ring_holds_no_more_than_it_must() -> None:
    """Memory is limited to the limit and one chunk, whatever the log's size."""
    ring = TailRing(1000)
    for _ in range(1000):
        ring.feed(b"x" * 600)
    assert sum(map(len, ring._chunks)) <= 1000 + 600


def test_the_last_error_line_is_found() -> None:
    """The text of the last ``[ERROR]`` line, without its prefix; other lines are skipped."""
    log = (
        "[2026/11/23-08:15:57.101] [null-err-68] [ERROR] [dku.utils]  - first\n"
        "[2026/11/23-08:15:58.778] [Exec-65] [ERROR] [dku.flow] running a_NP - Activity failed\n"
        "java.lang.Exception: no\n"
        "[2026/11/23-08:15:59.000] [x] [INFO] [dku.flow] said [ERROR] once\n"
    )
    assert last_error_line(log) == "running a_NP - Activity failed"
    assert last_error_line("nothing") is None
