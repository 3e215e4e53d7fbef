"""Runs the bot as a process: signals, exit codes, and an end that nothing can hold up."""

import contextlib
import os
import signal
import sys
import threading
from typing import NoReturn

import structlog

from bot.app import Bot
from bot.http_server import PortTaken
from bot.opening import CannotOpen
from bot.settings import Settings
from bot.slack.identity import Interrupted, WrongToken
from bot.store import UnknownSchema

log = structlog.get_logger(__name__)

SWITCH_AFTER = 0.001
"""Seconds after which a thread that computes lets one go on that wants to; Python's default is 5 ms.

A listener has to get the interpreter back after each statement that it sends to the database: while the
waiter goes through 10,000 jobs, the default adds up to what somebody who typed a command can feel.
"""

END_WITHIN = 9.5
"""Seconds from the signal to the end, whatever hangs; an orchestrator kills after ten at the earliest."""


def run(settings: Settings, *, within: float = END_WITHIN) -> None:
    """Run until SIGTERM or Ctrl-C; exit code 2 when the configuration turns out to be wrong.

    Args:
        settings: everything that was configured.
        within: seconds from the signal to the end of the process.
    """
    sys.setswitchinterval(SWITCH_AFTER)
    try:
        bot = Bot(settings)
    except UnknownSchema as error:
        _cannot_start(str(error))
    except CannotOpen as error:
        _cannot_start(f"DATABASE_URL: {error}")
    asked = threading.Event()

    def ask(_number: int, _frame: object) -> None:
        if not asked.is_set():
            signal.setitimer(signal.ITIMER_REAL, within)
        asked.set()
        bot.interrupt()

    signal.signal(signal.SIGALRM, _end_now)
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
        # A call to DSS or Slack hangs in a thread that Python would wait for. What it was doing is a row
        # with a lease: whoever starts next goes on with it.
        _exit()
    signal.setitimer(signal.ITIMER_REAL, 0.0)


def _end_now(_number: int, _frame: object) -> None:
    """End although a call hangs in this very thread, such as the first one to Slack."""
    with contextlib.suppress(RuntimeError):  # the signal may have come in the middle of writing a line
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
