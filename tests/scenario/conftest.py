"""A whole world for a scenario: a DSS, a Slack workspace, and the bot between them, all on loopback."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.scenario.world import Scenario


@pytest.fixture(scope="module")
def settings_of_scenario() -> dict[str, object]:
    """What `Scenario` is made with; a module may say otherwise for all its tests."""
    return {}


@pytest.fixture(scope="module")
def running(
    tmp_path_factory: pytest.TempPathFactory, settings_of_scenario: dict[str, object]
) -> Iterator[Scenario]:
    """One scenario for all the tests of a module that do not disturb each other."""
    with Scenario(tmp_path_factory.mktemp("scenario"), **settings_of_scenario) as scenario:  # type: ignore[arg-type]
        yield scenario


@pytest.fixture
def scenario(running: Scenario) -> Iterator[Scenario]:
    """The module's scenario, with a channel of this test's own, checked when the test is over."""
    running.begin()
    yield running
    running.finish()


@pytest.fixture
def make_scenario(tmp_path: Path) -> Iterator[Callable[..., Scenario]]:
    """Return what makes a scenario with the settings that a test is about, checked when it is over."""
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
