"""Runs the bot as a process: signals, exit codes, and an end that nothing can hold up."""

import os
import signal
import sys
import threading
from typing import NoReturn

import structlog

from bot.app import Bot
from bot.health import PortTaken
from bot.settings import Settings
from bot.slack.identity import WrongToken
from bot.store import StoreTrouble, UnknownSchema

log = structlog.get_logger(__name__)

SWITCH_AFTER = 0.001
"""Seconds after which a thread that computes lets one go on that wants to; Python's default is 5 ms.

A listener has to get the interpreter back after each statement that it sends to the database: while the
waiter goes through 10,000 jobs, the default adds up to what somebody who typed a command can feel.
"""


def run(settings: Settings) -> None:
    """Run until SIGTERM or Ctrl-C; exit code 2 when the configuration turns out to be wrong."""
    sys.setswitchinterval(SWITCH_AFTER)
    try:
        bot = Bot(settings)
    except UnknownSchema as error:
        _cannot_start(str(error))
    except StoreTrouble as error:
        _cannot_start(f"DATABASE_URL: can't be opened: {str(error).splitlines()[0]}")
    asked = threading.Event()

    def ask(_number: int, _frame: object) -> None:
        asked.set()
        bot.interrupt()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)
    try:
        bot.start()
    except (WrongToken, PortTaken) as error:
        bot.stop()
        _cannot_start(str(error))
    asked.wait()
    log.info("stopping")
    if not bot.stop():
        # A call to DSS or Slack hangs in a thread that Python would wait for. What it was doing is a row
        # with a lease: whoever starts next goes on with it.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def _cannot_start(reason: str) -> NoReturn:
    log.error("cannot_start", reason=reason)
    sys.exit(2)
