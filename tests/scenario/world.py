"""The bot between a stand-in DSS and a stand-in Slack workspace."""

import dataclasses
import math
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, TypeVar

from bot.app.wiring import Bot
from bot.domain.request_limits import UNLIMITED, RequestLimits
from bot.domain.slack_rates import SlackRates
from bot.sandbox.dss import DssSandbox
from bot.sandbox.dss.jobs import Job
from bot.sandbox.dss.model import DATASET
from bot.sandbox.dss.plan import Step, Target, stretched
from bot.sandbox.slack import Delivery, Message, SlackSandbox
from bot.sandbox.slack.model import View
from bot.settings import Settings
from bot.settings.reading import read_settings
from bot.views import action_ids
from bot.workers.timely import Patience
from tests.scenario import safety
from tests.scenario.rest import await_rest, left_behind
from tests.support.databases import sqlite_with_tables

T = TypeVar("T")

QUICK = SlackRates(post_channel_ms=0, post_workspace_ms=0, update_ms=0)
"""Scenarios test what is said; other tests cover Slack's rates."""

LONG = 60.0
"""Seconds that no wait takes unless something is wrong: a slow machine is no failure."""

PATIENT = Patience(slow_after=3_600, options=LONG / 2)
"""The bot says "it takes a while" only to the tests that are about that."""

FOREVER_MS = 10**9
"""DSS time, in ms, for a job that runs until something happens to it."""


