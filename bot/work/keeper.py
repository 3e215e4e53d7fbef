"""Keeps the leases of what this process is doing; and prunes, apart from that, what is long over."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from bot.store import Store

log = structlog.get_logger(__name__)

RENEW_EVERY = 5.0
"""Seconds."""
PRUNE_EVERY = 3_600.0
"""Seconds."""


class Keeper:
    """Renews leases; a process that does not get here for long loses them, and others go on."""

    def __init__(self, renewals: Sequence[Callable[[], None]]) -> None:
        self._renewals = renewals

    def round(self) -> bool:
        """Renew what is being worked on; what a failure left lying runs out, and is taken up again."""
        for renew in self._renewals:
            renew()
        return False


class Pruner:
    """Deletes what has been over for as long as the settings say."""

    def __init__(self, store: Store, *, keep: timedelta, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._keep = keep
        self._clock = clock

    def round(self) -> bool:
        """Delete it, however long that takes: nobody waits for it."""
        if pruned := self._store.prune(self._clock() - self._keep):
            log.info("store.pruned", rows=pruned)
        return False
