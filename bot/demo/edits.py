"""What to show of an edit: the whole card, only the new lines, or nothing."""

import re

from rich.text import Text

from bot.demo.blocks import controls_of, paragraphs
from bot.demo.markup import Reader
from bot.sandbox.slack import Message

# A running job's card counts seconds; that alone isn't news.
_SPAN = r"(?:less than 1 s|\d+ (?:s|min|h|d)(?: \d+ (?:s|min|h))?)"
_DURATION = re.compile(rf",? (?:for|after|took) {_SPAN}|{_SPAN}")

WHOLE = None
"""The edit changed what people can do with the message: show all of it."""


def news(before: Message, after: Message, reader: Reader) -> list[Text] | None:
    """Return the lines that an edit added, or `WHOLE`.

    Different buttons mean that the card has changed its meaning, for example because the job has ended.
    Otherwise, new paragraph lines count; small gray lines and durations don't.
    """
    old, new = paragraphs(before.blocks, reader), paragraphs(after.blocks, reader)
    if not new or _buttons(before) != _buttons(after):
        return WHOLE
    known = {_masked(line) for line in old}
    return [line for line in new if _masked(line) not in known]


def _masked(line: Text) -> str:
    return _DURATION.sub("", line.plain)


def _buttons(message: Message) -> list[tuple[str, str, str]]:
    return [control.key for control in controls_of(message.blocks)]
