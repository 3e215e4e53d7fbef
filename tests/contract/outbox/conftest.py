"""The sender between a store on SQLite, the real slack_sdk, and a workspace on loopback."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.sandbox.slack import SlackSandbox
from bot.store import Database, Store
from tests.contract.outbox.post import Post
from tests.support.clocks import HandClock
from tests.support.databases import sqlite_with_tables


@pytest.fixture
def store(tmp_path: Path, clock: HandClock) -> Iterator[Store]:
    """A store on SQLite: the kind of database doesn't matter here."""
    store = Store(Database(sqlite_with_tables(tmp_path), clock=clock))
    yield store
    store.close()


@pytest.fixture
def slack(clock: HandClock) -> Iterator[SlackSandbox]:
    """A workspace with the test's clock."""
    with SlackSandbox(clock=lambda: clock().timestamp()) as started:
        yield started


@pytest.fixture
def post(store: Store, slack: SlackSandbox, clock: HandClock) -> Post:
    """A sender and its environment."""
    return Post(store, slack, clock)
