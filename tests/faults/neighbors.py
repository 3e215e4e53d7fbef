"""One job that garbage hits, and its neighbors: three jobs of two people on one DSS, in one workspace.

The bot runs in this process. DSS's clock stands still unless the story moves it. The bot's clock runs, and
the story advances it when the bot waits for something that only time brings.
"""

import dataclasses
import re
import shutil
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from bot.app.wiring import Bot
from bot.domain.slack_rates import SlackRates
from bot.dss import session
from bot.sandbox.dss import DssSandbox, ManualClock
from bot.sandbox.slack import Message, SlackSandbox
from bot.settings.reading import read_settings
from bot.store import Database, Store, migrate
from bot.workers import log_excerpts, status_calls
from tests.faults.answers import Answer, Asked, Garbage, Replacing
from tests.faults.world import _COMPILING as COMPILING
from tests.faults.world import SCOPES

ASK, RUN, END = 1, 2, 3
"""The phases of the story."""
HIT, OTHERS = "hit", "data"
"""The channels of the hit job and of its neighbors."""
PROJECT = "SALES"
"""The hit job's project; nobody else builds there."""
BUILT = f"{PROJECT}.revenue"
QUICK = SlackRates(post_channel_ms=0, post_workspace_ms=0, update_ms=0)
DSS_TIMEOUT, SLACK_TIMEOUT = 2.0, 2
"""Seconds, instead of 30 and 10."""
DEADLINE = 2.5
"""Maximum total seconds of an answer from DSS, instead of 300, or 10 for a status and 15 for an excerpt."""
status_calls.QUICK_WITHIN = log_excerpts.LOG_WITHIN = session._ERROR_SECONDS = DEADLINE
PATIENCE = 40.0
"""Real seconds within which the neighbors must get their news."""
LATEST = timedelta(hours=3)
"""By the bot's clock: the deadline for the person with the hit job to learn what happened to it."""

_JOB = re.compile(r"/jobs/(?!running)[^/]+")
_BASE = re.compile(r"^/(?:public/api|dip/publicapi)")


@dataclasses.dataclass(frozen=True, order=True)
class Spot:
    """A target: a kind of call or a column of a table, in a phase of the story."""

    phase: int
    kind: str
    """``dss``, ``slack`` or ``row``."""
    what: str

    def __str__(self) -> str:
        return f"phase {self.phase}, {self.kind}: {self.what}"


@dataclasses.dataclass(frozen=True, order=True)
class Aim:
    """Where garbage appears, which, and how often."""

    spot: Spot
    garbage: str
    """Its name in the catalog."""
    for_good: bool = False
    """Every time from this phase on; otherwise once."""

    def __str__(self) -> str:
        return f"{self.garbage}{', for good' if self.for_good else ''}, at {self.spot}"


