"""A waiter between a DSS in memory and a store on SQLite, with a clock that a test moves."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.store import Database, Store, migrate
from tests.support.clocks import HandClock
from tests.workers.watchers import Watchers


@pytest.fixture
def store(tmp_path: Path, clock: HandClock) -> Iterator[Store]:
    """A store on SQLite: the kind of database doesn't matter here."""
    database = Database(f"sqlite:///{tmp_path / 'bot.sqlite3'}", clock=clock)
    migrate(database)
    store = Store(database)
    yield store
    store.close()


@pytest.fixture
def watchers(store: Store, clock: HandClock) -> Watchers:
    """The environment of one instance's waiters."""
    return Watchers(store, clock)
