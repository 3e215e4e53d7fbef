"""The final state of a run, and how it differs from the required one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.sandbox.slack import Message
from tests.faults.neighbors import HIT, OTHERS, PROJECT, Aim, Neighbors
from tests.faults.normal import conversation, normal, without_silence

FINAL = ("*Done*", "*Failed*", "*Aborted*", "*Done, nothing was built*")
UNTRUE = ("*Failed*", "*Aborted*", "nothing was built")
"""Statements that are false for the hit job, because it ends well."""


@dataclass(frozen=True)
class Seen:
    """The final state."""

    neighbors: Mapping[str, object]
    """The others' channel, their direct messages, and their jobs in DSS."""
    jobs: tuple[str, ...]
    """DSS states of the jobs that were started for the hit request."""
    roots: tuple[str, ...]
    replies: tuple[str, ...]
    private: tuple[str, ...]
    """What only alice saw, in answers and direct messages."""
    direct: tuple[str, ...]
    answered: bool
    """Whether all her questions were answered."""


def hit_jobs(world: Neighbors) -> list[Any]:
    return [job for job in world.dss.world.jobs.of_project(PROJECT) if job.life.initiated >= world.began_ms]


def see(world: Neighbors) -> Seen:
    now = world.dss.world.now()
    state = {
        "channel": conversation(world.roots(OTHERS)),
        "direct messages": conversation(world.slack.messages(world.slack.dm("bob"))),
        "jobs": sorted(
            (job.outputs[0].id, job.head(now).state)
            for job in world.dss.world.jobs.of_project("CHURN")
            if job.life.initiated >= world.began_ms
        ),
        "violations": world.slack.violations,
    }
    roots = world.roots(HIT)
    direct = world.slack.messages(world.slack.dm("alice"))
    return Seen(
        neighbors=without_silence(state)[0],
        jobs=tuple(job.head(now).state for job in hit_jobs(world)),
        roots=tuple(_text(root) for root in roots),
        replies=tuple(_text(reply) for root in roots for reply in root.replies),
        private=tuple(_text(one) for one in world.answers()),
        direct=tuple(_text(one) for root in direct for one in root.replies or (root,)),
        answered=world.answered,
    )


def _text(message: Message) -> str:
    return normal("\n".join([message.text, *_texts(message.blocks)]))


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["text"]] if isinstance(value.get("text"), str) else []
        return own + [text for inner in value.values() for text in _texts(inner)]
    if isinstance(value, list | tuple):
        return [text for inner in value for text in _texts(inner)]
    return []


def said(messages: tuple[Message, ...], *words: str) -> bool:
    return any(word in _text(one) for one in messages for word in words)


def said_in(roots: list[Message], word: str) -> bool:
    return any(said(root.replies, word) for root in roots)


def is_final(root: Message) -> bool:
    return any(word in _text(root) for word in FINAL)


# -- requirements


def differences(expected: Seen, seen: Seen, aim: Aim | None) -> list[str]:
    found = []
    for part, wanted in expected.neighbors.items():
        got = seen.neighbors[part]
        if got != wanted:
            found.append(f"the neighbors' {part}: {got!r}"[:1_500])
    if len(seen.jobs) > 1:
        found.append(f"started {len(seen.jobs)} times")
    if len(seen.roots) > 1:
        found.append(f"{len(seen.roots)} root messages")
    ends = [one for one in (*seen.replies, *seen.direct) if any(word in one for word in FINAL)]
    if len(ends) > 1:
        found.append(f"the end was told {len(ends)} times")
    if any(words in one for one in (*seen.roots, *ends) for words in UNTRUE):
        found.append("a state that is not true was told")
    if not seen.answered:
        found.append("a question got no answer")
    return found + untold(expected, seen, aim)


def untold(expected: Seen, seen: Seen, aim: Aim | None) -> list[str]:
    """Return the news about the hit job that somebody has missed."""
    lasting = _lines(seen.roots, seen.replies, seen.direct) - _lines(expected.roots, expected.replies)
    if not seen.jobs:
        return [] if _lines(seen.private, seen.roots) - _lines(expected.private) else ["lost in silence"]
    done = any(_is_done(one) for one in (*seen.replies, *seen.direct))
    if not seen.roots and not done:
        return [] if lasting or news(expected, seen) else ["started, and nothing was said of it"]
    if not done and not lasting:
        return ["the end was never told, and nothing was said instead"]
    frozen = [one for one in seen.roots if not _is_done(one)]
    cannot_edit = aim is not None and aim.for_good and aim.spot.what == "chat.update"
    if frozen and not cannot_edit and not lasting - _lines(seen.direct):
        return ["the root message stays as it was"]
    if aim is not None and aim.spot.what.startswith("intents.") and not news(expected, seen):
        return ["the damaged request was lost in silence"]
    return []


def _is_done(text: str) -> bool:
    """Return whether a message reports the end, even if it has no blocks because Slack rejected them."""
    return "*Done*" in text or text.startswith("Done after")


def news(expected: Seen, seen: Seen) -> list[str]:
    known = _lines(expected.roots, expected.replies, expected.private, expected.direct)
    return sorted(_lines(seen.roots, seen.replies, seen.private, seen.direct) - known)


def _lines(*parts: tuple[str, ...]) -> set[str]:
    """Return the sentences without the parts that change while a job runs."""
    return {line for part in parts for one in part for line in one.splitlines() if not _passing(line)}


def _passing(line: str) -> bool:
    return not line.strip() or any(word in line for word in _PASSING)


_PASSING = ("Running", "activities", "1 activity", "Waiting to start", "requested by", "[INFO]")
