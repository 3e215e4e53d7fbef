"""Escaping for text from outside: it shows as plain text, notifies nobody and applies no formatting.

Slack's mrkdwn has three special characters (``&``, ``<``, ``>``) and formatting marks that can't be
escaped at all, so look-alike characters replace those marks. Every function here cuts by code point and
never inside an entity. Lengths are counted after escaping, as they go over the wire.
"""

import re
from collections.abc import Iterable

ELLIPSIS = "…"
_TICK = "\u02cb"  # modifier letter grave accent: looks like a backtick, but doesn't end a code span
_JOINER = "\u2060"  # word joiner: invisible, and prevents a line break
# Control characters except tab and line feed, text direction marks, and unpaired surrogates.
_DISTURBING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+"
)
_SPACES = re.compile(r"\s+")
_NO_BREAK = "\u00a0\u202f"
_FENCE = re.compile(r"`{3,}")
_EDGE_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_EMOJI = re.compile(r":(?=[^\s:]{1,100}:)")
_LOOKALIKES = str.maketrans({"*": "\u2217", "~": "\u223c", "`": _TICK})
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_BRACKETS = str.maketrans({"<": "\u2039", ">": "\u203a"})
_READ = 2_000  # code points read from a name or sentence: more than is ever shown
_COPIED = 300  # code points of the longest name worth copying
_FENCE_MARKS = len("```\n\n```")


def clean(text: str) -> str:
    """Drop what would disturb the surrounding text: control, direction-changing and unpaired code points."""
    return _DISTURBING.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """Clean a text and collapse every run of whitespace into one space.

    A single space that doesn't break a line stays: French has them before a colon and within quotes.
    """
    return _SPACES.sub(lambda run: run[0] if run[0] in _NO_BREAK else " ", clean(text)).strip()


def cut(text: str, limit: int) -> str:
    """Cut plain text to ``limit`` code points, with an ellipsis when something was cut."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + ELLIPSIS


def escape(text: str, limit: int | None = None) -> str:
    """Escape ``&``, ``<`` and ``>``; the result has at most ``limit`` code points."""
    escaped = text.translate(_ENTITIES)
    if limit is None or len(escaped) <= limit:
        return escaped
    kept = escaped[: limit - 1]
    start = kept.rfind("&")
    if start >= 0 and ";" not in kept[start:]:
        kept = kept[:start]
    return kept + ELLIPSIS


def code(text: str, limit: int = 120) -> str:
    """Show a name from outside as a code span; ``limit`` counts the text between the backticks."""
    return f"`{escape(one_line(text[:_READ]).replace('`', _TICK), limit) or '?'}`"


def prose(text: str, limit: int = 600) -> str:
    """Show a sentence that contains outside text as one line of unformatted mrkdwn."""
    plain = _EDGE_UNDERSCORE.sub("\u02cd", one_line(text[:_READ]).translate(_LOOKALIKES))
    plain = _EMOJI.sub(":" + _JOINER, plain)
    # A ">" at the start of a line makes it a quote, even when escaped.
    return escape(_JOINER + plain if plain.startswith(">") else plain, limit)


def sentence(text: str, limit: int = 600) -> str:
    """Show a sentence like `prose`, but show names that people might copy, such as job ids, as code."""
    shown: list[str] = []
    left = limit
    for word in one_line(text[:_READ]).split(" "):
        name = word.rstrip(f".,:;!?{_NO_BREAK}")
        kept = len(name) < _COPIED and _EDGE_UNDERSCORE.search(name)
        said = code(name, _COPIED * 5) + word[len(name) :] if kept else prose(word, max(left, 1))
        if len(said) > left:
            return " ".join([*shown, ELLIPSIS])
        shown.append(said)
        left -= len(said) + 2  # a space, and room for an ellipsis
    return " ".join(shown)


def fence(text: str, limit: int) -> str:
    """Show the end of a text as one preformatted block of at most ``limit`` code points, fences included."""
    return fences(text, limit, 1)[0][0]


def fences(text: str, limit: int, count: int) -> tuple[list[str], bool]:
    """Show the end of a text as up to ``count`` preformatted blocks of at most ``limit`` code points each.

    Returns:
        The blocks, oldest first, and whether they contain the whole text.
    """
    room = limit - _FENCE_MARKS
    chunks: list[list[str]] = [[]]
    size = 0
    for line in reversed(_fence_lines(text, room)):
        if chunks[-1] and size + len(line) + 1 > room:
            if len(chunks) == count:
                return [_fenced(reversed(chunk)) for chunk in reversed(chunks)], False
            chunks.append([])
            size = 0
        size += len(line) + bool(chunks[-1])
        chunks[-1].append(line)
    return [_fenced(reversed(chunk)) for chunk in reversed(chunks)], True


def _fence_lines(text: str, limit: int) -> list[str]:
    """Escape a text line by line, so no cut splits an entity and no fence closes early."""
    ticked = _FENCE.sub(lambda run: _TICK * len(run.group()), clean(text).expandtabs(4))
    return [escape(line.rstrip(), limit) for line in ticked.strip("\n").split("\n")]


def _fenced(lines: Iterable[str]) -> str:
    return "```\n" + "\n".join(lines) + "\n```"


def label(text: str, limit: int) -> str:
    """Text for a button or an option, which are plain text: one line without angle brackets."""
    return cut(one_line(text[:_READ]).translate(_BRACKETS), limit) or "?"


def title(text: str, limit: int) -> str:
    """Text for the title of a plan or a task, a plain string: like `label`, and ``:words:`` aren't emoji."""
    return cut(_EMOJI.sub(":" + _JOINER, label(text, limit)), limit)
