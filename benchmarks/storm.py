"""Many jobs of one channel end in one second, under Slack's published rates."""

import json
import re
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from slack_sdk import WebClient

from benchmarks.clock import Clock
from benchmarks.processes import Process
from benchmarks.seed import follow_all, open_store, show_roots
from bot.dss import DSSClient
from bot.dss.gateway import DssGateway
from bot.facts import Message
from bot.facts.records import Draft, Urgency
from bot.sandbox.slack import Call, SlackSandbox
from bot.slack.outbox import Sender
from bot.store import Store
from bot.work.loops import Loop
from bot.work.waiter import Waiter

CHANNEL = "data"
HOME = "https://sandbox.slack.com/"
TICK = 2.0
EDITS_PER_MINUTE = 50
"""What Slack publishes for ``chat.update``."""
NEW_ROOTS = 50
"""One command is typed in the channel for so many jobs, while the threads are told."""
SPEED = 5.0
"""How fast the clock of Slack and of the database runs once every end can be read."""
PATIENCE = 300.0
"""Seconds to wait for the last end."""


@dataclass(frozen=True, kw_only=True)
class Storm:
    """What became of it, in seconds of Slack's clock after the ends."""

    jobs: int
    readable_after: float
    """Until the last end could be read in the channel."""
    digests: int
    replies: int
    final_after: float
    """Until the last root message showed its final state."""
    least: float
    """What ``chat.update``'s rate allows at best."""
    threads_after: float
    """Until the last thread had its own end."""
    threads: int
    """Threads that have it."""
    mentions: int
    """Replies that mention somebody whom a digest had mentioned."""
    root_waits: float
    """The longest that a new root message in the channel waited meanwhile."""
    refused: int
    """Answers 429."""
    not_final: int
    """Root messages that do not show the end."""


def measure(jobs: int) -> Storm:
    """Let so many jobs end and follow what the channel shows."""
    clock = Clock()
    slack = SlackSandbox(rates=True, clock=clock.seconds)
    with tempfile.TemporaryDirectory() as name, slack:
        folder = Path(name)
        with Process("benchmarks.dss_process", log=folder / "dss.log") as dss:
            ids, where = dss.ask("add", count=jobs), dss.ask("where")
            store = open_store(f"sqlite:///{folder / 'bot.sqlite3'}", clock.moment)
            follow_all(store, where, slack, CHANNEL)
            roots = show_roots(store, slack)
            with _bot(store, slack, where, clock):
                time.sleep(3 * TICK)
                dss.ask("release", ids=ids)
                began = clock.seconds()
                _wait(lambda: len(_told(slack.calls, began)) >= jobs, PATIENCE)
                clock.hurry(SPEED)
                asked = _ask(store, slack, clock, jobs)
                _wait(lambda: not {"due", "sending"} & set(store.outbox.counts()), jobs * 2.4 / SPEED + 30)
            store.close()
        return _read(slack, set(roots), asked, began)


def _ask(store: Store, slack: SlackSandbox, clock: Clock, jobs: int) -> dict[str, float]:
    """Write root messages of new commands while the threads are told; return when each was written."""
    written: dict[str, float] = {}
    for number in range(jobs // NEW_ROOTS):
        time.sleep(NEW_ROOTS * 0.9 / SPEED)
        name = f"new-{number}"
        written[name] = clock.seconds()
        message = Message(text=f"A new job {number}")
        channel = slack.channel_id(CHANNEL)
        store.outbox.write([Draft(id=name, channel_id=channel, message=message, urgency=Urgency.ROOT)])
    return written


@contextmanager
def _bot(store: Store, slack: SlackSandbox, where: dict[str, str], clock: Clock) -> Iterator[None]:
    """Run a waiter and a sender as the bot does, with the rates that it has by default."""
    gateway = DssGateway(DSSClient(where["url"], where["key"]), instance="default")
    client = WebClient(token=slack.bot_token, base_url=slack.api_url, timeout=10)
    with ThreadPoolExecutor(4) as pool:
        sender = Sender(store.outbox, client, owner="bench", pool=pool, crowds=store.crowds, home=HOME)
        # The sender looks every half second; faster while the clock is.
        sending = Loop("sender", lambda: bool(sender.round()), 0.5 / SPEED)
        waiter = Waiter(store, gateway, owner="bench", clock=clock.moment, on_drafts=sending.wake)
        loops = [sending, Loop("waiter", waiter.round, TICK)]
        for loop in loops:
            loop.start()
        try:
            yield
        finally:
            for loop in loops:
                loop.stop()
            for loop in loops:
                loop.join(30)
    gateway.close()


def _wait(done: object, seconds: float) -> None:
    assert callable(done)
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:
        time.sleep(0.25)


def _told(calls: Iterable[Call], since: float) -> dict[str, float]:
    """Return when each root's end could be read: in its thread, or in a digest that links to it."""
    found: dict[str, float] = {}
    for call in calls:
        if call.method != "chat.postMessage" or not call.ok or call.time < since:
            continue
        if call.args.get("thread_ts"):
            if str(_row_id(call)).endswith(":ended"):
                found.setdefault(str(call.args["thread_ts"]), call.time)
        else:
            for digits in re.findall(r"/p(\d{16})", json.dumps(call.args)):
                found.setdefault(f"{digits[:10]}.{digits[10:]}", call.time)
    return found


def _row_id(call: Call) -> object:
    metadata = call.args.get("metadata") or {}
    read = json.loads(metadata) if isinstance(metadata, str) else metadata
    return read.get("event_payload", {}).get("id")


def _read(slack: SlackSandbox, roots: set[str], asked: dict[str, float], began: float) -> Storm:
    calls = [call for call in slack.calls if call.time >= began]
    told = _told(calls, began)
    edits = [call for call in calls if call.method == "chat.update" and call.ok]
    shown = {message.ts: message for message in slack.messages(CHANNEL) if message.ts in roots}
    posts = [call for call in calls if call.method == "chat.postMessage" and call.ok]
    never = float("inf")
    threads = {str(call.args["thread_ts"]): call for call in posts if str(_row_id(call)).endswith(":ended")}
    waits = [call.time - asked[str(_row_id(call))] for call in posts if str(_row_id(call)) in asked]
    return Storm(
        jobs=len(roots),
        readable_after=max(told.values()) - began if set(told) >= roots else never,
        digests=sum(not call.args.get("thread_ts") for call in posts) - len(waits),
        replies=sum(bool(call.args.get("thread_ts")) for call in posts),
        final_after=max((call.time for call in edits), default=never) - began,
        least=len(roots) * 60 / EDITS_PER_MINUTE,
        threads_after=max((call.time for call in threads.values()), default=never) - began,
        threads=len(threads),
        mentions=sum("<@" in json.dumps(call.args) for call in threads.values()),
        root_waits=max(waits) if len(waits) == len(asked) else never,
        refused=sum(call.status == 429 for call in calls),
        not_final=sum("Done" not in message.text for message in shown.values()),
    )
