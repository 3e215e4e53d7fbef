"""The state of the workspace: one lock, one condition, and a few ways to change it."""

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TypeVar

from bot.sandbox.slack.model import (
    ApiError,
    Call,
    Change,
    Channel,
    Edit,
    Failure,
    File,
    Json,
    Message,
    User,
    View,
)

T = TypeVar("T")


@dataclass
class ResponseUrl:
    """The remaining uses of a ``response_url`` (SLACK-FACTS §1.1: 5 uses within 30 minutes)."""

    user: str
    channel: str
    expires: float
    source: Message | None  # the message whose button was pressed
    uses: int = 5


@dataclass
class Trigger:
    """A ``trigger_id``: 3 seconds, one use."""

    user: str
    expires: float
    view_id: str | None = None
    used: bool = False


@dataclass
class World:
    """The whole state of the workspace. Change it only inside ``with world.edit():``."""

    clock: Callable[[], float] = time.time
    team_id: str = "T0SANDBOX1"
    app_id: str = "A0SANDBOX1"
    bot_id: str = "B0SANDBOX1"
    bot_user_id: str = "U0SANDBOXB"
    domain: str = "sandbox"
    scopes: frozenset[str] = frozenset()
    unknown_blocks: frozenset[str] = frozenset()
    """Types of blocks that this workspace refuses as an old one does."""
    trigger_lifetime: float = 3.0
    """How long a trigger id is valid, in seconds (SLACK-FACTS §1.1: 3)."""
    file_processing: float = 0.5
    """Seconds from a completed upload until the file's type is known."""

    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    messages: dict[str, dict[str, Message]] = field(default_factory=dict)  # channel → ts → message
    threads: dict[tuple[str, str], list[str]] = field(
        default_factory=dict
    )  # (channel, root ts) → replies' ts
    ephemerals: dict[str, dict[str, Message]] = field(default_factory=dict)  # user → ts → message
    views: dict[str, View] = field(default_factory=dict)
    stacks: dict[str, list[str]] = field(default_factory=dict)  # user → view ids, with the top one last
    homes: dict[str, View] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    usergroups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    group_handles: dict[str, str] = field(default_factory=dict)
    triggers: dict[str, Trigger] = field(default_factory=dict)
    response_urls: dict[str, ResponseUrl] = field(default_factory=dict)
    inputs: dict[tuple[str, str, str], dict[str, dict[str, Json]]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    listeners: list[Callable[[Change], None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lock = threading.RLock()
        self.condition = threading.Condition(self.lock)
        self._pending: list[Change] = []
        self._depth = 0
        self._last_ts = 0
        self._serial = 0

    @contextmanager
    def edit(self) -> Iterator[None]:
        """Hold the lock; at the end, wake the waiters, then call the listeners without the lock."""
        told: list[Change] = []
        with self.condition:
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
                if self._depth == 0 and self._pending:
                    told, self._pending = self._pending, []
                    self.condition.notify_all()
        for change in told:
            for listener in tuple(self.listeners):
                listener(change)

    def changed(
        self, kind: str, *, user: str | None = None, channel: str | None = None, ts: str | None = None
    ) -> None:
        """Record a change; call this inside `edit`."""
        self._pending.append(Change(kind=kind, user=user, channel=channel, ts=ts))

    def wait_until(self, predicate: Callable[[], T], timeout: float) -> T:
        """Return the predicate's value as soon as it is true.

        Raises:
            TimeoutError: it wasn't true within ``timeout`` seconds of real time.
        """
        deadline = time.monotonic() + timeout
        with self.condition:
            while True:
                value = predicate()
                if value:
                    return value
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError(f"not true within {timeout} s; last value: {value!r}")
                # The pause is limited because predicates can also depend on things outside the workspace.
                self.condition.wait(min(left, 0.2))

    # -- names and times

    def now(self) -> float:
        """Return seconds since the epoch, from the injected clock."""
        return self.clock()

    def next_ts(self) -> str:
        """Return a new message ts: seconds and microseconds, unique and always increasing."""
        self._last_ts = max(self._last_ts + 1, int(self.now() * 1_000_000))
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def new_id(self, prefix: str) -> str:
        """Return a new id in Slack's format: a letter and ten capitals or digits."""
        self._serial += 1
        return f"{prefix}0{self._serial:09d}"

    def new_trigger(self, user: str, *, view_id: str | None = None) -> str:
        """Create a trigger id (SLACK-FACTS §1.1: single use, for a short time)."""
        trigger_id = f"{self._serial}.{int(self.now() * 1000)}.{secrets.token_hex(16)}"
        self._serial += 1
        self.triggers[trigger_id] = Trigger(
            user=user, expires=self.now() + self.trigger_lifetime, view_id=view_id
        )
        return trigger_id

    # -- lookups

    def user(self, user_id: str) -> User:
        """Return a user.

        Raises:
            ApiError: ``user_not_found``.
        """
        try:
            return self.users[user_id]
        except KeyError:
            raise ApiError("user_not_found") from None

    def channel(self, channel_id: str) -> Channel:
        """Return a conversation that the bot can know about.

        Raises:
            ApiError: ``channel_not_found``, also for private ones without the bot, as in Slack.
        """
        channel = self.channels.get(channel_id)
        if channel is None or (channel.private and not channel.bot_member):
            raise ApiError("channel_not_found")
        return channel

    def is_member(self, user_id: str, channel: Channel) -> bool:
        """Return whether a person can read a channel."""
        if channel.im_user:
            return user_id in {channel.im_user, self.bot_user_id}
        if user_id == self.bot_user_id:
            return channel.bot_member
        if channel.members is not None:
            return user_id in channel.members
        user = self.users[user_id]
        return not (user.deleted or (user.stranger and not channel.shared))

    def dm(self, user_id: str) -> Channel:
        """Return the bot's direct messages with a person; open them if necessary."""
        for channel in self.channels.values():
            if channel.im_user == user_id:
                return channel
        channel = Channel(
            id=self.new_id("D"), name="directmessage", created=int(self.now()), private=True, im_user=user_id
        )
        self.channels[channel.id] = channel
        return channel

    def message(self, channel_id: str, ts: str) -> Message:
        """Return a message.

        Raises:
            ApiError: ``message_not_found``.
        """
        try:
            return self.messages[channel_id][ts]
        except KeyError:
            raise ApiError("message_not_found") from None

    def replies(self, channel_id: str, root_ts: str) -> tuple[Message, ...]:
        """Return the replies of a thread, in order."""
        home = self.messages.get(channel_id, {})
        return tuple(home[ts] for ts in self.threads.get((channel_id, root_ts), ()))

    # -- changes

    def post(self, message: Message) -> Message:
        """Add a message, visible to the channel or, if it has an addressee, only to that person."""
        if message.to is not None:
            self.ephemerals.setdefault(message.to, {})[message.ts] = message
            self.changed("ephemeral", user=message.to, channel=message.channel, ts=message.ts)
        else:
            self.messages.setdefault(message.channel, {})[message.ts] = message
            if message.thread_ts:
                self.threads.setdefault((message.channel, message.thread_ts), []).append(message.ts)
            self.changed("posted", user=message.user, channel=message.channel, ts=message.ts)
        return message

    def amend(self, message: Message, *, text: str, blocks: list[Json], **other: object) -> Message:
        """Give a message new text and new blocks; the old version is kept in ``edits``."""
        edit = Edit(ts=self.next_ts(), text=message.text, blocks=message.blocks)
        changed = replace(message, text=text, blocks=blocks, edits=(*message.edits, edit), **other)  # type: ignore[arg-type]
        self.store(changed)
        self.changed("edited", user=message.to, channel=message.channel, ts=message.ts)
        return changed

    def store(self, message: Message) -> None:
        """Replace a message with its changed version."""
        home = self.ephemerals[message.to] if message.to is not None else self.messages[message.channel]
        home[message.ts] = message

    def delete(self, message: Message) -> None:
        """Remove a message."""
        home = self.ephemerals[message.to] if message.to is not None else self.messages[message.channel]
        home.pop(message.ts, None)
        if message.thread_ts and message.to is None:
            self.threads[message.channel, message.thread_ts].remove(message.ts)
        self.changed("deleted", user=message.to, channel=message.channel, ts=message.ts)

    def tell(self, user_id: str, channel_id: str, text: str) -> None:
        """Show a person an ephemeral message from Slack itself."""
        self.post(
            Message(
                channel=channel_id, ts=self.next_ts(), user="USLACKBOT", text=text, to=user_id, by_bot=False
            )
        )

    def violate(self, what: str) -> None:
        """Record something that a correct app never does."""
        self.violations.append(what)
