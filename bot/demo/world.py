"""The sandbox and the bot in one process: all files in a temporary folder, all traffic on loopback."""

import dataclasses
import logging
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import structlog

from bot.app.wiring import Bot
from bot.demo.completion import Vocabulary
from bot.demo.markup import Reader
from bot.domain.approvals import ApprovalRules
from bot.domain.features import SCOPE_OF
from bot.domain.slack_rates import SlackRates
from bot.ops import logging_setup
from bot.sandbox.dss import DssSandbox
from bot.sandbox.dss.model import DATASET, User
from bot.sandbox.slack import SlackSandbox
from bot.settings import Settings, read_settings

PEOPLE = ("alice", "bob", "carol", "claire", "guest", "stranger")
FRENCH = "claire"
"""Reads Slack in French."""
SHARED = "partners"
"""The channel shared with another organization, and the only one the stranger is in."""
APPROVER = "carol"
CHANNELS = ("data", "random", SHARED)
TICK_SECONDS = 0.2
JOBS_OFFERED = 12
DSS_REQUESTS_PER_SECOND = 20.0
DEADLINE_SECONDS = 3.0
"""Slack's, for both (SLACK-FACTS.md §1.1)."""

_WORD = re.compile(r"[\w.-]{1,60}")


class World:
    """A DSS, a Slack workspace, and the bot connecting them. Use it as a context manager.

    Args:
        speed: how many simulated seconds pass per real second. All clocks that people see agree on it.
        protected: keys of projects in which a build needs a second person's approval, such as carol's.
        dialogs: whether they can be opened. A terminal draws none: there, the bot answers with messages.
        deadline: real seconds to acknowledge and to open a dialog, however fast time runs.
    """

    def __init__(
        self,
        speed: float,
        *,
        protected: Sequence[str] = (),
        dialogs: bool = True,
        deadline: float = DEADLINE_SECONDS,
    ) -> None:
        self.speed = speed
        self._protected = tuple(protected)
        self.dss = DssSandbox(speed=speed)
        scopes = tuple(SCOPE_OF.values())
        self.slack = SlackSandbox(
            clock=lambda: self.dss.world.now() / 1000,
            scopes=scopes,
            ack_timeout=deadline,
            trigger_lifetime=deadline * speed,
        )
        if not dialogs:
            self.slack.faults.add("views.open", kind="error:expired_trigger_id")
        self.folder = Path()
        self.keep_log = False
        """Set when somebody will want to read the log."""
        self.bot: Bot | None = None
        self._open = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as opening:
            self.folder = Path(tempfile.mkdtemp(prefix="dss-bot-demo-"))
            opening.callback(self._clear)
            opening.enter_context(self.dss)
            opening.enter_context(self.slack)
            self.slack.add_channel(SHARED, shared=True)
            self._add_french_person()
            for project in self._protected:
                self.dss.world.grant(APPROVER, project)
            settings = self._settings()
            opening.enter_context(_logging_to(self.log, settings))
            self.bot = Bot(
                settings,
                clock=self.now,
                rates=self._rates(),
                uptime=lambda: self.now().timestamp(),
            )
            opening.callback(self.bot.stop)
            self.bot.start()
            self._open = opening.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def _add_french_person(self) -> None:
        self.slack.add_user(FRENCH, locale="fr-FR")
        self.dss.world.add_user(User(login=FRENCH, name="Claire Petit", email=f"{FRENCH}@example.com"))
        for project in ("CHURN", "SALES"):
            self.dss.world.grant(FRENCH, project)

    @property
    def log(self) -> Path:
        """The path of the bot's log."""
        return self.folder / "bot.log"

    def now(self) -> datetime:
        """Return the simulated time."""
        return datetime.fromtimestamp(self.dss.world.now() / 1000, UTC)

    def reader(self) -> Reader:
        """Return who is reading the terminal now."""
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
        """Return whether the bot still has a command to process or a message to send."""
        assert self.bot is not None
        counts = self.bot.store.outbox.counts()
        return bool(self.bot.store.intents.open_count() or counts.get("due") or counts.get("sending"))

    def following(self) -> bool:
        """Return whether the bot follows a job that hasn't ended."""
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
        approvals = ApprovalRules(projects=self._protected)
        unasked = dataclasses.replace(settings.visibility, ask_before_first_post=False)
        return dataclasses.replace(settings, following=lively, approvals=approvals, visibility=unasked)

    def _rates(self) -> SlackRates:
        """Return Slack's rate limits, scaled to the simulated time."""
        usual = SlackRates()
        return SlackRates(
            post_channel_ms=round(usual.post_channel_ms / self.speed),
            post_workspace_ms=round(usual.post_workspace_ms / self.speed),
            update_ms=round(usual.update_ms / self.speed),
        )

    def _clear(self) -> None:
        """Remove the folder; keep the log if it is wanted."""
        if not self.keep_log:
            shutil.rmtree(self.folder, ignore_errors=True)
            return
        for path in self.folder.iterdir():
            if path != self.log:
                path.unlink()


@contextmanager
def _logging_to(path: Path, settings: Settings) -> Iterator[None]:
    """Write all logging to a file, which nobody sees unless something fails."""
    root = logging.getLogger()
    before, structured = (list(root.handlers), root.level), structlog.get_config()
    with path.open("w", encoding="utf-8") as file:
        logging_setup.configure(settings.log, settings.secrets(), file)
        try:
            yield
        finally:
            root.handlers, root.level = before
            structlog.configure(**structured)
            logging.captureWarnings(capture=False)
