"""The query pool: nobody and no job gets all of its threads."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from bot.workers.query_pool import SHARE, THREADS, WAITING_SHARE, PoolFull, QueryPool

LONG = 60.0
"""Seconds that no wait takes unless something is wrong."""

ALICE, BOB, JOB = "person|alice", "person|bob", "job|j"


class Tasks:
    """A pool, and tasks that hang until the test lets them go."""

    def __init__(self) -> None:
        self.pool = QueryPool()
        self.gate = threading.Event()
        self.begun = threading.Semaphore(0)
        self.ended: list[None] = []

    def hang(self, *shares: str, count: int = 1) -> None:
        """Submit tasks that hang."""
        for _ in range(count):
            self.pool.submit(self._hang, shares=shares)

    def _hang(self) -> None:
        self.begun.release()
        self.gate.wait(60)
        self.ended.append(None)

    @property
    def done(self) -> int:
        """How many have ended."""
        return len(self.ended)

    def runs(self, *shares: str, within: float = LONG) -> bool:
        """Return whether a task gets its turn."""
        ran = threading.Event()
        self.pool.submit(ran.set, shares=shares)
        return ran.wait(within)


@pytest.fixture
def tasks() -> Iterator[Tasks]:
    made = Tasks()
    yield made
    made.gate.set()
    made.pool.close(60)


def _some(until: Callable[[], bool]) -> bool:
    end = time.monotonic() + LONG
    while not until():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def test_who_asks_for_what_hangs_keeps_nobody_back(tasks: Tasks) -> None:
    """However often; the next of the same person waits."""
    tasks.hang(ALICE, count=THREADS + 5)
    assert tasks.runs(BOB)
    assert tasks.runs()
    assert not tasks.runs(ALICE, within=0.5)


def test_a_job_that_hangs_keeps_no_other_job_back(tasks: Tasks) -> None:
    """Whoever asks about it."""
    for number in range(THREADS + 5):
        tasks.hang(f"person|{number}", JOB)
    assert tasks.runs(BOB, "job|other")
    assert not tasks.runs(BOB, JOB, within=0.5)


def test_everything_that_waited_gets_its_turn(tasks: Tasks) -> None:
    """A task that ends makes room for each of its shares, and nothing is forgotten."""
    tasks.hang(ALICE, JOB, count=SHARE)
    for _ in range(SHARE):
        assert tasks.begun.acquire(timeout=60)
    tasks.hang(ALICE, count=10)
    tasks.hang(BOB, JOB, count=10)
    tasks.gate.set()
    assert _some(lambda: tasks.done == SHARE + 20)


def test_both_shares_of_a_task_that_ends_are_used_at_once(tasks: Tasks) -> None:
    """Even while the next task hangs."""
    first = threading.Event()
    tasks.hang(ALICE, count=SHARE - 1)
    tasks.hang(BOB, JOB, count=SHARE - 1)

    def wait() -> None:
        first.wait(60)
        raise ValueError("a task that fails gives its shares back, too")

    tasks.pool.submit(wait, shares=(ALICE, JOB))
    for _ in range(2 * SHARE - 2):
        assert tasks.begun.acquire(timeout=60)
    tasks.hang(ALICE)
    tasks.hang("person|carol", JOB)
    assert not tasks.begun.acquire(timeout=0.2)
    first.set()
    assert tasks.begun.acquire(timeout=60)
    assert tasks.begun.acquire(timeout=60)


def test_nobody_fills_the_queue(tasks: Tasks) -> None:
    """One person's waiting tasks are limited; others can still wait."""
    tasks.hang(ALICE, count=SHARE)
    for _ in range(SHARE):
        assert tasks.begun.acquire(timeout=60)
    tasks.hang(ALICE, count=WAITING_SHARE)
    with pytest.raises(PoolFull):
        tasks.hang(ALICE)
    tasks.hang(BOB)


def test_the_queue_has_an_end() -> None:
    """For everybody together."""
    tasks = Tasks()
    tasks.pool = QueryPool(threads=1, waiting=2)
    tasks.hang(count=3)
    with pytest.raises(PoolFull):
        tasks.hang()
    tasks.gate.set()
    assert tasks.pool.close(60)


def test_a_closed_pool_runs_nothing_more(tasks: Tasks) -> None:
    """What waits is dropped; what runs ends."""
    tasks.hang(ALICE, count=SHARE + 2)
    for _ in range(SHARE):
        assert tasks.begun.acquire(timeout=60)
    assert not tasks.pool.close(0.05)
    tasks.gate.set()
    assert tasks.pool.close(60)
    assert tasks.done == SHARE
    with pytest.raises(PoolFull):
        tasks.hang()
