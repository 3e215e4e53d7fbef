"""The page between two stand-ins, and a visitor who speaks plain HTTP."""

import http.client
import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, Self
from urllib.parse import urlsplit

import pytest

from bot.sandbox.dss import DssSandbox, ManualClock
from bot.sandbox.page import Command, Playground, Shortcut
from bot.sandbox.slack import SlackSandbox

Json = dict[str, Any]


class Answer:
    """An HTTP answer, read to its end."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Stream:
    """The events that one window receives. Use it as a context manager."""

    def __init__(self, address: str, path: str, headers: dict[str, str] | None = None) -> None:
        self._connection = http.client.HTTPConnection(address, timeout=60)
        self._connection.request("GET", f"{path}events", headers=headers or {})
        self._response = self._connection.getresponse()
        self.last = 0
        assert self._response.status == 200

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._response.close()
        self._connection.close()

    def next(self) -> Json:
        """Return the next event; comments are skipped."""
        number = None
        while True:
            line = self._response.readline().decode()
            assert line, "the stream ended"
            if line.startswith("id: "):
                number = int(line[4:])
            elif line.startswith("data: "):
                assert number is not None
                self.last = number
                event: Json = json.loads(line[6:])
                return event

    def until(self, kind: str) -> Json:
        """Return the next event of a kind."""
        while (event := self.next())["type"] != kind:
            pass
        return event

    def ended(self) -> bool:
        """Read on; return whether the server closes the stream without another event."""
        return all(not line.startswith(b"data") for line in iter(self._response.readline, b""))


class Visitor:
    """Sends requests as a browser or a test of somebody else does."""

    def __init__(self, page: Playground) -> None:
        parts = urlsplit(page.url)
        self.address, self.path = parts.netloc, parts.path

    def request(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        headers: dict[str, str] | None = None,
        raw: bool = False,
    ) -> Answer:
        """Send one request; ``raw`` takes the whole path, else it is below the token."""
        connection = http.client.HTTPConnection(self.address, timeout=60)
        data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {"Content-Type": "application/json"} if method not in {"GET", "HEAD"} else {}
        try:
            connection.request(method, path if raw else self.path + path, data, {**given, **(headers or {})})
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def get(self, path: str) -> Any:
        answer = self.request("GET", path)
        assert answer.status == 200, answer.body
        return answer.json

    def post(self, path: str, body: object = None) -> Any:
        answer = self.request("POST", path, body or {})
        assert answer.status == 200, answer.body
        return answer.json

    def refused(self, path: str, body: object, method: str = "POST") -> tuple[int, str]:
        answer = self.request(method, path, body)
        assert answer.status != 200
        return answer.status, answer.json["error"]

    def stream(self, headers: dict[str, str] | None = None) -> Stream:
        return Stream(self.address, self.path, headers)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def dss(clock: ManualClock) -> Iterator[DssSandbox]:
    with DssSandbox(clock=clock) as running:
        yield running


@pytest.fixture
def slack() -> Iterator[SlackSandbox]:
    with SlackSandbox(rates=False, ack_timeout=30, scopes=("files:write", "reactions:write")) as running:
        yield running


@pytest.fixture
def page(slack: SlackSandbox, dss: DssSandbox) -> Iterator[Playground]:
    with ExitStack() as stack:
        yield stack.enter_context(
            Playground(
                slack,
                dss,
                commands=[Command(command="/dss-jobs", usage_hint="help", description="Jobs")],
                shortcuts=[Shortcut(callback_id="job_log", name="Log")],
                roles={"alice": "Member"},
                complete=lambda text: [f"{text}!"],
            )
        )


@pytest.fixture
def visitor(page: Playground) -> Visitor:
    return Visitor(page)
