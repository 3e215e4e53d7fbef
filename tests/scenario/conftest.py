"""The whole setup of a scenario: a DSS, a Slack workspace, and the bot between them, all on loopback."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.scenario.world import Scenario


@pytest.fixture(scope="module")
def settings_of_scenario() -> dict[str, object]:
    """Settings for `Scenario`; a module can override them for all its tests."""
    return {}


@pytest.fixture(scope="module")
def running(
    tmp_path_factory: pytest.TempPathFactory, settings_of_scenario: dict[str, object]
) -> Iterator[Scenario]:
    """One scenario for all the tests of a module that don't disturb each other."""
    with Scenario(tmp_path_factory.mktemp("scenario"), **settings_of_scenario) as scenario:  # type: ignore[arg-type]
        yield scenario


@pytest.fixture
def scenario(running: Scenario) -> Iterator[Scenario]:
    """The module's scenario, with a separate channel for this test; checked at the end of the test."""
    running.begin()
    yield running
    running.finish()


@pytest.fixture
def make_scenario(tmp_path: Path) -> Iterator[Callable[..., Scenario]]:
    """Return a factory for scenarios with custom settings; each is checked at the end of the test."""
    made: list[Scenario] = []
    with ExitStack() as stack:

        def make(**changes: object) -> Scenario:
            one = stack.enter_context(Scenario(tmp_path, **changes))  # type: ignore[arg-type]
            one.begin()
            made.append(one)
            return one

        yield make
        for one in made:
            one.finish()
