"""A DSS, a Slack workspace, and a bot between them, in a process that is killed and restarted."""

import multiprocessing
import os
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal, Self, TypeVar

from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from bot.sandbox.dss import DssSandbox, ManualClock, Recorded
from bot.sandbox.slack import Delivery, Message, SlackSandbox, View
from bot.views import action_ids
from tests.faults import child
from tests.faults.board import Board
from tests.faults.child import Orders
from tests.faults.normal import conversation, jobs
from tests.faults.points import Place, Places, Point

T = TypeVar("T")

SCOPES = (
    "channels:history",
    "groups:history",
    "im:history",
    "files:write",
    "files:read",
    "app_mentions:read",
)
SETTINGS = '[approvals]\nmodes = ["missing"]\n'
"""Only one of the stories builds in this mode."""
RESTART_SECONDS = 21.0
"""How long a killed bot is away, by its own clock: by then its leases (20 s at most) have ended."""
PATIENCE = 1.5
"""Real seconds to wait for the story's next event before its time runs faster."""
TRIES = 15
"""How many times somebody asks again after a failure."""
ANSWERED_WITHIN = 8.0
"""Real seconds after which somebody asks again who got no answer: answers to one person aren't stored."""
DIALOG_SECONDS = 60.0
"""How long a trigger lives: a slow machine is no fault."""
GIVE_UP = 60.0
"""Real seconds until a run counts as stuck."""
LATE = "which was not waiting for one"
"""The stand-in's report of an acknowledgement that arrived after it had given up."""
SETBACKS = ("isn't clear whether", "ry again", "went wrong")
"""Every answer that reports a failed request contains one of these."""
IN_VAIN = ("isn't clear whether it started", "Approved, but not started")
"""How a request for an approval says that people have to ask again."""
_JOB = re.compile(r"/jobs/[^/]+")

# Child processes come from a server that has already imported the bot: each is a real process but starts
# without the second that importing takes. They share only the mapped file with this process.
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.faults.child"])

_COMPILING = threading.Lock()
"""Werkzeug compiles its routes with `ast`. In CPython 3.11, that sometimes raises `SystemError` when two
threads do it at once.

"""


class Stuck(AssertionError):
    """What the story waits for doesn't happen."""


@dataclass(frozen=True)
class Trouble:
    """A temporary problem that starts at the beginning of a phase."""

    name: str
    phase: int
    begin: Callable[["World"], None]
    end: Callable[["World"], None] = lambda _world: None
    seconds: float = 0.0
    """Real seconds between the two."""
    patient: bool = False
    """Whether the phase's own events wait for `begin`; otherwise both run in parallel."""

    def __str__(self) -> str:
        return f"{self.name} in phase {self.phase}"


