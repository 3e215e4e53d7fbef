"""Looks at the workspace and shows what is new, while somebody waits or in the background."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from bot.demo.feed import Feed
from bot.demo.screen import Screen
from bot.sandbox.slack import Change, SlackSandbox

LOOK_SECONDS = 0.25
"""How long a wait goes on without looking, when nothing changes in the workspace."""


class Viewer:
    """Brings what is new to the screen. Safe to call from any thread."""

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
                self._screen.note(f"Slack says that {failure.what} failed: {failure.error}.", "red")
            self._failures = len(failures)

    def until(self, so: Callable[[], bool], seconds: float) -> bool:
        """Show what is new until something is so; say whether that came within ``seconds``."""
        end = time.monotonic() + seconds
        while True:
            self.look()
            if so():
                self.look()  # what made it so may have come after the first look
                return True
            left = end - time.monotonic()
            if left <= 0:
                return False
            with suppress(TimeoutError):
                self._slack.wait_until(self._feed.behind, min(LOOK_SECONDS, left))

    @contextmanager
    def live(self) -> Iterator[None]:
        """Show what is new as it comes, on a thread of its own."""
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
