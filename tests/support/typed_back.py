"""The bot without a network, as somebody sees it who types commands and reads the answers."""

import html
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from bot import views
from bot.commands.rendering import as_command, as_typed
from bot.domain import Build, FlowObject, ListDatasets, ListJobs, OutputKind, ReadLog, ShowStatus
from bot.domain.policy import AccessMode
from bot.views import OldButton
from tests.fuzz.bot import FuzzedBot
from tests.fuzz.inputs import command_payload
from tests.support.mistakes import ENDED, RUNNING
from tests.support.samples import NOW, job_info

_COMMAND = re.compile(r"`(/dss-(?:build|jobs)[^`]*)`")
_FORM = re.compile(r"\b(?:PROJECT|JOB|TEXT|PROJECT\.dataset)\b")
"""In a command that only shows a form."""


class Answer(msgspec.Struct, frozen=True):
    """What somebody saw."""

    text: str
    buttons: tuple[str, ...]
    """The values of the buttons."""
    refused: str | None
    """Why the command was refused."""

    def suggestions(self) -> Iterator[str]:
        """Yield each command that is shown, or that a button carries out."""
        if "How to use" in self.text:  # its examples are of the demo's projects
            return
        lines = (line for line in self.text.split("\n") if "Without filters" not in line)
        shown = (html.unescape(found) for line in lines for found in _COMMAND.findall(line))
        yield from dict.fromkeys(one for one in shown if not _FORM.search(one))
        for value in dict.fromkeys(self.buttons):
            try:
                request = views.decode(value)
            except OldButton:
                continue
            if isinstance(request, Build | ListJobs | ShowStatus | ReadLog | ListDatasets):
                yield as_command(request)


class TypingBot(FuzzedBot):
    """A bot whose DSS has names of all kinds."""

    def __init__(self, folder: Path, access: AccessMode) -> None:
        self._refused: list[str] = []
        super().__init__(folder, access)
        self.asked = 0
        self._fill()

    def _fill(self) -> None:
        dss = self.dss
        dss.jobs.clear()
        for project, names in {
            "CHURN": ("scored history", "a.b", "customers", "customers_clean"),
            "SALES": ("days", "customers", "daily_orders"),
        }.items():
            datasets = dss.object_lists[project, OutputKind.DATASET]
            datasets += [FlowObject(kind=OutputKind.DATASET, id=name, name=name) for name in names]
        dss.add_project("RND", "scored_v2", "raw events", name="R & D")
        for project in ("CHURN", "SALES", "RND"):
            for kind in (OutputKind.STREAM, OutputKind.KNOWLEDGE):
                dss.object_lists[project, kind] = []
        dss.add_object("CHURN", OutputKind.MODEL, "m0del123", "Churn prediction")
        dss.add_object("CHURN", OutputKind.FOLDER, "f0lder12", "exports")
        dss.add_object("SALES", OutputKind.STREAM, "live", "live")
        dss.dimensions_of["SALES", "orders"] = ("day", "country")
        dss.dimensions_of["SALES", "days"] = ("day",)
        dss.partitions_of["SALES", "orders"] = ("2026-11-22|FR", "2026-11-23|FR")
        dss.partitions_of["SALES", "days"] = ("2026-11-22", "2026-11-23")
        dss.put(job_info(ref=RUNNING))
        dss.put(job_info(ref=ENDED, state="FAILED", finished=True, initiator="bob", ended_at=NOW))

    def heard(self, _logger: object, method: str, event: Mapping[str, Any]) -> Any:
        """Remember why a command was refused."""
        if event.get("event") in {"refused", "dss.trouble"}:
            self._refused.append(str(event.get("reason") or event.get("detail")))
        return super().heard(_logger, method, event)

    def ask(self, command: str) -> Answer:
        """Type a command, and return the answer."""
        self.asked += 1
        for ref, job in list(self.dss.jobs.items()):  # what was built before has ended
            if ref != RUNNING and not job.finished:
                self.dss.put(msgspec.structs.replace(job, state="DONE", finished=True))
        self._refused.clear()
        told = len(self.slack.told)
        name, _, text = command.partition(" ")
        answer = self.send(command_payload("UALICE", name, as_typed(text)))
        assert self.errors == [], command
        bodies: list[object] = [body for method, body in self.slack.told[told:] if method != "users.info"]
        bodies += [json.loads(answer.body)] if answer.body.startswith("{") else [{"text": answer.body}]
        # Nobody followed it: that is no matter of the command's form.
        refused = [one for one in self._refused if "isn't followed here" not in one]
        return Answer(
            text="\n".join(_found(bodies, "text")),
            buttons=tuple(_found(bodies, "value")),
            refused=refused[0] if refused else None,
        )


def _found(value: object, key: str) -> Iterator[str]:
    """Yield every text of a key, also in blocks that are sent as JSON."""
    if isinstance(value, str) and value.startswith(("[", "{")):
        value = json.loads(value)
    if isinstance(value, Mapping):
        if isinstance(found := value.get(key), str):
            yield found
        for name, inner in value.items():
            if name != "value":
                yield from _found(inner, key)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _found(inner, key)
