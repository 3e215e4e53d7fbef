"""Wires the loops that keep the database in order."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from bot.domain.stored_records import UnreadableIntent
from bot.ops.metrics import Metrics
from bot.store import Store
from bot.workers.loop import Loop
from bot.workers.maintenance import PRUNE_EVERY, SWEEP_EVERY, AuditAnchor, Pruner, Sweeper


def housekeeping(
    store: Store,
    metrics: Metrics,
    *,
    set_aside: Callable[[UnreadableIntent], None],
    keep: timedelta,
    clock: Callable[[], datetime],
    uptime: Callable[[], float],
) -> Iterator[Loop]:
    """Yield the loops.

    Args:
        store: the database.
        metrics: are told the head of the audit's chain.
        set_aside: tells the person who asked that a row can't be read.
        keep: how long finished rows are kept.
        clock: returns the current time, timezone-aware.
        uptime: returns the seconds of a clock that nobody sets.
    """
    yield Loop("sweeper", Sweeper(store, set_aside).round, SWEEP_EVERY)
    pruner = Pruner(store, keep=keep, clock=clock, uptime=uptime)
    anchor = AuditAnchor(store, tell=metrics.audit_head, uptime=uptime)
    yield Loop("pruner", lambda: anchor.round() or pruner.round(), PRUNE_EVERY)
