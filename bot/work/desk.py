"""The desk: a few threads for what is asked and answered at once, with a limit on what may wait."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from bot.errors import BotError

THREADS = 8
WAITING = 200
"""More than this is answered with "busy": the answer would come when nobody looks any more."""


class DeskFull(BotError):
    """Too much is waiting already."""


class Desk:
    """Runs tasks on threads of its own, so that Bolt's few listener threads never wait for DSS."""

    def __init__(self, *, threads: int = THREADS, waiting: int = WAITING) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="desk")
        self._idle = threading.Condition()
        self._busy = 0
        self._places = threading.BoundedSemaphore(threads + waiting)

    def hand_over(self, task: Callable[[], None]) -> None:
        """Have a task done soon. It must answer for its own errors.

        Raises:
            DeskFull: too much is waiting.
        """
        if not self._places.acquire(blocking=False):
            raise DeskFull
        try:
            self._pool.submit(self._run, task)
        except RuntimeError as error:  # shutting down
            self._places.release()
            raise DeskFull from error

    def close(self, seconds: float) -> bool:
        """Finish what is being done and drop what waits: only its asker would have seen it.

        Args:
            seconds: how long to wait for what is being done.

        Returns:
            Whether everything ended in time.
        """
        self._pool.shutdown(wait=False, cancel_futures=True)
        until = time.monotonic() + seconds
        with self._idle:
            return self._idle.wait_for(lambda: self._busy == 0, max(0.0, until - time.monotonic()))

    def _run(self, task: Callable[[], None]) -> None:
        with self._idle:
            self._busy += 1
        try:
            task()
        finally:
            self._places.release()
            with self._idle:
                self._busy -= 1
                self._idle.notify_all()
