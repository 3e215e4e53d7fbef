"""Invalid answers end in time, take little memory, and affect only their subject."""

import gzip
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from pathlib import Path

import pytest

from bot.domain import BuildMode
from bot.dss import (
    NO_RETRY,
    DSSClient,
    DSSError,
    DSSJobWaiter,
    DSSMisconfigured,
    DSSServerError,
    DSSUnavailable,
    DSSUnreachable,
    DSSUnreadable,
    JobFailed,
)
from bot.dss.clock import LEAST, MEASURED, ServerClock
from bot.dss.gateway import DssGateway
from tests.dss.conftest import Clock, Serve
from tests.dss.stub import HTML, PAGE, Say

LATE = {"retries": NO_RETRY, "answer_timeout": 0.3}
BODY = '{"baseStatus": {"state": "RUNNING"}}'


@pytest.mark.parametrize(
    "slow",
    [
        Say(BODY, gap=0.05),
        Say(BODY, gap=0.05, headers={"Transfer-Encoding": "identity"}),
        Say(gzip.compress(BODY.encode() * 50), gap=0.05, headers={"Content-Encoding": "gzip"}),
        Say(head_gap=0.05),
        Say(BODY[:5], missing=100, gap=0.01),
        Say(" " * 10, endless=True),
    ],
    ids=["body", "identity", "gzip", "headers", "broken", "endless"],
)
def test_an_answer_that_drips_ends_at_its_deadline(serve: Serve, slow: Say) -> None:
    """However often a byte arrives, and wherever: the whole answer has one deadline."""
    _, client = serve(slow, **LATE)
    with pytest.raises(DSSUnreachable):
        client.get_project("P").get_job("j").get_status()


@pytest.mark.parametrize("call", ["get_log", "get_log_tail", "stream_log", "start", "abort"])
def test_every_call_has_a_deadline(serve: Serve, call: str) -> None:
    """Logs and POSTs too; after a start was sent, it isn't known whether it took effect."""
    _, client = serve(Say(" " * 100, gap=0.05, headers={"Content-Type": "text/plain"}), **LATE)
    project = client.get_project("P")
    job = project.get_job("j")
    calls: dict[str, Callable[[], object]] = {
        "get_log": job.get_log,
        "get_log_tail": job.get_log_tail,
        "stream_log": lambda: list(job.stream_log()),
        "start": lambda: project.start_job({}),
        "abort": job.abort,
    }
    with pytest.raises(DSSUnreachable) as caught:
        calls[call]()
    assert caught.value.maybe_done is (call in {"start", "abort"})


def test_an_error_whose_body_drips_is_still_that_error(serve: Serve) -> None:
    """The status has been read: the rest of the body isn't waited for."""
    _, client = serve(Say("x" * 1000, 503, gap=0.05), retries=NO_RETRY, answer_timeout=5)
    with pytest.raises(DSSUnavailable):
        client.list_project_keys()


def test_tries_share_the_time_that_a_call_may_take(serve: Serve, clock: Clock) -> None:
    """A call with a deadline isn't retried beyond it."""
    stub, client = serve(Say("", 503))
    with pytest.raises(DSSUnavailable):
        client.get_bytes("/x", within=1.0)
    assert clock.now <= 1001.0
    assert len(stub.got) == 2


@pytest.mark.parametrize(
    "huge",
    [
        Say(b" " * 65_536, endless=True),
        Say(gzip.compress(b" " * (70 << 20)), headers={"Content-Encoding": "gzip"}),
    ],
    ids=["endless", "bomb"],
)
def test_an_answer_has_a_greatest_length(serve: Serve, huge: Say) -> None:
    """An answer longer than any real DSS answer is rejected, compressed or not."""
    _, client = serve(huge, retries=NO_RETRY)
    with pytest.raises(DSSUnreadable, match="more than 4 MiB"):
        client.get_project("P").get_job("j").read_status()
    with pytest.raises(DSSUnreadable, match="more than 32 MiB"):
        client.list_running_jobs()


