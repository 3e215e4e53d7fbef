"""Notices when the clock jumps: what can't be undone isn't done right after that."""

import time
from collections.abc import Callable
from datetime import datetime

JUMP = 60.0
"""Seconds. The clock and the machine's uptime never differ by this much more from one look to the next,
unless somebody sets the clock."""

SETTLED_AFTER = 600.0
"""Seconds after a jump, or after the start, until the clock is trusted: by then, NTP has corrected it."""


def uptime() -> float:
    """Return the seconds of a clock that nobody sets, and that also runs while the machine sleeps."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


class SteadyClock:
    """Compares the clock with the uptime at each look."""

    def __init__(self, uptime: Callable[[], float] = uptime) -> None:
        self._uptime = uptime
        self._since = uptime()
        self._ahead: float | None = None
        self._jumped = False

    @property
    def jumped(self) -> bool:
        """Whether the clock isn't steady because it jumped, rather than because of the start."""
        return self._jumped

    def steady(self, now: datetime) -> bool:
        """Return whether the clock, which has just said ``now``, has been steady for a while."""
        up = self._uptime()
        ahead = now.timestamp() - up
        if self._ahead is not None and abs(ahead - self._ahead) > JUMP:
            self._since, self._jumped = up, True
        self._ahead = ahead
        steady = up - self._since >= SETTLED_AFTER
        self._jumped = self._jumped and not steady
        return steady
