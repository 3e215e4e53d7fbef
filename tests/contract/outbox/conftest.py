"""The sender between a store on SQLite, the real slack_sdk, and a workspace on loopback."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.sandbox.slack import SlackSandbox
from bot.store import Database, Store, migrate
from tests.contract.outbox.post import Post
from tests.support.clocks import HandClock


@pytest.fixture
def store(tmp_path: Path, clock: HandClock) -> Iterator[Store]:
    """A store on SQLite: the kind of database doesn't matter here."""
    database = Database(f"sqlite:///{tmp_path / 'bot.sqlite3'}", clock=clock)
    migrate(database)
    store = Store(database)
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
