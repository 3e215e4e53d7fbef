"""How the bot is: what health and metrics say."""

from collections.abc import Sequence
from datetime import timedelta

from bot.facts.records import SetAside
from bot.health import Check
from bot.slack.outbox import Sender
from bot.store import Store
from bot.work.loops import Loop
from bot.work.waiter import Waiter

LONGEST_ROUND = 60.0
"""Seconds. A round of a waiter or of the sender that takes longer holds somebody up."""
SHOWN_ASIDE = timedelta(hours=24)
"""A row that was set aside is a reason not to be well for so long; `dss-bot outbox` lists it for longer."""


def numbers(store: Store) -> dict[str, float]:
    """Count what `bot.metrics.GAUGES` names."""
    counts = store.outbox.counts()
    return {
        "rows_set_aside": store.intents.aside_count(),
        "followed_jobs": store.jobs.followed_count(),
        "open_intents": store.intents.open_count(),
        "outbox_due": counts.get("due", 0) + counts.get("sending", 0),
        "outbox_dead": counts.get("dead", 0),
        "outbox_oldest_seconds": store.outbox.oldest_due_seconds(),
    }


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
