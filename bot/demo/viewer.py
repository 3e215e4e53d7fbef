"""Checks the workspace and shows what is new, during a wait or in the background."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from bot.demo.feed import Feed
from bot.demo.screen import Screen
from bot.sandbox.slack import Change, SlackSandbox

LOOK_SECONDS = 0.25
"""Seconds until a wait checks again when nothing changes in the workspace."""


class Viewer:
    """Brings news to the screen. Thread-safe."""

    def __init__(self, slack: SlackSandbox, screen: Screen, feed: Feed) -> None:
        self._slack = slack
        self._screen = screen
        self._feed = feed
        self._lock = threading.Lock()
        self._failures = 0

    def look(self) -> None:
        """Show what is new."""
        with self._lock:
            self._screen.show(self._feed.news())
            failures = self._slack.failures
            for failure in failures[self._failures :]:
                self._screen.note(f"Slack says {failure.what} failed: {failure.error}.", "red")
            self._failures = len(failures)

    def until(self, so: Callable[[], bool], seconds: float) -> bool:
        """Show news until the predicate is true; return whether that happened within ``seconds``."""
        end = time.monotonic() + seconds
        while True:
            self.look()
            if so():
                self.look()  # what made it true might have arrived after the first look
                return True
            left = end - time.monotonic()
            if left <= 0:
                return False
            with suppress(TimeoutError):
                self._slack.wait_until(self._feed.behind, min(LOOK_SECONDS, left))

    @contextmanager
    def live(self) -> Iterator[None]:
        """Show news as it arrives, on a separate thread."""
        changed, over = threading.Event(), threading.Event()

        def notice(_change: Change) -> None:
            changed.set()

        def run() -> None:
            while not over.is_set():
                changed.wait()
                changed.clear()
                self.look()

        self._slack.on_change(notice)
        thread = threading.Thread(target=run, name="demo-viewer", daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            changed.set()
            thread.join()
