"""Render Slack's mrkdwn as styled terminal lines. Pure: the caller passes the reader and the time."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import cache

from rich.console import Console
from rich.text import Text

from bot.demo.dates import show_date

FENCE = re.compile(r"```\n?(.*?)\n?```", re.DOTALL)
_INLINE = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|<(?P<angle>[^<>\n]+)>"
    r"|(?<![\w*])\*(?P<bold>(?=\S)[^*\n]+(?<=\S))\*(?![\w*])"
    r"|(?<!\w)_(?P<italic>(?=\S)[^_\n]+(?<=\S))_(?!\w)"
    r"|(?<!\w)~(?P<strike>(?=\S)[^~\n]+(?<=\S))~(?!\w)"
)
# A terminal would obey control characters and direction marks; word joiners are invisible anyway.
_DISTURBING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069]+")

CODE = "cyan"
PREFORMATTED = "dim"
NAME = "bold magenta"
LINK = "underline blue"


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Who reads, when, and the names behind ids."""

    now: datetime
    people: Mapping[str, str] = field(default_factory=dict)  # names by user id
    channels: Mapping[str, str] = field(default_factory=dict)  # names by channel id
    zone: tzinfo | None = None  # None means this machine's time zone

    def place(self, channel: str) -> str:
        """Return the display name of a conversation."""
        return f"#{self.channels[channel]}" if channel in self.channels else "a direct message"


@cache
def _console() -> Console:
    return Console(width=80)  # wrapping uses nothing here that differs between terminals


def wrap(lines: Iterable[Text], width: int) -> list[Text]:
    """Split lines into pieces of at most ``width`` cells, between words if possible."""
    pieces: list[Text] = []
    for line in lines:
        made = line.wrap(_console(), width, overflow="fold")
        for piece in made:
            piece.rstrip()
        pieces += made or [Text()]
    return pieces


def wrap_parts(parts: Sequence[Text], width: int, glue: str = " · ") -> list[Text]:
    """Put parts side by side in rows of at most ``width`` cells; never break a part that fits."""
    rows: list[Text] = []
    for part in parts:
        if rows and rows[-1].cell_len + len(glue) + part.cell_len <= width:
            rows[-1].append(glue).append_text(part)
        else:
            rows.append(part.copy())
    return wrap(rows, width)


def lines_of(mrkdwn: str, reader: Reader, style: str = "") -> list[Text]:
    """Render mrkdwn as lines: names, times, and entities as people read them, without markup."""
    lines: list[Text] = []
    start = 0
    for fence in FENCE.finditer(mrkdwn):
        lines += _prose(mrkdwn[start : fence.start()].strip("\n"), reader, style)
        lines += _fence(fence[1])
        start = fence.end()
    rest = mrkdwn[start:].strip("\n")
    return lines + _prose(rest, reader, style) if rest or not lines else lines


def plain_lines(text: str, style: str = "") -> list[Text]:
    """Render a plain text, in which nothing is formatted."""
    return [Text(clean(line), style) for line in text.split("\n")]


def clean(text: str) -> str:
    """Drop what a terminal would obey instead of showing."""
    return _DISTURBING.sub("", text.expandtabs(4))


def _fence(text: str) -> list[Text]:
    return [Text(_plain(line), PREFORMATTED) for line in text.split("\n")]


def _prose(text: str, reader: Reader, style: str) -> list[Text]:
    return [_styled(line, reader, style) for line in text.split("\n")] if text else []


def _styled(text: str, reader: Reader, style: str) -> Text:
    made = Text(style=style)
    for part in _parts(text, reader):
        made.append_text(part)
    return made


def _parts(text: str, reader: Reader) -> Iterator[Text]:
    start = 0
    for found in _INLINE.finditer(text):
        yield Text(_plain(text[start : found.start()]))
        start = found.end()
        kind, inner = str(found.lastgroup), str(found[str(found.lastgroup)])
        if kind == "code":
            yield Text(_plain(inner), CODE)
        elif kind == "angle":
            yield _angle(inner, reader)
        else:
            yield _styled(inner, reader, kind)
    yield Text(_plain(text[start:]))


def _angle(inner: str, reader: Reader) -> Text:
    """Render the content of angle brackets: people, channels, times, groups, links."""
    what, _, label = inner.partition("|")
    label = _plain(label)
    match what[:1]:
        case "@":
            return Text("@" + clean(reader.people.get(what[1:], label or what[1:])), NAME)
        case "#":
            return Text("#" + clean(reader.channels.get(what[1:], label or what[1:])), NAME)
        case "!":
            return _special(what[1:], label, reader)
    address = _plain(what)
    shown = Text(label or address.removeprefix("mailto:"), LINK)
    return shown.append(f" ({address})", "dim") if label and label != address else shown


def _special(what: str, label: str, reader: Reader) -> Text:
    word, *rest = what.split("^")
    if word == "date" and len(rest) >= 2 and rest[0].isdigit():
        return Text(show_date(int(rest[0]), _plain(rest[1]), now=reader.now, zone=reader.zone))
    return Text(label or "@" + clean(word), NAME)


def _plain(text: str) -> str:
    return clean(text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
