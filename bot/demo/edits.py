"""What is worth showing of an edit: the whole card, the lines that are new, or nothing."""

import re

from rich.text import Text

from bot.demo.blocks import controls_of, paragraphs
from bot.demo.markup import Reader
from bot.sandbox.slack import Message

# A running job's card counts seconds: that alone is no news.
_SPAN = r"(?:less than 1 s|\d+ (?:s|min|h|d)(?: \d+ (?:s|min|h))?)"
_DURATION = re.compile(rf",? (?:for|after|took) {_SPAN}|{_SPAN}")

WHOLE = None
"""The edit changed what can be done with the message: show all of it."""


def news(before: Message, after: Message, reader: Reader) -> list[Text] | None:
    """Return the lines that an edit brought, or `WHOLE`.

    Other buttons mean that the card is about something else now, such as a job that has ended. Otherwise the
    new paragraph lines count; the small grey ones, and durations anywhere, do not.
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
