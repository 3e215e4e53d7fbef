"""The digest: many ended jobs in one message, when they come faster than Slack accepts messages."""

from collections.abc import Sequence

import msgspec

from bot.domain import Message
from bot.language import t, tn
from bot.views import limits, wording
from bot.views.blocks import context, message, section

PER_DIGEST = 30
"""How many jobs one digest lists: each has one line, and the message has to stay readable."""

_LINES = 6
"""Jobs per section: six long lines always fit."""


class End(msgspec.Struct, frozen=True, kw_only=True):
    """One job's end."""

    text: str
    """What the reply in its thread would say, as escaped mrkdwn."""
    asker: str | None
    url: str | None
    """Link to its thread."""


def digest(ends: Sequence[End]) -> Message:
    """Report the ends of many jobs, failed ones first; mention each person who requested one once."""
    ends = sorted(ends, key=lambda end: rank(end.text))
    askers = dict.fromkeys(end.asker for end in ends if end.asker)
    said = tn("{number} job ended", "{number} jobs ended", len(ends))
    heading = " · ".join([f"*{said}*", *(wording.mention(asker) for asker in askers)])
    lines = [_line(end) for end in ends[:PER_DIGEST]]
    groups = [lines[start : start + _LINES] for start in range(0, len(lines), _LINES)]
    note = context(t("Many jobs ended at once: each thread gets its own reply later."))
    return message(said, (section(heading), *(section(*group) for group in groups), note))


def rank(text: str) -> int:
    """Rank how urgently an end is reported: 0 for failures, 1 for other bad news, 2 for the rest.

    Args:
        text: what the reply says; it begins with the state as `bot.views.wording` puts it, in the language
            of the channels.
    """
    return 0 if text.startswith(t("Failed")) else 2 if text.startswith(t("Done")) else 1


def _line(end: End) -> str:
    first = end.text.partition("\n")[0]
    room = limits.SECTION_TEXT // _LINES - 20 - len(end.url or "")
    shown = first if len(first) <= room else t("an outcome that is too long to show here: see its thread")
    thread = t("thread")
    return f"• {shown} · <{end.url}|{thread}>" if end.url else f"• {shown}"