@pytest.mark.parametrize("deep", ["[" * 100_000, '{"a":' * 100_000, '[{"a":' + "[" * 100_000])
def test_an_answer_that_is_nested_too_deep_is_unreadable(serve: Serve, deep: str) -> None:
    """No stack overflows."""
    _, client = serve(Say(deep))
    project = client.get_project("P")
    for call in (project.list_jobs, project.get_job("j").get_status, project.get_job("j").read_status):
        with pytest.raises(DSSUnreadable):
            call()


ABSURD = ["1" + "0" * 400, "1e308", "1e999", "NaN", "-Infinity", "-5", "[]", '"x"', "true", "null", "{}"]


@pytest.mark.parametrize("number", ABSURD)
def test_an_absurd_number_is_not_known(serve: Serve, number: str) -> None:
    """It affects only its field, in a status as in a list."""
    activity = (
        f'{{"state":"DONE","startTime":{number},"targets":[{{"records":{number}}},{{"records":{number}}}]}}'
    )
    status = (
        f'{{"baseStatus":{{"state":"DONE","jobStartTime":{number},"jobEndTime":{number},'
        f'"activities":{{"a":{activity}}}}},"globalState":{{"done":{number},"total":1}}}}'
    )
    listed = f'[{{"jobId":"j","state":"DONE","startTime":{number},"warningsCount":{number}}},{{"jobId":"k"}}]'
    _, client = serve(Say(status), Say(listed))
    dss = DssGateway(client, instance="eu")
    facts = dss.job("P", "j")
    assert (facts.state, facts.started_at, facts.ended_at) == ("DONE", None, None)
    assert facts.counters is not None
    assert facts.counters.total == 1
    assert [activity.id for activity in facts.activities] == ["a"]
    assert (facts.activities[0].records or 0) <= 10**16
    first, second = dss.recent_jobs("P", 5)
    assert (first.ref.job_id, first.started_at, second.ref.job_id) == ("j", None, "k")


def test_what_can_not_be_read_in_a_list_costs_itself_and_is_counted(serve: Serve) -> None:
    """Elements of other types, without an id, malformed, or too deep: the other jobs are still listed."""
    deep = "[" * 100_000 + "]" * 100_000
    bad = ['"x"', "3", "null", "[]", '{"state":"RUNNING"}', "{nonsense}", '{"jobId":"z","x":' + deep + "}"]
    good = [f'{{"jobId":"j{n}","projectKey":"P","state":"RUNNING"}}' for n in range(8)]
    listed = ",".join(
        x for pair in zip(good, [*bad, '{"jobId":"\\ud800","state":"\\u0000"}'], strict=True) for x in pair
    )
    _, client = serve(Say(f"[{listed}]"), Say(f"[{listed}]"), Say("[]"))
    dss = DssGateway(client, instance="eu")
    for look in (lambda: dss.recent_jobs("P", 100), dss.running_jobs):
        ids = [job.ref.job_id for job in look() or ()]
        assert [known for known in ids if known[0] == "j"] == [f"j{n}" for n in range(8)]
    assert dss.unreadable == 7 + 8  # the last one has no project, which only a project's list provides
    assert dss.recent_jobs("P", 100) == []
    assert dss.unreadable == 8  # from the other list, as of its last read


@pytest.mark.parametrize(
    "absurd",
    [
        Say([], 302, {"Location": "/sso/\xff"}),
        Say([], 302, {"Location": "http://[login]/"}),
        Say([], 302, {"Location": "http://[::1/login"}),
        Say(b"-5\r\n[]\r\n", headers={"Transfer-Encoding": "chunked"}),
        Say(b"-5\r\n[]\r\n", 404, {"Transfer-Encoding": "chunked"}),
        Say([], 503, {"Retry-After": "Fri, 31 Dec 99999999999 23:59:59 GMT"}),
    ],
    ids=["address", "brackets", "ipv6", "chunk", "error chunk", "retry-after"],
)
@pytest.mark.parametrize("call", ["list", "log", "start"])
def test_malformed_http_is_an_error_of_dss(serve: Serve, absurd: Say, call: str) -> None:
    """Nothing that a gateway sends is raised bare, by whichever parser."""
    _, client = serve(absurd, timeout=(60.0, 2.0))
    dss = DssGateway(client, instance="eu")
    calls: dict[str, Callable[[], object]] = {
        "list": lambda: dss.recent_jobs("P", 5),
        "log": lambda: dss.log_tail("P", "j"),
        "start": lambda: dss.start("P", (), BuildMode.ONLY),
    }
    with pytest.raises(DSSError) as caught:
        calls[call]()
    if absurd.status == 200 and call == "start":
        assert caught.value.maybe_done


