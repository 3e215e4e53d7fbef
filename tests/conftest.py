"""Fixtures for every kind of test."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import structlog
from hypothesis import HealthCheck, settings

from bot.language import ENGLISH, channels_read, person_reads
from bot.store import Database, Store
from tests.support.clocks import HandClock
from tests.support.databases import create_tables, postgres_database, postgres_server, sqlite_with_tables

# Timing never decides a test: a slow machine is no failure. In CI, the examples are the same in every run.
settings.register_profile(
    "default",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
settings.load_profile("default")

LONGEST = (
    "tests/permissions/test_matrix.py",
    "tests/scenario/test_typed_back.py",
    "tests/demo/test_demo.py",
    "tests/demo/test_playground.py",
)
"""Where the tests are that take longest."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have each process begin with some of the longest tests, so that no other one waits for them at the end.

    pytest-xdist gives each process a part of the list, in order.
    """
    longest = [item for item in items if item.nodeid.startswith(LONGEST)]
    others = [item for item in items if not item.nodeid.startswith(LONGEST)]
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    total, items[:] = len(items), []
    for number in range(processes):
        first = longest[number::processes]
        part = total * (number + 1) // processes - len(items)
        items += [*first, *others[: max(0, part - len(first))]]
        del others[: max(0, part - len(first))]
    items += others


@pytest.fixture(autouse=True)
def plain_log() -> None:
    """What a test logs goes to standard error, without rich's tracebacks, which take seconds each."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%H:%M:%S"),
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
        ],
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    """Each test begins in English, whatever language a test before has spoken on this thread."""
    with channels_read(ENGLISH), person_reads(None):
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL server for this test process."""
    with postgres_server() as address:
        yield address


@pytest.fixture
def clock() -> HandClock:
    """A clock that stands still."""
    return HandClock()


@pytest.fixture(scope="session")
def postgres_with_tables(postgres: str) -> Iterator[str]:
    """The name of a database on that server that has this version's tables, to be copied."""
    with postgres_database(postgres, "tables") as address:
        create_tables(address)
        yield "tables"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of each kind, with this version's tables."""
    if request.param == "sqlite":
        yield sqlite_with_tables(tmp_path)
        return
    server, tables = (request.getfixturevalue(name) for name in ("postgres", "postgres_with_tables"))
    with postgres_database(server, f"t{uuid4().hex}", like=tables) as address:
        yield address


@pytest.fixture
def store(database_address: str, clock: HandClock) -> Iterator[Store]:
    """A store of each kind, with the test's clock."""
    store = Store(Database(database_address, clock=clock))
    yield store
    store.close()
