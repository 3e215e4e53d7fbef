"""Slack's rate limits: token buckets per method, and per channel for posts (SLACK-FACTS §1.2)."""

import math
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Rate:
    """A token bucket: a long-term rate per minute and a burst size."""

    per_minute: float
    burst: int


RATES = {
    "1": Rate(per_minute=1, burst=1),
    "2": Rate(per_minute=20, burst=5),
    "3": Rate(per_minute=50, burst=10),
    "4": Rate(per_minute=100, burst=20),
    "post": Rate(per_minute=300, burst=60),  # "some hundred per minute per workspace"
    "hundreds": Rate(per_minute=300, burst=60),
}
"""Bursts aren't published: these are a fifth of a minute's calls, so that a storm is refused."""

PER_CHANNEL = Rate(per_minute=60, burst=3)  # chat.postMessage, "about 1/s per channel, short bursts"


@dataclass
class _Bucket:
    level: float
    at: float


class Rates:
    """Refuses calls above the rate. Not thread-safe: call it while the world's lock is held."""

    def __init__(self, clock: Callable[[], float], *, enabled: bool = True) -> None:
        self._clock = clock
        self.enabled = enabled
        self._buckets: dict[tuple[str, str], _Bucket] = {}

    def take(self, method: str, rate: str, channel: str | None) -> int | None:
        """Count one call; returns the seconds of ``Retry-After`` if it exceeds the rate."""
        if not self.enabled:
            return None
        wanted = [((method, ""), RATES[rate])]
        if rate == "post" and channel:
            wanted.append(((method, channel), PER_CHANNEL))
        waits = [self._wait(key, limit) for key, limit in wanted]
        if max(waits) > 0:
            return max(1, math.ceil(max(waits)))
        for key, _ in wanted:
            self._buckets[key].level -= 1
        return None

    def _wait(self, key: tuple[str, str], rate: Rate) -> float:
        """Fill a bucket up to now; returns the seconds until it holds one call."""
        now = self._clock()
        bucket = self._buckets.setdefault(key, _Bucket(rate.burst, now))
        per_second = rate.per_minute / 60
        bucket.level = min(rate.burst, bucket.level + max(0.0, now - bucket.at) * per_second)
        bucket.at = now
        return 0.0 if bucket.level >= 1 else (1 - bucket.level) / per_second
