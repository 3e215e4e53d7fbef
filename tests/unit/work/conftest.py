"""A waiter between a DSS in memory and a store on SQLite, on a clock that a test moves."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.store import Database, Store, migrate
from tests.support.clocks import HandClock
from tests.unit.work.watchers import Watchers


@pytest.fixture
def store(tmp_path: Path, clock: HandClock) -> Iterator[Store]:
    """A store on SQLite: which database it is does not matter here."""
    database = Database(f"sqlite:///{tmp_path / 'bot.sqlite3'}", clock=clock)
    migrate(database)
    store = Store(database)
    yield store
    store.close()


@pytest.fixture
def watchers(store: Store, clock: HandClock) -> Watchers:
    """Everything around the waiters of one instance."""
    return Watchers(store, clock)
