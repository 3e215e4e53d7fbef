"""Measure how far DSS's clock is from this machine's, by the ``Date`` of its answers (RFC 9110 §6.6.1).

All times that DSS sends are from its own clock. If that clock is minutes off, a job seems to have waited
before it was started, and a job that ended a minute ago can't be found.
"""

import email.utils
import statistics
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from datetime import timedelta

MEASURED = 9
"""How many answers to take the median of, because one answer might be cached or slow."""
LEAST = 3.0
"""Differences below this many seconds are ignored: ``Date`` has whole seconds, and answers take some time."""
MOST = 30 * 86_400.0
"""Differences beyond this many seconds are ignored: a gateway's clock is broken, not DSS's, whose jobs and
certificates would fail. Times that are moved by thousands of years can't be computed with."""
SLOWEST = 5.0
"""Answers that took more seconds than this are ignored: they don't show when they were dated."""


class ServerClock:
    """Measures the difference between two clocks. Safe to share between threads.

    Args:
        now: this machine's clock, in seconds since the epoch.
    """

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self.now = now
        self._seen: deque[float] = deque(maxlen=MEASURED)
        self._offset = 0.0
        self._lock = threading.Lock()

    @property
    def offset(self) -> timedelta:
        """How far DSS's clock is ahead (behind, if negative); zero if the difference is too small to measure.

        It changes only when it's wrong by more than `LEAST`, so that the same job keeps its times.
        """
        return timedelta(seconds=self._offset)

    def saw(self, headers: Mapping[str, str], *, sent: float) -> None:
        """Record an answer's ``Date``.

        Args:
            headers: the answer's headers.
            sent: when the request was sent, by this machine's clock.
        """
        got = self.now()
        dated = _date(headers.get("Date"))
        if dated is None or headers.get("Age") or not 0 <= got - sent <= SLOWEST:
            return
        if abs(dated - got) > MOST:
            return
        with self._lock:
            # ``Date`` cuts off half a second on average.
            self._seen.append(dated + 0.5 - (sent + got) / 2)
            measured = statistics.median(self._seen)
            if abs(self._seen[-1] - measured) > LEAST and len(self._seen) < MEASURED:
                return  # there are too few to know which one is wrong
            if abs(measured - self._offset) > LEAST:
                self._offset = float(round(measured)) if abs(measured) > LEAST else 0.0


def _date(header: str | None) -> float | None:
    try:
        return email.utils.parsedate_to_datetime(header).timestamp() if header else None
    except (ValueError, OverflowError, OSError):
        return None
