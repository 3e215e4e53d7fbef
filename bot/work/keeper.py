"""Keeps the leases of what this process is doing, and prunes what is long over."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

import structlog

from bot.slack.outbox.sender import LEASE_SECONDS as MESSAGE_LEASE_SECONDS
from bot.store import Store

log = structlog.get_logger(__name__)

LEASE_SECONDS = 20.0
"""A killed process's intents are taken over after this time; a living one's leases are renewed."""
RENEW_EVERY = 5.0
"""Seconds."""
PRUNE_EVERY = timedelta(hours=1)


class Keeper:
    """Renews leases; a process that does not get here for long loses them, and others go on."""

    def __init__(
        self,
        store: Store,
        *,
        owner: str,
        keep: timedelta | None,
        clock: Callable[[], datetime],
        working: Callable[[], Collection[str]],
        sending: Callable[[], Collection[str]],
    ) -> None:
        self._store = store
        self._owner = owner
        self._keep = keep
        self._clock = clock
        self._working = working
        self._sending = sending
        self._pruned_at: datetime | None = None

    def round(self) -> bool:
        """Renew what is being worked on; what a failure left lying runs out, and is taken up again."""
        self._store.intents.renew(self._owner, self._working(), LEASE_SECONDS)
        self._store.outbox.renew(self._owner, self._sending(), MESSAGE_LEASE_SECONDS)
        now = self._clock()
        if self._keep is not None and (self._pruned_at is None or now - self._pruned_at >= PRUNE_EVERY):
            self._pruned_at = now
            if pruned := self._store.prune(now - self._keep):
                log.info("store.pruned", rows=pruned)
        return False
