"""Bots on PostgreSQL: a server restart, and two bots of which one is killed."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.postgres import new_database, own_server
from tests.faults.report import REPORT
from tests.faults.runs import Outcome, difference, run, undisturbed
from tests.faults.stories import STORIES
from tests.faults.world import Trouble, World

TAKEN_OVER = 30.0
"""Seconds."""


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, Callable[[], None]]]:
    """A server that this module's tests can restart."""
    with own_server() as started:
        yield started


@pytest.fixture
def address(server: tuple[str, Callable[[], None]]) -> str:
    """A migrated database."""
    return new_database(server[0])


def test_two_bots_do_everything_once(address: str, tmp_path: Path) -> None:
    """Two bots on one database share the work, and post and start everything once."""
    assert not _with_two(address, tmp_path, "build", lambda _world: None)


@pytest.mark.faults
@pytest.mark.parametrize("killed", ["one", "two"])
@pytest.mark.parametrize("story", ["build", "abort"])
def test_one_of_two_is_killed(address: str, tmp_path: Path, story: str, killed: str) -> None:
    """Whichever of two bots is killed while a job runs, the other takes over within 30 s, without doubles."""
    times: list[float] = []

    def kill(world: World) -> None:
        world.unwatched.add(killed)
        world.kill(killed)
        times.append(time.monotonic())

    found = _with_two(address, tmp_path, story, kill, lambda _world: times.append(time.monotonic()))
    _count(found, f"{story}: {killed} of two is killed")
    assert not found
    assert times[1] - times[0] < TAKEN_OVER + 10  # including the rest of the story


@pytest.mark.faults
@pytest.mark.parametrize("phase", [1, 2, 3, 4])
@pytest.mark.parametrize("story", ["build", "abort"])
def test_the_server_restarts(
    server: tuple[str, Callable[[], None]], address: str, story: str, phase: int
) -> None:
    """PostgreSQL crashes and comes back in any phase: everything is posted and started once."""
    trouble = Trouble("PostgreSQL restarts", phase, lambda _world: server[1]())
    found = difference(undisturbed(story), run(story, trouble=trouble, database=address))
    _count(found, f"{story}: {trouble}")
    assert not found


def _with_two(
    address: str,
    folder: Path,
    story: str,
    second_phase: Callable[[World], None],
    over: Callable[[World], None] = lambda _world: None,
) -> str:
    trouble = Trouble("two bots", 2, second_phase, patient=True)
    with World(folder, trouble=trouble, database=address, impatient=False) as world:
        world.start("one")
        world.start("two")
        world.until(lambda: world.slack.sockets == 2, "two sockets")
        STORIES[story](world)
        over(world)
        state = world.state()
    return difference(undisturbed(story), Outcome(story, "two bots", state, (), reached=True, seconds=0.0))


def _count(found: str, name: str) -> None:
    REPORT.tried += 1
    if found:
        REPORT.differences.append(f"{name}\n{found}")