@pytest.mark.parametrize(
    "header",
    [
        {"DSS-Version": "9" * 5_000},
        {"DSS-Version": "9" * 50},
        {"Date": "Fri, 31 Dec 9999 23:59:59 GMT"},
        {"Date": "Sat, 01 Jan 0100 00:00:00 GMT"},
        {"Retry-After": "Fri, 31 Dec 99999999999 23:59:59 GMT"},
    ],
    ids=lambda header: f"{next(iter(header))} {len(next(iter(header.values())))}",
)
def test_an_absurd_header_changes_nothing(serve: Serve, header: dict[str, str]) -> None:
    """Not even from the second answer on, when the bot knows the version and the time of the first."""
    listed = '[{"jobId":"j","projectKey":"P","state":"RUNNING","startTime":1790000000000}]'
    _, client = serve(Say(listed, headers=header))
    dss = DssGateway(client, instance="eu")
    for _ in range(MEASURED):
        (job,) = dss.running_jobs() or ()
        assert job.started_at == datetime.fromtimestamp(1_790_000_000, UTC)
    assert dss.clock_offset == timedelta(0)


@pytest.mark.parametrize("about", [{"id": "other"}, {"id": "j", "projectKey": "Q"}])
def test_a_status_of_another_job_is_unreadable(serve: Serve, about: dict[str, str]) -> None:
    """A cache that mixes up two answers ends no job that runs; the same name in another case is the same."""
    same = {"baseStatus": {"state": "DONE", "def": {"id": "J", "projectKey": "p"}}}
    _, client = serve(Say({"baseStatus": {"state": "DONE", "def": about}}), Say(same))
    dss = DssGateway(client, instance="eu")
    with pytest.raises(DSSUnreadable, match="another job"):
        dss.job("P", "j")
    assert dss.job("P", "j").state == "DONE"


