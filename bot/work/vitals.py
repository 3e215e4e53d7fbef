"""How the bot is: what health and metrics say."""

from collections.abc import Sequence

from bot.health import Check
from bot.slack.outbox import Sender
from bot.store import Store
from bot.work.loops import Loop
from bot.work.waiter import Waiter


def numbers(store: Store) -> dict[str, float]:
    """Count what `bot.metrics.GAUGES` names."""
    counts = store.outbox.counts()
    return {
        "followed_jobs": store.jobs.followed_count(),
        "open_intents": store.intents.open_count(),
        "outbox_due": counts.get("due", 0) + counts.get("sending", 0),
        "outbox_dead": counts.get("dead", 0),
        "outbox_oldest_seconds": store.outbox.oldest_due_seconds(),
    }


def checks(
    *, connected: bool, sender: Sender | None, loops: Sequence[Loop], waiters: Sequence[Waiter]
) -> dict[str, Check]:
    """Say how everything stands, for ``/readyz``; DSS being down is no reason to restart the bot."""
    trouble = sender.trouble if sender else None
    found = {
        "slack_connection": Check(connected, "" if connected else "connecting"),
        "slack_token": Check(trouble is None, trouble or ""),
    }
    for loop in loops:
        found[loop.name] = Check(loop.alive and loop.failing is None, loop.failing or "")
    for waiter in waiters:
        detail = waiter.trouble or f"{waiter.following} jobs followed"
        found[f"dss_{waiter.instance}"] = Check(waiter.trouble is None, detail, required=False)
    return found
