"""What every call to DSS guarantees: paths, keys, retries, and errors that say what to do."""

import base64
import socket
import traceback

import pytest

from bot.dss import (
    DSSBadKey,
    DSSClient,
    DSSError,
    DSSInvalidRequest,
    DSSNotFound,
    DSSNotVisible,
    DSSRefused,
    DSSServerError,
    DSSUnavailable,
    DSSUnreachable,
    DSSUnreadable,
    RetryPolicy,
)
from bot.dss.retries import retry_after_seconds
from bot.dss.transport import segment
from tests.dss.conftest import KEY, Clock, Serve
from tests.dss.stub import HTML, PAGE, Say

SPI = "com.dataiku.dip.exceptions."
NOT_FOUND = "com.dataiku.dip.server.controllers.NotFoundException"
ILLEGAL = "java.lang.IllegalArgumentException"
DOWN = Say(PAGE, 502, HTML)


def problem(status: int, kind: str, message: str, **more: str) -> Say:
    return Say({"errorType": kind, "message": message, "detailedMessage": message, **more}, status)


# --- requests


def test_every_segment_is_percent_encoded(serve: Serve) -> None:
    """No name can reach another path, and no name changes on the way."""
    stub, client = serve()
    client.get_project("K E").get_job("Build_a/b?c#d%|é_2026.417").get_status()
    path = "/public/api/projects/K%20E/jobs/Build_a%2Fb%3Fc%23d%25%7C%C3%A9_2026.417/"
    assert stub.got[0].target == path


@pytest.mark.parametrize("name", ["", ".", "..", "a/../b", "..\\x", "a\nb", "a\x00"])
def test_a_name_that_would_leave_its_place_is_refused(name: str) -> None:
    """Dot segments and control characters are never sent."""
    with pytest.raises(DSSInvalidRequest):
        segment(name)


def test_the_slashes_are_those_of_the_documented_calls(serve: Serve) -> None:
    """Collections and single jobs end with a slash; abort and log are as in the official client."""
    stub, client = serve(Say([]), Say([]), Say({}), Say({}), Say("log", 200, {"Content-Type": "text/plain"}))
    project = client.get_project("P")
    project.list_jobs(limit=3)
    client.list_running_jobs()
    project.get_job("j.1").get_status()
    project.get_job("j.1").abort()
    project.get_job("j.1").get_log("a/b c")
    assert [(got.method, got.target.removeprefix("/public/api")) for got in stub.got] == [
        ("GET", "/projects/P/jobs/?limit=3"),
        ("GET", "/jobs/running/?allUsers=True"),
        ("GET", "/projects/P/jobs/j.1/"),
        ("POST", "/projects/P/jobs/j.1/abort"),
        ("GET", "/projects/P/jobs/j.1/log?activity=a%2Fb+c"),
    ]


def test_a_post_says_that_it_is_json(serve: Serve) -> None:
    """DSS requires a content type on every POST, even without a body."""
    stub, client = serve(Say({"id": "j"}))
    client.get_project("P").start_job({"type": "T", "outputs": []}).abort()
    assert [got.headers["Content-Type"] for got in stub.got] == ["application/json"] * 2
    assert stub.got[1].body == b""


