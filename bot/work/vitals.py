"""How the bot is: what health and metrics say."""

from collections.abc import Sequence

from bot.health import Check
from bot.slack.outbox import Sender
from bot.slack.views import words
from bot.store import Store
from bot.store.pace import Shut
from bot.work.loops import Loop
from bot.work.waiter import Waiter

SHUT_FOR_LONG = 600.0
"""Seconds for which a rate may be shut before health says so; a single longer pause that Slack asks for is
said at once."""

LOST_WITHIN = 3_600.0
"""Seconds for which health speaks of a root or an end that could be told to nobody."""


def numbers(store: Store) -> dict[str, float]:
    """Count what `bot.metrics.GAUGES` names."""
    counts = store.outbox.counts()
    return {
        "followed_jobs": store.jobs.followed_count(),
        "open_intents": store.intents.open_count(),
        "outbox_due": counts.get("due", 0) + counts.get("sending", 0),
        "outbox_dead": counts.get("dead", 0),
        "outbox_oldest_seconds": store.outbox.oldest_due_seconds(),
        "outbox_lost": store.outbox.lost(LOST_WITHIN),
        "slack_rates_shut": len(_shut_for_long(store)),
    }


def delivery(store: Store) -> dict[str, Check]:
    """Say whether Slack takes what is sent; it may be about one channel, and a restart does not help."""
    shut, lost = _shut_for_long(store), store.outbox.lost(LOST_WITHIN)
    held = "; ".join(f"{_name(one.key)}: {words.duration(one.seconds)}" for one in shut)
    given_up = (
        f"{words.count(lost, 'root or end', 'roots or ends')} given up in the last hour: dss-bot outbox"
    )
    return {
        "slack_rates": Check(not shut, f"Slack asks to wait; {held}" if shut else "", required=False),
        "slack_messages": Check(not lost, given_up if lost else "", required=False),
    }


def _shut_for_long(store: Store) -> Sequence[Shut]:
    return [one for one in store.outbox.shut_rates() if one.seconds > SHUT_FOR_LONG]


def _name(key: str) -> str:
    """Name a rate for the one on call."""
    return {"update": "all edits", "post": "all messages"}.get(key, f"messages in {key.partition(':')[2]}")


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
