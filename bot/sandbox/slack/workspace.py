"""A Slack workspace on loopback, for tests and for the demo."""

import secrets
import time
from collections.abc import Callable, Iterable
from typing import Literal, Self

from bot.sandbox.slack.api import Api
from bot.sandbox.slack.delivery import Delivery
from bot.sandbox.slack.event_sender import EVENT_RETRIES, EventSender
from bot.sandbox.slack.faults import Faults
from bot.sandbox.slack.inspection import Inspection
from bot.sandbox.slack.methods import Context
from bot.sandbox.slack.observers import Observers, Watcher
from bot.sandbox.slack.payloads import Payloads
from bot.sandbox.slack.person import Person
from bot.sandbox.slack.rates import Rates
from bot.sandbox.slack.server import HttpServer
from bot.sandbox.slack.sockets import Sockets
from bot.sandbox.slack.timers import Timers
from bot.sandbox.slack.world import World

DEFAULT_SCOPES = frozenset({"commands", "chat:write", "users:read", "users:read.email"})


class SlackSandbox(Inspection):
    """A workspace with one app that speaks Slack's protocols on ``127.0.0.1``.

    It starts with the users alice, bob, and carol, a guest, and a stranger, and the channels #data and
    #random. All methods are thread-safe. All results are snapshots and never change.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        clock: Callable[[], float] | None = None,
        rates: bool = True,
        delivery: Literal["socket", "http"] = "socket",
        http_url: str | None = None,
        scopes: Iterable[str] = (),
        ack_timeout: float = 3.0,
        trigger_lifetime: float = 3.0,
        event_retries: tuple[float, ...] = EVENT_RETRIES,
        unknown_blocks: Iterable[str] = (),
    ) -> None:
        """Create a workspace; `start` opens its port.

        Args:
            port: 0 picks a free one.
            clock: seconds since the epoch, for timestamps, triggers, response URLs, and rates.
            rates: whether too many calls get a 429.
            delivery: how the app is reached: Socket Mode, or POSTs to ``http_url``.
            http_url: the app's address, for HTTP delivery; `deliver_to` can set it later.
            scopes: scopes of the bot token in addition to `DEFAULT_SCOPES`.
            ack_timeout: real seconds until an unanswered delivery fails (Slack: 3).
            trigger_lifetime: seconds of ``clock`` until a trigger id expires (Slack: 3).
            event_retries: real seconds between the deliveries of an unanswered event.
            unknown_blocks: types of blocks that the workspace refuses; see `refuse_blocks`.
        """
        now = clock or time.time
        super().__init__(World(clock=now, scopes=DEFAULT_SCOPES | frozenset(scopes)))
        self._world.unknown_blocks = frozenset(unknown_blocks)
        self._world.trigger_lifetime = trigger_lifetime
        self.bot_token = f"xoxb-{secrets.token_hex(16)}"
        self.app_token = f"xapp-1-{self._world.app_id}-{secrets.token_hex(16)}"
        self.signing_secret = secrets.token_hex(16)
        self._alarms = Timers()
        self._watchers = Observers()
        self._sockets = Sockets(self._world, self._watchers) if delivery == "socket" else None
        context = Context(world=self._world, address=self._address, open_socket_url=self._socket_url)
        self._rates = Rates(now, enabled=rates)
        self._api = Api(context, self._rates, bot_token=self.bot_token, app_token=self.app_token)
        self._server = HttpServer(port, self._world, self._api, self._sockets, self._watchers)
        self._postman = EventSender(
            self._world,
            self._alarms,
            self._sockets,
            http_url=http_url,
            signing_secret=self.signing_secret,
            ack_timeout=ack_timeout,
            event_retries=event_retries,
        )
        self._payloads = Payloads(world=self._world, address=self._address)
        self.populate()

    # -- start and stop

    def start(self) -> Self:
        """Start accepting requests."""
        self._alarms.start()
        self._server.start()
        return self

    def stop(self) -> None:
        """Hang up on the app and end all threads."""
        self._alarms.stop()
        if self._sockets is not None:
            self._sockets.close()
        self._server.stop()
        self._postman.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _address(self, path: str) -> str:
        return f"http://{self._server.address}{path}"

    def _socket_url(self) -> str:
        assert self._sockets is not None, "made for HTTP delivery"
        ticket = self._sockets.new_ticket()
        return f"ws://{self._server.address}/link/?ticket={ticket}&app_id={self._world.app_id}"

    # -- what the app needs to know

    @property
    def api_url(self) -> str:
        """Base address of the Web API, with a trailing slash."""
        return self._address("/api/")

    @property
    def bot_user_id(self) -> str:
        """The bot's user id."""
        return self._world.bot_user_id

    @property
    def team_id(self) -> str:
        """The workspace's id."""
        return self._world.team_id

    @property
    def faults(self) -> Faults:
        """Make calls fail: ``slack.faults.add("chat.*", kind="429", times=3)``."""
        return self._api.faults

    def refuse_blocks(self, types: Iterable[str]) -> None:
        """Refuse these types of blocks from now on, as an old workspace does, such as all `NEWER_BLOCKS`."""
        with self._world.edit():
            self._world.unknown_blocks = frozenset(types)

    def on_request(self, watcher: Watcher) -> None:
        """Call a watcher for every request from the app: see `Observers`."""
        self._watchers.add(watcher)

    def on_delivery(self, watcher: Callable[[Delivery], None]) -> None:
        """Call a watcher when a delivery is sent to the app, and when it was answered or has failed."""
        self._postman.on_delivery.append(watcher)

    def deliver_to(self, http_url: str) -> None:
        """Set the app's address, for HTTP delivery."""
        self._postman.http_url = http_url

    def as_user(self, user: str) -> Person:
        """Return a person at a client, by id or name."""
        return Person(
            id=self.user_id(user),
            world=self._world,
            payloads=self._payloads,
            postman=self._postman,
            resolve=self._resolve,
        )

    # -- sockets

    @property
    def sockets(self) -> int:
        """The number of open WebSockets."""
        return self._sockets.count if self._sockets is not None else 0

    def refresh_sockets(self, grace: float = 10.0) -> None:
        """Renew the connections: a warning, up to ``grace`` seconds, then ``refresh_requested``."""
        if self._sockets is not None:
            self._sockets.refresh(grace)

    def drop_sockets(self, *, close_frame: bool = False) -> None:
        """Cut all connections without a warning.

        By default, they are reset: slack_sdk notices at its next ping (5 s) and reconnects. With
        ``close_frame``, they end as WebSockets do, and it reconnects immediately.
        """
        if self._sockets is not None:
            self._sockets.drop(close_frame=close_frame)

    def disable_sockets(self) -> None:
        """Send the app ``link_disabled`` and hang up."""
        if self._sockets is not None:
            self._sockets.disable()
