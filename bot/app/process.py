"""Runs the bot as a process: signals, exit codes, and a shutdown that nothing can block."""

import os
import signal
import sys
import threading
from typing import NoReturn

import structlog

from bot.app.signals import handled
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
    asked = threading.Event()
    end = threading.Timer(within, _end_now)
    end.daemon = True

    def ask() -> None:
        if not asked.is_set():
            asked.set()
            end.start()
            bot.interrupt()

    def reload() -> None:
        threading.Thread(target=bot.reload_rules, name="rules", daemon=True).start()

    with handled({signal.SIGTERM: ask, signal.SIGINT: ask, signal.SIGHUP: reload}):
        _run(bot, asked, retry_blocks=retry_blocks)
    end.cancel()


def _run(bot: Bot, asked: threading.Event, *, retry_blocks: bool) -> None:
    if retry_blocks:
        log.info("blocks.retried", kinds=bot.store.block_support.forget())
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


def _bot(settings: Settings) -> Bot:
    try:
        return Bot(settings)
    except UnknownSchema as error:
        _cannot_start(str(error))
    except CannotOpen as error:
        _cannot_start(f"DATABASE_URL: {error}")


def _end_now() -> None:
    """Exit even if a call hangs, such as the first one to Slack."""
    log.warning("stopped", clean=False)
    _exit()


def _exit() -> NoReturn:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _cannot_start(reason: str) -> NoReturn:
    log.error("cannot_start", reason=reason)
    sys.exit(2)
