"""A DSS, a Slack workspace, and between them a bot in a process that can be killed and is started again."""

import multiprocessing
import os
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self, TypeVar

from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from bot.sandbox.dss import DssSandbox, ManualClock, Recorded
from bot.sandbox.slack import Delivery, Message, SlackSandbox
from bot.slack.views import ids
from tests.faults import child
from tests.faults.board import Board
from tests.faults.child import Orders
from tests.faults.normal import conversation, jobs
from tests.faults.points import Place, Places, Point

T = TypeVar("T")

HISTORY = ("channels:history", "groups:history", "im:history")
RESTART_SECONDS = 21.0
"""How long a killed bot is away, by its own clock: its leases (20 s at most) have ended then."""
PATIENCE = 1.5
"""Real seconds without what the story waits for; from then on its time passes faster."""
TRIES = 15
"""How often somebody asks again who is told that it failed."""
GIVE_UP = 60.0
"""Real seconds until a run is called stuck."""
LATE = "which was not waiting for one"
"""What the stand-in says of an acknowledgement that came after it had given up."""
SETBACKS = ("not known whether", "ry again", "went wrong", "may be wrong")
"""In every answer that says that nothing came of what was asked for."""
_JOB = re.compile(r"/jobs/[^/]+")

# Children come from a server that has imported the bot once: a real process each, without the second that
# importing takes. They share nothing with this process but the mapped file.
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.faults.child"])

_COMPILING = threading.Lock()
"""Werkzeug compiles its routes with `ast`, which CPython 3.11 does not bear in two threads at once: it raises
`SystemError` now and then."""


class Stuck(AssertionError):
    """What the story waits for does not come."""


@dataclass(frozen=True)
class Trouble:
    """Something that goes wrong for a while from the beginning of a phase on."""

    name: str
    phase: int
    begin: Callable[["World"], None]
    end: Callable[["World"], None] = lambda _world: None
    seconds: float = 0.0
    """Real seconds between the two."""
    patient: bool = False
    """Whether `begin` is waited for before the phase's own events; else it goes on beside them."""

    def __str__(self) -> str:
        return f"{self.name} in phase {self.phase}"


