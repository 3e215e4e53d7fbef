"""How far DSS's clock is from this machine's, by the ``Date`` of its answers (RFC 9110 §6.6.1).

All moments that DSS names are of its own clock. Where that is minutes off, a job has waited before it was
started, and what ended a minute ago is not found.
"""

import email.utils
import statistics
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from datetime import timedelta

MEASURED = 9
"""Answers of which the middle one counts: one that a cache kept, or that took long, says nothing."""
LEAST = 3.0
"""Seconds below which nothing is made of a difference: ``Date`` has whole seconds, and answers take some."""
SLOWEST = 5.0
"""Seconds. An answer that took longer doesn't say when it was dated."""


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
        """How far DSS's clock is ahead (behind, when negative); zero when that is less than can be measured.

        It stays as it is until it is wrong by more than `LEAST`, so that the same job keeps its times.
        """
        return timedelta(seconds=self._offset)

    def saw(self, headers: Mapping[str, str], *, sent: float) -> None:
        """Take in an answer's ``Date``.

        Args:
            headers: of the answer.
            sent: when the request was sent, by this machine's clock.
        """
        got = self.now()
        dated = _date(headers.get("Date"))
        if dated is None or headers.get("Age") or not 0 <= got - sent <= SLOWEST:
            return
        with self._lock:
            # Half a second is cut off on average.
            self._seen.append(dated + 0.5 - (sent + got) / 2)
            measured = statistics.median(self._seen)
            if abs(self._seen[-1] - measured) > LEAST and len(self._seen) < MEASURED:
                return  # too few to tell which of them is wrong
            if abs(measured - self._offset) > LEAST:
                self._offset = float(round(measured)) if abs(measured) > LEAST else 0.0


def _date(header: str | None) -> float | None:
    try:
        return email.utils.parsedate_to_datetime(header).timestamp() if header else None
    except (ValueError, OverflowError):
        return None
