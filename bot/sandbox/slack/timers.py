"""One thread that runs delayed actions."""

import heapq
import itertools
import threading
import time
from collections.abc import Callable


class Timers:
    """Runs small functions after a delay; functions still pending at `stop` never run."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="slack-sandbox-alarms", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread and drop the pending functions."""
        with self._condition:
            self._stopped = True
            # Not `notify`: a Ctrl-C in the middle of an earlier one can have left a waiter that is long gone.
            self._condition.notify_all()
        if self._thread.is_alive():
            self._thread.join()

    def after(self, seconds: float, action: Callable[[], None]) -> None:
        """Run ``action`` after ``seconds`` of real time, on the timer thread."""
        with self._condition:
            heapq.heappush(self._heap, (time.monotonic() + seconds, next(self._numbers), action))
            self._condition.notify()

    def _run(self) -> None:
        while (action := self._next()) is not None:
            action()

    def _next(self) -> Callable[[], None] | None:
        with self._condition:
            while not self._stopped:
                left = self._heap[0][0] - time.monotonic() if self._heap else None
                if left is not None and left <= 0:
                    return heapq.heappop(self._heap)[2]
                self._condition.wait(left)
        return None
