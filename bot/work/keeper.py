"""Keeps the leases of what this process is doing, and prunes what is long over."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from bot.store import Store

log = structlog.get_logger(__name__)

RENEW_EVERY = 5.0
"""Seconds."""
PRUNE_EVERY = timedelta(hours=1)


class Keeper:
    """Renews leases; a process that does not get here for long loses them, and others go on."""

    def __init__(
        self,
        store: Store,
        *,
        keep: timedelta | None,
        clock: Callable[[], datetime],
        renewals: Sequence[Callable[[], None]],
    ) -> None:
        self._store = store
        self._keep = keep
        self._clock = clock
        self._renewals = renewals
        self._pruned_at: datetime | None = None

    def round(self) -> bool:
        """Renew what is being worked on; what a failure left lying runs out, and is taken up again."""
        for renew in self._renewals:
            renew()
        now = self._clock()
        if self._keep is not None and (self._pruned_at is None or now - self._pruned_at >= PRUNE_EVERY):
            self._pruned_at = now
            if pruned := self._store.prune(now - self._keep):
                log.info("store.pruned", rows=pruned)
        return False
