"""Fixtures for every kind of test."""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings

from bot.store import Database, Store, migrate
from tests.support.clocks import HandClock
from tests.support.databases import postgres_database, postgres_server

# Timing never decides a test: a slow machine is no failure. In CI, the examples are the same in every run.
settings.register_profile(
    "default",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("default")


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL server for this test process."""
    with postgres_server() as address:
        yield address


@pytest.fixture
def clock() -> HandClock:
    """A clock that stands still."""
    return HandClock()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'bot.sqlite3'}"
        return
    with postgres_database(request.getfixturevalue("postgres"), f"t{uuid4().hex}") as address:
        yield address


@pytest.fixture
def store(database_address: str, clock: HandClock) -> Iterator[Store]:
    """A migrated store of each kind, with the test's clock."""
    database = Database(database_address, clock=clock)
    migrate(database)
    store = Store(database)
    yield store
    store.close()
