"""A budget for the requests to one instance."""


class RequestBudget:
    """A token bucket that fills at ``per_second`` and holds the tokens of ``burst`` seconds.

    Args:
        per_second: average requests per second.
        burst: how many seconds' worth of requests can be made at once after a pause.
    """

    def __init__(self, per_second: float, burst: float = 2.0) -> None:
        self._per_second = per_second
        self._most = max(per_second * burst, 1.0)
        self._left = self._most
        self._filled_at: float | None = None

    def refill(self, now: float) -> None:
        """Refill the bucket; ``now`` is in seconds of any clock that only goes forward."""
        if self._filled_at is not None:
            brought = max(0.0, now - self._filled_at) * self._per_second
            self._left = min(self._most, self._left + brought)
        self._filled_at = now

    def take(self, count: int = 1) -> bool:
        """Use ``count`` requests if that many are left; return whether they were."""
        if self._left < count:
            return False
        self._left -= count
        return True

    def seconds(self, count: float) -> float:
        """Return how many seconds ``count`` requests take on average."""
        return count / self._per_second

    def force(self, count: int = 1) -> None:
        """Use requests that can't wait; later ones pay for them."""
        self._left = max(self._left - count, -self._most * 5)
