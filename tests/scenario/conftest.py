"""A whole world for a scenario: a DSS, a Slack workspace, and the bot between them, all on loopback."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.scenario.world import Scenario


@pytest.fixture
def make_scenario(tmp_path: Path) -> Iterator[Callable[..., Scenario]]:
    """Return what makes a scenario with the settings that a test is about."""
    with ExitStack() as stack:

        def make(**changes: object) -> Scenario:
            return stack.enter_context(Scenario(tmp_path, **changes))  # type: ignore[arg-type]

        yield make


@pytest.fixture
def scenario(make_scenario: Callable[..., Scenario]) -> Scenario:
    """A scenario in which every member of the workspace may act."""
    return make_scenario()
