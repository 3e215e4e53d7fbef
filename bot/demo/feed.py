"""What is new in the workspace since it was last looked at."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.sandbox.slack import Message, SlackSandbox

Key = tuple[str, str, str | None]


@dataclass(frozen=True, kw_only=True)
class Item:
    """A message that is new, or that is not as it was."""

    message: Message
    before: Message | None = None  # as it was shown last; None for a new one

    @property
    def at(self) -> float:
        """When it happened, to bring several into their order."""
        edits = self.message.edits
        return float(edits[-1].ts if self.before is not None and edits else self.message.ts)


class Feed:
    """Compares snapshots, so that however many edits happen between two looks, the last one is shown.

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
        """Return every message that somebody sees, roots and replies alike."""
        messages = [one for person in self._people for one in self._slack.ephemerals(person)]
        for channel in self._channels:
            for root in self._slack.messages(channel):
                messages += [root, *root.replies]
        return {(one.channel, one.ts, one.to): one for one in messages}

    def behind(self) -> bool:
        """Say whether there is something that `news` has not returned yet."""
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