@pytest.mark.parametrize("tiny", ["{},", "1,", "[],", '"",'])
def test_millions_of_tiny_values_are_not_decoded(serve: Serve, tiny: str) -> None:
    """Within the greatest length, they would take more than a gigabyte and half a minute."""
    _, client = serve(Say("[" + tiny * (15 * 1024 * 1024 // len(tiny)) + "{}]"))
    for call in (client.list_running_jobs, client.list_project_keys):
        with pytest.raises(DSSUnreadable, match="millions of values"):
            call()


def test_a_list_has_a_greatest_number_of_jobs(serve: Serve) -> None:
    """Far more than its greatest length has room for, unless they say nothing."""
    _, client = serve(Say("[" + "{}," * 100_000 + '{"id":"j"}]'), Say([{"id": "j"}] * 20_000))
    with pytest.raises(DSSUnreadable, match="more than 100,000 jobs"):
        client.list_running_jobs()
    assert len(client.list_running_jobs()) == 20_000


@pytest.mark.parametrize("zipped", [False, True])
def test_the_body_of_a_redirect_is_not_read(serve: Serve, zipped: bool) -> None:
    """Its status says enough; it can be endless, or a bomb."""
    away = {"Location": "/login"}
    bomb = Say(gzip.compress(b" " * (300 << 20)), 302, away | {"Content-Encoding": "gzip"})
    answer = bomb if zipped else Say(b" " * 65_536, 302, away, endless=True)
    _, client = serve(answer, retries=NO_RETRY, answer_timeout=40)
    tracemalloc.start()
    try:
        with pytest.raises(DSSUnreadable, match="redirects"):
            client.list_running_jobs()
        assert tracemalloc.get_traced_memory()[1] < 100 << 20
    finally:
        tracemalloc.stop()


def test_a_status_that_says_nothing_of_a_job_is_unreadable(serve: Serve) -> None:
    """Half an answer isn't a job state."""
    _, client = serve(*(Say(body) for body in ("{}", "[]", "null", '{"baseStatus":"x"}', '""')))
    dss = DssGateway(client, instance="eu")
    for _ in range(5):
        with pytest.raises(DSSUnreadable):
            dss.job("P", "j")


def test_names_can_be_kept_by_every_database(serve: Serve) -> None:
    """NUL characters and megabytes stop here."""
    sent = {
        "state": "RUNNING",
        "def": {"name": "a\0b" * 10_000, "outputs": [{"targetDataset": "d\0" * 9_000}]},
    }
    _, client = serve(Say({"baseStatus": sent}))
    facts = DssGateway(client, instance="eu").job("P", "j")
    assert len(facts.name) <= 500
    assert "\0" not in facts.name + facts.outputs[0].id


# --- waiting for a job


@pytest.mark.parametrize(
    "no_answer",
    [
        Say(PAGE, 200, HTML),
        Say(PAGE, 500, HTML),
        Say({"errorType": "x", "message": "m"}, 500),
        Say("", 502),
        Say("{", 200),
        Say({}, 200),
        Say(BODY, missing=5),
        Say(cut=True),
    ],
)
def test_what_is_no_answer_is_waited_out(serve: Serve, clock: Clock, no_answer: Say) -> None:
    """5xx of every kind, half answers, and pages count as "not seen", up to a limit that names the job."""
    done = Say({"baseStatus": {"state": "FAILED"}})
    _, client = serve(no_answer, no_answer, done)
    options = {"clock": clock, "sleep": clock.sleep, "patience": 60.0}
    with pytest.raises(JobFailed) as failed:
        DSSJobWaiter(client.get_project("P").get_job("j"), **options).wait()  # type: ignore[arg-type]
    assert failed.value.job.id == "j"  # type: ignore[attr-defined]
    _, client = serve(no_answer)
    with pytest.raises(DSSError) as caught:
        DSSJobWaiter(client.get_project("P").get_job("j"), **options).wait()  # type: ignore[arg-type]
    assert caught.value.job.id == "j"  # type: ignore[attr-defined]


def test_an_error_after_the_start_carries_the_job(serve: Serve) -> None:
    """The caller can continue with the job."""
    _, client = serve(Say({"id": "j"}), Say({"errorType": "x.NotFoundException"}, 404))
    with pytest.raises(DSSError) as caught:
        client.get_project("P").new_job().with_output("d").start_and_wait()
    assert caught.value.job.id == "j"  # type: ignore[attr-defined]


@pytest.mark.parametrize("answered", ["", " ", "..", "Build_x\n2026", "Build\0x", "x" * 100_000, 7, None])
def test_a_start_that_names_no_job_may_have_started_one(serve: Serve, answered: object) -> None:
    """The caller has to look for it: following an id that no job can have would end in "unknown to DSS"."""
    _, client = serve(Say({"id": answered}))
    with pytest.raises(DSSUnreadable) as caught:
        client.get_project("P").new_job().with_output("d").start()
    assert caught.value.maybe_done


@pytest.mark.parametrize("answered", ['{"id":"Build_\\ud83d"}', b'{"id":"Build_\xff"}', '{"id":"../a"}'])
def test_a_start_with_a_damaged_id_may_have_started_a_job(serve: Serve, answered: str | bytes) -> None:
    """Half a character or a path: the job runs under another id."""
    _, client = serve(Say(answered))
    with pytest.raises(DSSUnreadable) as caught:
        client.get_project("P").new_job().with_output("d").start()
    assert caught.value.maybe_done


def test_a_post_is_never_sent_on_a_connection_that_was_idle(serve: Serve) -> None:
    """A server can close it at that moment; then nobody would know whether the job was started."""
    stub, client = serve(Say([]), Say({"id": "a"}), Say({"id": "b"}), Say([]))
    project = client.get_project("P")
    project.list_jobs()
    project.start_job({})
    project.start_job({})
    assert len(stub.connections) == 3
    project.list_jobs()
    assert len(stub.connections) == 3  # GETs reuse theirs


# --- certificates


def test_a_bundle_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The library's error names the variable and the file."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
        monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
        monkeypatch.setenv(name, str(tmp_path / "company-ca.pem"))
        with (
            DSSClient("https://127.0.0.1:9", "key", retries=NO_RETRY) as client,
            pytest.raises(DSSMisconfigured, match=f"{name}=.*company-ca"),
        ):
            client.list_project_keys()


def test_a_bundle_without_certificates_is_named(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The same for a bundle that exists but contains no certificates."""
    bundle = tmp_path / "empty.pem"
    bundle.write_text("nothing")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    stub, _ = serve()
    with (
        DSSClient(stub.url.replace("http:", "https:"), "key", retries=NO_RETRY) as client,
        pytest.raises(DSSError, match=r"REQUESTS_CA_BUNDLE=.*empty"),
    ):
        client.list_project_keys()


def test_no_check_certificate_holds_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As in Dataiku's client, no bundle is searched for."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
    with (
        DSSClient("https://127.0.0.1:9", "key", retries=NO_RETRY, no_check_certificate=True) as client,
        pytest.raises(DSSUnreachable, match="no connection"),
    ):
        client.list_project_keys()


# --- two clocks


@pytest.mark.parametrize("hours", [1, -1])
def test_facts_have_our_times_whatever_dss_has(serve: Serve, hours: int) -> None:
    """A DSS whose clock is an hour off: its jobs start and end at the true times."""
    off = timedelta(hours=hours)
    truth = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)
    millis = int((truth + off).timestamp() * 1000)
    dated = {"Date": formatdate(time.time() + off.total_seconds(), usegmt=True), "DSS-Version": "15.2.0"}
    listed = [
        {
            "jobId": "j",
            "projectKey": "P",
            "state": "RUNNING",
            "startTime": millis,
            "initiationTimestamp": millis,
        }
    ]
    status = {"baseStatus": {"state": "RUNNING", "jobStartTime": millis}}
    _, client = serve(Say(listed, headers=dated), Say(status, headers=dated))
    dss = DssGateway(client, instance="eu")
    (running,) = dss.running_jobs() or ()
    facts = dss.job("P", "j")
    for began in (running.started_at, running.initiated_at, facts.started_at):
        assert began is not None
        assert abs((began - truth).total_seconds()) <= LEAST
    assert running.started_at == facts.started_at


def test_a_difference_that_can_not_be_measured_is_none() -> None:
    """Seconds, caches, and slow answers give no offset; a jump of either clock is detected soon."""
    now = [1_000_000.0]
    clock = ServerClock(lambda: now[0])

    def answer(ahead: float, took: float = 0.1, **headers: str) -> None:
        sent = now[0]
        now[0] += took
        clock.saw({"Date": formatdate(now[0] + ahead, usegmt=True), **headers}, sent=sent)

    answer(1.0)
    assert clock.offset == timedelta(0)
    answer(3600.0, Age="3600")
    answer(3600.0, took=60.0)
    clock.saw({"Date": "yesterday"}, sent=now[0])
    clock.saw({}, sent=now[0])
    assert clock.offset == timedelta(0)
    for _ in range(MEASURED):
        answer(3600.0)
    assert abs(clock.offset.total_seconds() - 3600) <= 1
    before = clock.offset
    for _ in range(MEASURED):
        answer(3601.0)
    assert clock.offset == before  # the same job keeps its times
    now[0] += 86_400
    for _ in range(MEASURED):
        answer(-86_400.0)
    assert abs(clock.offset.total_seconds() + 86_400) <= 1


def test_every_5xx_is_told_apart_from_an_answer(serve: Serve) -> None:
    """Each kind has its own error."""
    _, client = serve(Say({"errorType": "java.lang.NullPointerException"}, 500))
    with pytest.raises(DSSServerError):
        client.list_project_keys()