class World:
    """Everything of one run. Use it as a context manager."""

    def __init__(
        self,
        folder: Path,
        *,
        point: Point | None = None,
        trouble: Trouble | None = None,
        database: str | None = None,
        impatient: bool = True,
        scopes: tuple[str, ...] = HISTORY,
    ) -> None:
        """Prepare a run.

        Args:
            folder: empty, for the database and the log.
            point: what goes wrong, and where.
            trouble: what goes wrong for a while.
            database: address; default a SQLite file in the folder.
            impatient: whether the bot's time passes faster when nothing happens.
            scopes: what the bot's token has besides the usual ones.
        """
        self.folder = folder
        self.board = Board(folder / "board")
        self.clock = ManualClock(time.time())
        with _COMPILING:
            self.dss = DssSandbox(clock=self.clock)
            self.slack = SlackSandbox(rates=False, scopes=scopes)
        self.places = Places()
        self.point = point
        self.trouble = trouble
        self.deliveries: list[Delivery] = []
        """What people did, oldest first."""
        self._spoilers: list[threading.Thread] = []
        self.starts = 0
        self.polls = 0
        """Looks of the waiter's that were answered."""
        self._database = database
        self._impatient = impatient
        self._lock = threading.Lock()
        self._life = threading.RLock()
        # Held whenever a process is asked after: its handle is not made for two threads.
        self._serving: dict[int, Place] = {}
        self._processes: dict[str, multiprocessing.process.BaseProcess] = {}
        self.unwatched: set[str] = set()
        """Names of processes that stay dead."""
        self.dss.on_request(self._dss_called)
        self.slack.on_request(self._slack_called)
        with self.dss.world.lock:
            self._before = frozenset(
                (job.project, job.id)
                for project in self.dss.world.projects
                for job in self.dss.world.jobs.of_project(project)
            )

    # ---- life

    def __enter__(self) -> Self:
        self.dss.start()
        self.slack.start()
        return self

    def __exit__(self, *_: object) -> None:
        for thread in self._spoilers:
            thread.join()
        for process in self._processes.values():
            process.kill()
            process.join()
            process.close()
        self.slack.stop()
        self.dss.stop()
        self.board.close()

    @property
    def address(self) -> str:
        """The database's address."""
        return self._database or f"sqlite:///{self.folder / 'bot.sqlite3'}"

    def start(self, name: str = "bot") -> None:
        """Start a bot, by itself in its process."""
        environment = {
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_APP_TOKEN": self.slack.app_token,
            "SLACK_API_URL": self.slack.api_url,
            "DKU_DSS_URL": self.dss.url,
            "DKU_API_KEY": self.dss.admin_key,
            "DSS_BOT_ACCESS": "open",
            "DSS_BOT_HTTP_PORT": "0",
            "DSS_BOT_LOG_FORMAT": "json",
            "DATABASE_URL": self.address,
        }
        point = self.point if self.point and self.point.place.kind == "commit" else None
        orders = Orders(
            environment, str(self.folder), name=name, point=point, database_clock=self._database is None
        )
        process = _CONTEXT.Process(target=child.main, args=(orders,), name=name, daemon=True)
        process.start()
        self._processes[name] = process
        self.starts += 1

    def kill(self, name: str = "bot") -> None:
        """End a bot with SIGKILL; returns when it is gone."""
        with self._life:
            process = self._processes[name]
            process.kill()
            process.join()

    def look_after(self) -> None:
        """Start again what was killed, some time later by its own clock."""
        with self._life:
            for name, process in list(self._processes.items()):
                if name not in self.unwatched and not process.is_alive():
                    process.close()
                    self.board.let_pass(RESTART_SECONDS)
                    self.start(name)

    # ---- what the story does

    def phase(self) -> None:
        """Go on to the next part of the story, when everything of this one is done."""
        polls = self.polls
        self.until(lambda: not self.followed() or self.polls >= polls + 2, "the waiter has looked")
        self.until(self.settled, "everything written is sent")
        self.board.phase += 1
        if self.trouble is not None and self.trouble.phase == self.board.phase:
            self._spoil(self.trouble)

    def advance(self, seconds: float) -> None:
        """Let time pass, for DSS and for the bot."""
        self.clock.advance(seconds)
        self.board.let_pass(seconds)

    def until(self, predicate: Callable[[], T | None], what: str) -> T:
        """Wait for something, and start the bot again whenever it is dead."""
        began = time.monotonic()
        hurried = began + PATIENCE
        while True:
            self.look_after()
            value = predicate()
            if value:
                return value
            now = time.monotonic()
            if now - began > GIVE_UP:
                raise Stuck(f"not within {GIVE_UP:g} s: {what}")
            if self._impatient and now > hurried:
                self.board.let_pass(3.0)
                hurried = now + 0.5
            time.sleep(0.02)

    def connected(self) -> bool:
        """Whether the bot hears Slack."""
        return self.slack.sockets > 0

    def settled(self) -> bool:
        """Whether the bot has nothing to do or to send at the moment."""
        return self.open_rows() == 0

    def open_rows(self) -> int:
        """Return how many intents and messages are under way."""
        return self._count(
            "SELECT (SELECT count(*) FROM messages WHERE state IN ('due', 'sending')) + "
            "(SELECT count(*) FROM intents WHERE state IN ('new', 'starting'))"
        )

    def followed(self) -> int:
        """Return how many watches are open."""
        return self._count("SELECT count(*) FROM watches WHERE closed_at IS NULL")

    def _count(self, asked: str) -> int:
        """Ask the database, as somebody who looks over the bot's shoulder."""
        engine = create_engine(self.address, poolclass=NullPool)
        try:
            with engine.connect() as connection:
                return int(connection.execute(text(asked)).scalar_one())
        except DBAPIError:
            return 1  # not migrated yet, locked, or restarting: nobody can tell that nothing is under way
        finally:
            engine.dispose()

    # ---- what people do

    def type(self, text: str, user: str = "alice") -> None:
        """Type a command; again whenever Slack says that it failed, as people do."""
        command, _, rest = text.partition(" ")
        self._insist(lambda: self.slack.as_user(user).command(command, rest, "data"), text)

    def build(self, dataset: str) -> Message:
        """Ask for a build until its root message is there; again only when an answer says that it failed."""
        return self.ask(
            lambda: self.type(f"/dss-build {dataset}"), lambda: _first(self.roots(), ("Waiting to start",))
        )

    def abort(self, root: Message) -> None:
        """Press Abort until it is taken; again only when an answer says that it failed."""
        self.ask(
            lambda: self._press(root, ids.JOB_ABORT),
            lambda: _first(self.now(root).replies, ("asked to abort",)),
        )

    def follow(self, job: str) -> None:
        """Ask to follow a job until it has its root message; again only when told that it failed."""
        self.ask(lambda: self.type(f"/dss-jobs follow {job}"), lambda: next(iter(self.roots()), None))

    def ask(self, act: Callable[[], None], seen: Callable[[], Message | None]) -> Message:
        """Act until something is seen."""
        for _ in range(TRIES):
            heard = self._setbacks()
            act()
            self.until(lambda: seen() or self._setbacks() > heard, "it is done, or told why not")  # noqa: B023
            shown = seen()
            if shown is not None:
                return shown
            time.sleep(1.0)  # nobody types faster
        raise Stuck("told again and again that it failed")

    def _setbacks(self) -> int:
        """Return how often alice was told that she did not get what she asked for, and may ask again."""
        return sum(
            any(words in answer.text for words in SETBACKS)
            for answer in self.slack.ephemerals("alice") + self.slack.messages(self.slack.dm("alice"))
        )

    def _press(self, root: Message, action: str, user: str = "alice") -> None:
        person = self.slack.as_user(user)
        found = next(
            element["action_id"]
            for block in self.now(root).blocks
            for element in block.get("elements", ())
            if ids.base(str(element.get("action_id"))) == action
        )
        self._insist(lambda: person.press(root, action_id=found), action)

    def _insist(self, act: Callable[[], Delivery], what: str) -> None:
        while True:
            self.until(self.connected, "a socket")
            delivery = act()
            self.deliveries.append(delivery)
            self.until(lambda: delivery.done, f"{what} is acknowledged")  # noqa: B023 - waited for here
            if delivery.acked:
                return

    # ---- what people see

    def roots(self) -> list[Message]:
        """Return the messages of the channel that are in no thread."""
        return self.slack.messages("data")

    def root(self, *containing: str) -> Message:
        """Wait for a root message that shows all these texts."""
        return self.until(lambda: _first(self.roots(), containing), f"a root with {containing}")

    def now(self, root: Message) -> Message:
        """Return a root message as it is now."""
        return next(one for one in self.roots() if one.ts == root.ts)

    def reply(self, *containing: str) -> Message:
        """Wait for a reply, in any thread of the channel, that shows all these texts."""
        return self.until(
            lambda: _first([reply for root in self.roots() for reply in root.replies], containing),
            f"a reply with {containing}",
        )

    def told(self, *containing: str, user: str = "alice") -> Message | None:
        """Return an answer that only one person sees and that shows all these texts, if there is one."""
        return _first(self.slack.ephemerals(user), containing)

    def state(self) -> Mapping[str, object]:
        """Return what there is in the end."""
        return {
            "channel": conversation(self.roots()),
            "direct messages": conversation(self.slack.messages(self.slack.dm("alice"))),
            "jobs": jobs(self.dss.world, self._before),
            # A bot that was not there for a moment acknowledges late; the person has seen the error then.
            "violations": [
                one for one in self.slack.violations if LATE not in one or not self.slack.failures
            ],
        }

    # ---- what goes wrong

    def _spoil(self, trouble: Trouble) -> None:
        def rest() -> None:
            time.sleep(trouble.seconds)
            trouble.end(self)

        def whole() -> None:
            trouble.begin(self)
            rest()

        self.board.fire()

        if trouble.patient:
            trouble.begin(self)
        thread = threading.Thread(target=rest if trouble.patient else whole, name="trouble")
        self._spoilers.append(thread)
        thread.start()

    def _dss_called(self, when: Literal["before", "after"], call: Recorded) -> None:
        what = (
            f"{call.method} {_JOB.sub('/jobs/JOB', call.path) if '/running' not in call.path else call.path}"
        )
        self.polls += when == "after" and what == "GET /jobs/running/"
        place = self._at(when, "dss", what)
        if place is not None:
            path = f"^{re.escape(call.path)}$"
            _, _, fault = str(self.point.fault if self.point else "").partition("dss ")
            self.dss.faults.add(fault, method=call.method, path=path, times=1)  # type: ignore[arg-type]

    def _slack_called(self, when: Literal["before", "after"], name: str, args: Mapping[str, object]) -> None:
        part = ""
        if name == "chat.postMessage":
            part = " reply" if args.get("thread_ts") else " root"
        place = self._at(when, "slack", f"{name}{part}")
        if place is not None:
            _, _, fault = str(self.point.fault if self.point else "").partition("slack ")
            self.slack.faults.add(re.escape(name), kind=fault)

    def _at(self, when: Literal["before", "after"], kind: Literal["slack", "dss"], what: str) -> Place | None:
        """Name the place; end the bot there if that is the point; return it if another fault is to happen."""
        thread = threading.get_ident()
        with self._lock:
            if when == "before":
                self._serving[thread] = self.places.arrive(self.board.phase, kind, what)
            place = self._serving[thread]
            point = self.point
            if point is None or point.place != place or self.board.fired:
                return None
            if point.fault.startswith("kill"):
                if point.fault != f"kill {when}":
                    return None
                self.board.fire()
            else:
                self.board.fire()
                return place
        self.kill()
        raise ConnectionError("the bot was killed here")


def _first(messages: Sequence[Message], containing: tuple[str, ...]) -> Message | None:
    return next((one for one in messages if all(text in _shown(one) for text in containing)), None)


def _shown(message: Message) -> str:
    return "\n".join([message.text, *(str(block) for block in message.blocks)])


def log_of(folder: Path) -> str:
    """Return the end of the bot's log, for a run that went wrong."""
    text = "\n".join(path.read_text(errors="replace") for path in sorted(folder.glob("*.log")))
    return text[-6_000:]


def read_commits(folder: Path) -> list[Place]:
    """Return the commits that a process has written down."""
    places = Places()
    for path in sorted(folder.glob("*.commits")):
        for line in path.read_text().splitlines():
            phase, _, what = line.partition("\t")
            places.arrive(int(phase), "commit", what)
    return places.seen


os.environ.setdefault("PYTHONPATH", str(Path(__file__).parents[2]))
