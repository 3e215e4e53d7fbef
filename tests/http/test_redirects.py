"""Redirects are never followed: neither a key nor a message goes where an answer points."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

import pytest
from slack_sdk.errors import SlackApiError

from bot.app.connections import slack_client
from bot.domain import Message, Place
from bot.domain.errors import DSSUnreadable
from bot.dss.transport import Transport
from bot.http.server import HttpServer
from bot.slack.file_uploads import FileUploads, UploadRefused
from bot.slack.private_messages import PrivateMessages
from tests.app.test_connections import settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

STATUS = [
    "301 Moved Permanently",
    "302 Found",
    "303 See Other",
    "307 Temporary Redirect",
    "308 Permanent Redirect",
]


class Redirecting:
    """A server that sends every caller to ``/elsewhere`` on ``target``, and keeps what it was asked."""

    def __init__(self) -> None:
        self.status = STATUS[0]
        self.target = ""
        self.asked: list[str] = []
        self._server = HttpServer(self._answer, host="127.0.0.1", port=0, name="redirecting")
        self._server.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.port}"

    def stop(self) -> None:
        self._server.stop()

    def _answer(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        self.asked.append(str(environ["PATH_INFO"]))
        start_response(self.status, [("Location", f"{self.target}/elsewhere"), ("Content-Length", "0")])
        return [b""]


@pytest.fixture
def other() -> Iterator[Redirecting]:
    """Another host: here, another port, which is as foreign."""
    server = Redirecting()
    yield server
    server.stop()


@pytest.fixture(params=["same host", "other host"])
def server(request: pytest.FixtureRequest, other: Redirecting) -> Iterator[Redirecting]:
    """A server whose answers redirect to itself or to another one."""
    server = Redirecting()
    server.target = server.url if request.param == "same host" else other.url
    yield server
    assert not other.asked
    server.stop()


def _stream(transport: Transport) -> None:
    with transport.stream("/x"):
        pass


CALLS: dict[str, Callable[[Transport], object]] = {
    "get": lambda transport: transport.get("/x"),
    "post": lambda transport: transport.post("/x", b"{}"),
    "stream": _stream,
}


@pytest.mark.parametrize("call", CALLS)
def test_dss(server: Redirecting, call: str) -> None:
    """The error says that the address redirects, and what to use."""
    transport = Transport(server.url, "the-key")
    for server.status in STATUS:
        server.asked.clear()
        with pytest.raises(DSSUnreadable, match="redirects"):
            CALLS[call](transport)
        assert server.asked == ["/public/api/x"]
    transport.close()


def test_the_web_api_of_slack(server: Redirecting, monkeypatch: pytest.MonkeyPatch) -> None:
    """The token stays here, for calls that read and for those that post."""
    monkeypatch.setattr("urllib.request._opener", None)
    client = slack_client(settings(SLACK_API_URL=f"{server.url}/api/"))
    calls: tuple[Callable[[], object], ...] = (
        client.auth_test,
        lambda: client.chat_postMessage(channel="C1", text="x"),
    )
    for server.status in STATUS:
        for call in calls:
            server.asked.clear()
            with pytest.raises(SlackApiError):
                call()
            assert [path.partition(".")[0] for path in server.asked] in (["/api/auth"], ["/api/chat"])


def test_a_response_url_and_an_upload(server: Redirecting, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither an answer nor a log file goes elsewhere; the answer takes its next way instead."""
    monkeypatch.setattr("urllib.request._opener", None)
    client = slack_client(settings(SLACK_API_URL=f"{server.url}/api/"))
    for server.status in STATUS:
        server.asked.clear()
        place = Place(channel_id="C1", response_url=f"{server.url}/hook")
        assert not PrivateMessages(client).send(place, "U1", Message(text="x"))
        assert server.asked == ["/hook", "/api/chat.postEphemeral", "/api/chat.postMessage"]
        announced = {"upload_url": f"{server.url}/up", "file_id": "F1"}
        monkeypatch.setattr(client, "files_getUploadURLExternal", lambda **_: announced)  # noqa: B023
        server.asked.clear()
        with pytest.raises(UploadRefused):
            FileUploads(client).send("U1", Message(text="x"), name="job.log", content=b"secret")
        assert server.asked == ["/up"]
