"""The sandbox and the bot in one process: everything in a temporary folder, everything on loopback."""

import dataclasses
import logging
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import structlog

from bot import logs
from bot.app import Bot
from bot.demo.completing import Vocabulary
from bot.demo.markup import Reader
from bot.facts.rates import Rates
from bot.sandbox.dss import DssSandbox
from bot.sandbox.dss.model import DATASET
from bot.sandbox.slack import SlackSandbox
from bot.settings import Settings, read_settings

PEOPLE = ("alice", "bob", "carol", "guest", "stranger")
SHARED = "partners"
"""The channel that another organisation reads too: the only one where the stranger is."""
CHANNELS = ("data", "random", SHARED)
TICK_SECONDS = 0.2
JOBS_OFFERED = 12
DSS_REQUESTS_PER_SECOND = 20.0

_WORD = re.compile(r"[\w.-]{1,60}")


class World:
    """A DSS, a Slack workspace and the bot between them. Use it as a context manager.

    Args:
        speed: how many seconds pass here in one second. All clocks that people see agree on it.
    """

    def __init__(self, speed: float) -> None:
        self.speed = speed
        self.dss = DssSandbox(speed=speed)
        self.slack = SlackSandbox(clock=lambda: self.dss.world.now() / 1000)
        self.folder = Path()
        self.keep_log = False
        """Set when somebody will want to read it."""
        self.bot: Bot | None = None
        self._open = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as opening:
            self.folder = Path(tempfile.mkdtemp(prefix="dss-bot-demo-"))
            opening.callback(self._clear)
            opening.enter_context(self.dss)
            opening.enter_context(self.slack)
            self.slack.add_channel(SHARED, shared=True)
            settings = self._settings()
            opening.enter_context(_logging_to(self.log, settings))
            self.bot = Bot(settings, clock=self.now, rates=self._rates())
            opening.callback(self.bot.stop)
            self.bot.start()
            self._open = opening.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @property
    def log(self) -> Path:
        """Where the bot logs."""
        return self.folder / "bot.log"

    def now(self) -> datetime:
        """Return the time in this world."""
        return datetime.fromtimestamp(self.dss.world.now() / 1000, UTC)

    def reader(self) -> Reader:
        """Return whoever looks at the terminal now."""
        return Reader(now=self.now(), people=self.people, channels=self.channels)

    @property
    def people(self) -> Mapping[str, str]:
        """Names by user id."""
        names = {self.slack.user_id(name): name for name in PEOPLE}
        return names | {self.slack.bot_user_id: "dss-bot"}

    @property
    def channels(self) -> Mapping[str, str]:
        """Names by channel id."""
        return {self.slack.channel_id(name): name for name in CHANNELS}

    def vocabulary(self) -> Vocabulary:
        """Return the names that can be typed."""
        dss = self.dss.world
        with dss.lock:
            projects = list(dss.projects.values())
            jobs = [job for project in projects for job in dss.jobs.of_project(project.key)]
        return Vocabulary(
            people=PEOPLE,
            channels=CHANNELS,
            datasets={
                one.key: [item.name for item in one.of_kind(DATASET) if _WORD.fullmatch(item.name)]
                for one in projects
            },
            jobs=[job.id for job in sorted(jobs, key=lambda job: -job.life.initiated)][:JOBS_OFFERED],
        )

    def busy(self) -> bool:
        """Say whether the bot has something to do for a command, or to send."""
        assert self.bot is not None
        counts = self.bot.store.outbox.counts()
        return bool(self.bot.store.intents.open_count() or counts.get("due") or counts.get("sending"))

    def following(self) -> bool:
        """Say whether a job is followed that has not ended."""
        assert self.bot is not None
        return bool(self.bot.store.jobs.followed_count())

    def _settings(self) -> Settings:
        environment = {
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_APP_TOKEN": self.slack.app_token,
            "SLACK_API_URL": self.slack.api_url,
            "DKU_DSS_URL": self.dss.url,
            "DKU_API_KEY": self.dss.admin_key,
            "DSS_BOT_HTTP_PORT": "0",
            "DATABASE_URL": f"sqlite:///{self.folder / 'bot.sqlite3'}",
        }
        settings = read_settings(environment, lambda path: Path(path).read_text(), self.folder)
        lively = dataclasses.replace(
            settings.following, tick_seconds=TICK_SECONDS, requests_per_second=DSS_REQUESTS_PER_SECOND
        )
        return dataclasses.replace(settings, following=lively)

    def _rates(self) -> Rates:
        """Return Slack's rates, in the time of this world."""
        usual = Rates()
        return Rates(
            post_channel_ms=round(usual.post_channel_ms / self.speed),
            post_workspace_ms=round(usual.post_workspace_ms / self.speed),
            update_ms=round(usual.update_ms / self.speed),
        )

    def _clear(self) -> None:
        """Remove the folder, or all of it but the log when that is wanted."""
        if not self.keep_log:
            shutil.rmtree(self.folder, ignore_errors=True)
            return
        for path in self.folder.iterdir():
            if path != self.log:
                path.unlink()


@contextmanager
def _logging_to(path: Path, settings: Settings) -> Iterator[None]:
    """Let everything that is logged go into a file, which nobody sees unless something fails."""
    root = logging.getLogger()
    before, structured = (list(root.handlers), root.level), structlog.get_config()
    with path.open("w", encoding="utf-8") as file:
        logs.configure(settings.log, settings.secrets(), file)
        try:
            yield
        finally:
            root.handlers, root.level = before
            structlog.configure(**structured)
            logging.captureWarnings(capture=False)