@pytest.mark.parametrize(
    ("auth", "sent"),
    [("basic", "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()), ("bearer", f"Bearer {KEY}")],
)
def test_the_key_is_sent_and_no_netrc_replaces_it(
    serve: Serve, auth: str, sent: str, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key is sent as the user name or as a token, whatever the machine's files say about this host."""
    netrc = f"{tmp_path}/netrc"
    with open(netrc, "w", encoding="utf-8") as file:  # noqa: PTH123 - a path as text
        file.write("machine 127.0.0.1 login other password other\n")
    monkeypatch.setenv("NETRC", netrc)
    stub, client = serve(Say({}), auth=auth)
    client.get_auth_info()
    assert stub.got[0].headers["Authorization"] == sent
    assert stub.got[0].target.endswith("/auth/info?withSecrets=False")


def test_a_client_as_a_user_shares_the_connection_and_says_who_it_is(serve: Serve) -> None:
    """Only the impersonating client's calls carry the login, and closing it doesn't close the connection."""
    stub, client = serve(Say({}, headers={"DSS-Version": "15.2.0"}))
    alice = client.as_user("alice")
    alice.get_auth_info()
    alice.close()
    client.get_auth_info()
    assert [got.headers.get("X-DKU-ProxyUser") for got in stub.got] == ["alice", None]
    assert client.dss_version == alice.dss_version == "15.2.0"
    with pytest.raises(DSSInvalidRequest):
        client.as_user("a\r\nX-Evil: 1")


def test_cookies_are_refused(serve: Serve) -> None:
    """Nothing that one caller received is sent for another: the session keeps no state."""
    stub, client = serve(Say({}, headers={"Set-Cookie": "JSESSIONID=1; Path=/"}))
    client.get_auth_info()
    client.get_auth_info()
    assert "Cookie" not in stub.got[1].headers


@pytest.mark.parametrize("host", ["", "dss.example.com", "ftp://dss", "https://me:pw@dss", "https://dss?x=1"])
def test_an_address_that_cannot_be_one_is_refused_at_once(host: str) -> None:
    """A wrong setting is reported when the client is created, without a credential in the message."""
    with pytest.raises(ValueError, match="DSS address"):
        DSSClient(host, KEY)


@pytest.mark.parametrize("key", ["", "a b", "a\n", "é"])
def test_a_key_that_cannot_be_one_is_refused_and_not_repeated(key: str) -> None:
    """A message never contains a key."""
    with pytest.raises(ValueError, match="API key is empty, or has") as caught:
        DSSClient("http://dss", key)
    assert not key or repr(key) not in str(caught.value)


# --- retries


def test_a_get_is_tried_again_while_dss_restarts(serve: Serve, clock: Clock) -> None:
    """The client survives 502 pages and cut connections, with growing pauses."""
    stub, client = serve(DOWN, Say(cut=True), Say({"a": 1}))
    assert client.get_instance_info() == {"a": 1}
    assert len(stub.got) == 3
    assert clock.slept == [0.5, 1.0]


def test_an_answer_that_breaks_off_is_read_again_from_the_start(serve: Serve) -> None:
    """A partial answer is neither an answer nor the end."""
    text = {"Content-Type": "text/plain"}
    _, client = serve(Say("one\ntwo", 200, text, missing=9), Say("one\ntwo\nthree\n", 200, text))
    job = client.get_project("P").get_job("j")
    assert job.get_log() == "one\ntwo\nthree\n"
    _, client = serve(Say("one\ntwo", 200, text, missing=9), Say("one\ntwo\nthree\n", 200, text))
    tail = client.get_project("P").get_job("j").get_log_tail()
    assert (tail.text, tail.total_bytes, tail.truncated) == ("one\ntwo\nthree\n", 14, False)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500])
def test_what_another_try_cannot_change_is_not_tried_again(serve: Serve, status: int) -> None:
    """A refusal is final."""
    stub, client = serve(problem(status, "x.SomeException", "no"))
    with pytest.raises(DSSError):
        client.get_instance_info()
    assert len(stub.got) == 1


def test_a_post_is_never_sent_twice(serve: Serve) -> None:
    """Whatever goes wrong with a start, there is one request, and the error reports the doubt."""
    for say in (DOWN, Say(cut=True), Say({"id": "j"}, missing=5), problem(500, "x.Y", "boom"), Say("<html>")):
        stub, client = serve(say)
        with pytest.raises(DSSError) as caught:
            client.get_project("P").start_job({"outputs": []})
        assert caught.value.maybe_done
        assert len(stub.got) == 1


def test_a_refused_post_leaves_no_doubt(serve: Serve) -> None:
    """If DSS refused, nothing was started."""
    for status in (400, 401, 403, 404):
        _, client = serve(problem(status, "x.Y", "no"))
        with pytest.raises(DSSError) as caught:
            client.get_project("P").start_job({"outputs": []})
        assert not caught.value.maybe_done


def test_a_post_that_found_no_server_leaves_no_doubt() -> None:
    """A connection that was never made carried nothing."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: refused
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with DSSClient(url, KEY) as client, pytest.raises(DSSUnreachable) as caught:
            client.get_project("P").start_job({"outputs": []})
    assert not caught.value.maybe_done


def test_a_server_that_never_answers_is_left(serve: Serve) -> None:
    """The read timeout ends a call, with doubt for a POST and without doubt for a GET."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(8)
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        with DSSClient(url, KEY, timeout=(5, 0.05), retries=RetryPolicy(tries=1)) as client:
            with pytest.raises(DSSUnreachable, match="in time") as caught:
                client.get_project("P").start_job({"outputs": []})
            assert caught.value.maybe_done
            with pytest.raises(DSSUnreachable) as caught:
                client.get_instance_info()
            assert not caught.value.maybe_done


def test_retry_after_is_obeyed_up_to_a_ceiling(serve: Serve, clock: Clock) -> None:
    """A server can ask for patience, but not for an hour of it."""
    asks = [Say(PAGE, 503, HTML | {"Retry-After": "3"}), Say(PAGE, 503, HTML | {"Retry-After": "3600"})]
    _, client = serve(*asks, Say({}))
    client.get_instance_info()
    assert clock.slept == [3.0, 15.0]


def test_retries_end(serve: Serve, clock: Clock) -> None:
    """Both the number of retries and their time are limited."""
    stub, client = serve(DOWN)
    with pytest.raises(DSSUnavailable):
        client.get_instance_info()
    assert len(stub.got) == 4
    late = RetryPolicy(total=2.0, first_pause=1.5, clock=clock, sleep=clock.sleep, jitter=lambda: 0.0)
    stub, client = serve(DOWN, retries=late)
    with pytest.raises(DSSUnavailable):
        client.get_instance_info()
    assert len(stub.got) == 2


def test_jitter_shortens_a_pause_by_half_at_most(clock: Clock) -> None:
    """Bots that were disconnected together don't reconnect together."""
    pauses = [RetryPolicy(clock=clock, jitter=lambda part=part: part) for part in (0.0, 0.5, 0.999)]  # type: ignore[misc]
    waits = [policy.pause(1, began=clock.now, retry_after=None) for policy in pauses]
    assert waits == [0.5, 0.375, pytest.approx(0.25, abs=1e-3)]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("12", 12.0),
        ("-3", 0.0),
        ("nan", None),
        ("soon", None),
        ("Thu, 01 Jan 1970 00:02:00 GMT", 20.0),
        ("Fri, 31 Dec 99999999999 23:59:59 GMT", None),
    ],
)
def test_retry_after_is_read_in_both_forms(header: str | None, seconds: float | None) -> None:
    """Seconds or a date; anything else is ignored."""
    assert retry_after_seconds(header, now=lambda: 100.0) == seconds


