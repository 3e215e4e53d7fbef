"""Text as a terminal would show it."""

import re

_ESCAPES = re.compile(
    r"(?:\x1b\]|\x9d)[^\x07\x1b\x9c\n]{0,4000}+(?:\x07|\x1b\\|\x9c)?"  # titles; link targets
    r"|(?:\x1b[PX^_]|[\x90\x98\x9e\x9f])[^\x1b\x9c\n]{0,4000}+(?:\x1b\\|\x9c)?"  # other control strings
    r"|(?:\x1b\[|\x9b)[0-?]{0,100}+[ -/]{0,10}+[@-~]"  # colors and cursor movement
    r"|\x1b[ -/]{0,10}+[0-~]"
)
_UNPRINTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e01ef]"
    "|(?<=[!-~])[\ufe00-\ufe0f]"
)
"""Control characters except line feed and tab, zero-width characters, text direction marks, soft hyphens, and
variation selectors after ASCII characters."""


def plain(text: str) -> str:
    """Return a text as a terminal would show it: no escape sequences, no control or invisible characters.

    If a line was overwritten, as progress bars are, only its last state remains. A backspace takes back the
    character before it.
    """
    if text.isascii() and text.isprintable():
        return text
    if not _UNPRINTED.search(text):
        return text
    text = _ESCAPES.sub("", text)
    if "\r" in text:
        text = "\n".join(_last_state(line) for line in text.split("\n"))
    if "\b" in text:
        text = _without_backspaces(text)
    return _UNPRINTED.sub("", text)


def _last_state(line: str) -> str:
    return next((state for state in reversed(line.split("\r")) if state), "")


def _without_backspaces(text: str) -> str:
    """Apply backspaces: the character before them goes. At the start of a line, nothing does."""
    kept: list[str] = []
    for character in text:
        if character != "\b":
            kept.append(character)
        elif kept and kept[-1] != "\n":
            kept.pop()
    return "".join(kept)
