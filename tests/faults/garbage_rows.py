"""Row contents that this version didn't write: damaged, or from a newer version before a rollback."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import text

from tests.faults.neighbors import HIT, Neighbors

Text = Callable[[str], str]


def _with(**fields: object) -> Text:
    """Keep the contents except for some fields, as a newer version would write them."""

    def change(true: str) -> str:
        try:
            old = json.loads(true)
        except ValueError:
            old = {}
        return json.dumps({**old, **fields})

    return change


def _without(*fields: str) -> Text:
    def change(true: str) -> str:
        old = json.loads(true)
        return json.dumps({name: value for name, value in old.items() if name not in fields})

    return change


DAMAGED: dict[str, Text] = {
    "{}": lambda _: "{}",
    "null": lambda _: "null",
    "not JSON": lambda _: "not json",
    "empty": lambda _: "",
    "a list": lambda _: "[1, null]",
    "a number": lambda _: "7",
    "cut": lambda true: true[: len(true) // 2],
    "deep": lambda _: "[" * 5_000,
}
_NEWER: dict[str, dict[str, Text]] = {
    "jobs.facts": {
        "no reference": _without("ref"),
        "another kind of state": _with(state={"word": "RUNNING"}),
        "absurd moments": _with(initiated_at=10**30, started_at="yesterday"),
    },
    "jobs.memory": {
        "another kind of told": _with(told={"started": 1}),
        "no moment": _with(followed_since="soon"),
    },
    "watches.place": {"no channel": _without("channel_id"), "a list of channels": _with(channel_id=["C1"])},
    "messages.body": {"another kind of blocks": _with(blocks="v2"), "no text": _without("text")},
    "intents.wish": {
        "an unknown kind": _with(type="Teleport"),
        "an unknown mode": _with(mode="SIDEWAYS"),
        "no outputs": _without("outputs"),
    },
    "intents.place": {"no channel": _without("channel_id")},
}


def catalog(column: str) -> dict[str, Text]:
    """Return every possible replacement for a column."""
    return {**DAMAGED, **{f"newer: {name}": change for name, change in _NEWER.get(column, {}).items()}}


@dataclass(frozen=True)
class Place:
    """Rows that belong to the hit job."""

    table: str
    column: str
    where: str
    also: str = ""
    """What makes the bot read the row again."""

    def damage(self, world: Neighbors, change: Text) -> int:
        """Replace the contents of the rows; return how many there were."""
        values = {"channel": world.slack.channel_id(HIT)}
        with world.engine.connect() as connection:
            asked = f"SELECT DISTINCT {self.column} FROM {self.table} WHERE {self.where}"
            found = [row[0] for row in connection.execute(text(asked), _used(asked, values))]
        changed = 0
        for old in found:
            same = f"({self.where}) AND {self.column} = :old"
            what = f"UPDATE {self.table} SET {self.column} = :new{self.also} WHERE {same}"
            changed += world.execute(what, new=change(old), old=old, **_used(what, values))
        return changed


def _used(statement: str, values: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if f":{name}" in statement}


PLACES = {
    "jobs.facts": Place("jobs", "facts", "project = 'SALES'", ", version = version + 1"),
    "jobs.memory": Place("jobs", "memory", "project = 'SALES'", ", version = version + 1"),
    "watches.place": Place("watches", "place", "project = 'SALES'", ", changed_at = changed_at + 1000000000"),
    "messages.body": Place(
        "messages",
        "body",
        "channel_id = :channel AND state IN ('due', 'sending')",
        ", state = 'due', not_before = 0, lease_until = 0",
    ),
    "intents.wish": Place("intents", "wish", "id = 'damaged'"),
    "intents.place": Place("intents", "place", "id = 'damaged'"),
}
