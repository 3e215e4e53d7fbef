"""Ctrl-C ends the demo whichever thread the kernel gives it to."""

import signal
import threading
from collections.abc import Iterator

import pytest

from bot.demo.play import wait_for


@pytest.fixture
def heard() -> Iterator[threading.Event]:
    """Set by SIGUSR1."""
    event = threading.Event()
    before = signal.signal(signal.SIGUSR1, lambda *_: event.set())
    yield event
    signal.signal(signal.SIGUSR1, before)


def test_a_signal_that_another_thread_receives_ends_the_wait(heard: threading.Event) -> None:
    """The kernel may choose any thread, and that wakes nobody who waits for a lock."""

    def receive() -> None:
        signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)

    threading.Timer(0.5, receive).start()
    wait_for(heard.is_set)
    assert heard.is_set()


def test_a_handler_may_raise(heard: threading.Event) -> None:
    """As that of Ctrl-C does in the demo."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGUSR1, interrupt)
    threading.Timer(0.5, signal.raise_signal, [signal.SIGUSR1]).start()
    with pytest.raises(KeyboardInterrupt):
        wait_for(heard.is_set)
