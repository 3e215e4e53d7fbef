"""The bot's health checks, and the numbers for its metrics."""

from collections.abc import Sequence
from datetime import timedelta

from bot.domain.stored_records import SetAside
from bot.ops.health_server import Check
from bot.services.loaded_rules import LoadedRules
from bot.slack.sender import OutboxSender
from bot.store import Store
from bot.store.rate_limits import ClosedRate
from bot.views import wording
from bot.workers.job_waiter import JobWaiter
from bot.workers.loop import Loop

LONGEST_ROUND = 60.0
"""Seconds. A longer round of a waiter or the sender means delays."""
SHOWN_ASIDE = timedelta(hours=24)
"""How long a row that was set aside fails its check; `dss-bot outbox` lists it for longer."""
SHUT_FOR_LONG = 600.0
"""Seconds that a rate limit can be shut before its check fails; a longer pause requested by Slack fails it
right away."""

LOST_WITHIN = 3_600.0
"""Seconds for which the check reports a root message or an end that reached nobody."""


def numbers(store: Store) -> dict[str, float]:
    """Return the values for `bot.ops.metrics.GAUGES`."""
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
    """Check whether Slack accepts messages; a failure can be about one channel, and a restart won't help."""
    shut, lost = _shut_for_long(store), store.outbox.lost(LOST_WITHIN)
    held = "; ".join(f"{_name(one.key)}: {wording.duration(one.seconds)}" for one in shut)
    what = "root or end" if lost == 1 else "roots or ends"
    given_up = f"{lost:,} {what} given up in the last hour: dss-bot outbox"
    return {
        "slack_rates": Check(not shut, f"Slack asks to wait; {held}" if shut else "", required=False),
        "slack_messages": Check(not lost, given_up if lost else "", required=False),
    }


def _shut_for_long(store: Store) -> Sequence[ClosedRate]:
    return [one for one in store.outbox.shut_rates() if one.seconds > SHUT_FOR_LONG]


def _name(key: str) -> str:
    """Name a rate limit for the person on call."""
    return {"update": "all edits", "post": "all messages"}.get(key, f"messages in {key.partition(':')[2]}")


def checks(
    *,
    connected: bool,
    sender: OutboxSender | None,
    loops: Sequence[Loop],
    waiters: Sequence[JobWaiter],
    aside: Sequence[SetAside] = (),
    rules: LoadedRules | None = None,
) -> dict[str, Check]:
    """Return all checks for ``/readyz``; DSS being down is no reason to restart the bot.

    Args:
        connected: whether Slack's deliveries arrive.
        sender: sends messages; ``None`` until it exists.
        loops: every worker.
        waiters: one for each instance.
        aside: rows that were set aside recently.
        rules: the policy in force, if there is a policy file.
    """
    trouble = sender.trouble if sender else None
    found = {
        "slack_connection": Check(connected, "" if connected else "connecting"),
        "slack_token": Check(trouble is None, trouble or ""),
        "rows": _rows(aside, sum(waiter.rebuilt for waiter in waiters)),
    }
    if rules is not None:
        found["rules"] = Check(rules.trouble is None, rules.trouble or "", required=False)
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
