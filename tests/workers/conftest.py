"""A waiter between a DSS in memory and a store on SQLite, with a clock that a test moves."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.store import Database, Store
from tests.support.clocks import HandClock
from tests.support.databases import sqlite_with_tables
from tests.workers.watchers import Watchers


@pytest.fixture
def store(tmp_path: Path, clock: HandClock) -> Iterator[Store]:
    """A store on SQLite: the kind of database doesn't matter here."""
    store = Store(Database(sqlite_with_tables(tmp_path), clock=clock))
    yield store
    store.close()


@pytest.fixture
def watchers(store: Store, clock: HandClock) -> Watchers:
    """The environment of one instance's waiters."""
    return Watchers(store, clock)
