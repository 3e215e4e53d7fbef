"""How fast the build dialog offers names, over 1,000 projects and a project of 50,000 datasets."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from benchmarks.bot_process import bot_environment
from benchmarks.processes import Process
from bot.sandbox.dss import DssSandbox
from bot.sandbox.dss.model import DATASET, Item, Project
from bot.sandbox.slack import Delivery, SlackSandbox, View
from bot.views import dialog_ids

EACH = 50
"""Datasets in each project."""
LARGE = "LARGE"
WORDS = ("cust", "orders 7", "sess", "p04", "customer 12", "ordres", "xq")
"""Parts, several parts, a slip, and nothing that exists."""
THEMES = ("customers", "orders", "sessions", "payments")


@dataclass(frozen=True, kw_only=True)
class Offered:
    """The measurements, in seconds from typing to the options."""

    cold: list[float]
    """The first list of projects, then the first list of each project's outputs."""
    warm: list[float]
    large: list[float]
    """Warm, in the project that has as many datasets as all others together."""
    grown_mb: float
    """Growth of the bot's resident memory."""
    names: int


def measure(projects: int, times: int) -> Offered:
    """Fill DSS, open the dialog, and type."""
    with tempfile.TemporaryDirectory() as name, SlackSandbox(rates=False) as slack, DssSandbox() as dss:
        folder = Path(name)
        for number in range(projects):
            dss.world.add_project(_project(f"P{number:04}", EACH))
        dss.world.add_project(_project(LARGE, projects * EACH))
        address = {"url": dss.url, "key": dss.admin_key}
        env = bot_environment(slack, address, f"sqlite:///{folder / 'bot.sqlite3'}")
        with Process("bot", "run", log=folder / "bot.log", env=env) as bot:
            bot.until_logged("reads_back")
            before = bot.cost().rss_mb
            typist = _Typist(slack)
            cold = [typist.choose("P0001")]
            for number in range(2, 12):
                cold.append(typist.type(dialog_ids.BUILD_OUTPUTS, ""))
                typist.choose(f"P{number:04}")
            warm = [typist.type(dialog_ids.BUILD_PROJECT, word) for word in islice(cycle(WORDS), times)]
            warm += [typist.type(dialog_ids.BUILD_OUTPUTS, word) for word in islice(cycle(WORDS), times)]
            typist.choose(LARGE)
            cold.append(typist.type(dialog_ids.BUILD_OUTPUTS, ""))
            large = [typist.type(dialog_ids.BUILD_OUTPUTS, word) for word in islice(cycle(WORDS), times)]
            grown = bot.cost().rss_mb - before
    return Offered(
        cold=cold, warm=warm, large=large, grown_mb=grown, names=projects + 11 * EACH + projects * EACH
    )


def _project(key: str, datasets: int) -> Project:
    project = Project(key=key, name=f"Project {key.lower()} of {THEMES[datasets % 4]}")
    for number, theme in zip(range(datasets), cycle(THEMES), strict=False):
        one = f"{theme}_{number}"
        project.add(Item(kind=DATASET, id=one, name=one))
    return project


class _Typist:
    def __init__(self, slack: SlackSandbox) -> None:
        self._slack = slack
        self._alice = slack.as_user("alice")
        self._alice.command("/dss-build", "", "data").wait(10)
        self._until(lambda: any(_block(one, dialog_ids.BUILD_PROJECT) for one in slack.views("alice")))

    def type(self, field: str, text: str) -> float:
        """Type into a select; return how long the options took."""
        return self._acked(self._alice.suggest(self._view(), field, text))[0]

    def choose(self, project: str) -> float:
        """Choose a project and wait for the dialog to follow; return how long its option took."""
        before = _block(self._view(), dialog_ids.BUILD_OUTPUTS)
        delivery = self._alice.suggest(self._view(), dialog_ids.BUILD_PROJECT, project)
        seconds, options = self._acked(delivery)
        self._alice.select(self._view(), dialog_ids.BUILD_PROJECT, options[0]).wait(10)
        self._until(lambda: _block(self._view(), dialog_ids.BUILD_OUTPUTS) != before)
        return seconds

    def _acked(self, delivery: Delivery) -> tuple[float, list[object]]:
        delivery.wait(10)
        if delivery.seconds is None or not isinstance(delivery.ack_payload, dict):
            raise RuntimeError(f"no options: {delivery.error}")
        return delivery.seconds, delivery.ack_payload["options"]

    def _view(self) -> View:
        return self._slack.views("alice")[-1]

    def _until(self, true: Callable[[], bool]) -> None:
        self._slack.wait_until(lambda: true() or None, 20)


def _block(view: View, action: str) -> str:
    fields = (one for one in view.blocks if one.get("element", {}).get("action_id") == action)
    return next((str(one["block_id"]) for one in fields), "")