# --- errors

CASES = [
    (problem(401, SPI + "NotAuthenticatedException", "Unknown API Key"), DSSBadKey),
    (problem(401, SPI + "UnauthorizedException", "Failed to read project permissions"), DSSNotVisible),
    (problem(401, SPI + "UnauthorizedException", "Action not permitted"), DSSRefused),
    (problem(401, "", ""), DSSBadKey),
    (problem(403, SPI + "ForbiddenException", "No"), DSSRefused),
    (problem(404, NOT_FOUND, "dataset does not exist: SALES.nope"), DSSNotFound),
    (problem(500, NOT_FOUND, "x"), DSSNotFound),
    (problem(500, ILLEGAL, "Dataset does not exist: SALES.nope"), DSSNotFound),
    (problem(500, ILLEGAL, "Invalid partition"), DSSInvalidRequest),
    (problem(400, "x.Y", "Bad"), DSSInvalidRequest),
    (problem(409, "x.Y", "Conflict"), DSSInvalidRequest),
    (problem(500, "java.lang.NullPointerException", "x"), DSSServerError),
    (problem(503, "x.NotReady", "Not ready"), DSSUnavailable),
    (Say(PAGE, 500, HTML), DSSUnavailable),
    (Say("Bad gateway", 504, {"Content-Type": "text/plain"}), DSSUnavailable),
    (Say(PAGE, 404, HTML), DSSUnreadable),
    (Say("nothing here", 404, {"Content-Type": "text/plain"}), DSSUnreadable),
    (Say(PAGE, 401, HTML), DSSUnreadable),
    (Say(PAGE, 200, HTML), DSSUnreadable),
    (Say("", 200), DSSUnreadable),
    (Say([1], 200), DSSUnreadable),
    (Say("[" * 5000, 200), DSSUnreadable),
    (Say('{"a":' + "[" * 100_000 + "]" * 100_000 + "}", 200), DSSUnreadable),
    (Say(b"\xff\xfe{}", 200), DSSUnreadable),
    (Say("", 302, {"Location": "https://elsewhere/"}), DSSUnreadable),
    (Say({}, 200, {"Content-Encoding": "gzip"}), DSSUnreadable),
]


@pytest.mark.parametrize(("say", "kind"), CASES, ids=lambda case: getattr(case, "__name__", None))
def test_each_answer_has_its_error(serve: Serve, say: Say, kind: type[DSSError]) -> None:
    """The error's class tells the caller what to do (DSS-API.md §3.4)."""
    _, client = serve(say)
    with pytest.raises(DSSError) as caught:
        client.get_instance_info()
    assert type(caught.value) is kind
    assert caught.value.status in {say.status, None}
    assert str(caught.value)


def test_no_stack_trace_and_no_key_comes_out(serve: Serve) -> None:
    """Only the first line of DSS's message is shown, with the key removed."""
    said = f"Key {KEY} is broken\n\tat com.dataiku.Secret.run(Secret.java:1)"
    _, client = serve(
        problem(500, "x.Y", said, stackTraceStr=f"java.lang.X {KEY}", detailedMessageHTML="<b>")
    )
    with pytest.raises(DSSServerError) as caught:
        client.get_instance_info()
    everything = "".join(traceback.format_exception(caught.value)) + repr(caught.value.body)
    assert str(caught.value) == "Key … is broken"
    assert KEY not in everything
    assert "Secret.java" not in everything
    assert KEY not in repr(client)


def test_a_long_text_is_cut(serve: Serve) -> None:
    """A message is short enough to read."""
    _, client = serve(problem(400, "x.Y", "m" * 10_000))
    with pytest.raises(DSSInvalidRequest) as caught:
        client.get_instance_info()
    assert len(str(caught.value)) == 300
