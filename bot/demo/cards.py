"""Render whole messages as terminal lines: who, where, and when, then the blocks; replies get a bar. Pure."""

from rich.text import Text

from bot.demo.blocks import Numbering, block_lines, folded
from bot.demo.dates import clock_time
from bot.demo.markup import NAME, Reader, clean, lines_of, plain_lines, wrap
from bot.sandbox.slack import Message

INDENT = "  "
BAR = "│ "
EDIT = "✎ "
ASK = "? "
_TIME = "00:00  "


def card(
    message: Message,
    reader: Reader,
    number: Numbering,
    width: int,
    *,
    edited: bool = False,
    full: bool = False,
) -> list[Text]:
    """Render a message that isn't in a thread, with its header; ``full`` leaves nothing out."""
    body = _body(message, reader, number, width - len(INDENT), full=full)
    return [_head(message, reader, edited=edited), *(Text.assemble(INDENT, line) for line in body)]


def reply(message: Message, reader: Reader, number: Numbering, width: int) -> list[Text]:
    """Render a message in a thread, behind a bar, with the time before the first line."""
    bar = Text.assemble(INDENT, (BAR, "blue"))
    body = _body(message, reader, number, width - bar.cell_len - len(_TIME))
    time = Text(clock_time(message.ts, reader.zone) + "  ", "dim")
    return [Text.assemble(bar, " " * len(_TIME) if nth else time, line) for nth, line in enumerate(body)]


def aside(lines: list[Text], width: int) -> list[Text]:
    """Render the news of an edit, in small type."""
    pieces = wrap(lines, width - len(INDENT) - len(EDIT))
    return [
        Text.assemble(INDENT, (" " * len(EDIT) if nth else EDIT, "blue"), piece)
        for nth, piece in enumerate(pieces)
    ]


def title(message: Message, reader: Reader) -> Text:
    """Return the text that identifies a message later: its first line."""
    for block in message.blocks:
        if block["type"] == "section" and "text" in block:
            return lines_of(block["text"]["text"], reader)[0]
    return lines_of(message.text or "a file", reader)[0]


def dialog(confirm: dict[str, dict[str, str]], width: int) -> list[Text]:
    """Render a button's confirmation dialog."""
    said = [*plain_lines(confirm["title"]["text"], "bold"), *plain_lines(confirm["text"]["text"])]
    body = wrap(said, width - len(INDENT) - len(ASK))
    yes, no = clean(confirm["confirm"]["text"]), clean(confirm["deny"]["text"])
    answers = Text.assemble("[", ("y", "bold"), f" {yes}] [", ("n", "bold"), f" {no}]")
    return [Text.assemble(INDENT, (ASK, "yellow"), line) for line in [*body, answers]]


def _head(message: Message, reader: Reader, *, edited: bool) -> Text:
    author = reader.people.get(message.user, message.user)
    head = Text.assemble((author, NAME if message.by_bot else "bold"))
    if message.to is not None:
        head.append(f" · only {reader.people.get(message.to, message.to)} sees this", "dim italic")
    else:
        head.append(f" in {reader.place(message.channel)} · {clock_time(message.ts, reader.zone)}", "dim")
    return head.append(" · edited", "dim") if edited else head


def _body(
    message: Message, reader: Reader, number: Numbering, width: int, *, full: bool = False
) -> list[Text]:
    if message.blocks:
        return block_lines(message.blocks if full else folded(message.blocks), reader, number, width)
    said = wrap(lines_of(message.text, reader), width) if message.text else []
    return [*said, *(Text("📎 a file", "dim") for _ in message.files)]
