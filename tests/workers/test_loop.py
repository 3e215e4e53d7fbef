"""Loops: how often they run."""

import threading

from bot.workers.loop import Loop

LONG = 30.0


def test_a_wake_is_a_round_at_once() -> None:
    """It doesn't wait for the pause."""
    rounds = threading.Semaphore(0)

    def look() -> bool:
        rounds.release()
        return False

    loop = Loop("test", look, LONG)
    loop.start()
    try:
        for _ in range(3):
            assert rounds.acquire(timeout=LONG / 2)
            loop.wake()
    finally:
        loop.stop()
    assert loop.join(LONG)


def test_a_loop_that_finds_nothing_is_not_woken_all_the_time() -> None:
    """Wakes without work cause one more round after a while, not one each."""
    first, second = threading.Event(), threading.Event()

    def look() -> bool:
        (second if first.is_set() else first).set()
        loop.wake()
        return False

    loop = Loop("test", look, LONG, least=LONG)
    loop.start()
    try:
        assert first.wait(LONG)
        assert not second.wait(0.2)
    finally:
        loop.stop()
    assert loop.join(LONG / 2)


def test_a_failing_round_does_not_end_the_loop() -> None:
    """Its error is shown until a round succeeds."""
    failures = iter([OSError("disk full")])
    well = threading.Event()

    def look() -> bool:
        for error in failures:
            raise error
        well.set()
        return False

    loop = Loop("test", look, 0.01)
    loop.start()
    try:
        assert well.wait(LONG)
    finally:
        loop.stop()
    assert loop.join(LONG)
    assert loop.failing is None
