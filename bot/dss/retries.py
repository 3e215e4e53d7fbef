"""When and how long to wait before a safe call is tried again.

`urllib3.Retry` is not used: it sleeps without a bound on the whole, cannot be driven by a test's clock, and
does not see an answer that breaks while its body is read.
"""

import email.utils
import math
import random
import time
from collections.abc import Callable

import msgspec


class RetryPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Pauses between tries of one GET: growing, with jitter, bounded one by one and together. Seconds."""

    tries: int = 4
    """How often one call is sent at most, the first time included."""
    first_pause: float = 0.5
    factor: float = 2.0
    longest_pause: float = 8.0
    longest_retry_after: float = 15.0
    """A server that asks for a longer pause gets this one."""
    total: float = 60.0
    """No try begins later than this after the first."""
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random
    """Gives 0 ≤ x < 1; a pause is shortened by up to a half with it."""

    def pause(self, tried: int, *, began: float, retry_after: float | None) -> float | None:
        """Return how long to wait after ``tried`` tries, or ``None`` to give up.

        Args:
            tried: how many tries have failed.
            began: `clock` at the first try.
            retry_after: what the server asked for, in seconds.
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
    """Read a ``Retry-After`` header: seconds or an HTTP date (RFC 9110 §10.2.3); ``None`` without one."""
    if not header:
        return None
    try:
        seconds = float(header)
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(header).timestamp() - now()
        except ValueError:
            return None
    return max(0.0, seconds) if math.isfinite(seconds) else None
