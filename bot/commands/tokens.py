"""Splits the text of a slash command into words, after undoing what Slack clients do to it.

Facts (SLACK-FACTS.md §1.4): clients turn quotes and dashes into typographic ones, insert no-break spaces,
write ``a.b`` as ``<http://a.b|a.b>`` and escape ``&``, ``<`` and ``>``. Pasted text can also have the marks
of bold, italic, struck and code text.
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
_DATE = re.compile(
    rf"(?<!\d)\d{{4}}[{_DASHES}]\d\d[{_DASHES}]\d\d(?:T\d\d[{_DASHES}]\d\d[{_DASHES}]\d\d)?(?!\d)", re.ASCII
)
_STRAIGHT = str.maketrans(dict.fromkeys(_DASHES, "-"))
_MARKS = "*_~"
_FENCE = "```"
_OPTION = re.compile(rf"[{_DASHES}]{{1,4}}(?=[^\W\d_])")
_HAS_OPTION = re.compile(rf"(?:^| )(?:--|[{_DASHES[1:]}])[^\W\d_]")
_PLAIN = re.compile(r"[\w|:+@]+(?:-+[\w|:+@]+)*")
_PLAIN_DOTTED = re.compile(r"[\w|:+@]+(?:[-.]+[\w|:+@]+)*")


class Word(msgspec.Struct, frozen=True):
    """One word of a command."""

    text: str
    """Without its quotes."""
    dot: int = -1
    """Index in ``text`` of the first dot outside quotes, or -1."""
    quoted: bool = False
    """Whether it began with a quote."""
    bare: bool = True
    """Whether no part of it was in quotes."""


class UnclosedQuote(ValueError):
    """A quote was opened and never closed. ``str(error)`` is the text starting at that quote."""


def clean(text: str) -> str:
    """Undo the links, entities, invisible characters, and special spaces and hyphens of Slack clients."""
    unlinked = _LINK.sub(_unlink, text)
    unescaped = _ENTITY.sub(lambda found: _ENTITIES[found[1]], unlinked)
    if unescaped.isascii() and unescaped.isprintable():
        return unescaped.strip()
    shown = "".join(
        " " if char.isspace() else char
        for char in unescaped.translate(_HYPHENS)
        if char.isspace() or unicodedata.category(char) not in {"Cc", "Cf", "Cs"}
    )
    return _DATE.sub(lambda found: found[0].translate(_STRAIGHT), shown).strip()


def unwrap(text: str) -> str:
    """Remove the paired marks around a whole command that was pasted as code, bold, italic or struck text."""
    inner = text.strip()
    while True:
        if len(inner) > 2 * len(_FENCE) and inner.startswith(_FENCE) and inner.endswith(_FENCE):
            shorter = inner[len(_FENCE) : -len(_FENCE)]
            if _FENCE in shorter:
                return inner
        elif len(inner) > 2 and inner[0] in _MARKS and _encloses(inner[0], inner):
            shorter = inner[1:-1]
        else:
            return inner
        inner = shorter.strip()


def unquote(text: str) -> str | None:
    """Return a command without the quotes around all its words; ``None`` if there are no such quotes.

    ``"P.my folder"`` is one name with a space and not a command in quotes, unless an option follows.
    """
    inner = text[1:-1].strip()
    quoted = len(text) > 2 and text[-1] in _QUOTES.get(text[0], "")
    if not quoted or " " not in inner or any(char in _QUOTES[text[0]] for char in inner):
        return None
    first, _, rest = inner.partition(" ")
    return inner if "." not in first or _HAS_OPTION.search(rest) else None


def split(text: str) -> tuple[Word, ...]:
    """Split cleaned text into words at spaces outside quotes.

    A quote (straight, typographic or a backtick) counts only where a word or a value begins: at the start of
    a word and after an equals sign, dot, comma or slash. Elsewhere it is an apostrophe. In double quotes, a
    backslash escapes a quote or a backslash. Commas around a word are dropped, and so are paired marks
    (``*x*``, ``_x_``, ``~x~``, and three backticks) around it, unless it is in quotes.

    Raises:
        UnclosedQuote: a quote was opened and never closed.
    """
    found: list[Word] = []
    at = 0
    while at < len(text):
        if text[at] in " ,":
            at += 1
            continue
        if (fenced := _fenced(text, at)) is not None:
            found.extend(split(fenced))
            at += len(fenced) + 2 * len(_FENCE)
            continue
        word, at = _marked_quote(text, at) or _word(text, at)
        word = unmark(word)
        if word.text or not word.bare:
            found.append(word)
    return tuple(found)


def close_quote(text: str, *, names: bool) -> str | None:
    """Close the quote that a cleaned text doesn't, or leave it out; ``None`` if every quote is closed.

    Args:
        text: the text.
        names: whether a name with spaces is likely to be in it.
    """
    try:
        split(text)
    except UnclosedQuote as unclosed:
        rest = str(unclosed)
        before = text[: len(text) - len(rest)]
        inner, option, after = rest[1:].partition(" --")
        name = inner.strip()
        return f'{before}"{name}"{option}{after}' if names and " " in name else f"{before}{rest[1:]}"
    return None


def option_name(word: Word) -> tuple[str, str | None] | None:
    """Read ``--name`` or ``--name=value``, whatever its dashes became; ``None`` when it isn't an option."""
    lead = None if word.quoted else _OPTION.match(word.text)
    if lead is None:
        return None
    name, equals, value = word.text[lead.end() :].partition("=")
    if word.bare:
        value = unmark(Word(value)).text
    return name.casefold(), value if equals else None


