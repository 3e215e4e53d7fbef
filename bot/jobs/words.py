"""The text of a slash command, cut into words, after undoing what Slack clients do to it.

Facts (SLACK-FACTS.md §1.4): clients turn quotes and dashes into typographic ones, insert no-break spaces,
write ``a.b`` as ``<http://a.b|a.b>`` and escape ``&``, ``<`` and ``>``.
"""

import re
import unicodedata

import msgspec

_LINK = re.compile(r"<([^<>|\s]{1,3000})(?:\|([^<>]{0,3000}))?>")
_ENTITY = re.compile(r"&(amp|lt|gt);")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">"}
_DOUBLE = '"\u201c\u201d\u201e\u201f\u00ab\u00bb'
_SINGLE = "'\u2018\u2019\u201a\u201b"
_QUOTES = {**dict.fromkeys(_DOUBLE, _DOUBLE), **dict.fromkeys(_SINGLE, _SINGLE), "`": "`"}
_HYPHENS = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2212", "-"))
_DASHES = "-\u2013\u2014\u2015"
_OPTION = re.compile(rf"[{_DASHES}]{{1,4}}(?=[^\W\d_])")
_PLAIN = re.compile(r"[\w|:+@]+(?:-+[\w|:+@]+)*")
_PLAIN_DOTTED = re.compile(r"[\w|:+@]+(?:[-.]+[\w|:+@]+)*")


class Word(msgspec.Struct, frozen=True):
    """One word of a command."""

    text: str
    """Without its quotes."""
    dot: int = -1
    """Where in ``text`` the first dot outside quotes is, or -1."""
    quoted: bool = False
    """Whether it began with a quote."""
    bare: bool = True
    """Whether no part of it was in quotes."""


class UnclosedQuote(ValueError):
    """A quote was opened and never closed. ``str(error)`` is the text from the quote on."""


def clean(text: str) -> str:
    """Undo links, entities, invisible characters and special spaces and hyphens of Slack clients."""
    unlinked = _LINK.sub(_unlink, text)
    unescaped = _ENTITY.sub(lambda found: _ENTITIES[found[1]], unlinked)
    if unescaped.isascii() and unescaped.isprintable():
        return unescaped.strip()
    shown = "".join(
        " " if char.isspace() else char
        for char in unescaped.translate(_HYPHENS)
        if char.isspace() or unicodedata.category(char) not in {"Cc", "Cf", "Cs"}
    )
    return shown.strip()


def split(text: str) -> tuple[Word, ...]:
    """Cut cleaned text into words at spaces that are not in quotes.

    A quote (straight, typographic or a backtick) counts where a word or a value begins: at its start and
    after an equals sign, dot, comma or slash; elsewhere it is an apostrophe. In double quotes a backslash
    keeps a quote or a backslash. Commas around a word are dropped.

    Raises:
        UnclosedQuote: when a quote that was opened has no end.
    """
    found: list[Word] = []
    at = 0
    while at < len(text):
        if text[at] in " ,":
            at += 1
            continue
        word, at = _word(text, at)
        word = _unbold(word)
        if word.text or not word.bare:
            found.append(word)
    return tuple(found)


def option_name(word: Word) -> tuple[str, str | None] | None:
    """Read ``--name`` or ``--name=value``, whatever its dashes became; ``None`` when it is no option."""
    lead = None if word.quoted else _OPTION.match(word.text)
    if lead is None:
        return None
    name, equals, value = word.text[lead.end() :].partition("=")
    return name.casefold(), value if equals else None


def quote(text: str, *, dots: bool = True) -> str:
    """Write ``text`` so that `split` reads it as one word, in quotes only when needed.

    Args:
        text: what the word shall be.
        dots: whether a dot may stand outside quotes.
    """
    if (_PLAIN_DOTTED if dots else _PLAIN).fullmatch(text):
        return text
    escaped = "".join("\\" + char if char in _DOUBLE or char == "\\" else char for char in text)
    return f'"{escaped}"'


def short(text: str, most: int = 60) -> str:
    """Shorten what was typed, to quote it in a sentence."""
    return text if len(text) <= most else text[: most - 1] + "…"


def _unlink(found: re.Match[str]) -> str:
    """Return what a person meant by Slack's ``<target|label>``."""
    target, label = found[1], found[2]
    if target[0] in "@#!":
        return found[0]
    if label is None or "/projects/" in target:
        return target
    return label


def _word(text: str, at: int) -> tuple[Word, int]:
    """Read one word from ``at`` on; return it and where it ends."""
    parts: list[str] = []
    size, dot, commas, quoted, bare = 0, -1, 0, text[at] in _QUOTES, True
    boundary = True
    while at < len(text) and text[at] != " ":
        if boundary and text[at] in _QUOTES:
            part, at = _quoted(text, at)
            bare, commas = False, 0
        else:
            part = text[at]
            at += 1
            commas = commas + 1 if part == "," else 0
            if part == "." and dot < 0:
                dot = size
        parts.append(part)
        size += len(part)
        boundary = bool(part) and part in "=./,"
    if commas:
        del parts[-commas:]
    return Word("".join(parts), dot, quoted, bare), at


def _unbold(word: Word) -> Word:
    """Take the asterisks off a word that was pasted in bold."""
    bold = word.bare and len(word.text) > 2 and word.text[0] == word.text[-1] == "*"
    if not bold or "*" in word.text[1:-1]:
        return word
    return msgspec.structs.replace(word, text=word.text[1:-1], dot=max(word.dot - 1, -1))


def _quoted(text: str, start: int) -> tuple[str, int]:
    """Read what is in quotes from ``start`` on; return it and where the closing quote ends."""
    closers = _QUOTES[text[start]]
    escapes = closers is _DOUBLE
    part: list[str] = []
    at = start + 1
    while at < len(text):
        char = text[at]
        if escapes and char == "\\" and text[at + 1 : at + 2] in {*_DOUBLE, "\\"}:
            part.append(text[at + 1])
            at += 2
            continue
        if char in closers:
            return "".join(part), at + 1
        part.append(char)
        at += 1
    raise UnclosedQuote(text[start:])
