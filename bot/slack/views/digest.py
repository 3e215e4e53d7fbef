"""Many ends in one message, when they come faster than Slack takes messages."""

from collections.abc import Sequence

import msgspec

from bot.facts import Message
from bot.slack.views import limits, words
from bot.slack.views.blocks import context, message, section

PER_DIGEST = 30
"""Ends that one digest tells: each has one line, and a message has to stay readable."""

_LINES = 6
"""Ends in one section, so that six long ones fit into it."""


class End(msgspec.Struct, frozen=True, kw_only=True):
    """One job's end."""

    text: str
    """What the reply in its thread would have said, as escaped mrkdwn."""
    asker: str | None
    url: str | None
    """Link to its thread."""


def digest(ends: Sequence[End]) -> Message:
    """Tell the ends of many jobs, failed ones first; each person who asked for one is mentioned once."""
    ends = sorted(ends, key=lambda end: rank(end.text))
    askers = dict.fromkeys(end.asker for end in ends if end.asker)
    said = f"{words.count(len(ends), 'job')} ended"
    heading = " · ".join([f"*{said}*", *(words.mention(asker) for asker in askers)])
    lines = [_line(end) for end in ends[:PER_DIGEST]]
    groups = [lines[start : start + _LINES] for start in range(0, len(lines), _LINES)]
    note = context("Many jobs ended at once: each thread gets its own reply later.")
    return message(said, (section(heading), *(section(*group) for group in groups), note))


def rank(text: str) -> int:
    """Say how soon an end has to be told: 0 for failures, 1 for other bad news, 2 for the rest.

    Args:
        text: what the reply says, beginning with the state in the words of `bot.slack.views.words`.
    """
    return 0 if text.startswith("Failed") else 2 if text.startswith("Done") else 1


def _line(end: End) -> str:
    first = end.text.partition("\n")[0]
    room = limits.SECTION_TEXT // _LINES - 20 - len(end.url or "")
    shown = first if len(first) <= room else "an end that is too long to show here: see its thread"
    return f"• {shown} · <{end.url}|thread>" if end.url else f"• {shown}"
