"""When and how long to wait before retrying a safe call.

We don't use `urllib3.Retry`: it doesn't limit its total sleep, a test's clock can't drive it, and it doesn't
notice an answer that breaks while its body is being read.
"""

import email.utils
import math
import random
import time
from collections.abc import Callable

import msgspec


class RetryPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Pauses in seconds between the tries of one GET: growing, with jitter, bounded singly and in total."""

    tries: int = 4
    """How many times one call is sent at most, including the first."""
    first_pause: float = 0.5
    factor: float = 2.0
    longest_pause: float = 8.0
    longest_retry_after: float = 15.0
    """The pause to make if a server asks for a longer one."""
    total: float = 60.0
    """No try starts later than this after the first."""
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random
    """Returns 0 ≤ x < 1, which shortens a pause by up to half."""

    def pause(self, tried: int, *, began: float, retry_after: float | None) -> float | None:
        """Return how long to wait after ``tried`` tries, or ``None`` to give up.

        Args:
            tried: how many tries have failed.
            began: value of `clock` at the first try.
            retry_after: the pause that the server asked for, in seconds.
        """
        if tried >= self.tries:
            return None
        grown: float = min(self.longest_pause, self.first_pause * self.factor ** (tried - 1))
        wait = grown * (1 - self.jitter() / 2)
        if retry_after is not None:
            wait = max(wait, min(retry_after, self.longest_retry_after))
        return wait if self.clock() + wait - began <= self.total else None


NO_RETRY = RetryPolicy(tries=1)
"""One try only."""


def retry_after_seconds(header: str | None, *, now: Callable[[], float] = time.time) -> float | None:
    """Parse a ``Retry-After`` header: seconds or an HTTP date (RFC 9110 §10.2.3); ``None`` if missing."""
    if not header:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(header).timestamp() - now()
        except (ValueError, OverflowError):
            return None
    return max(0.0, seconds) if math.isfinite(seconds) else None
