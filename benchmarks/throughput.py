"""How fast the outbox empties when Slack limits nothing: 200 channels, SQLite."""

import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

from slack_sdk import WebClient

from benchmarks.processes import Process
from benchmarks.seed import UNLIMITED, open_store
from bot.domain import Message
from bot.domain.stored_records import Draft, Urgency
from bot.slack.sender import OutboxSender
from bot.store import Store

CHANNELS = 200
THREADS = 4
"""The sender's thread count, as in `bot.app.wiring`."""


def measure(rows: int) -> dict[str, float]:
    """Send this many rows, a root and its replies, across the channels; return what it took."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Process("benchmarks.slack_process", log=folder / "slack.log") as slack:
            where = slack.ask("where", channels=CHANNELS)
            store = open_store(f"sqlite:///{folder / 'bot.sqlite3'}")
            _write(store, where["channels"], rows)
            seconds, cpu = _send(store, where)
            sent = slack.ask("posted")
            store.close()
    if sent != rows:
        raise RuntimeError(f"{sent} of {rows} rows arrived")
    return {"rows": rows, "per_second": rows / seconds, "cpu_ms": 1000 * cpu / rows}


def _write(store: Store, channels: list[str], rows: int) -> None:
    """Write a root and three replies per thread."""
    drafts: list[Draft] = []
    for number in range(rows // 4):
        channel, root = channels[number % len(channels)], uuid4().hex
        drafts.extend(_draft(channel, root, reply) for reply in range(4))
    store.outbox.write(drafts)


def _draft(channel: str, root: str, reply: int) -> Draft:
    text = f"Recipe {reply} of *CHURN.scored* has ended"
    return Draft(
        id=f"{root}:{reply}" if reply else root,
        channel_id=channel,
        message=Message(text=text, blocks=({"type": "section", "text": {"type": "mrkdwn", "text": text}},)),
        urgency=Urgency.NEWS if reply else Urgency.ROOT,
        root_id=root if reply else None,
    )


def _send(store: Store, where: dict[str, str]) -> tuple[float, float]:
    client = WebClient(token=where["token"], base_url=where["url"], timeout=10)
    with ThreadPoolExecutor(THREADS) as pool:
        sender = OutboxSender(
            store.outbox, client, owner="bench", rates=UNLIMITED, digests=store.digests, pool=pool
        )
        began, used = time.monotonic(), time.process_time()
        while sender.round():
            pass
        return time.monotonic() - began, time.process_time() - used