class Scenario:
    """The running setup. Each test gets its own channel; `begin` and `finish` surround it."""

    def __init__(
        self,
        folder: Path,
        *,
        access: str = "open",
        speed: float = 40.0,
        version: str = "15.2.0",
        rates: SlackRates | None = QUICK,
        environment: dict[str, str] | None = None,
        config: str = "",
        scopes: tuple[str, ...] = (),
        api_key: Callable[[DssSandbox], str] | None = None,
        asks_first: bool = False,
        delivery: Literal["socket", "http"] = "socket",
        limits: RequestLimits = UNLIMITED,
        home_minutes: int | None = 0,
        waits: Patience = PATIENT,
    ) -> None:
        self.folder = folder
        self.dss = DssSandbox(version=version, speed=speed)
        self.slack = SlackSandbox(
            rates=False, scopes=scopes, delivery=delivery, ack_timeout=LONG / 2, trigger_lifetime=LONG
        )
        self.channel = "data"
        self.acks: list[object] = []
        self._ahead = timedelta(0)
        self.patience = LONG
        """Seconds to wait for an acknowledgement."""
        self.leaves: frozenset[str] = frozenset()
        """What this test leaves behind on purpose, as `left_behind` names it."""
        self._left: dict[str, int] = {}
        """How much earlier tests left behind on purpose."""
        self.expected_failures = 0
        """How many of Slack's errors the person should see because the bot was away."""
        self._has_sockets = delivery == "socket"
        self.http_port = 0 if self._has_sockets else _free_port()
        self._access = access
        self._rates = rates
        self._limits = limits
        self._home_minutes = home_minutes
        """Most tests wait for what they opened or pressed, so App Home isn't kept up to date beside that.
        ``None``: as the settings say."""
        self._environment = environment or {}
        self._config = config
        """The TOML file; ``{alice}`` stands for alice's member ID."""
        self._api_key = api_key
        self._asks_first = asks_first
        self._waits = waits
        self._tests = 0
        self._calls = self._requests = self._violations = self._failures = 0
        self._began = "0"
        """The timestamp of the last message before the test."""
        self._shared: frozenset[str] = frozenset()
        """The conversations that are no test's own."""
        self._of_others: frozenset[str] = frozenset()
        """The conversations of earlier tests."""
        self._bot: Bot | None = None

    # ---- start and stop

    def settings(self) -> Settings:
        """Return the settings from the environment."""
        env = {
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_APP_TOKEN": self.slack.app_token,
            "SLACK_API_URL": self.slack.api_url,
            "DKU_DSS_URL": self.dss.url,
            "DKU_API_KEY": self._api_key(self.dss) if self._api_key else self.dss.admin_key,
            "DSS_BOT_ACCESS": self._access,
            "DSS_BOT_HTTP_PORT": "0",
            "DATABASE_URL": os.environ.get("TEST_DATABASE_URL", f"sqlite:///{self.folder / 'bot.sqlite3'}"),
        }
        if not self._has_sockets:
            env |= {"SLACK_SIGNING_SECRET": self.slack.signing_secret, "PORT": str(self.http_port)}
            del env["SLACK_APP_TOKEN"]
        if self._config:
            people = {user.name: user.id for user in self.slack._world.users.values()}
            file = self.folder / "bot.toml"
            file.write_text(self._config.format_map(people))
            env["DSS_BOT_CONFIG"] = str(file)
        given = env | self._environment
        return read_settings(given, lambda path: Path(path).read_text(), self.folder)

    @property
    def bot(self) -> Bot:
        """The bot, which must be running."""
        assert self._bot is not None
        return self._bot

    def start_bot(self) -> Bot:
        """Start a bot on the same database."""
        self._bot = self._new_bot()
        self._bot.start()
        if not self._has_sockets:
            self.slack.deliver_to(f"http://127.0.0.1:{self.http_port}/slack/events")
        else:
            self.until(lambda: self.slack.sockets)
        return self._bot

    @contextmanager
    def replica(self) -> Iterator[Bot]:
        """Run one more bot on the same database; Slack's deliveries go to both in turn."""
        bot = self._new_bot()
        bot.start()
        try:
            self.until(lambda: self.slack.sockets > 1 or None)
            yield bot
        finally:
            assert bot.stop()

    def _new_bot(self) -> Bot:
        settings = self.settings()
        often = dataclasses.replace(settings.following, tick_seconds=0.05, requests_per_second=50.0)
        seen = dataclasses.replace(settings.visibility, ask_before_first_post=self._asks_first)
        slack = settings.slack
        if self._home_minutes is not None:
            slack = dataclasses.replace(slack, home_minutes=self._home_minutes)
        return Bot(
            dataclasses.replace(settings, following=often, limits=self._limits, visibility=seen, slack=slack),
            clock=lambda: datetime.now(UTC) + self._ahead,
            rates=self._rates,
            patience=self._waits,
        )

    def stop_bot(self) -> None:
        """Stop the bot as SIGTERM does."""
        if self._bot is not None:
            stopped = self._bot.stop()
            self._bot = None
            assert stopped

    def __enter__(self) -> Self:
        sqlite_with_tables(self.folder)
        self.dss.start()
        self.slack.start()
        self.start_bot()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _value: BaseException | None, _tb: TracebackType | None
    ) -> None:
        try:
            self.stop_bot()
        finally:
            self.slack.stop()
            self.dss.stop()
        if kind is None:
            self.check()

    def begin(self) -> None:
        """Begin a test: a new channel, no open dialogs, and nothing seen so far."""
        self._tests += 1
        world = self.slack._world
        with world.edit():
            channels = {one.id for one in world.channels.values() if one.im_user is None}
            self._shared = self._shared or frozenset(channels)
            self._of_others = frozenset(channels - self._shared)
            world.stacks.clear()
        self.channel = f"data-{self._tests}"
        self.slack.add_channel(self.channel)
        self.expected_failures = 0
        self.leaves = frozenset()
        self._requests = len(self.dss.requests)
        self.forget_messages()

    def forget_messages(self) -> None:
        """Have `roots` and `answers` return only what comes from now on."""
        with self.slack._world.edit():
            self._began = self.slack._world.next_ts()

    def finish(self) -> None:
        """End a test: stop everything in DSS, let the bot come to rest, and check what Slack received."""
        self.dss.faults.clear()
        self.slack.faults.clear()
        self.dss.world._next.clear()
        self.dss.world.crash()
        if self._bot is not None:
            left = self._left | dict.fromkeys(self.leaves, math.inf)
            await_rest(self._bot, self.slack, self.dss, left=left, within=LONG)
            self._left = left_behind(self._bot)
        self.check()

    def check(self) -> None:
        """Check everything that Slack received since the last check."""
        calls, violations, failures = self.slack.calls, self.slack.violations, self.slack.failures
        new_calls = [call.args for call in calls[self._calls :]]
        new_violations, new_failures = violations[self._violations :], failures[self._failures :]
        self._calls, self._violations, self._failures = len(calls), len(violations), len(failures)
        acks, self.acks = self.acks, []
        assert new_violations == []
        expected, self.expected_failures = self.expected_failures, 0
        assert len(new_failures) == expected, new_failures
        safety.check(new_calls + acks, [user.id for user in self.slack._world.users.values()])

    def idle(self) -> bool:
        """Return whether the bot has nothing left to do."""
        store = self.bot.store
        counts = store.outbox.counts()
        return not (
            store.intents.open_count()
            or store.jobs.followed_count()
            or counts.get("due")
            or counts.get("sending")
        )

    def later(self, **time: float) -> None:
        """Move the bot's clock forward instead of waiting; it stays there, because clocks don't go back."""
        self._ahead += timedelta(**time)

    # ---- what people do

    def type(
        self,
        text: str,
        *,
        user: str = "alice",
        channel: str | None = None,
        smart: bool = False,
        raw: bool = False,
    ) -> Delivery:
        """Type a command and wait until it is acknowledged."""
        command, _, rest = text.partition(" ")
        person = self.slack.as_user(user)
        return self._acknowledged(
            person.command(command, rest, channel or self.channel, smart=smart, raw=raw)
        )

    def press(
        self,
        where: Message | View,
        action: str,
        *,
        user: str = "alice",
        value: str | None = None,
        stale: bool = False,
    ) -> Delivery:
        """Press a button, confirm its dialog, and wait until that is acknowledged.

        If several buttons have the same action and different numbers, this presses the first.
        """
        person = self.slack.as_user(user)
        now = where if stale else person.current(where)
        action_id = next((one for one in _action_ids(now) if action_ids.base(one) == action), action)
        return self._acknowledged(person.press(where, action_id=action_id, value=value, stale=stale))

    def select(
        self, where: Message | View, action: str, choice: str | list[str], *, user: str = "alice"
    ) -> Delivery:
        """Choose in a list and wait until that is acknowledged."""
        return self._acknowledged(self.slack.as_user(user).select(where, action, choice))

    def change_account(self, user: str, **changes: object) -> None:
        """Change somebody's account, and wait until a bot that knows them has heard of it."""
        accounts, user_id = self.bot.store.slack_accounts, self.slack.user_id(user)
        before = accounts.version(user_id)
        assert self.slack.as_user(user).change_account(**changes) is not None
        self.until(lambda: before is None or accounts.version(user_id) != before or None)

    def _acknowledged(self, delivery: Delivery) -> Delivery:
        delivery.wait(self.patience)
        assert delivery.acked, delivery.error
        self.acks.append(delivery.ack_payload)
        return delivery

    # ---- what people see

    def until(self, predicate: Callable[[], T | None], timeout: float = LONG) -> T:
        """Wait until the predicate is true; the bot's own changes wake the wait."""
        value = self.slack.wait_until(predicate, timeout)
        assert value is not None
        return value

    def roots(self, channel: str | None = None) -> list[Message]:
        """Return the messages of a channel since the test began that aren't in a thread."""
        return [one for one in self.slack.messages(channel or self.channel) if one.ts > self._began]

    def root(self, *containing: str, channel: str | None = None) -> Message:
        """Wait for a root message that contains all these texts, and return it."""
        return self.until(lambda: _first(self.roots(channel), containing))

    def now(self, root: Message) -> Message:
        """Return the current version of a root message, with its replies."""
        return next(m for m in self.slack.messages(root.channel) if m.ts == root.ts)

    def reply(self, root: Message, *containing: str) -> Message:
        """Wait for a reply in a thread that contains all these texts, and return it."""
        return self.until(lambda: _first(self.now(root).replies, containing))

    def answers(self, user: str = "alice") -> list[Message]:
        """Return the ephemeral messages to one person since the test began, in no earlier test's channel."""
        shown = self.slack.ephemerals(user)
        return [one for one in shown if one.ts > self._began and one.channel not in self._of_others]

    def told(self, *containing: str, user: str = "alice") -> Message:
        """Wait for an ephemeral answer that contains all these texts, and return it."""
        return self.until(lambda: _first(self.answers(user), containing))

    def dialog(self, *containing: str, user: str = "alice") -> View:
        """Wait until a person's dialog shows all these texts, and return it."""
        return self.until(
            lambda: next(
                (view for view in self.slack.views(user) if all(text in shown(view) for text in containing)),
                None,
            )
        )

    def direct(self, *containing: str, user: str = "alice") -> Message:
        """Wait for a direct message from the bot that contains all these texts, and return it."""
        channel = self.slack.dm(user)
        return self.root(*containing, channel=channel)

    # ---- what DSS receives

    def requested(self, method: str, end: str) -> list[str]:
        """Return the paths of DSS's calls since the test began, by method and end of the path."""
        return [
            call.path
            for call in self.dss.requests[self._requests :]
            if call.method == method and call.path.rstrip("/").endswith(end)
        ]

    def starts(self) -> list[dict[str, object]]:
        """Return the definitions of the jobs that the bot asked DSS to start since the test began."""
        return [
            call.body
            for call in self.dss.requests[self._requests :]
            if call.method == "POST"
            and call.path.rstrip("/").endswith("/jobs")
            and isinstance(call.body, dict)
        ]

    def newest(self, project: str = "CHURN") -> Job:
        """Return a project's newest job."""
        return self.dss.world.jobs.of_project(project)[-1]

    def slow(self, dataset: str, project: str = "CHURN", *, ignores_abort: bool = False) -> None:
        """Make the next job, which builds ``dataset``, run until something happens to it."""
        target = Target(project=project, kind=DATASET, id=dataset, label=dataset, partition="NP")
        step = Step(
            id=f"compute_{dataset}_NP", recipe=f"compute_{dataset}", duration_ms=FOREVER_MS, targets=(target,)
        )
        self.dss.world.plan_next(activities=[step], ignores_abort=ignores_abort)

    def elsewhere(self, dataset: str, project: str = "CHURN", *, by: str = "bob") -> Job:
        """Start a job in DSS, not from Slack, that runs until something happens to it."""
        self.slow(dataset, project)
        world = self.dss.world
        job = world.start(project, {"outputs": [{"id": dataset}]}, initiator=by)
        self.until(lambda: job.head(world.now()).state == "RUNNING")
        return job

    def forget(self, job: Job) -> None:
        """Make DSS end a job and forget it."""
        with self.dss.world.lock:
            job.life.stop_at = self.dss.world.now()
            self.dss.world.delete_job(job.project, job.id)

    def finish_job(self, job: Job) -> None:
        """Let a slow job finish successfully now."""
        world = self.dss.world
        with world.lock:
            done = world.now() - job.life.initiated
            job.plan = stretched(job.plan, max(done, 1))


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def shown(message: Message | View | object) -> str:
    """Return everything that a message, a view, or an acknowledgement shows."""
    if isinstance(message, Message):
        return "\n".join([message.text, *_texts(message.blocks)])
    return "\n".join(_texts(message.blocks if isinstance(message, View) else message))


def has_button(message: Message | View, action: str) -> bool:
    """Return whether a message has a button with this action."""
    return any(action_ids.base(one) == action for one in _action_ids(message))


def ref(job: Job) -> str:
    """Return a job's name as people type it."""
    return f"{job.project}/{job.id}"


def _first(messages: list[Message] | tuple[Message, ...], containing: tuple[str, ...]) -> Message | None:
    return next((m for m in messages if all(text in shown(m) for text in containing)), None)


def _action_ids(where: Message | View) -> list[str]:
    return [
        str(element["action_id"])
        for block in where.blocks
        for element in (*block.get("elements", ()), block.get("accessory") or {})
        if isinstance(element, dict) and "action_id" in element
    ]


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        own = [value[key] for key in ("title", "text", "caption") if isinstance(value.get(key), str)]
        return own + [text for inner in value.values() for text in _texts(inner)]
    if isinstance(value, list | tuple):
        return [text for inner in value for text in _texts(inner)]
    return []
