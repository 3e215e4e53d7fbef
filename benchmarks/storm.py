"""Many jobs in one channel end within one second, under Slack's published rates."""

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
from bot.domain import Message
from bot.domain.stored_records import Draft, Urgency
from bot.dss import DSSClient
from bot.dss.gateway import DssGateway
from bot.sandbox.slack import Call, SlackSandbox
from bot.slack.sender import OutboxSender
from bot.store import Store
from bot.workers.job_waiter import JobWaiter
from bot.workers.loop import Loop

CHANNEL = "data"
HOME = "https://sandbox.slack.com/"
TICK = 2.0
EDITS_PER_MINUTE = 50
"""Slack's published rate for ``chat.update``."""
NEW_ROOTS = 50
"""One command is typed in the channel per this many jobs, while the threads get their ends."""
SPEED = 5.0
"""The speed of Slack's and the database's clocks once every end is readable."""
PATIENCE = 300.0
"""Seconds to wait for the last end."""


@dataclass(frozen=True, kw_only=True)
class Storm:
    """The outcome, in seconds of Slack's clock after the ends."""

    jobs: int
    readable_after: float
    """Until the last end was readable in the channel."""
    digests: int
    replies: int
    final_after: float
    """Until the last root message showed its final state; later edits add only final counts."""
    edits: int
    """All edits: also those that add final counts, to roots and to replies."""
    least: float
    """The minimum that ``chat.update``'s rate allows."""
    threads_after: float
    """Until the last thread had its own end."""
    threads: int
    """Threads that have their own end."""
    mentions: int
    """Replies that mention somebody whom a digest has already mentioned."""
    root_waits: float
    """The longest wait of a new root message in the channel meanwhile."""
    refused: int
    """The number of 429 answers."""
    not_final: int
    """Root messages that don't show the final state."""


def measure(jobs: int) -> Storm:
    """Let this many jobs end and track what the channel shows."""
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
    """Write root messages for new commands while the threads get their ends; return when each was written."""
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
    """Run a waiter and a sender as the bot does, with its default rates."""
    gateway = DssGateway(DSSClient(where["url"], where["key"]), instance="default")
    client = WebClient(token=slack.bot_token, base_url=slack.api_url, timeout=10)
    with ThreadPoolExecutor(4) as pool:
        sender = OutboxSender(
            store.outbox, client, owner="bench", pool=pool, digests=store.digests, home=HOME
        )
        # The sender checks every half second; scale that with the clock.
        sending = Loop("sender", lambda: bool(sender.round()), 0.5 / SPEED)
        waiter = JobWaiter(store, gateway, owner="bench", clock=clock.moment, on_drafts=sending.wake)
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
    """Return when each root's end became readable: in its thread, or in a digest that links to it."""
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
    final: dict[str, float] = {}
    for call in edits:
        if str(call.args["ts"]) in roots and "Done" in str(call.args.get("text")):
            final.setdefault(str(call.args["ts"]), call.time)
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
        final_after=max(final.values()) - began if set(final) >= roots else never,
        edits=len(edits),
        least=len(roots) * 60 / EDITS_PER_MINUTE,
        threads_after=max((call.time for call in threads.values()), default=never) - began,
        threads=len(threads),
        mentions=sum("<@" in json.dumps(call.args) for call in threads.values()),
        root_waits=max(waits) if len(waits) == len(asked) else never,
        refused=sum(call.status == 429 for call in calls),
        not_final=sum("Done" not in message.text for message in shown.values()),
    )