def quote(text: str, *, dots: bool = True, begins: bool = True) -> str:
    """Write ``text`` so that `split` reads it as one word, with quotes only when needed.

    Args:
        text: the word.
        dots: whether dots are allowed outside quotes.
        begins: whether it begins a word, where an underscore could be the mark of italic text.
    """
    italic = begins and text.startswith("_")
    if not italic and (_PLAIN_DOTTED if dots else _PLAIN).fullmatch(text):
        return text
    escaped = "".join("\\" + char if char in _DOUBLE or char == "\\" else char for char in text)
    return f'"{escaped}"'


def short(text: str, most: int = 60) -> str:
    """Shorten user input to quote it in a sentence."""
    return text if len(text) <= most else text[: most - 1] + "…"


def _unlink(found: re.Match[str]) -> str:
    """Return what the person typed for Slack's ``<target|label>``."""
    target, label = found[1], found[2]
    if target[0] in "@#!":
        return found[0]
    if label is None or "/projects/" in target:
        return target
    return label


def _word(text: str, at: int) -> tuple[Word, int]:
    """Read one word starting at ``at``; return it and where it ends."""
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


def unmark(word: Word) -> Word:
    """Remove the paired marks around a word that was pasted in bold, italic or struck."""
    while word.bare and len(word.text) > 2 and _encloses(word.text[0], word.text):
        word = msgspec.structs.replace(word, text=word.text[1:-1], dot=max(word.dot - 1, -1))
    return word


def _encloses(mark: str, text: str) -> bool:
    """Whether one pair of marks is around the whole text; underscores inside words are part of names."""
    if mark not in _MARKS or text[-1] != mark:
        return False
    inner = text[1:-1]
    if mark == "_":
        return not (inner.startswith("_") or inner.endswith("_") or " _" in inner or "_ " in inner)
    return mark not in inner


def _fenced(text: str, at: int) -> str | None:
    """Return what is between two fences of three backticks, if a fence is here."""
    end = text.find(_FENCE, at + len(_FENCE)) if text.startswith(_FENCE, at) else -1
    after = text[end + len(_FENCE) : end + len(_FENCE) + 1]
    return text[at + len(_FENCE) : end] if end > 0 and after in {"", " ", ","} else None


def _marked_quote(text: str, at: int) -> tuple[Word, int] | None:
    """Read a quoted word within marks, such as ``*"my folder"*``, and where it ends."""
    if text[at] not in _MARKS or text[at + 1 : at + 2] not in _QUOTES:
        return None
    try:
        inner, end = _quoted(text, at + 1)
    except UnclosedQuote:
        return None
    closed = text[end : end + 1] == text[at] and text[end + 1 : end + 2] in {"", " ", ","}
    return (Word(inner, quoted=True, bare=False), end + 1) if closed else None


def _quoted(text: str, start: int) -> tuple[str, int]:
    """Read the quoted text starting at ``start``; return it and where the closing quote ends."""
    if (fenced := _fenced(text, start)) is not None:
        return fenced, start + len(fenced) + 2 * len(_FENCE)
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
