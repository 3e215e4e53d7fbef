"""How fast a slash command is acknowledged while DSS takes 5 s for every answer."""

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bot_process import bot_environment
from benchmarks.processes import Process
from bot.sandbox.slack import Delivery, SlackSandbox

UNDER_WAY = 50
DSS_SECONDS = 5.0
PAUSE = 0.1
"""Seconds between two commands once that many are in progress."""
TEXTS = (
    ("/dss-jobs", "CHURN --limit 5"),
    ("/dss-build", "CHURN.scored_{number}"),
    ("/dss-jobs", ""),
    ("/dss-build", "SALES.orders_{number}"),
)


@dataclass(frozen=True, kw_only=True)
class Acks:
    """The measurements, in seconds."""

    seconds: list[float]
    """From each command to its acknowledgement, not counting the commands that only loaded the bot."""
    missed: int
    """Commands that were not acknowledged within Slack's 3 s."""


def measure(commands: int) -> Acks:
    """Start 50 commands, then type this many more while those are in progress."""
    with tempfile.TemporaryDirectory() as name, SlackSandbox(rates=False) as slack:
        folder = Path(name)
        with Process("benchmarks.dss_process", log=folder / "dss.log") as dss:
            env = bot_environment(slack, dss.ask("where"), f"sqlite:///{folder / 'bot.sqlite3'}")
            with Process("bot", "run", log=folder / "bot.log", env=env) as bot:
                bot.until_logged("reads_back")
                dss.ask("slow", seconds=DSS_SECONDS)
                for number in range(UNDER_WAY):
                    _type(slack, number)
                done: list[Delivery] = []
                for number in range(UNDER_WAY, UNDER_WAY + commands):
                    done.append(_type(slack, number))
                    time.sleep(PAUSE)
    return _read(done)


def _type(slack: SlackSandbox, number: int) -> Delivery:
    command, text = TEXTS[number % len(TEXTS)]
    return slack.as_user("alice").command(command, text.format(number=number), "data").wait(10)


def _read(done: Sequence[Delivery]) -> Acks:
    acked = [each.seconds for each in done if each.acked and each.seconds is not None]
    return Acks(seconds=acked, missed=len(done) - len(acked))
