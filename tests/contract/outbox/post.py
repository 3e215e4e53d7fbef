"""A sender with its environment, and helpers for the tests."""

from typing import Any

from slack_sdk import WebClient

from bot.domain import Message
from bot.domain.slack_rates import SlackRates
from bot.domain.stored_records import Draft, Urgency
from bot.sandbox.slack import Call, SlackSandbox
from bot.sandbox.slack import Message as Posted
from bot.slack.message_lookup import MessageLookup
from bot.slack.sender import OutboxSender
from bot.store import Store
from tests.support.clocks import HandClock
from tests.support.samples import draft

HISTORY = ("channels:history", "im:history")


class Post:
    """Writes drafts to #data and sends them."""

    def __init__(self, store: Store, slack: SlackSandbox, clock: HandClock) -> None:
        self.store = store
        self.slack = slack
        self.clock = clock
        self.alice = slack.user_id("alice")
        self.data = slack.channel_id("data")
        self.rates = SlackRates()
        self.sender = self.new_sender("one")

    def new_sender(self, owner: str, *, api_url: str | None = None, **options: Any) -> OutboxSender:
        """Return another sender on the same store. slack_sdk's own retries are off, as in the bot."""
        client = WebClient(
            token=self.slack.bot_token,
            base_url=api_url or self.slack.api_url,
            timeout=60,
            retry_handlers=[],
        )
        lookup = MessageLookup(client)
        return OutboxSender(
            self.store.outbox, client, owner=owner, rates=self.rates, lookup=lookup, **options
        )

    def root(self, text: str = "root", **changes: Any) -> Draft:
        """Write a root message for #data, for a request from alice."""
        values: dict[str, Any] = {"channel_id": self.data, "asker": self.alice, "message": Message(text=text)}
        made = draft(**(values | changes))
        self.store.outbox.write([made])
        return made

    def reply(self, root: Draft, text: str, urgency: Urgency = Urgency.NEWS, **changes: Any) -> Draft:
        """Write a reply in a root's thread."""
        return self.root(text, root_id=root.id, urgency=urgency, **changes)

    def edit(self, one: Draft, text: str) -> None:
        """Write new content for a message."""
        self.root(text, id=one.id, urgency=Urgency.PROGRESS)

    def run(self, seconds: float = 30.0, *, step: float = 0.5, sender: OutboxSender | None = None) -> None:
        """Let a sender run its rounds while the clock advances."""
        for _ in range(round(seconds / step)):
            (sender or self.sender).round()
            self.clock.advance(step)

    def roots(self, channel: str = "data") -> list[Posted]:
        """Return the messages of a channel, each with its thread."""
        return self.slack.messages(channel)

    def texts(self, channel: str = "data") -> list[str]:
        """Return the texts of a channel's messages, without threads."""
        return [message.text for message in self.roots(channel)]

    def dm(self) -> list[Posted]:
        """Return the bot's direct messages with alice."""
        return self.slack.messages(self.slack.dm("alice"))

    def calls(self, method: str) -> list[Call]:
        """Return the calls of a method."""
        return [call for call in self.slack.calls if call.method == method]

    def tries(self, method: str = "chat.postMessage") -> list[float]:
        """Return when a method was called, in seconds after the first call."""
        times = [call.time for call in self.calls(method)]
        return [time - times[0] for time in times]

    def waiting(self) -> dict[str, int]:
        """Count the rows in each state."""
        return dict(self.store.outbox.counts())
