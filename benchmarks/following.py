"""The cost of following running jobs, for DSS and for this machine, and how fast an end is noticed."""

import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.bot_process import bot_environment
from benchmarks.processes import Cost, Process
from benchmarks.seed import follow_all, open_store, show_roots
from benchmarks.spoiled import Highest
from bot.sandbox.slack import SlackSandbox
from bot.store import Store
from bot.store.tables import messages, watches

PROJECT = "CHURN"
CHANNEL = "data"


@dataclass(frozen=True, kw_only=True)
class Steady:
    """A period in which the bot only follows jobs."""

    jobs: int
    per_second: float
    """All requests to DSS."""
    cpu_percent: float
    """Of one core."""
    rss_mb: float
    kinds: dict[str, int] = field(default_factory=dict)
    """Requests by kind."""


@dataclass(frozen=True, kw_only=True)
class Busy:
    """Jobs ended and people typed commands while all the others were followed."""

    end_delays: list[float]
    """Seconds from each end in DSS to the outbox row that reports it."""
    acks: list[float]
    """Seconds from each command to its acknowledgement."""
    cpu_percent: float


@dataclass(frozen=True, kw_only=True)
class Ending:
    """All jobs ended between two polls, while people typed commands."""

    seconds: float
    """Until the last end had an outbox row."""
    told: int
    """Ends that have an outbox row."""
    per_second: float
    """Requests to DSS meanwhile, including those of the commands."""
    acks: list[float]
    """Seconds from each command to its acknowledgement."""
    rss_mb: float


@dataclass(frozen=True, kw_only=True)
class Hindered:
    """Some statuses dripped or never ended, while other jobs ended."""

    end_delays: list[float]
    """For each of the other ends, seconds from the end in DSS to the outbox row that reports it."""
    grown_mb: float
    """The largest increase of the bot's memory over its previous size."""
    asked: int
    """Spoiled statuses that the bot requested."""


class Fleet:
    """A bot, a DSS, and a Slack workspace, each in its own process, with followed jobs."""

    def __init__(self, jobs: int, slack: SlackSandbox, dss: Process, bot: Process, store: Store) -> None:
        self.jobs = jobs
        self._slack = slack
        self._dss = dss
        self._bot = bot
        self._store = store
        self.began: Cost = bot.cost()

    def watch(self, seconds: float) -> Steady:
        """Let time pass and measure the cost."""
        self._dss.ask("forget")
        before = self._bot.cost()
        time.sleep(seconds)
        requests, after = self._dss.ask("kinds"), self._bot.cost()
        return Steady(
            jobs=self.jobs,
            per_second=sum(requests.values()) / (after.at - before.at),
            cpu_percent=after.share_since(before),
            rss_mb=after.rss_mb,
            kinds=requests,
        )

    def disturb(self, ids: Sequence[str], seconds: float, *, ends: int, commands: int) -> Busy:
        """Spread some job ends and some commands over a period, at random moments."""
        chance = random.Random(7)
        plan = [(chance.uniform(0, seconds), "end") for _ in range(ends)]
        plan += [(chance.uniform(0, seconds), "command") for _ in range(commands)]
        ending = list(ids[:ends])
        ended: dict[str, int] = {}
        acks: list[float] = []
        before, began = self._bot.cost(), time.monotonic()
        for at, what in sorted(plan):
            time.sleep(max(0.0, began + at - time.monotonic()))
            if what == "end":
                job_id = ending.pop()
                ended[job_id] = self._dss.ask("release", ids=[job_id], project=PROJECT)
            else:
                acks.append(self._command(len(acks), ids[-1]))
        after = self._bot.cost()
        time.sleep(6)
        return Busy(end_delays=list(self._delays(ended)), acks=acks, cpu_percent=after.share_since(before))

    def hinder(self, ids: Sequence[str], seconds: float, *, spoilt: int, ends: int) -> Hindered:
        """Make the statuses of the last jobs drip or never end, and end some of the first jobs."""
        bad = list(ids[-spoilt:])
        before = self._bot.cost().rss_mb
        self._dss.ask("spoil", ids=bad)
        self._dss.ask("forget")
        # The waiter requests the status of jobs that are no longer listed as running.
        self._dss.ask("release", ids=bad[: spoilt // 2], project=PROJECT)
        with Highest(self._bot) as highest:
            found = self.disturb(ids[:-spoilt], seconds, ends=ends, commands=0)
        asked = self._dss.ask("spoilt")
        return Hindered(end_delays=found.end_delays, grown_mb=highest.mb - before, asked=asked)

    def end_all(self, ids: Sequence[str], patience: float) -> Ending:
        """End all jobs at once, and type commands until every end has an outbox row."""
        self._dss.ask("forget")
        began = time.monotonic()
        self._dss.ask("release", ids=list(ids), project=PROJECT)
        acks: list[float] = []
        told = 0
        while told < len(ids) and time.monotonic() < began + patience:
            acks.append(self._command(len(acks), ids[-1]))
            time.sleep(0.2)
            told = self._told()
        seconds = time.monotonic() - began
        return Ending(
            seconds=seconds,
            told=told,
            per_second=sum(self._dss.ask("kinds").values()) / seconds,
            acks=acks,
            rss_mb=self._bot.cost().rss_mb,
        )

    def _told(self) -> int:
        with self._store.database.read() as connection:
            asked = select(func.count()).where(messages.c.id.like("%:ended"))
            return int(connection.execute(asked).scalar_one())

    def _command(self, number: int, job_id: str) -> float:
        texts = (f"{PROJECT} --limit 5", f"status {PROJECT}/{job_id}", "help", f"log {PROJECT}/{job_id}", "")
        delivery = self._slack.as_user("alice").command("/dss-jobs", texts[number % len(texts)], CHANNEL)
        delivery.wait(10)
        return delivery.seconds if delivery.acked and delivery.seconds is not None else 10.0

    def _delays(self, ended: dict[str, int]) -> Iterator[float]:
        with self._store.database.read() as connection:
            asked = select(messages.c.watch_id, messages.c.created_at).where(messages.c.id.like("%:ended"))
            told = {row.watch_id: row.created_at for row in connection.execute(asked)}
            known = select(watches.c.job_id, watches.c.id).where(watches.c.job_id.in_(ended))
            for row in connection.execute(known):
                yield (told[row.id] - ended[row.job_id]) / 1000 if row.id in told else float("inf")


@contextmanager
def fleet(jobs: int) -> Iterator[tuple[Fleet, list[str]]]:
    """Start everything with this many followed jobs; yields the fleet and the job ids."""
    with tempfile.TemporaryDirectory() as name, SlackSandbox(rates=False) as slack:
        folder = Path(name)
        with Process("benchmarks.dss_process", log=folder / "dss.log") as dss:
            ids = dss.ask("add", count=jobs, project=PROJECT)
            where = dss.ask("where")
            address = f"sqlite:///{folder / 'bot.sqlite3'}"
            store = open_store(address)
            follow_all(store, where, slack, CHANNEL)
            show_roots(store, slack)
            dss.ask("forget")
            env = bot_environment(slack, where, address)
            with Process("bot", "run", log=folder / "bot.log", env=env) as bot:
                bot.until_logged("follow.resumed")
                yield Fleet(jobs, slack, dss, bot, store), ids
            store.close()


def quantile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that this share of all values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
