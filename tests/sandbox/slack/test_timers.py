"""The thread that runs delayed actions ends when it is told to."""

import threading

from bot.sandbox.slack.timers import Timers


def test_it_stops_even_after_an_interrupted_notify() -> None:
    """Ctrl-C inside `Condition.notify` can leave a waiter behind; it must not take the wake-up."""
    timers = Timers()
    timers.start()
    ran = threading.Event()
    timers.after(0, ran.set)
    assert ran.wait(60)
    stale = threading.Lock()
    stale.acquire()
    with timers._condition:
        timers._condition._waiters.appendleft(stale)  # type: ignore[attr-defined]
    stopping = threading.Thread(target=timers.stop, daemon=True)
    stopping.start()
    stopping.join(60)
    assert not stopping.is_alive()
