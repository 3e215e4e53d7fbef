"""Renews the leases of this process's work; deletes old rows; takes up rows that no claim would."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from bot import views
from bot.domain.stored_records import UnreadableIntent
from bot.store import ChainHead, Store
from bot.workers.steady_clock import SteadyClock, uptime

log = structlog.get_logger(__name__)

RENEW_EVERY = 5.0
"""Seconds."""
SWEEP_EVERY = 60.0
"""Seconds."""
LAPSE_EVERY = 2.0
"""Seconds between two looks for requests whose approval is overdue."""
PRUNE_EVERY = 3_600.0
"""Seconds."""
ANCHOR_EVERY = 86_400.0
"""Seconds between two times that the head of the audit's chain is told."""
MOST_AT_ONCE = timedelta(days=1)
"""How much a round deletes: the rows of this time, from the oldest one on."""


class LeaseRenewer:
    """Renews leases. A process that stops renewing loses them, and others continue its work."""

    def __init__(self, renewals: Sequence[Callable[[], None]]) -> None:
        self._renewals = renewals

    def round(self) -> bool:
        """Renew the leases of current work; those that a failure left behind expire and are claimed again."""
        for renew in self._renewals:
            renew()
        return False


class Sweeper:
    """Takes up rows that a newer version left in a state of its own, such as after a rollback."""

    def __init__(self, store: Store, set_aside: Callable[[UnreadableIntent], None]) -> None:
        self._store = store
        self._set_aside = set_aside

    def round(self) -> bool:
        """Set such rows aside, and notify the people who asked."""
        for row in self._store.unknown_states.intents():
            self._set_aside(row)
        if swept := self._store.unknown_states.set_aside_messages(views.not_readable):
            log.warning("outbox.unknown_state", rows=swept)
        return False


class AuditAnchor:
    """Tells the audit's head to the log and the metrics: copies that the database can't change."""

    def __init__(
        self,
        store: Store,
        *,
        tell: Callable[[ChainHead], None],
        uptime: Callable[[], float] = uptime,
    ) -> None:
        """Start.

        Args:
            store: has the chain.
            tell: called with the head, for the metrics.
            uptime: returns the seconds of a clock that nobody sets.
        """
        self._store = store
        self._tell = tell
        self._uptime = uptime
        self._told_at: float | None = None

    def round(self) -> bool:
        """Tell the head at the start and once a day."""
        now = self._uptime()
        if self._told_at is None or now - self._told_at >= ANCHOR_EVERY:
            head = self._store.audit.head()
            log.info("audit.head", position=head.position, hash=head.hash)
            self._tell(head)
            self._told_at = now
        return False


class Pruner:
    """Deletes finished rows after the configured retention time."""

    def __init__(
        self,
        store: Store,
        *,
        keep: timedelta,
        clock: Callable[[], datetime],
        uptime: Callable[[], float] = uptime,
    ) -> None:
        self._store = store
        self._keep = keep
        self._clock = clock
        self._steady_clock = SteadyClock(uptime)

    def round(self) -> bool:
        """Delete old rows, however long that takes: nobody is waiting for it.

        A wrong clock must not delete everything. So nothing is deleted right after a start or a jump, and
        never more than the oldest `MOST_AT_ONCE`, so that somebody can notice.
        """
        now = self._clock()
        if not self._steady_clock.steady(now):
            return False
        if pruned := self._store.prune(now - self._keep, most=MOST_AT_ONCE):
            log.info("store.pruned", rows=pruned)
        return False
