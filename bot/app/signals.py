"""Takes signals on a thread of its own, so that nothing can keep them waiting."""

import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import structlog

log = structlog.get_logger(__name__)


@contextmanager
def handled(handlers: Mapping[signal.Signals, Callable[[], None]]) -> Iterator[None]:
    """Call these functions when signals arrive, on one thread; they may take locks.

    Python's own handlers run on the main thread, between two of its steps. The kernel may give a signal to
    any thread, and then nothing wakes a main thread that waits for an answer or for a lock. So all threads
    block these signals, except for one, which waits for them.

    Use it before other threads start: they inherit from this one what is blocked.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, handlers)
    over = threading.Event()

    def take() -> None:
        while True:
            number = signal.sigwait(handlers)
            if over.is_set():
                return
            try:
                handlers[signal.Signals(number)]()
            except Exception:
                log.exception("signal.not_handled", number=number)  # the next one has to be

    taker = threading.Thread(target=take, name="signals", daemon=True)
    taker.start()
    try:
        yield
    finally:
        over.set()
        signal.pthread_kill(taker.ident or 0, next(iter(handlers)))
        taker.join()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
