"""Wires everything. The only file that knows every class; `bot.running` makes a process of it."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import structlog
from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult

from bot import receiving
from bot.dss.gateway import DssGateway
from bot.facts.rates import Rates
from bot.facts.records import OutboxRow, SetAside
from bot.following.rules import Limits
from bot.health import Check, health_app
from bot.http_server import HttpServer
from bot.jobs.names import Names
from bot.jobs.policy import Access
from bot.metrics import Metrics
from bot.opening import gateway, links_of, open_store, slack_client
from bot.settings import Settings
from bot.slack.identity import Identity, who_am_i
from bot.slack.listeners import register
from bot.slack.listeners.front import Front
from bot.slack.outbox import Answers, Lookup, People, Sender
from bot.store import Store, StoreTrouble
from bot.work.aborter import Aborter
from bot.work.asker import Asker
from bot.work.builder import Builder
from bot.work.desk import Desk
from bot.work.followings import Followings
from bot.work.gate import Gate
from bot.work.homes import Homes
from bot.work.instances import Instance, Instances
from bot.work.intents import IntentRunner
from bot.work.keeper import PRUNE_EVERY, RENEW_EVERY, Keeper, Pruner
from bot.work.lister import Lister
from bot.work.loops import Loop
from bot.work.vitals import SHOWN_ASIDE, checks, delivery, numbers
from bot.work.waiter import Waiter

log = structlog.get_logger(__name__)

LISTENERS = 10
"""Bolt's threads for listeners: they only acknowledge and write a row."""
RUNNERS = 6
"""Intents that are carried out at the same time: each may wait for DSS."""
SENDERS = 4
"""Messages that are on their way to Slack at the same time."""
IDLE = 0.5
"""Seconds between two looks of a worker that nobody woke."""
LOOK_AGAIN = 0.1
"""Seconds after which the sender looks again when the rates let nothing through, however often it is woken:
while thousands of jobs end, each of them wakes it."""
STOP_WITHIN = 8.0
"""Seconds; an orchestrator kills after ten at the earliest."""


def now() -> datetime:
    """Return the current moment, aware."""
    return datetime.now(UTC)


