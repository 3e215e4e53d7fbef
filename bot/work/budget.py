"""How many requests an instance may be asked at the moment."""


class Budget:
    """A bucket that fills at ``per_second`` and holds what ``burst`` seconds bring.

    Args:
        per_second: requests per second on average.
        burst: seconds whose requests may be made at once after a rest.
    """

    def __init__(self, per_second: float, burst: float = 2.0) -> None:
        self._per_second = per_second
        self._most = max(per_second * burst, 1.0)
        self._left = self._most
        self._filled_at: float | None = None

    def refill(self, now: float) -> None:
        """Bring the bucket up to date; ``now`` is in seconds of any clock that only goes forward."""
        if self._filled_at is not None:
            brought = max(0.0, now - self._filled_at) * self._per_second
            self._left = min(self._most, self._left + brought)
        self._filled_at = now

    def take(self, count: int = 1) -> bool:
        """Use up ``count`` requests, if there are so many; say whether there were."""
        if self._left < count:
            return False
        self._left -= count
        return True

    def seconds(self, count: float) -> float:
        """Return how long so many requests take on average."""
        return count / self._per_second

    def force(self, count: int = 1) -> None:
        """Use up requests that cannot wait; later ones pay for them."""
        self._left = max(self._left - count, -self._most * 5)
