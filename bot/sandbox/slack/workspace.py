"""A Slack workspace on loopback, for tests and for the demo."""

import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Literal, Self, TypeVar

from bot.sandbox.slack.alarms import Alarms
from bot.sandbox.slack.api import Api
from bot.sandbox.slack.faults import Faults
from bot.sandbox.slack.methods import Context
from bot.sandbox.slack.model import Call, Change, Channel, Failure, File, Message, User, View
from bot.sandbox.slack.payloads import Payloads
from bot.sandbox.slack.person import Person
from bot.sandbox.slack.postman import EVENT_RETRIES, Postman
from bot.sandbox.slack.rates import Rates
from bot.sandbox.slack.server import HttpServer
from bot.sandbox.slack.sockets import Sockets
from bot.sandbox.slack.world import World

T = TypeVar("T")

DEFAULT_SCOPES = frozenset({"commands", "chat:write", "users:read", "users:read.email"})


class SlackSandbox:
    """A workspace with one app, which speaks Slack's protocols on ``127.0.0.1``.

    The users alice, bob and carol, a guest and a stranger, and the channels #data and #random are there from
    the start. Everything may be called from any thread. What is returned are snapshots: they do not change.
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
        event_retries: tuple[float, ...] = EVENT_RETRIES,
    ) -> None:
        """Make a workspace; `start` opens its port.

        Args:
            port: 0 takes a free one.
            clock: seconds since the epoch, for time stamps, triggers, response URLs and rates.
            rates: whether too many calls get a 429.
            delivery: how the app is reached: Socket Mode, or POSTs to ``http_url``.
            http_url: the app's address, for HTTP delivery; may be set later with `deliver_to`.
            scopes: what the bot token has besides `DEFAULT_SCOPES`.
            ack_timeout: real seconds until an unanswered delivery fails (Slack: 3).
            event_retries: real seconds between the deliveries of an unanswered event.
        """
        now = clock or time.time
        self._world = World(clock=now, scopes=DEFAULT_SCOPES | frozenset(scopes))
        self.bot_token = f"xoxb-{secrets.token_hex(16)}"
        self.app_token = f"xapp-1-{self._world.app_id}-{secrets.token_hex(16)}"
        self.signing_secret = secrets.token_hex(16)
        self._alarms = Alarms()
        self._sockets = Sockets(self._world) if delivery == "socket" else None
        context = Context(world=self._world, address=self._address, open_socket_url=self._socket_url)
        self._rates = Rates(now, enabled=rates)
        self._api = Api(context, self._rates, bot_token=self.bot_token, app_token=self.app_token)
        self._server = HttpServer(port, self._world, self._api, self._sockets)
        self._postman = Postman(
            self._world,
            self._alarms,
            self._sockets,
            http_url=http_url,
            signing_secret=self.signing_secret,
            ack_timeout=ack_timeout,
            event_retries=event_retries,
        )
        self._payloads = Payloads(world=self._world, address=self._address)
        self._populate()

    def _populate(self) -> None:
        world = self._world
        world.users[world.bot_user_id] = User(
            id=world.bot_user_id,
            name="dss-bot",
            team_id=world.team_id,
            email=None,
            tz="Europe/Paris",
            bot=True,
        )
        for name in ("alice", "bob", "carol"):
            self.add_user(name)
        self.add_user("guest", guest=True)
        self.add_user("stranger", stranger=True)
        self.add_channel("data")
        self.add_channel("random")

    # -- life

    def start(self) -> Self:
        """Take requests."""
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
        """Base address of the Web API, with the slash at its end."""
        return self._address("/api/")

    @property
    def bot_user_id(self) -> str:
        """The bot's user."""
        return self._world.bot_user_id

    @property
    def team_id(self) -> str:
        """The workspace."""
        return self._world.team_id

    @property
    def faults(self) -> Faults:
        """Make calls fail: ``slack.faults.add("chat.*", kind="429", times=3)``."""
        return self._api.faults

    def deliver_to(self, http_url: str) -> None:
        """Set the app's address, for HTTP delivery."""
        self._postman.http_url = http_url

    # -- people and places

    def add_user(
        self,
        name: str,
        email: str | None = None,
        *,
        guest: bool = False,
        ultra_guest: bool = False,
        stranger: bool = False,
        tz: str = "Europe/Paris",
        deleted: bool = False,
    ) -> str:
        """Add a person and return the user id; the e-mail is ``NAME@example.com`` unless given."""
        world = self._world
        with world.edit():
            user_id = world.new_id("U")
            world.users[user_id] = User(
                id=user_id,
                name=name,
                email=email or f"{name}@example.com",
                team_id="T0STRANGE1" if stranger else world.team_id,
                tz=tz,
                guest=guest,
                ultra_guest=ultra_guest,
                stranger=stranger,
                deleted=deleted,
            )
        return user_id

    def add_channel(
        self,
        name: str,
        *,
        bot_member: bool = True,
        private: bool = False,
        archived: bool = False,
        shared: bool = False,
        members: Iterable[str] | None = None,
    ) -> str:
        """Add a channel and return its id; without ``members`` everybody of the workspace reads it."""
        world = self._world
        with world.edit():
            channel_id = world.new_id("C")
            world.channels[channel_id] = Channel(
                id=channel_id,
                name=name,
                created=int(world.now()),
                private=private,
                archived=archived,
                shared=shared,
                bot_member=bot_member,
                members=None if members is None else frozenset(members),
            )
        return channel_id

    def add_usergroup(self, members: Iterable[str]) -> str:
        """Add a user group and return its id."""
        with self._world.edit():
            group = self._world.new_id("S")
            self._world.usergroups[group] = tuple(members)
        return group

    def change_channel(
        self, channel: str, *, archived: bool | None = None, bot_member: bool | None = None
    ) -> None:
        """Archive a channel, or invite or remove the bot."""
        with self._world.edit():
            old = self._resolve(channel)
            self._world.channels[old.id] = replace(
                old,
                archived=old.archived if archived is None else archived,
                bot_member=old.bot_member if bot_member is None else bot_member,
            )

    def user_id(self, name: str) -> str:
        """Return the id of the person with that name.

        Raises:
            LookupError: there is none.
        """
        for user in self._world.users.values():
            if name in {user.name, user.id}:
                return user.id
        raise LookupError(name)

    def channel_id(self, name: str) -> str:
        """Return the id of a channel by its name, with or without ``#``."""
        return self._resolve(name).id

    def _resolve(self, channel: str) -> Channel:
        for one in tuple(self._world.channels.values()):
            if channel == one.id or (not one.im_user and channel.removeprefix("#") == one.name):
                return one
        raise LookupError(channel)

    def as_user(self, user: str) -> Person:
        """Return a person at a client, by id or name."""
        return Person(
            id=self.user_id(user),
            world=self._world,
            payloads=self._payloads,
            postman=self._postman,
            resolve=self._resolve,
        )

    # -- what is there

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

        Raises:
            TimeoutError: it was not within ``timeout`` real seconds.
        """
        return self._world.wait_until(predicate, timeout)

    # -- sockets

    @property
    def sockets(self) -> int:
        """How many WebSockets are open."""
        return self._sockets.count if self._sockets is not None else 0

    def refresh_sockets(self, grace: float = 10.0) -> None:
        """Renew the connections: a warning, up to ``grace`` seconds, then ``refresh_requested``."""
        if self._sockets is not None:
            self._sockets.refresh(grace)

    def drop_sockets(self) -> None:
        """Cut all connections without a word."""
        if self._sockets is not None:
            self._sockets.drop()

    def disable_sockets(self) -> None:
        """Tell the app ``link_disabled`` and hang up."""
        if self._sockets is not None:
            self._sockets.disable()
