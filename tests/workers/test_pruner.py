"""The pruner and a clock that is wrong: it must not delete everything."""

from datetime import timedelta

from bot.store import AuditEntry, ChainHead, Store
from bot.workers.maintenance import ANCHOR_EVERY, PRUNE_EVERY, AuditAnchor, Pruner
from bot.workers.steady_clock import SETTLED_AFTER
from tests.support.clocks import HandClock

KEEP = timedelta(days=30)
DAY = 86_400


class Machine:
    """A machine with a clock, which can be wrong, and an uptime, which isn't."""

    def __init__(self, store: Store, clock: HandClock) -> None:
        self.store, self.clock, self.up = store, clock, 0.0
        self.pruner = Pruner(store, keep=KEEP, clock=clock, uptime=lambda: self.up)

    def work(self, days: int) -> None:
        """Write one row each day."""
        for _ in range(days):
            self.store.audit.add(ENTRY)
            self.pass_time(DAY)

    def pass_time(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.advance(seconds)
        self.up += seconds

    def rounds(self, count: int) -> int:
        """Run the pruner as its loop does; return how many rows are left."""
        for _ in range(count):
            self.pruner.round()
            self.pass_time(PRUNE_EVERY)
        return left(self.store)


def left(store: Store) -> int:
    """Count the entries that are left, except those about pruning."""
    return sum(entry.verb == ENTRY.verb for entry in store.audit.newest(1_000))


ENTRY = AuditEntry(
    user_id="U1", team_id="T1", verb="view", instance="dss", project="P", target="", allowed=True, note=""
)


def test_the_head_of_the_audit_is_told_at_the_start_and_once_a_day(store: Store) -> None:
    """So that a copy of it is somewhere else."""
    told: list[ChainHead] = []
    up = 5.0
    anchor = AuditAnchor(store, tell=told.append, uptime=lambda: up)
    anchor.round()
    store.audit.add(ENTRY)
    up += ANCHOR_EVERY - 1
    anchor.round()
    assert [head.position for head in told] == [0]
    up += 1
    anchor.round()
    assert told[1:] == [store.audit.head()]
    assert store.verify_audit(expected=told[0].hash).anchored


def test_old_rows_go(store: Store, clock: HandClock) -> None:
    """The usual case: the newest 30 days stay, and a day has passed."""
    machine = Machine(store, clock)
    machine.work(40)
    assert machine.rounds(24) == 29


def test_nothing_is_deleted_right_after_a_start_or_a_jump(store: Store, clock: HandClock) -> None:
    """A machine without a battery has any time until NTP answers."""
    machine = Machine(store, clock)
    machine.work(3)
    machine.pruner.round()
    again = Pruner(store, keep=KEEP, clock=clock, uptime=lambda: machine.up)
    clock.advance(400 * DAY)
    again.round()
    machine.pass_time(SETTLED_AFTER - 1)
    again.round()
    machine.pruner.round()
    assert left(store) == 3
    clock.advance(-400 * DAY)
    again.round()
    assert left(store) == 3


def test_a_clock_that_stays_wrong_costs_little_an_hour(store: Store, clock: HandClock) -> None:
    """The oldest day goes first, so that there is time to notice."""
    machine = Machine(store, clock)
    machine.work(30)
    machine.pruner.round()
    clock.advance(400 * DAY)
    assert machine.rounds(4) >= 30 - 4
    assert machine.rounds(40) == 0
