"""Runs the bot as a process: signals, exit codes, and a shutdown that nothing can block."""

import contextlib
import os
import signal
import sys
import threading
from typing import NoReturn

import structlog

from bot.app.wiring import Bot
from bot.http.server import PortTaken
from bot.settings import Settings
from bot.slack.identity import Interrupted, WrongToken
from bot.store import UnknownSchema
from bot.store.opening import CannotOpen

log = structlog.get_logger(__name__)

SWITCH_AFTER = 0.001
"""Seconds after which a computing thread yields to a waiting one; Python's default is 5 ms.

A listener has to get the interpreter back after each statement that it sends to the database. While the
waiter goes through 10,000 jobs, the default adds up to a delay that a person who typed a command notices.
"""

END_WITHIN = 9.5
"""Seconds from the signal to the end, whatever hangs; orchestrators wait at least ten before they kill."""


def run(settings: Settings, *, within: float = END_WITHIN, retry_blocks: bool = False) -> None:
    """Run until SIGTERM or Ctrl-C; exit with code 2 if the configuration turns out to be wrong.

    SIGHUP makes it read the policy file again.

    Args:
        settings: the whole configuration.
        within: seconds from the signal to the end of the process.
        retry_blocks: whether to try again which newer blocks Slack accepts.
    """
    sys.setswitchinterval(SWITCH_AFTER)
    bot = _bot(settings)
    if retry_blocks:
        log.info("blocks.retried", kinds=bot.store.block_support.forget())
    asked = threading.Event()

    def ask(_number: int, _frame: object) -> None:
        if not asked.is_set():
            signal.setitimer(signal.ITIMER_REAL, within)
        asked.set()
        bot.interrupt()

    def reload(_number: int, _frame: object) -> None:
        # A handler must not wait for locks that the main thread might hold.
        threading.Thread(target=bot.reload_rules, name="rules", daemon=True).start()

    signal.signal(signal.SIGALRM, _end_now)
    signal.signal(signal.SIGHUP, reload)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)
    try:
        bot.start()
    except Interrupted as interrupted:
        log.info("not_started", reason=str(interrupted))
    except (WrongToken, PortTaken) as error:
        bot.stop()
        _cannot_start(str(error))
    asked.wait()
    log.info("stopping")
    if not bot.stop():
        # A call to DSS or Slack hangs in a thread that Python would wait for. Its work is a row with a
        # lease, so the next process continues it.
        _exit()
    signal.setitimer(signal.ITIMER_REAL, 0.0)


def _bot(settings: Settings) -> Bot:
    try:
        return Bot(settings)
    except UnknownSchema as error:
        _cannot_start(str(error))
    except CannotOpen as error:
        _cannot_start(f"DATABASE_URL: {error}")


def _end_now(_number: int, _frame: object) -> None:
    """Exit even if a call hangs in this very thread, such as the first one to Slack."""
    with contextlib.suppress(RuntimeError):  # the signal might have interrupted the writing of a line
        log.warning("stopped", clean=False)
    _exit()


def _exit() -> NoReturn:
    with contextlib.suppress(RuntimeError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(0)


def _cannot_start(reason: str) -> NoReturn:
    log.error("cannot_start", reason=reason)
    sys.exit(2)
