"""A sandbox with a clock that only the test moves, and clients that close what they open."""

from collections.abc import Callable, Iterator
from typing import Any

import dataikuapi
import pytest
import requests

from bot.sandbox.dss import DssSandbox, ManualClock

Connect = Callable[..., Any]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def sandbox(clock: ManualClock) -> Iterator[DssSandbox]:
    with DssSandbox(clock=clock) as running:
        yield running


@pytest.fixture
def connect(sandbox: DssSandbox) -> Iterator[Connect]:
    """The official client, for a login (default alice) or a key."""
    opened: list[Any] = []

    def open_client(login: str = "alice", *, key: str | None = None, url: str | None = None) -> Any:
        client = dataikuapi.DSSClient(url or sandbox.url, key or sandbox.key_of(login))
        opened.append(client)
        return client

    yield open_client
    for client in opened:
        client._session.close()


@pytest.fixture
def get(sandbox: DssSandbox) -> Callable[..., requests.Response]:
    """A raw call below ``/public/api`` with the admin key."""

    def call(path: str, method: str = "GET", base: str = "/public/api", **options: Any) -> requests.Response:
        options.setdefault("auth", (sandbox.admin_key, ""))
        return requests.request(method, sandbox.url + base + path, timeout=60, **options)

    return call
