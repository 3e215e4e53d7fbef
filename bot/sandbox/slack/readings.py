"""What can be read of the workspace, from any thread."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from bot.sandbox.slack.directory import Directory
from bot.sandbox.slack.model import Call, Change, Failure, File, Message, View

T = TypeVar("T")


class Readings(Directory):
    """The part of `SlackSandbox` that shows what happened. What is returned are snapshots."""

    def messages(self, channel: str) -> list[Message]:
        """Return the roots of a channel (id or name) in order, each with its replies."""
        with self._world.lock:
            home = self._world.messages.get(self._resolve(channel).id, {})
            return [
                replace(one, replies=self._world.replies(one.channel, one.ts))
                for one in home.values()
                if one.thread_ts is None
            ]

    def ephemerals(self, user: str) -> list[Message]:
        """Return what only this person was shown, in order, as it is now."""
        with self._world.lock:
            return list(self._world.ephemerals.get(self.user_id(user), {}).values())

    def views(self, user: str) -> list[View]:
        """Return the person's open modals, the top one last."""
        with self._world.lock:
            return [self._world.views[one] for one in self._world.stacks.get(self.user_id(user), [])]

    def home(self, user: str) -> View | None:
        """Return the person's Home tab, if one was published."""
        return self._world.homes.get(self.user_id(user))

    def dm(self, user: str) -> str:
        """Return the channel id of the bot's direct messages with a person."""
        with self._world.edit():
            return self._world.dm(self.user_id(user)).id

    @property
    def calls(self) -> list[Call]:
        """Every request that came in, oldest first."""
        with self._world.lock:
            return list(self._world.calls)

    @property
    def violations(self) -> list[str]:
        """What a correct app never does; tests assert that it is empty."""
        with self._world.lock:
            return list(self._world.violations)

    @property
    def failures(self) -> list[Failure]:
        """Where people saw Slack's error instead of an answer."""
        with self._world.lock:
            return list(self._world.failures)

    @property
    def files(self) -> list[File]:
        """Uploaded files with their content, oldest first."""
        with self._world.lock:
            return [file for file in self._world.files.values() if file.complete]

    def on_change(self, callback: Callable[[Change], None]) -> None:
        """Call back after each change, on the thread that made it and without any lock."""
        self._world.listeners.append(callback)

    def wait_until(self, predicate: Callable[[], T], timeout: float = 10.0) -> T:
        """Return the predicate's value as soon as it is true; it is asked again after every change.

        The predicate runs with the workspace's lock held: it may read, but must not wait for the app.

        Raises:
            TimeoutError: it was not within ``timeout`` real seconds.
        """
        return self._world.wait_until(predicate, timeout)
