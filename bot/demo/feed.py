"""What has changed in the workspace since the last call."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.sandbox.slack import Message, SlackSandbox

Key = tuple[str, str, str | None]


@dataclass(frozen=True, kw_only=True)
class Item:
    """A new or changed message."""

    message: Message
    before: Message | None = None  # as it was last shown; None if the message is new

    @property
    def at(self) -> float:
        """When it happened, to sort several items."""
        edits = self.message.edits
        return float(edits[-1].ts if self.before is not None and edits else self.message.ts)


class Feed:
    """Compares snapshots, so only the last of several edits between two calls is shown.

    Args:
        slack: the workspace.
        people: whose private messages are shown.
        channels: names of the channels that are shown.
    """

    def __init__(self, slack: SlackSandbox, people: Iterable[str], channels: Iterable[str]) -> None:
        self._slack = slack
        self._people = tuple(people)
        self._channels = (*channels, *(slack.dm(person) for person in self._people))
        self._shown: dict[Key, Message] = {}

    def now(self) -> dict[Key, Message]:
        """Return every visible message, roots and replies alike."""
        messages = [one for person in self._people for one in self._slack.ephemerals(person)]
        for channel in self._channels:
            for root in self._slack.messages(channel):
                messages += [root, *root.replies]
        return {(one.channel, one.ts, one.to): one for one in messages}

    def behind(self) -> bool:
        """Return whether there is something that `news` has not returned yet."""
        return any(self._is_news(key, message) for key, message in self.now().items())

    def news(self) -> list[Item]:
        """Return what is new or changed since the last call, oldest first."""
        now = self.now()
        items = [
            Item(message=message, before=self._shown.get(key))
            for key, message in now.items()
            if self._is_news(key, message)
        ]
        self._shown = now
        return sorted(items, key=lambda item: item.at)

    def _is_news(self, key: Key, message: Message) -> bool:
        shown = self._shown.get(key)
        return shown is None or len(shown.edits) != len(message.edits)
