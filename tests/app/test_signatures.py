"""The Slack port and signatures: unsigned, 401; signed but unreadable, 400; one line of log."""

import hashlib
import hmac
import io
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.app.signatures import signed_only
from bot.http.server import MOST_BODY, HttpServer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
COMMAND = urlencode({"command": "/dss-jobs", "text": "", "user_id": "U1", "channel_id": "C1"}).encode()
PATH = "/slack/events"


def taken(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Stands in for Bolt: returns what it read."""
    body = environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


def signature(body: bytes, stamp: str, secret: str = SECRET) -> str:
    return (
        "v0=" + hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    )


def ask(body: bytes, *, method: str = "POST", path: str = PATH, **headers: str) -> tuple[int, bytes]:
    """Send a request to the application itself."""
    said: list[str] = []
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        **headers,
    }
    answer = b"".join(signed_only(taken, SECRET, path=PATH)(environ, lambda status, _: said.append(status)))  # type: ignore[arg-type]
    return int(said[0].split()[0]), answer


def signed(body: bytes, **headers: str) -> tuple[int, bytes]:
    """Send a request as Slack does."""
    stamp = str(int(time.time()))
    return ask(
        body,
        HTTP_X_SLACK_REQUEST_TIMESTAMP=stamp,
        HTTP_X_SLACK_SIGNATURE=signature(body, stamp),
        **headers,
    )


def test_what_slack_signed_is_handed_on_whole() -> None:
    """The body is read once to check it, and Bolt can still read it."""
    assert signed(COMMAND) == (200, COMMAND)


NOW = str(int(time.time()))
# "now" stands for the time of the test, so that tests have the same names on every worker.
STAMPS = ["", "nan", "inf", "1e400", "-1", "+5", "1_0", "9" * 400, "1", "٣", "now", " now", "now.5"]
SIGNATURES = ["", "v0=", "v0=0", "v0=" + "0" * 64, "é" * 64, "v1=" + "0" * 64, "\udcff", "v0=" + "0" * 10_000]
BODIES = [b"", COMMAND, b"{", b"[]", b"\xff", b"[" * 100_000, COMMAND + b"&ssl_check=1", b"payload=", b"\0"]


@pytest.mark.parametrize("stamp", STAMPS)
def test_without_a_valid_signature_it_is_401(stamp: str) -> None:
    """Whatever the body and the headers are."""
    for sign in SIGNATURES:
        for body in BODIES:
            with capture_logs() as logs:
                status, _ = ask(
                    body,
                    HTTP_X_SLACK_REQUEST_TIMESTAMP=stamp.replace("now", NOW),
                    HTTP_X_SLACK_SIGNATURE=sign,
                )
            assert (status, len(logs)) == (401, 1)


def test_another_secret_or_an_old_stamp_is_401() -> None:
    """A signature is valid for five minutes."""
    old = str(int(time.time()) - 3_600)
    for stamp, secret in ((NOW, "other"), (old, SECRET)):
        sign = signature(COMMAND, stamp, secret)
        assert ask(COMMAND, HTTP_X_SLACK_REQUEST_TIMESTAMP=stamp, HTTP_X_SLACK_SIGNATURE=sign)[0] == 401


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", ""),
        (b"\xff\xfe", ""),
        (b"payload=%5B%5D", ""),
        (b"payload=nonsense", ""),
        (b"payload=%22x%22", ""),
        (b"payload=" + b"[" * 100_000, ""),
        (b"a=b", ""),
        (b"x=1&" * 500, ""),
        (b"[]", "application/json"),
        (b"{", "application/json"),
        (b"null", "application/json"),
        (b'{"a":' * 100_000, "application/json"),
    ],
)
def test_signed_and_unreadable_is_400(body: bytes, kind: str) -> None:
    """One line in the log, and Bolt doesn't see it."""
    more = {"CONTENT_TYPE": kind} if kind else {}
    with capture_logs() as logs:
        status, _ = signed(body, **more)
    assert (status, len(logs)) == (400, 1)


@given(st.binary(max_size=200), st.text(max_size=40), st.text(max_size=90), st.text(max_size=40))
@settings(max_examples=300)
def test_nothing_unsigned_gets_through(body: bytes, stamp: str, sign: str, kind: str) -> None:
    """No exception, no 200, no 500."""
    headers = {
        "HTTP_X_SLACK_REQUEST_TIMESTAMP": stamp,
        "HTTP_X_SLACK_SIGNATURE": sign,
        "CONTENT_TYPE": kind,
    }
    assert ask(body, **headers)[0] == 401


@given(
    st.binary(max_size=300), st.sampled_from(["application/json", "application/x-www-form-urlencoded", "x"])
)
@settings(max_examples=300)
def test_whatever_is_signed_has_an_answer(body: bytes, kind: str) -> None:
    """200 for what can be read, otherwise 400."""
    assert signed(body, CONTENT_TYPE=kind)[0] in {200, 400}


def test_other_paths_and_methods() -> None:
    """The port serves nothing else."""
    assert ask(COMMAND, path="/")[0] == 404
    assert ask(COMMAND, method="GET")[0] == 405


# --- the port itself


@pytest.fixture
def port() -> Iterator[int]:
    with serving(signed_only(taken, SECRET, path=PATH)) as number:
        yield number


class serving:  # noqa: N801 - used as a function
    """Serve an application during a ``with`` block."""

    def __init__(self, app: "WSGIApplication") -> None:
        self._server = HttpServer(app, host="127.0.0.1", port=0, name="test", threads=4)

    def __enter__(self) -> int:
        self._server.start()
        return self._server.port

    def __exit__(self, *_: object) -> None:
        self._server.stop(1.0)


def test_a_body_that_is_too_large_is_refused_unread(port: int) -> None:
    """Declared or in chunks: nobody's memory fills up."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as one:
        one.sendall(b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000000\r\n\r\n")
        assert b" 413 " in one.recv(200)
    with socket.create_connection(("127.0.0.1", port), timeout=60) as one:
        one.sendall(b"POST /slack/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        sent = 0
        try:
            while sent <= 3 * MOST_BODY:
                one.sendall(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
                sent += 0x10000
            answer = one.recv(200)
        except OSError:
            answer = b" 413 "
        assert b" 413 " in answer or answer == b""
        assert sent <= 20 * MOST_BODY


def test_half_sent_requests_keep_nobody_waiting(port: int) -> None:
    """Hundreds of connections that drip or say nothing are cut off, and good ones get answers."""
    begun = b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n"
    beginnings = [b"", b"POST /sl", b"POST /slack/events HTTP/1.1\r\nX: ", begun]
    with ExitStack() as stack:
        half = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60)) for _ in range(400)
        ]
        for number, one in enumerate(half):
            one.sendall(beginnings[number % 4])
        stamp = str(int(time.time()))
        headers = {
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signature(COMMAND, stamp),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        with requests.post(
            f"http://127.0.0.1:{port}{PATH}", data=COMMAND, headers=headers, timeout=3
        ) as good:
            assert good.status_code == 200
        ends = []
        for one in half:
            try:
                ends.append(one.recv(10))
            except ConnectionResetError:
                ends.append(b"")
        assert set(ends) == {b""}