class World:
    """The whole setup of a run. Use it as a context manager."""

    def __init__(
        self,
        folder: Path,
        *,
        point: Point | None = None,
        trouble: Trouble | None = None,
        database: str | None = None,
        impatient: bool = True,
        scopes: tuple[str, ...] = SCOPES,
    ) -> None:
        """Prepare a run.

        Args:
            folder: empty, for the database and the log.
            point: what goes wrong, and where.
            trouble: a temporary problem.
            database: address; a SQLite file by default.
            impatient: whether the bot's time runs faster when nothing happens.
            scopes: the bot token's scopes in addition to the usual ones.
        """
        self.folder = folder
        (folder / "bot.toml").write_text(SETTINGS)
        self.board = Board(folder / "board")
        self.clock = ManualClock(time.time())
        with _COMPILING:
            self.dss = DssSandbox(clock=self.clock)
            self.slack = SlackSandbox(rates=False, scopes=scopes, trigger_lifetime=DIALOG_SECONDS)
        self.places = Places()
        self.point = point
        self.trouble = trouble
        self.deliveries: list[Delivery] = []
        """What people did, oldest first."""
        self._spoilers: list[threading.Thread] = []
        self.shown_at_home: Sequence[str] = ()
        """What App Home showed in the end, where a story looks at it."""
        self.starts = 0
        self.polls = 0
        """The waiter's polls that were answered."""
        self._database = database
        self._impatient = impatient
        self._lock = threading.Lock()
        self._life = threading.RLock()
        # Held while checking on a process: its handle isn't thread-safe.
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

    # ---- start and stop

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
        """Start a bot in its own process."""
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
            "DSS_BOT_CONFIG": str(self.folder / "bot.toml"),
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
        """Kill a bot with SIGKILL; returns when it is gone."""
        with self._life:
            process = self._processes[name]
            process.kill()
            process.join()

    def look_after(self) -> None:
        """Restart each killed bot, after a delay by its own clock."""
        with self._life:
            for name, process in list(self._processes.items()):
                if name not in self.unwatched and not process.is_alive():
                    process.close()
                    self.board.let_pass(RESTART_SECONDS)
                    self.start(name)

    # ---- what the story does

    def phase(self) -> None:
        """Go on to the next part of the story once everything in this one is done."""
        polls = self.polls
        self.until(lambda: not self.followed() or self.polls >= polls + 2, "the waiter has looked")
        self.until(self.settled, "everything written is sent")
        self.board.phase += 1
        if self.trouble is not None and self.trouble.phase == self.board.phase:
            self._spoil(self.trouble)

    def advance(self, seconds: float) -> None:
        """Let time pass for DSS and the bot."""
        self.clock.advance(seconds)
        self.board.let_pass(seconds)

    def until(self, predicate: Callable[[], T | None], what: str) -> T:
        """Wait for something, and restart the bot whenever it is dead."""
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
        """Return whether the bot is connected to Slack."""
        return self.slack.sockets > 0

    def settled(self) -> bool:
        """Return whether the bot has nothing to do or to send at the moment."""
        return self.open_rows() == 0

    def open_rows(self) -> int:
        """Return how many intents and messages are in progress."""
        return self._count(
            "SELECT (SELECT count(*) FROM messages WHERE state IN ('due', 'sending')) + "
            "(SELECT count(*) FROM intents WHERE state IN ('new', 'starting'))"
        )

    def followed(self) -> int:
        """Return how many watches are open."""
        return self._count("SELECT count(*) FROM watches WHERE closed_at IS NULL")

    def _rows(self, asked: str) -> Sequence[Sequence[object]]:
        """Query the database behind the bot's back; nothing while that isn't possible."""
        engine = create_engine(self.address, poolclass=NullPool)
        try:
            with engine.connect() as connection:
                return [tuple(row) for row in connection.execute(text(asked))]
        except DBAPIError:
            return []
        finally:
            engine.dispose()

    def _count(self, asked: str) -> int:
        """Query the database behind the bot's back."""
        engine = create_engine(self.address, poolclass=NullPool)
        try:
            with engine.connect() as connection:
                return int(connection.execute(text(asked)).scalar_one())
        except DBAPIError:
            return 1  # not migrated yet, locked, or restarting: something might be going on
        finally:
            engine.dispose()

    # ---- what people do

    def type(self, text: str, user: str = "alice") -> None:
        """Type a command; repeat it whenever Slack says that it failed, as people do."""
        command, _, rest = text.partition(" ")
        self._insist(lambda: self.slack.as_user(user).command(command, rest, "data"), text)

    def build(self, dataset: str) -> Message:
        """Ask for a build until its root message appears; ask again only after an answer reports failure."""
        return self.ask(
            lambda: self.type(f"/dss-build {dataset}"), lambda: _first(self.roots(), ("Waiting to start",))
        )

    def ask_for_approval(self, command: str) -> Message:
        """Ask for a build until there is a request for its approval."""
        return self.ask(
            lambda: self.type(f"/dss-build {command}"), lambda: _first(self.roots(), ("Approval needed",))
        )

    def approve(self, request: Message, command: str) -> None:
        """Approve a build as bob until its job is shown.

        He presses again only after a report of a failure. If the request says that it might not have started,
        alice asks again, and bob approves that.
        """
        while not _first(self.roots(), ("Waiting to start",)):
            pressed = partial(self._press_approve, request)
            now = self.ask(pressed, lambda: self._started_or_not(request))  # noqa: B023
            if now.ts == request.ts:
                request = self.ask_for_approval(command)

    def _press_approve(self, request: Message) -> None:
        # As he saw it: after a failure, the request can have changed already.
        bob, action = self.slack.as_user("bob"), action_ids.APPROVAL_APPROVE
        self._insist(lambda: bob.press(request, action_id=action, stale=True), action)

    def _started_or_not(self, request: Message) -> Message | None:
        now = self.now(request)
        return now if _in_vain(now) else _first(self.roots(), ("Waiting to start",))

    def abort(self, root: Message) -> None:
        """Press Abort until it is accepted; press again only after an answer that reports a failure."""
        self.ask(
            lambda: self._press(root, action_ids.JOB_ABORT),
            lambda: _first(self.now(root).replies, ("asked to abort",)),
        )

    def follow(self, job: str) -> None:
        """Ask to follow a job until it has its root message; ask again only after a report of a failure."""
        self.ask(lambda: self.type(f"/dss-jobs follow {job}"), lambda: next(iter(self.roots()), None))

    def save(self, command: str, name: str) -> None:
        """Save a favorite until it is there; ask again only after a report of a failure."""
        self.ask(lambda: self.type(f"/dss-build save {command}"), lambda: name in self.favorites() or None)

    def run_favorite(self, name: str, user: str = "alice") -> Message:
        """Build a favorite by its name, as `build` does."""
        return self.ask(
            lambda: self.type(f"/dss-build {name}", user), lambda: _first(self.roots(), ("Waiting to start",))
        )

    def favorites(self) -> Sequence[str]:
        """Return what is saved: each name, with whose it is and what it builds."""
        people = {self.slack.user_id("alice"): "alice", self.slack.channel_id("data"): "the channel"}
        rows = self._rows("SELECT name, owner, build FROM favorites ORDER BY name")
        return [str(row[0]) for row in rows] + [
            f"{row[0]} of {people[str(row[1])]}: {row[2]}" for row in rows
        ]

    def mention(self, words: str, seen: Callable[[], T | None], *, thread: Message | None = None) -> T:
        """Write to the bot in the channel until it is done; write again only after a report of a failure.

        Slack delivers an event again that wasn't acknowledged; the person hears of nothing.
        """

        def say() -> None:
            said = f"<@{self.slack.bot_user_id}> {words}"
            event = self.slack.as_user("alice").say(said, "data", thread_ts=thread.ts if thread else None)
            assert event is not None
            while not self._acknowledged(event, words):
                self.until(self.connected, "a socket")
                event = event.redeliver()

        self.until(self.connected, "a socket")
        return self.ask(say, seen)

    def abort_selected(self, jobs: Sequence[str], seen: Callable[[], T | None]) -> T:
        """List what runs, select jobs, and abort them: from the beginning if an answer doesn't come."""
        for _ in range(TRIES):
            listed = self._answer("/dss-jobs CHURN --state running", action_ids.LIST_ABORT)
            if listed is None:
                continue
            self._insist(
                lambda: self.slack.as_user("alice").select(listed, action_ids.LIST_CHOOSE, list(jobs)),  # noqa: B023
                action_ids.LIST_CHOOSE,
            )
            question = self._answer(listed, action_ids.ABORT_ALL_CONFIRM, action_ids.LIST_ABORT)
            if question is None:
                continue
            heard = self._setbacks()
            self._answer(question, "", action_ids.ABORT_ALL_CONFIRM)
            self.until(lambda: seen() or self._setbacks() > heard, "it is aborted, or told why not")  # noqa: B023
            if (shown := seen()) is not None:
                return shown
        raise Stuck("told again and again that it failed")

    def _answer(self, asked: Message | str, button: str, press: str = "") -> Message | None:
        """Type or press something; return the answer with a button. Without one, a person asks again."""
        before = len(self.slack.ephemerals("alice"))
        if isinstance(asked, str):
            self.type(asked)
        else:
            person = self.slack.as_user("alice")
            self._insist(lambda: person.press(asked, action_id=press, stale=True), press)
        if not button:
            return None

        def answered() -> Message | None:
            new = self.slack.ephemerals("alice")[before:]
            return next((one for one in new if button in str(one.blocks)), None)

        deadline = time.monotonic() + ANSWERED_WITHIN
        self.until(lambda: answered() or time.monotonic() > deadline, "an answer")
        return answered()

    def home(self, *containing: str) -> View:
        """Wait until alice's Home shows these texts; she opens it again if it doesn't for a while."""
        while True:
            deadline = time.monotonic() + ANSWERED_WITHIN
            self.until(
                lambda: self._home_shows(containing) or time.monotonic() > deadline,  # noqa: B023
                f"Home with {containing}",
            )
            if (view := self._home_shows(containing)) is not None:
                return view
            self.until(self.connected, "a socket")
            self.deliveries.append(self.slack.as_user("alice").open_home())

    def _home_shows(self, containing: Sequence[str]) -> View | None:
        view = self.slack.home("alice")
        return view if view and all(text in str(view.blocks) for text in containing) else None

    def ask(self, act: Callable[[], None], seen: Callable[[], T | None]) -> T:
        """Repeat an action until its result is visible."""
        for _ in range(TRIES):
            heard = self._setbacks()
            act()
            self.until(lambda: seen() or self._setbacks() > heard, "it is done, or told why not")  # noqa: B023
            shown = seen()
            if shown is not None:
                return shown
            time.sleep(1.0)  # nobody types faster, or without a look at what has come meanwhile
            if (shown := seen()) is not None:
                return shown
        raise Stuck("told again and again that it failed")

    def _setbacks(self) -> int:
        """Return how often somebody was told that their request failed and that they can try again."""
        return sum(
            any(words in answer.text for words in SETBACKS)
            for user in ("alice", "bob")
            for answer in self.slack.ephemerals(user) + self.slack.messages(self.slack.dm(user))
        )

    def _press(self, root: Message, action: str, user: str = "alice") -> None:
        person = self.slack.as_user(user)
        found = next(
            element["action_id"]
            for block in self.now(root).blocks
            for element in block.get("elements", ())
            if action_ids.base(str(element.get("action_id"))) == action
        )
        self._insist(lambda: person.press(root, action_id=found), action)

    def _insist(self, act: Callable[[], Delivery], what: str) -> None:
        while True:
            self.until(self.connected, "a socket")
            if self._acknowledged(act(), what):
                return

    def _acknowledged(self, delivery: Delivery, what: str) -> bool:
        self.deliveries.append(delivery)
        self.until(lambda: delivery.done, f"{what} is acknowledged")
        return delivery.acked

    # ---- what people see

    def roots(self) -> list[Message]:
        """Return the channel's messages that aren't in a thread."""
        return self.slack.messages("data")

    def root(self, *containing: str) -> Message:
        """Wait for a root message that contains all these texts."""
        return self.until(lambda: _first(self.roots(), containing), f"a root with {containing}")

    def now(self, root: Message) -> Message:
        """Return the current version of a root message."""
        return next(one for one in self.roots() if one.ts == root.ts)

    def reply(self, *containing: str) -> Message:
        """Wait for a reply, in any thread of the channel, that contains all these texts."""
        return self.until(
            lambda: _first([reply for root in self.roots() for reply in root.replies], containing),
            f"a reply with {containing}",
        )

    def told(self, *containing: str, user: str = "alice") -> Message | None:
        """Return an ephemeral answer that contains all these texts, if there is one."""
        return _first(self.slack.ephemerals(user), containing)

    def state(self) -> Mapping[str, object]:
        """Return the final state."""
        return {
            # A request in vain is a report of a failure, after which people ask again.
            "channel": conversation(root for root in self.roots() if not _in_vain(root)),
            # A private answer without metadata: one that Slack didn't take as an ephemeral message.
            "direct messages": conversation(
                one for one in self.slack.messages(self.slack.dm("alice")) if one.metadata
            ),
            "jobs": jobs(self.dss.world, self._before),
            "favorites": self.favorites(),
            "Home": self.shown_at_home,
            # A bot that was briefly away acknowledges late; by then the person has seen the error.
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
        """Name the place; kill the bot there if it is the point; return it if it is due another fault."""
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


def _in_vain(root: Message) -> bool:
    """Return whether a message is a request for an approval whose build might not have started."""
    return any(words in _shown(root) for words in IN_VAIN)


def log_of(folder: Path) -> str:
    """Return the end of the bot's log, for a run that went wrong."""
    text = "\n".join(path.read_text(errors="replace") for path in sorted(folder.glob("*.log")))
    return text[-6_000:]


def read_commits(folder: Path) -> list[Place]:
    """Return the commits that a process has recorded."""
    places = Places()
    for path in sorted(folder.glob("*.commits")):
        for line in path.read_text().splitlines():
            phase, _, what = line.partition("\t")
            places.arrive(int(phase), "commit", what)
    return places.seen


os.environ.setdefault("PYTHONPATH", str(Path(__file__).parents[2]))
