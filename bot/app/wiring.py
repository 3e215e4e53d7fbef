"""Wires everything together: the only file that knows every class. `bot.app.process` runs it."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import structlog
from slack_bolt import App

from bot.app import receivers
from bot.app.access import wire_access, wire_people
from bot.app.bolt import bolt_app
from bot.app.connections import gateway, links_of, slack_client, warn_of_weak_connections
from bot.app.dialogs import FILLERS, wire_dialogs
from bot.app.home import wire_home
from bot.app.housekeeping import housekeeping
from bot.app.pictures import wire_pictures
from bot.app.requests import wire_runner
from bot.domain import JobRef
from bot.domain.features import features_of
from bot.domain.follow_rules import Limits
from bot.domain.policy import AccessMode
from bot.domain.slack_rates import SlackRates
from bot.domain.stored_records import OutboxRow, SetAside
from bot.dss.gateway import DssGateway
from bot.http.server import HttpServer
from bot.language import channels_read, everyone_reads, load
from bot.listeners.dispatcher import Dispatcher
from bot.listeners.languages import in_language_of_sender
from bot.listeners.mentions import MessageServices
from bot.listeners.registration import register
from bot.ops.health_checks import SHOWN_ASIDE, checks, delivery, numbers
from bot.ops.health_server import Check, health_app
from bot.ops.metrics import Metrics
from bot.services.approvals import ApprovalService
from bot.services.catalog import Catalog
from bot.services.dss_instances import DssInstance, DssInstances
from bot.services.known_jobs import requested_in
from bot.services.limits import RequestLimiter
from bot.services.loaded_rules import LoadedRules
from bot.services.personal_keys import PersonalKeys
from bot.services.queries import QueryService
from bot.services.service import Collaborators
from bot.services.viewers import CurrentViewers, Viewers
from bot.settings import Settings, read_file
from bot.slack.block_support import BlockSupport
from bot.slack.dialogs import Dialogs
from bot.slack.file_uploads import FileUploads
from bot.slack.identity import BotIdentity, identify
from bot.slack.languages import Languages
from bot.slack.message_lookup import MessageLookup
from bot.slack.private_messages import PrivateMessages
from bot.slack.sender import OutboxSender
from bot.slack.shared_channels import SharedChannels
from bot.slack.user_groups import UserGroups
from bot.slack.users import SlackUsers
from bot.store import Store, StoreTrouble
from bot.store.opening import open_store
from bot.workers.intent_runner import IntentRunner
from bot.workers.job_waiter import JobWaiter
from bot.workers.loop import Loop, wake_all
from bot.workers.maintenance import LAPSE_EVERY, RENEW_EVERY, LeaseRenewer
from bot.workers.query_pool import QueryPool
from bot.workers.slow_answers import SlowAnswers
from bot.workers.steady_clock import uptime
from bot.workers.timely import Patience

log = structlog.get_logger(__name__)

RUNNERS = 6
"""Intents carried out at the same time; each one can wait for DSS."""
SENDERS = 4
"""Messages sent to Slack at the same time."""
IDLE = 0.5
"""Seconds between two rounds of a worker that nobody woke."""
LOOK_AGAIN = 0.1
"""Seconds until the sender's next round when the rate limits let nothing through, however often it is woken:
when thousands of jobs end, each of them wakes it."""
STOP_WITHIN = 8.0
"""Seconds; orchestrators wait at least ten before they kill."""


def now() -> datetime:
    """Return the current time, timezone-aware."""
    return datetime.now(UTC)


class Bot:
    """The bot, from its settings to its threads.

    Args:
        settings: the whole configuration.
        clock: returns a timezone-aware datetime.
        rates: Slack's rate limits; tests pass their own.
        uptime: returns the seconds of a clock that nobody sets, to notice when ``clock`` jumps.
        store: an open database; by default, the one from the settings.
        patience: how long people wait before they see something else than their answer.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Callable[[], datetime] = now,
        rates: SlackRates | None = None,
        uptime: Callable[[], float] = uptime,
        store: Store | None = None,
        patience: Patience = Patience(),  # noqa: B008 - frozen
    ) -> None:
        self.owner = uuid4().hex
        self._settings = settings
        self._stopping = threading.Event()
        self.store = store or open_store(settings.store.database_url)
        self.client = slack_client(settings)
        redact = settings.redactor()
        self._gateways = {one.name: gateway(one, redact) for one in settings.instances}
        self._instances = DssInstances(
            {
                one.name: DssInstance(dss=self._gateways[one.name], urls=links_of(one), ui_url=one.ui_url)
                for one in settings.instances
            },
            settings.default_instance,
        )
        self._clock, self._uptime, self._patience = clock, uptime, patience
        self._rates = rates or SlackRates()
        self._loops: list[Loop] = []
        self._waiters: list[JobWaiter] = []
        self._query_pool = QueryPool()
        self._dialogs = Dialogs(self.client)
        self._filling = QueryPool(threads=FILLERS, name="dialog-fill")
        self._pool = ThreadPoolExecutor(SENDERS, thread_name_prefix="sender")
        self._languages: Languages | None = None
        self._receiver: receivers.Receiver | None = None
        self._sender: OutboxSender | None = None
        self._health: HttpServer | None = None
        self._rules: LoadedRules | None = None
        if settings.rules is not None:
            asking = slack_client(settings, retries=True)
            self._rules = LoadedRules(
                settings.rules, read_file, UserGroups(asking, clock), SharedChannels(asking, clock)
            )
        self.metrics = Metrics(
            lambda: numbers(self.store),
            lambda: {name: check.ok for name, check in self._checks().items()},
        )

    def start(self) -> None:
        """Connect and start; return when Slack's deliveries arrive and jobs are followed.

        Also returns when interrupted before Slack's deliveries arrive.

        Raises:
            Interrupted: the bot was told to stop before Slack had said who it is.
            WrongToken: Slack doesn't accept the bot token or the app-level token.
            PortTaken: something else is listening on a port that the bot needs.
        """
        settings = self._settings
        warn_of_weak_connections(settings)
        load()
        if settings.health.port:
            app = health_app(self._checks, self.metrics.registry)
            self._health = HttpServer(
                app, host=settings.health.host, port=settings.health.port, name="health"
            )
            self._health.start()
        identity = identify(self.client, stopping=self._stopping)
        bolt = bolt_app(self.client, identity, settings.slack)
        with channels_read(settings.slack.language), everyone_reads():
            self._start_workers(identity, bolt)
        self._receiver = receivers.receiver(bolt, settings.slack, stopping=self._stopping)
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

    def reload_rules(self) -> None:
        """Read the policy file again; if it's broken, the rules from before stay in force."""
        if self._rules is None:
            log.warning(
                "rules.none", why="there is no policy file to read again: [access] rules_file isn't set"
            )
        else:
            self._rules.reload()

    def interrupt(self) -> None:
        """End a start that is waiting for Slack."""
        self._stopping.set()

    def stop(self, within: float = STOP_WITHIN) -> bool:
        """Stop receiving, finish current work and release leases; return whether everything ended in time."""
        until = time.monotonic() + within
        self._stopping.set()
        if self._receiver is not None:
            self._receiver.stop()
        for loop in self._loops:
            loop.stop()
        for loop in self._loops:
            loop.join(max(0.1, until - time.monotonic()))
        ended = not any(loop.alive for loop in self._loops)
        for pool in (self._query_pool, self._filling):
            ended = pool.close(max(0.1, until - time.monotonic())) and ended
        for waiter in self._waiters:
            waiter.close()
        self._dialogs.close()
        if self._languages is not None:
            self._languages.close()
        self._pool.shutdown(wait=ended, cancel_futures=True)
        with suppress(Exception):  # the database might be the problem; the leases expire on their own
            self.store.leases.release_all(self.owner, patience=max(0.1, until - time.monotonic()))
        if self._health is not None:
            self._health.stop(1.0)
        if ended:
            for one in self._gateways.values():
                one.close()
            self.store.close()
        log.info("stopped", clean=ended)
        return ended

    def _start_workers(self, identity: BotIdentity, bolt: App) -> None:
        settings, store, clock = self._settings, self.store, self._clock
        users = wire_people(settings, store, identity, clock)
        self._languages = languages = Languages(users, settings.slack.language, uptime=self._uptime)
        bolt.use(in_language_of_sender(languages))
        support = BlockSupport(store.block_support, identity.team_id, enabled=settings.slack.new_blocks)
        keys, parts = self._parts(identity, users, support)
        if self._rules is not None:
            report = self._rules.report_unread_groups
            threading.Thread(target=report, name="rules", daemon=True).start()
        home, home_loop = wire_home(parts, self.client, settings, languages)
        parts.private_messages.at_home = home.answer
        approvals = ApprovalService(parts)
        runner = wire_runner(parts, store.intents, approvals, languages, owner=self.owner)
        self._sender = self._new_sender(identity, support)
        draws = settings.slack.timelines and identity.may_upload
        self._waiters = [self._waiter(one, parts.viewers, pictures=draws) for one in self._gateways.values()]
        runners = [Loop(f"runner-{number}", runner.round, IDLE) for number in range(RUNNERS)]
        waits = self._patience
        slow_answers = SlowAnswers(parts.private_messages, uptime=self._uptime, after=waits.slow_after)
        self._loops = list(self._background(self._sender, runner, runners, approvals))
        self._loops += [Loop("slow-answers", slow_answers.round, IDLE), home_loop]
        if draws:
            self._loops.append(wire_pictures(parts, self._gateways))
        dispatcher = Dispatcher(
            store.intents,
            self._query_pool,
            QueryService(parts),
            parts.private_messages,
            slow_answers,
            clock=clock,
            wake=lambda: wake_all(runners),
        )
        used, pools = AccessMode(settings.access) is not AccessMode.OPEN, (self._query_pool, self._filling)
        services = wire_dialogs(
            parts, dispatcher, self._dialogs, keys, *pools, support=support, keys_are_used=used, waits=waits
        )
        heard = MessageServices(identity.bot_user_id, store, parts.features)
        register(bolt, dispatcher, home, users, services, heard)
        for loop in self._loops:
            loop.start()

    def _parts(
        self, identity: BotIdentity, users: SlackUsers, support: BlockSupport
    ) -> tuple[PersonalKeys, Collaborators]:
        """Return people's keys, and what services share."""
        settings, store, clock = self._settings, self.store, self._clock
        label = self._instances.label
        catalog = Catalog(clock, label)
        keys, access = wire_access(
            settings,
            store,
            users,
            catalog,
            self._rules,
            label=label,
            requested_by=self._requested_by,
            clock=clock,
        )
        viewers = CurrentViewers(settings.visibility.channels, access, team_id=identity.team_id, clock=clock)
        return keys, Collaborators(
            store=store,
            access=access,
            viewers=viewers,
            ask_before_first_post=settings.visibility.ask_before_first_post,
            instances=self._instances,
            catalog=catalog,
            private_messages=PrivateMessages(self.client, support=support),
            files=FileUploads(self.client),
            clock=clock,
            limiter=RequestLimiter(
                store, settings.limits, lambda limit: self.metrics.limited.labels(limit).inc()
            ),
            owner=self.owner,
            wake_sender=self._wake_sender,
            workspace=identity.url,
            features=features_of(identity.scopes),
            approvals=settings.approvals,
        )

    def _background(
        self, sender: OutboxSender, runner: IntentRunner, runners: list[Loop], approvals: ApprovalService
    ) -> Iterator[Loop]:
        """Yield every loop, in the order in which they stop when the bot stops."""
        self._sending = Loop("sender", lambda: sender.round() > 0, IDLE, least=LOOK_AGAIN)
        yield self._sending
        yield from runners
        tick = self._settings.following.tick_seconds
        for waiter in self._waiters:
            yield Loop(f"waiter-{waiter.instance}", waiter.round, tick)
        renewer = LeaseRenewer([runner.renew, sender.renew, *(waiter.renew for waiter in self._waiters)])
        yield Loop("leases", renewer.round, RENEW_EVERY)
        yield Loop("approvals", approvals.round, LAPSE_EVERY)
        yield from housekeeping(
            self.store,
            self.metrics,
            set_aside=runner.set_aside,
            keep=timedelta(days=self._settings.store.keep_days),
            clock=self._clock,
            uptime=self._uptime,
        )

    def _new_sender(self, identity: BotIdentity, support: BlockSupport) -> OutboxSender:
        return OutboxSender(
            self.store.outbox,
            self.client,
            owner=self.owner,
            rates=self._rates,
            lookup=MessageLookup(self.client),
            support=support,
            pool=self._pool,
            digests=self.store.digests,
            home=identity.url,
            on_sent=self._count_sent,
            stopping=self._stopping,
        )

    def _waiter(self, one: DssGateway, viewers: Viewers, *, pictures: bool) -> JobWaiter:
        following = self._settings.following
        return JobWaiter(
            self.store,
            one,
            owner=self.owner,
            clock=self._clock,
            requests_per_second=following.requests_per_second,
            limits=Limits(follow=timedelta(days=following.limit_days)),
            instance_label=self._instances.label(one.instance),
            on_drafts=self._wake_sender,
            uptime=self._uptime,
            viewers=viewers,
            pictures=pictures,
        )

    def _requested_by(self, ref: JobRef) -> str | None:
        """Return the Slack user who had the bot start a job."""
        known = self.store.known_jobs.of([ref]).get(ref)
        watch = requested_in(known.threads) if known else None
        return watch.asker if watch else None

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
            rules=self._rules,
        )
