"""The bot between a stand-in DSS and a stand-in Slack workspace."""

import dataclasses
import os
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from bot.app import Bot
from bot.sandbox.dss import DssSandbox
from bot.sandbox.slack import Delivery, Message, SlackSandbox
from bot.settings import Settings
from bot.settings.reading import read_settings
from bot.store import Rates

T = TypeVar("T")

QUICK = Rates(post_channel_ms=0, post_workspace_ms=0, update_ms=0)
"""Scenarios are about what is said; how fast Slack lets it through has tests of its own."""


class Scenario:
    """Everything running. `restart` and `kill` do what they say to the bot alone."""

    def __init__(
        self,
        folder: Path,
        *,
        access: str = "open",
        speed: float = 20.0,
        version: str = "15.2.0",
        rates: Rates | None = QUICK,
        environment: dict[str, str] | None = None,
        scopes: tuple[str, ...] = (),
        api_key: str | None = None,
    ) -> None:
        self.folder = folder
        self.dss = DssSandbox(version=version, speed=speed)
        self.slack = SlackSandbox(rates=False, scopes=scopes)
        self._access = access
        self._rates = rates
        self._environment = environment or {}
        self._api_key = api_key
        self.bot: Bot | None = None

    def settings(self) -> Settings:
        """Return the settings as the environment gives them."""
        env = {
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_APP_TOKEN": self.slack.app_token,
            "SLACK_API_URL": self.slack.api_url,
            "DKU_DSS_URL": self.dss.url,
            "DKU_API_KEY": self._api_key or self.dss.admin_key,
            "DSS_BOT_ACCESS": self._access,
            "DSS_BOT_HTTP_PORT": "0",
            "DATABASE_URL": os.environ.get("TEST_DATABASE_URL", f"sqlite:///{self.folder / 'bot.sqlite3'}"),
        }
        return read_settings(env | self._environment, lambda path: Path(path).read_text(), self.folder)

    def start_bot(self) -> Bot:
        """Start a bot on the same database."""
        settings = self.settings()
        often = dataclasses.replace(settings.following, tick_seconds=0.05, requests_per_second=50.0)
        self.bot = Bot(dataclasses.replace(settings, following=often), rates=self._rates)
        self.bot.start()
        return self.bot

    def stop_bot(self) -> None:
        """Stop the bot as SIGTERM does."""
        if self.bot is not None:
            assert self.bot.stop()
            self.bot = None

    def __enter__(self) -> Self:
        self.dss.start()
        self.slack.start()
        self.start_bot()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _tb: TracebackType | None
    ) -> None:
        self.stop_bot()
        self.slack.stop()
        self.dss.stop()

    def type(self, text: str, *, user: str = "alice", channel: str = "data") -> Delivery:
        """Type a command in a channel and wait until it is acknowledged."""
        command, _, rest = text.partition(" ")
        delivery = self.slack.as_user(user).command(command, rest, channel)
        delivery.wait(10)
        assert delivery.acked
        return delivery

    def press(self, message: Message, action: str, *, user: str = "alice") -> Delivery:
        """Press a button and wait until that is acknowledged."""
        delivery = self.slack.as_user(user).press(message, action_id=action)
        delivery.wait(10)
        assert delivery.acked
        return delivery

    def until(self, predicate: Callable[[], T], timeout: float = 20.0) -> T:
        """Wait until something is so; the bot's own changes wake the wait."""
        return self.slack.wait_until(predicate, timeout)

    def roots(self, channel: str = "data") -> list[Message]:
        """Return the messages of a channel that are in no thread."""
        return self.slack.messages(channel)

    def root(self, containing: str = "", channel: str = "data") -> Message:
        """Wait for a root message that shows a text, and return it."""

        def found() -> Message | None:
            return next((m for m in self.roots(channel) if containing in shown(m)), None)

        message = self.until(found)
        assert message is not None
        return message

    def told(self, containing: str, user: str = "alice", after: int = 0) -> Message:
        """Wait for an answer that only somebody sees, and return it."""

        def found() -> Message | None:
            return next((m for m in self.slack.ephemerals(user)[after:] if containing in shown(m)), None)

        message = self.until(found)
        assert message is not None
        return message

    def reply(self, root: Message, containing: str) -> Message:
        """Wait for a reply in a thread, and return it."""

        def found() -> Message | None:
            roots = [m for channel in ("data",) for m in self.roots(channel)]
            now = next((m for m in roots if m.ts == root.ts), root)
            return next((m for m in now.replies if containing in shown(m)), None)

        message = self.until(found)
        assert message is not None
        return message

    def starts(self) -> list[dict[str, object]]:
        """Return the definitions of the jobs that DSS was asked to start."""
        return [
            dict(call.body or {})
            for call in self.dss.requests
            if call.method == "POST" and call.path.rstrip("/").endswith("/jobs")
        ]


def shown(message: Message) -> str:
    """Return everything that a message shows: its text and the texts of its blocks."""
    return "\n".join([message.text, *_texts(list(message.blocks or ()))])


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        own = [value["text"]] if isinstance(value.get("text"), str) else []
        return own + [text for inner in value.values() for text in _texts(inner)]
    if isinstance(value, list | tuple):
        return [text for inner in value for text in _texts(inner)]
    return []
