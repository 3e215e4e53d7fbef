"""The page with its server, between two running stand-ins."""

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

from bot.sandbox.dss import DssSandbox
from bot.sandbox.page.controls import Controls
from bot.sandbox.page.events import EventLog
from bot.sandbox.page.feed import Feed
from bot.sandbox.page.people import People
from bot.sandbox.page.server import Application
from bot.sandbox.page.serving import HOST, LoopbackServer
from bot.sandbox.slack import SlackSandbox

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Command:
    """A slash command that the composer offers."""

    command: str
    usage_hint: str
    description: str


@dataclass(frozen=True, kw_only=True)
class Shortcut:
    """A shortcut of the app: in the menu of each message, or for the whole workspace if it is global."""

    callback_id: str
    name: str
    type: Literal["message", "global"] = "message"


class Playground:
    """Serves the page on loopback. Use it as a context manager, inside those of the stand-ins."""

    def __init__(
        self,
        slack: SlackSandbox,
        dss: DssSandbox,
        *,
        port: int = 0,
        commands: Iterable[Command] = (),
        shortcuts: Iterable[Shortcut] = (),
        roles: Mapping[str, str] | None = None,
        suggestions: Iterable[str] = (),
        complete: Callable[[str], list[str]] | None = None,
        speed: float = 1.0,
    ) -> None:
        """Open the port; `start` begins to answer.

        Args:
            slack: the workspace, already started.
            dss: the instance, already started.
            port: this one, or the next free one; 0 picks any.
            commands: the app's slash commands.
            shortcuts: the app's shortcuts.
            roles: what to say about people, by name.
            suggestions: commands that the page offers to visitors, the first one in the tour.
            complete: returns what the last word of a line could become.
            speed: how fast the simulated time passes.
        """
        log = EventLog()
        about: Json = {
            "speed": speed,
            "commands": [asdict(one) for one in commands],
            "shortcuts": [asdict(one) for one in shortcuts],
            "suggestions": list(suggestions),
        }
        self.people = People(slack)
        self.controls = Controls(slack, dss)
        self._feed = Feed(
            slack, dss, log, roles=roles or {}, about=about, conditions=self.controls.conditions
        )
        self._complete = complete
        self._token = secrets.token_urlsafe(24)
        self._server = LoopbackServer(self._answer, port)
        self._application = Application(
            self, log, lambda: slack.files, token=self._token, port=self._server.port
        )

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return self._server.port

    @property
    def url(self) -> str:
        """The address to open, with the token that nobody can guess."""
        return f"http://{HOST}:{self.port}/{self._token}/"

    def start(self) -> Self:
        """Answer requests, and send what happens from now on."""
        self._feed.start()
        self._server.start()
        return self

    def stop(self) -> None:
        """End all streams and threads."""
        self._feed.stop()
        self._server.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def snapshot(self) -> Json:
        """Return the whole state."""
        return self._feed.snapshot()

    def messages(self, person: str, channel: str) -> list[Json]:
        """Return the messages that a person sees in a conversation, oldest first.

        Raises:
            LookupError: there is no such person or conversation.
            PermissionError: the person can't read it.
        """
        return self._feed.messages_of(person, channel)

    def exchange(self, number: int) -> Json:
        """Return one exchange of the traffic.

        Raises:
            LookupError: it is unknown, or no longer kept.
        """
        return self._feed.traffic.one(number)

    def complete(self, text: str) -> list[str]:
        """Return what the last word of a line could become."""
        return self._complete(text) if self._complete else []

    def _answer(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        return self._application(environ, start)
