"""Messages like the sandbox's, made by hand."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from bot.demo.blocks import Control
from bot.demo.markup import Reader
from bot.sandbox.slack import Message
from bot.sandbox.slack.model import Edit

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
READER = Reader(
    now=NOW, people={"U1": "alice", "U2": "bob", "UB": "dss-bot"}, channels={"C1": "data"}, zone=UTC
)

Json = dict[str, Any]


def counting() -> Callable[[Control], int]:
    """Return a numbering like a screen's: from 1, and the same control always gets the same number."""
    numbers: dict[tuple[str, str, str], int] = {}
    return lambda control: numbers.setdefault(control.key, len(numbers) + 1)


def section(text: str, **more: object) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def context(*texts: str) -> Json:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text} for text in texts]}


def button(label: str, action_id: str, **more: object) -> Json:
    return {
        "type": "button",
        "text": {"type": "plain_text", "text": label},
        "action_id": action_id,
        **more,
    }


def actions(*elements: Json) -> Json:
    return {"type": "actions", "block_id": "row", "elements": list(elements)}


def message(*blocks: Json, ts: str = "1795444200.000100", edits: int = 0, **more: Any) -> Message:
    return Message(
        **{
            "channel": "C1",
            "ts": ts,
            "user": "UB",
            "text": "summary",
            "blocks": list(blocks),
            "edits": tuple(
                Edit(ts=str(float(ts) + nth + 1), text="older", blocks=[]) for nth in range(edits)
            ),
            **more,
        }
    )
