"""Read access to the workspace, from any thread."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from bot.sandbox.slack.directory import Directory
from bot.sandbox.slack.model import Call, Change, Channel, Failure, File, Message, User, View

T = TypeVar("T")


class Inspection(Directory):
    """The part of `SlackSandbox` that shows what happened. All results are snapshots."""

    def messages(self, channel: str) -> list[Message]:
        """Return the roots of a channel (id or name) in order, each with its replies."""
        with self._world.lock:
            home = self._world.messages.get(self._resolve(channel).id, {})
            return [
                replace(one, replies=self._world.replies(one.channel, one.ts))
                for one in home.values()
                if one.thread_ts is None
            ]

    @property
    def people(self) -> list[User]:
        """Everybody in the workspace, and its bots."""
        with self._world.lock:
            return list(self._world.users.values())

    @property
    def channels(self) -> list[Channel]:
        """Every conversation, with the direct messages that have been opened."""
        with self._world.lock:
            return list(self._world.channels.values())

    def seen_message(self, channel: str, ts: str, user: str | None = None) -> Message:
        """Return a message as it is now: one of the channel, or one that only ``user`` was shown there.

        Raises:
            LookupError: there is no such message.
        """
        with self._world.lock:
            own = self._world.ephemerals.get(self.user_id(user), {}).get(ts) if user else None
            where = self._resolve(channel).id
            found = own if own is not None and own.channel == where else None
            found = found or self._world.messages.get(where, {}).get(ts)
        if found is None:
            raise LookupError(f"there is no message {ts} in {channel}")
        return found

    def ephemerals(self, user: str) -> list[Message]:
        """Return the current messages that only this person was shown, in order."""
        with self._world.lock:
            return list(self._world.ephemerals.get(self.user_id(user), {}).values())

    def views(self, user: str) -> list[View]:
        """Return the person's open modals, with the top one last."""
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
        """Every incoming request, oldest first."""
        with self._world.lock:
            return list(self._world.calls)

    def calls_since(self, count: int) -> list[Call]:
        """Return the requests after the first ``count``."""
        with self._world.lock:
            return self._world.calls[count:]

    @property
    def violations(self) -> list[str]:
        """Things that a correct app never does; tests assert that it is empty."""
        with self._world.lock:
            return list(self._world.violations)

    @property
    def failures(self) -> list[Failure]:
        """Cases in which people saw Slack's error instead of an answer."""
        with self._world.lock:
            return list(self._world.failures)

    @property
    def files(self) -> list[File]:
        """Uploaded files with their content, oldest first."""
        with self._world.lock:
            return [file for file in self._world.files.values() if file.complete]

    def on_change(self, callback: Callable[[Change], None]) -> None:
        """Call a function after each change, on the thread that made it and without holding a lock."""
        self._world.listeners.append(callback)

    def wait_until(self, predicate: Callable[[], T], timeout: float = 60.0) -> T:
        """Return the predicate's value as soon as it is true; check it again after every change.

        The predicate runs while the workspace's lock is held: it can read but must not wait for the app.

        Raises:
            TimeoutError: it wasn't true within ``timeout`` real seconds.
        """
        return self._world.wait_until(predicate, timeout)