class Bot:
    """The bot, from its settings to its threads.

    Args:
        settings: everything that was configured.
        clock: returns an aware datetime.
        rates: Slack's rates; tests give their own.
        store: an open database; default is the one of the settings.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Callable[[], datetime] = now,
        rates: Rates | None = None,
        store: Store | None = None,
    ) -> None:
        self.owner = uuid4().hex
        self._settings = settings
        self._stopping = threading.Event()
        self.store = store or open_store(settings.store.database_url)
        self.client = slack_client(settings)
        self._gateways = {one.name: gateway(one) for one in settings.instances}
        self._instances = Instances(
            {
                one.name: Instance(dss=self._gateways[one.name], urls=links_of(one))
                for one in settings.instances
            },
            settings.default_instance,
        )
        self._clock = clock
        self._rates = rates or Rates()
        self._loops: list[Loop] = []
        self._waiters: list[Waiter] = []
        self._desk = Desk()
        self._pool = ThreadPoolExecutor(SENDERS, thread_name_prefix="sender")
        self._receiver: receiving.Receiver | None = None
        self._sender: Sender | None = None
        self._health: HttpServer | None = None
        self.metrics = Metrics(
            lambda: numbers(self.store),
            lambda: {name: check.ok for name, check in self._checks().items()},
        )

    def start(self) -> None:
        """Connect and begin; returns when Slack's deliveries arrive and jobs are followed.

        It also returns when it was interrupted while Slack's deliveries did not arrive yet.

        Raises:
            Interrupted: it was told to stop before Slack had said who the bot is.
            WrongToken: Slack does not accept the bot token or the app-level token.
            PortTaken: somebody else listens on a port that it needs.
        """
        settings = self._settings
        if settings.health.port:
            app = health_app(self._checks, self.metrics.registry)
            self._health = HttpServer(
                app, host=settings.health.host, port=settings.health.port, name="health"
            )
            self._health.start()
        identity = who_am_i(self.client, stopping=self._stopping)
        bolt = self._bolt(identity)
        self._start_workers(identity, bolt)
        self._receiver = receiving.receiver(bolt, settings.slack, stopping=self._stopping)
        self._receiver.start()
        if self._stopping.is_set():
            return
        log.info(
            "ready",
            team=identity.team,
            bot=identity.bot_user_id,
            instances=list(self._gateways),
            access=settings.access,
            mode="socket" if settings.slack.socket_mode else "http",
            reads_back=identity.may_read_history,
        )
        if not identity.may_read_history:
            log.info(
                "exactly_once.limited",
                why="not every history scope: there, a crash between Slack's taking a message and "
                "the bot's noting it can show that message twice (docs/operations.md)",
            )

    def interrupt(self) -> None:
        """End a start that waits for Slack; safe in a signal handler."""
        self._stopping.set()

    def stop(self, within: float = STOP_WITHIN) -> bool:
        """Stop taking, finish what is under way, give leases back; say whether everything ended in time."""
        until = time.monotonic() + within
        self._stopping.set()
        if self._receiver is not None:
            self._receiver.stop()
        for loop in self._loops:
            loop.stop()
        for loop in self._loops:
            loop.join(max(0.1, until - time.monotonic()))
        ended = not any(loop.alive for loop in self._loops)
        ended = self._desk.close(max(0.1, until - time.monotonic())) and ended
        for waiter in self._waiters:
            waiter.close()
        self._pool.shutdown(wait=ended, cancel_futures=True)
        with suppress(Exception):  # the database may be what is wrong; the leases end by themselves
            self.store.leases.release_all(self.owner, patience=max(0.1, until - time.monotonic()))
        if self._health is not None:
            self._health.stop(1.0)
        if ended:
            for one in self._gateways.values():
                one.close()
            self.store.close()
        log.info("stopped", clean=ended)
        return ended

    def _bolt(self, identity: Identity) -> App:
        """Make the Bolt app. Who the bot is was asked once: Bolt need not ask Slack again in a listener."""
        authorized = AuthorizeResult(
            enterprise_id=identity.enterprise_id,
            team_id=identity.team_id,
            bot_token=self.client.token,
            bot_id=identity.bot_id,
            bot_user_id=identity.bot_user_id,
        )
        secret = self._settings.slack.signing_secret
        logging.getLogger("slack_bolt.App").addFilter(_not_about_arguments)
        return App(
            client=self.client,
            signing_secret=secret.reveal() if secret else "",
            authorize=lambda: authorized,
            listener_executor=ThreadPoolExecutor(LISTENERS, thread_name_prefix="listener"),
            request_verification_enabled=not self._settings.slack.socket_mode,
            # Slack hears that a request was taken when it is a row: a crash in between would lose it unseen.
            # A listener does no more than write that row, and gives up in time (IntentStore.add).
            process_before_response=True,
            # So that what nothing listens to is acknowledged too (`bot.slack.listeners`).
            raise_error_for_unhandled_request=True,
        )

    def _start_workers(self, identity: Identity, bolt: App) -> None:
        settings, store, clock = self._settings, self.store, self._clock
        people = People(
            slack_client(settings, retries=True),
            team_id=identity.team_id,
            enterprise_id=identity.enterprise_id,
            clock=clock,
        )
        gate = Gate(Access(settings.access), people, store.audit, clock, self._instances.label)
        names, answers = Names(clock, self._instances.label), Answers(self.client)
        parts = (store, gate, self._instances, names, answers)
        runner = IntentRunner(
            store.intents,
            Builder(*parts, owner=self.owner, clock=clock, on_drafts=self._wake_sender),
            Aborter(*parts, owner=self.owner, clock=clock),
            Followings(*parts, clock=clock, on_drafts=self._wake_sender),
            answers,
            owner=self.owner,
        )
        self._sender = self._new_sender(identity)
        self._waiters = [self._waiter(one) for one in self._gateways.values()]
        runners = [Loop(f"runner-{number}", runner.round, IDLE) for number in range(RUNNERS)]
        self._loops = list(self._background(self._sender, runner, runners))
        lister = Lister(store, gate, self._instances, names, clock=clock)
        front = Front(
            store.intents,
            self._desk,
            Asker(*parts, clock=clock),
            answers,
            clock=clock,
            wake=lambda: _wake(runners),
        )
        register(bolt, front, Homes(self.client, gate, self._instances, lister, clock=clock))
        for loop in self._loops:
            loop.start()

    def _background(self, sender: Sender, runner: IntentRunner, runners: list[Loop]) -> Iterator[Loop]:
        """Give every loop, in the order in which they end when the bot stops."""
        self._sending = Loop("sender", lambda: sender.round() > 0, IDLE, least=LOOK_AGAIN)
        yield self._sending
        yield from runners
        tick = self._settings.following.tick_seconds
        for waiter in self._waiters:
            yield Loop(f"waiter-{waiter.instance}", waiter.round, tick)
        keeper = Keeper([runner.renew, sender.renew, *(waiter.renew for waiter in self._waiters)])
        yield Loop("keeper", keeper.round, RENEW_EVERY)
        keep = timedelta(days=self._settings.store.keep_days)
        yield Loop("pruner", Pruner(self.store, keep=keep, clock=self._clock).round, PRUNE_EVERY)

    def _new_sender(self, identity: Identity) -> Sender:
        return Sender(
            self.store.outbox,
            self.client,
            owner=self.owner,
            rates=self._rates,
            lookup=Lookup(self.client),
            pool=self._pool,
            crowds=self.store.crowds,
            home=identity.url,
            on_sent=self._count_sent,
            stopping=self._stopping,
        )

    def _waiter(self, one: DssGateway) -> Waiter:
        following = self._settings.following
        return Waiter(
            self.store,
            one,
            owner=self.owner,
            clock=self._clock,
            requests_per_second=following.requests_per_second,
            limits=Limits(follow=timedelta(days=following.limit_days)),
            instance_label=self._instances.label(one.instance),
            on_drafts=self._wake_sender,
        )

    def _wake_sender(self) -> None:
        self._sending.wake()

    def _count_sent(self, row: OutboxRow) -> None:
        self.metrics.sent.labels("edit" if row.ts else "root" if row.is_root else "reply").inc()

    def _checks(self) -> dict[str, Check]:
        connected = self._receiver is not None and self._receiver.connected
        aside: Sequence[SetAside] = ()
        try:
            lately = self._clock() - SHOWN_ASIDE
            aside = (*self.store.intents.aside(lately), *self.store.outbox.aside(lately))
            stored = {"database": Check(ok=True), **delivery(self.store)}
        except StoreTrouble as error:
            stored = {"database": Check(ok=False, detail=f"can't be asked: {type(error).__name__}")}
        return stored | checks(
            connected=connected,
            sender=self._sender,
            loops=self._loops,
            waiters=self._waiters,
            aside=aside,
        )


def _wake(loops: list[Loop]) -> None:
    for loop in loops:
        loop.wake()


def _not_about_arguments(record: logging.LogRecord) -> bool:
    """Drop Bolt's remarks on arguments that it does not use: that is on purpose."""
    return not record.getMessage().startswith("As ")