class Neighbors:
    """The whole setup of a run. Use it as a context manager."""

    def __init__(
        self,
        folder: Path,
        aim: Aim | None = None,
        garbage: Garbage | None = None,
        *,
        database: str | None = None,
    ) -> None:
        """Prepare a run.

        Args:
            folder: empty, for the database; removed at the end.
            aim: what is hit.
            garbage: the replacement, if an answer is hit.
            database: address; a SQLite file in the folder by default.
        """
        self.folder = folder
        self.aim = aim
        self.garbage = garbage
        self.phase = 0
        self.seen: set[Spot] = set()
        self.fired = 0
        self.failing: set[str] = set()
        """The bot's loops that failed, with their errors."""
        self.blocked = False
        """Whether the hit job's messages can't reach Slack at the moment."""
        self.answered = True
        """Whether each of alice's questions got an answer."""
        self.looks = 0
        """How many times the bot polled the list of running jobs."""
        self._address = database or f"sqlite:///{folder / 'bot.sqlite3'}"
        self._ahead = timedelta(0)
        self._lock = threading.Lock()
        self.clock = ManualClock(time.time())
        self.began_ms = self.clock.now_ms()
        with COMPILING:
            self.dss = DssSandbox(clock=self.clock)
            self.slack = SlackSandbox(rates=False, scopes=SCOPES)
        self.slack.add_channel(HIT)
        self._hit_places = {self.slack.channel_id(HIT), self.slack.user_id("alice"), self.slack.dm("alice")}
        self._bot: Bot | None = None
        self.engine: Engine = create_engine(self._address, poolclass=NullPool)

    # ---- start and stop

    def __enter__(self) -> Self:
        self.dss.start()
        self.slack.start()
        # The servers look up their application at each request.
        dss, slack = self.dss._server, self.slack._server._server
        assert dss is not None
        dss.app = Replacing(dss.app, self._for_dss)
        slack.app = Replacing(slack.app, self._for_slack)
        self.start_bot()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping = threading.Thread(target=self._stop, name="stopping")
        self.stopping.start()

    def _stop(self) -> None:
        """Stop everything. This takes seconds, mostly waiting, during which another run can proceed."""
        if self._bot is not None:
            for loop in self._bot._loops:
                loop.stop()
        self.stop_bot()
        self.slack.stop()
        self.dss.stop()
        self.engine.dispose()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start_bot(self) -> None:
        """Start a bot on the database."""
        environment = {
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_APP_TOKEN": self.slack.app_token,
            "SLACK_API_URL": self.slack.api_url,
            "DKU_DSS_URL": self.dss.url,
            "DKU_API_KEY": self.dss.admin_key,
            "DSS_BOT_ACCESS": "dss",
            "DSS_BOT_HTTP_PORT": "0",
            "DATABASE_URL": self._address,
        }
        settings = read_settings(environment, lambda path: Path(path).read_text(), self.folder)
        settings = dataclasses.replace(
            settings,
            following=dataclasses.replace(settings.following, tick_seconds=0.1, requests_per_second=50.0),
            instances=tuple(dataclasses.replace(one, read_timeout=DSS_TIMEOUT) for one in settings.instances),
            visibility=dataclasses.replace(settings.visibility, ask_before_first_post=False),
        )
        is_sqlite = self._address.startswith("sqlite")
        database = Database(self._address, clock=self.now if is_sqlite else None)
        migrate(database)
        self._bot = Bot(settings, clock=self.now, rates=QUICK, store=Store(database))
        self._bot.client.timeout = SLACK_TIMEOUT
        for one in self._bot._gateways.values():
            one._client._transport._answer_timeout = DEADLINE
        self._bot.start()
        self.until(lambda: self.slack.sockets > 0, PATIENCE)

    def stop_bot(self) -> None:
        """Stop the bot as SIGTERM does."""
        if self._bot is not None:
            self._bot.stop()
            self._bot = None

    # ---- time

    def now(self) -> datetime:
        """Return the bot's time."""
        return datetime.now(UTC) + self._ahead

    def let_pass(self, seconds: float) -> None:
        """Let time pass for the bot only."""
        self._ahead += timedelta(seconds=seconds)

    def advance(self, seconds: float) -> None:
        """Let time pass for DSS and the bot."""
        self.clock.advance(seconds)
        self.let_pass(seconds)

    def until(self, predicate: Callable[[], object], seconds: float, *, hurry_after: float = 1e9) -> bool:
        """Wait until the predicate is true; return whether that happened.

        Args:
            predicate: the condition.
            seconds: maximum wait, in real seconds.
            hurry_after: real seconds after which the bot's time runs a hundred times as fast.
        """
        began = time.monotonic()
        while not predicate():
            self._look_at_loops()
            waited = time.monotonic() - began
            if waited > seconds:
                return False
            if waited > hurry_after:
                self.let_pass(2.0)
            time.sleep(0.02)
        return True

    def until_told(self, predicate: Callable[[], object]) -> bool:
        """Wait, by the bot's clock, as long as somebody might wait for news; return whether it arrived."""
        if self.until(predicate, 1.0):
            return True
        latest = self.now() + LATEST
        step = 5.0
        while self.now() < latest:
            self.let_pass(step)
            if self.until(predicate, 0.15):
                return True
            step = min(step * 1.3, 900.0)
        return self.until(predicate, 2.0)

    def _look_at_loops(self) -> None:
        if self._bot is not None:
            found = {f"{one.name}: {one.failing}" for one in self._bot._loops if one.failing}
            self.failing |= {re.sub(r"\d{2,}", "N", said)[:160] for said in found}

    # ---- what people see

    def roots(self, channel: str) -> list[Message]:
        """Return the messages of a channel that aren't in a thread."""
        return self.slack.messages(channel)

    def answers(self) -> list[Message]:
        """Return what only alice saw."""
        return self.slack.ephemerals("alice") + self.slack.messages(self.slack.dm("alice"))

    def execute(self, statement: str, **values: Any) -> int:
        """Write to the database behind the bot's back; return the number of rows."""
        for _ in range(50):
            try:
                with self.engine.begin() as connection:
                    return connection.execute(text(statement), values).rowcount
            except DBAPIError:  # locked
                time.sleep(0.05)
        raise AssertionError("the database stays locked")

    def count(self, query: str) -> int:
        """Query the database behind the bot's back."""
        try:
            with self.engine.connect() as connection:
                return int(connection.execute(text(query)).scalar_one())
        except DBAPIError:
            return 0

    # ---- what garbage hits

    def _for_dss(self, asked: Asked) -> Garbage | None:
        path = _BASE.sub("", asked.path)
        what = f"{asked.method} {_JOB.sub('/jobs/JOB', path)}"
        self.looks += path == "/jobs/running/"
        if (
            path.startswith("/projects/")
            and path != "/projects/"
            and not path.startswith(f"/projects/{PROJECT}/")
        ):
            return None
        return self._choose("dss", what)

    def _for_slack(self, asked: Asked) -> Garbage | None:
        method = asked.path.removeprefix("/api/")
        if asked.path.startswith("/hooks/"):
            return self._choose("slack", "response_url")
        users = {asked.values.get(name) for name in ("channel", "user", "user_id", "users")}
        if not users & self._hit_places:
            return None
        if method == "chat.postMessage":
            place = asked.values.get("channel")
            kind = "root" if place == self.slack.channel_id(HIT) else "direct"
            method += " reply" if asked.values.get("thread_ts") else f" {kind}"
        if self.blocked and method.startswith("chat."):
            return Garbage("blocked", lambda _: Answer(503, b"", "text/html"), effect=False)
        return self._choose("slack", method)

    def _choose(self, kind: str, what: str) -> Garbage | None:
        spot = Spot(self.phase, kind, what)
        with self._lock:
            self.seen.add(spot)
            aim = self.aim
            if aim is None or (aim.spot.kind, aim.spot.what) != (kind, what):
                return None
            if self.phase < aim.spot.phase or (not aim.for_good and self.fired):
                return None
            self.fired += 1
            return self.garbage
