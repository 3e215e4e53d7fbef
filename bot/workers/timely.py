"""Waits for an answer that has to be in time, such as the options of a select, and never for long."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

import msgspec
import structlog

from bot.domain.errors import BotError
from bot.workers.query_pool import PoolFull, QueryPool

log = structlog.get_logger(__name__)

T = TypeVar("T")

PATIENCE = 2.2
"""Seconds. Slack waits three for the options of a select, and only the acknowledgement can carry them."""
SLOW_AFTER = 2.0
"""Seconds without an answer after which people are told that it takes a while."""
WAITERS = 5
"""Threads that wait at the same time: half of Bolt's, so that DSS can't hold up the listeners."""


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """How long the bot waits, in seconds, before people see something else than their answer."""

    slow_after: float = SLOW_AFTER
    """Then they are told that it takes a while (`SlowAnswers`)."""
    options: float = PATIENCE
    """Then a dialog opens without what DSS was asked for, and a select offers nothing (`TimelyAnswers`)."""


class TooSlow(BotError):
    """There is no answer in time."""


class _Answer(Generic[T]):
    def __init__(self) -> None:
        self.done = threading.Event()
        self.value: T | None = None
        self.error: Exception | None = None
        self.too_late = False


class TimelyAnswers:
    """Runs tasks in the query pool and waits for their results for a limited time."""

    def __init__(self, pool: QueryPool, *, patience: float = PATIENCE, waiters: int = WAITERS) -> None:
        self._pool = pool
        self._patience = patience
        self._waiters = threading.BoundedSemaphore(waiters)

    def wait_for(self, task: Callable[[], T], *, shares: tuple[str, ...] = ()) -> T:
        """Return what the task returns, or raise what it raises.

        A task that has begun goes on when nobody waits for it anymore: its result can be cached.

        Raises:
            TooSlow: it doesn't end in time, or too many others are waiting already.
        """
        if not self._waiters.acquire(blocking=False):
            raise TooSlow
        try:
            return self._wait(task, shares)
        finally:
            self._waiters.release()

    def _wait(self, task: Callable[[], T], shares: tuple[str, ...]) -> T:
        answer: _Answer[T] = _Answer()

        def run() -> None:
            if answer.too_late:
                return
            try:
                answer.value = task()
            except Exception as error:  # noqa: BLE001 - raised again where somebody waits for it
                answer.error = error
            answer.done.set()

        try:
            self._pool.submit(run, shares=shares)
        except PoolFull as full:
            raise TooSlow from full
        if not answer.done.wait(self._patience):
            answer.too_late = True
            raise TooSlow
        if answer.error is not None:
            raise answer.error
        return answer.value  # type: ignore[return-value]  # a task without an error has returned it
