"""A pool of a few threads for queries, with limits on how many can run and wait for the same reason."""

import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from bot.domain.errors import BotError
from bot.language import in_same_language

THREADS = 8
WAITING = 200
"""Beyond this, the answer is "busy": a real one would come when nobody is looking anymore."""
SHARE = 3
"""How many tasks of one person, or about one job, run at a time: DSS can hang for minutes."""
WAITING_SHARE = 50
"""How many of them can wait."""


class PoolFull(BotError):
    """Too many tasks are already waiting."""


class QueryPool:
    """Runs tasks on its own threads, so that Bolt's few listener threads never wait for DSS.

    Tasks run in the order in which they came, except that those whose share is used up let others pass.
    """

    def __init__(
        self, *, threads: int = THREADS, waiting: int = WAITING, share: int = SHARE, name: str = "query"
    ) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._idle = threading.Condition()
        self._busy = 0
        self._most = threads + waiting
        self._share = share
        self._waiting: deque[tuple[Callable[[], None], tuple[str, ...]]] = deque()
        self._running: Counter[str] = Counter()

    def submit(self, task: Callable[[], None], *, shares: tuple[str, ...] = ()) -> None:
        """Run a task soon. It must handle its own errors.

        Args:
            task: what to run.
            shares: whom it is for and what it is about. Of those with the same one, `SHARE` run at a time.

        Raises:
            PoolFull: too many tasks are waiting.
        """
        with self._idle:
            mine = max((sum(one in theirs for _, theirs in self._waiting) for one in shares), default=0)
            if self._busy + len(self._waiting) >= self._most or mine >= WAITING_SHARE:
                raise PoolFull
            try:
                self._pool.submit(self._work)
            except RuntimeError as error:  # shutting down
                raise PoolFull from error
            self._waiting.append((in_same_language(task), shares))

    def close(self, seconds: float) -> bool:
        """Finish running tasks and drop waiting ones: only the people who asked would see those answers.

        Args:
            seconds: how long to wait for running tasks.

        Returns:
            Whether all of them ended in time.
        """
        self._pool.shutdown(wait=False, cancel_futures=True)
        until = time.monotonic() + seconds
        with self._idle:
            self._waiting.clear()
            return self._idle.wait_for(lambda: self._busy == 0, max(0.0, until - time.monotonic()))

    def _work(self) -> None:
        """Run the first waiting task whose shares aren't used up, if there is one."""
        taken = self._take()
        if taken is None:
            return  # one that ends makes room, and calls this again
        task, shares = taken
        try:
            task()
        finally:
            self._ended(shares)

    def _take(self) -> tuple[Callable[[], None], tuple[str, ...]] | None:
        with self._idle:
            for number, (_, shares) in enumerate(self._waiting):
                if all(self._running[one] < self._share for one in shares):
                    taken = self._waiting[number]
                    del self._waiting[number]
                    self._running.update(shares)
                    self._busy += 1
                    return taken
            return None

    def _ended(self, shares: tuple[str, ...]) -> None:
        with self._idle:
            self._running -= Counter(shares)  # drops what has reached zero
            self._busy -= 1
            self._idle.notify_all()
            with suppress(RuntimeError):  # shutting down
                for _ in shares:  # each one that it gives back lets another task run
                    self._pool.submit(self._work)
