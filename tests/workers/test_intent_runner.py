"""A process carries out an intent once, whatever a clock does to its lease."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

from bot.domain.stored_records import Intent, IntentState
from bot.store import Store
from bot.workers.intent_runner import SHARE, IntentRunner
from tests.support.clocks import HandClock
from tests.support.languages import english
from tests.support.samples import intent


class SlowBuilds:
    """Builds that take as long as the test wants."""

    def __init__(self, store: Store) -> None:
        self.begun = threading.Event()
        self.may_end = threading.Event()
        self.made: list[str] = []
        self._store = store

    def build(self, intent: Intent, _request: object) -> None:
        """Wait in the middle of a start."""
        self.made.append(intent.id)
        self.begun.set()
        self.may_end.wait(60)
        self._store.intents.close(intent.id, IntentState.DONE)


def test_a_clock_that_jumps_ahead_starts_nothing_twice(store: Store, clock: HandClock) -> None:
    """The other runners of this process leave alone what one of them is working on."""
    builds = SlowBuilds(store)
    nobody = cast("Any", None)
    runner = IntentRunner(store.intents, cast("Any", builds), *[nobody] * 5, owner="me", languages=english())
    asked = intent()
    store.intents.add(asked, delivery="a")
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(runner.round)
        assert builds.begun.wait(60)
        clock.advance(120)
        assert not runner.round()
        builds.may_end.set()
        assert first.result(20)
    assert builds.made == [asked.id]
    assert not runner.round()


def test_starts_that_hang_keep_nobody_else_back(store: Store) -> None:
    """The person who asked for them waits for one of them to end, and loses nothing."""
    builds = SlowBuilds(store)
    nobody = cast("Any", None)
    runner = IntentRunner(store.intents, cast("Any", builds), *[nobody] * 5, owner="me", languages=english())
    alices, bobs = [intent(user_id="U1") for _ in range(SHARE + 1)], intent(user_id="U2")
    for number, asked in enumerate([*alices, bobs]):
        store.intents.add(asked, delivery=str(number))
    with ThreadPoolExecutor(SHARE + 1) as pool:
        rounds = [pool.submit(runner.round) for _ in range(SHARE + 1)]
        for _ in range(6_000):
            if len(builds.made) == SHARE + 1:
                break
            threading.Event().wait(0.01)
        begun = set(builds.made)
        assert not runner.round()
        builds.may_end.set()
        assert all(one.result(60) for one in rounds)
    assert bobs.id in begun
    assert runner.round()
    assert set(builds.made) == {one.id for one in [*alices, bobs]}
