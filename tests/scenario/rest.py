"""Waits until the bot has come to rest, so that nothing of one test reaches the next one."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress

from bot.app.wiring import Bot
from bot.sandbox.dss import DssSandbox
from bot.sandbox.slack import SlackSandbox
from bot.slack.dialogs import THREADS

LOOK_AGAIN = 0.01
"""Seconds between two looks."""


def left_behind(bot: Bot) -> dict[str, int]:
    """Return how much there is of what a test can leave behind on purpose: jobs, and unsent messages."""
    return {
        "followed jobs": bot.store.jobs.followed_count(),
        "messages": bot.store.outbox.counts().get("due", 0),
    }


def await_rest(
    bot: Bot, slack: SlackSandbox, dss: DssSandbox, *, left: Mapping[str, float], within: float
) -> None:
    """Wait until nothing that somebody asked of the bot, or that happened to a job, is under way.

    Args:
        bot: the bot.
        slack: where requests come from.
        dss: where jobs run; what still starts one there finds it ended.
        left: how much may be left of what `left_behind` names.
        within: seconds after which the test fails, with what is still under way.
    """
    until = time.monotonic() + within
    while (busy := _busy(bot, slack, left)) is not None:
        assert time.monotonic() < until, f"the test leaves {busy} behind"
        dss.world.crash()
        time.sleep(LOOK_AGAIN)


def _busy(bot: Bot, slack: SlackSandbox, left: Mapping[str, float]) -> str | None:
    """Return what is under way.

    Work goes from one part to the next, which has it before the one before has ended. So everything that
    waits is looked at twice, and in between each loop that was in the middle of a round.
    """
    waiting = next(_waiting(bot, slack, left), None)
    if waiting is not None:
        return waiting
    since = time.monotonic()
    for loop in bot._loops:
        began = loop._round_began
        if began is not None and began < since:  # a later round finds nothing to do
            return f"a round of {loop._thread.name}"
    return next(_waiting(bot, slack, left), None)


def _waiting(bot: Bot, slack: SlackSandbox, left: Mapping[str, float]) -> Iterator[str]:
    postman, store = slack._postman, bot.store
    if postman._pending or postman._threads:
        yield "deliveries"
    if is_answering(bot):
        yield "queries"
    if store.intents.open_count():
        yield "commands"
    yield from (what for what, count in left_behind(bot).items() if count > left.get(what, 0))
    if store.outbox.counts().get("sending"):
        yield "messages on their way"
    if not _dialogs_are_open(bot):
        yield "dialogs to open"


def is_answering(bot: Bot) -> bool:
    """Return whether a question is being answered or waits for that."""
    for pool in (bot._query_pool, bot._filling):
        with pool._idle:
            if pool._busy or pool._waiting:
                return True
    return False


def _dialogs_are_open(bot: Bot) -> bool:
    """Return whether no thread that opens dialogs has anything to do: each meets the others at a barrier."""
    pool = bot._dialogs._pool
    if not pool._threads:
        return True
    barrier = threading.Barrier(THREADS + 1)
    for _ in range(THREADS):
        pool.submit(barrier.wait)
    with suppress(threading.BrokenBarrierError):
        barrier.wait(5.0)
        return True
    return False
