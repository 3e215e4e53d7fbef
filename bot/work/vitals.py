"""How the bot is: what health and metrics say."""

from collections.abc import Sequence
from datetime import timedelta

from bot.facts.records import SetAside
from bot.health import Check
from bot.slack.outbox import Sender
from bot.slack.views import words
from bot.store import Store
from bot.store.pace import Shut
from bot.work.loops import Loop
from bot.work.waiter import Waiter

LONGEST_ROUND = 60.0
"""Seconds. A round of a waiter or of the sender that takes longer holds somebody up."""
SHOWN_ASIDE = timedelta(hours=24)
"""A row that was set aside is a reason not to be well for so long; `dss-bot outbox` lists it for longer."""
SHUT_FOR_LONG = 600.0
"""Seconds for which a rate may be shut before health says so; a single longer pause that Slack asks for is
said at once."""

LOST_WITHIN = 3_600.0
"""Seconds for which health speaks of a root or an end that could be told to nobody."""


def numbers(store: Store) -> dict[str, float]:
    """Count what `bot.metrics.GAUGES` names."""
    counts = store.outbox.counts()
    return {
        "rows_set_aside": store.intents.aside_count() + store.outbox.aside_count(),
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
    *,
    connected: bool,
    sender: Sender | None,
    loops: Sequence[Loop],
    waiters: Sequence[Waiter],
    aside: Sequence[SetAside] = (),
) -> dict[str, Check]:
    """Say how everything stands, for ``/readyz``; DSS being down is no reason to restart the bot.

    Args:
        connected: whether Slack's deliveries arrive.
        sender: of messages, once it is there.
        loops: every worker.
        waiters: one for each instance.
        aside: rows that were set aside lately.
    """
    trouble = sender.trouble if sender else None
    found = {
        "slack_connection": Check(connected, "" if connected else "connecting"),
        "slack_token": Check(trouble is None, trouble or ""),
        "rows": _rows(aside, sum(waiter.rebuilt for waiter in waiters)),
    }
    for loop in loops:
        found[loop.name] = _loop(loop)
    for waiter in waiters:
        detail = waiter.trouble or f"{waiter.following} jobs followed"
        found[f"dss_{waiter.instance}"] = Check(waiter.trouble is None, detail, required=False)
    return found


def _rows(aside: Sequence[SetAside], rebuilt: int) -> Check:
    said = []
    if aside:
        latest = aside[0]
        said.append(
            f"{len(aside)} set aside, the latest of {latest.table}: {latest.reason[:150]} (dss-bot outbox)"
        )
    if rebuilt:
        said.append(f"{rebuilt} of followed jobs could not be read and were begun anew from DSS")
    return Check(not said, "; ".join(said), required=False)


def _loop(loop: Loop) -> Check:
    if not loop.alive or loop.failing is not None:
        return Check(ok=False, detail=loop.failing or "")
    watched = loop.name == "sender" or loop.name.startswith("waiter-")
    if watched and loop.round_seconds > LONGEST_ROUND:
        return Check(ok=False, detail=f"one round takes {loop.round_seconds:.0f} s", required=False)
    return Check(ok=True)
