"""The lease with which one replica follows an instance's jobs while the others stand by."""

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.store import LeaseStore

LEASE_SECONDS = 15.0
"""Time until another replica takes over after a crash."""
LONGEST_ROUND = timedelta(minutes=10)
"""A longer round counts as hanging: its lease is no longer renewed, so another replica takes over."""


class InstanceLease:
    """Holds the lease of one instance from round to round."""

    def __init__(
        self, leases: LeaseStore, instance: str, *, owner: str, clock: Callable[[], datetime]
    ) -> None:
        self._leases = leases
        self._name = f"follow:{instance}"
        self._owner = owner
        self._clock = clock
        self._taken_at: datetime | None = None
        self._round_began: datetime | None = None

    def begin_round(self) -> bool:
        """Begin a round; return whether the clock was set back since the previous round."""
        before, self._taken_at, self._round_began = self._round_began, None, self._clock()
        return before is not None and self._round_began < before

    def held(self) -> bool:
        """Renew the lease from time to time during a long round; return whether it is still ours."""
        now = self._clock()
        if self._taken_at is not None and (now - self._taken_at).total_seconds() < LEASE_SECONDS / 3:
            return True
        if self._leases.take(self._name, self._owner, LEASE_SECONDS):
            self._taken_at = now
            return True
        return False

    def renew(self) -> None:
        """Keep the lease while a round waits for DSS, which can take longer than the lease.

        This ends after `LONGEST_ROUND`, because another replica has to replace one that hangs.
        """
        began = self._taken_at and self._round_began
        if began is not None and self._clock() - began < LONGEST_ROUND:
            self._leases.take(self._name, self._owner, LEASE_SECONDS)
