"""The final state for people and DSS, without what varies between runs: ids, times, durations."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from bot.sandbox.dss import World
from bot.sandbox.slack import Message, View

_PATTERNS = (
    (re.compile(r"<!date\^[^>]*>"), "⟨time⟩"),
    (re.compile(r"\d{4}[-/]\d\d[-/]\d\d[T -]\d\d[:-]\d\d[:-]\d\d(?:[.,]\d+)?"), "⟨time⟩"),
    (re.compile(r"(?<=…)\d\d-\d\d-\d\d\.\d{3}"), "⟨time⟩"),  # the end of a short job id
    (re.compile(r"\b\d\d:\d\d(?::\d\d| UTC)"), "⟨time⟩"),
    (re.compile(r"\bless than 1 s\b|\b\d+ (?:s|min|h|d)\b(?: \d+ (?:s|min|h)\b)?"), "⟨while⟩"),
    (re.compile(r"127\.0\.0\.1:\d+"), "⟨host⟩"),
    (re.compile(r"/archives/\w+/p\d{16}"), "⟨message⟩"),
)
_NOT_SEEN = re.compile(r"\n?The bot couldn't see the job between ⟨time⟩ and ⟨time⟩\.")
"""True if a bot or DSS was away; for how long depends on the machine's speed."""
_SHOWN = ("text", "url", "action_id", "alt_text")


def normal(text: str) -> str:
    """Replace what varies between runs."""
    for pattern, word in _PATTERNS:
        text = pattern.sub(word, text)
    return _NOT_SEEN.sub("", text)


def conversation(roots: Iterable[Message]) -> list[object]:
    """Return what the bot wrote in a channel: each root with its thread, in order.

    People write again when something fails, so it isn't compared what they wrote.
    """
    return [
        {
            "root": _read(root) if root.by_bot else ["by a person"],
            "thread": [_read(reply) for reply in root.replies if reply.by_bot],
        }
        for root in roots
        if root.by_bot or any(reply.by_bot for reply in root.replies)
    ]


def page(view: View) -> list[str]:
    """Return what a view shows."""
    return [normal(text) for text in _texts(view.blocks)]


def jobs(world: World, before: frozenset[tuple[str, str]]) -> list[tuple[str, ...]]:
    """Return the jobs that DSS has gained: what, how, by whom, and how each ended."""
    with world.lock:
        now = world.now()
        found = [
            (job.project, job.mode, job.initiator, *(out.id for out in job.outputs), job.head(now).state)
            for project in world.projects
            for job in world.jobs.of_project(project)
            if (job.project, job.id) not in before
        ]
    return sorted(found)


def _read(message: Message) -> list[str]:
    read = [(text, normal(text)) for text in (message.text, *_texts(message.blocks))]
    return [words for text, words in read if words or not text]


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [str(value[key]) for key in _SHOWN if isinstance(value.get(key), str)]
        return own + [text for inner in value.values() for text in _texts(inner)]
    if isinstance(value, list | tuple):
        return [text for inner in value for text in _texts(inner)]
    return []


_SILENCE = ("DSS hasn't answered since", "DSS is answering again")


def without_silence(state: Mapping[str, object]) -> tuple[dict[str, object], list[str]]:
    """Remove the reports of an outage; return the rest, and what the threads said, in order."""
    told: list[str] = []
    roots = []
    for root in state["channel"]:  # type: ignore[attr-defined]
        thread = []
        for reply in root["thread"]:
            said = next((words for words in _SILENCE if words in reply[0]), None)
            if said is not None:
                told.append(said)
            else:
                thread.append(reply)
        roots.append({"root": root["root"], "thread": thread})
    return {**state, "channel": roots}, told
