"""The Slack app's manifest, with the optional parts that somebody chose."""

import re
from collections.abc import Collection

_ADDED = re.compile(r"( *)#\+(\w+) (.*)")
"""A line of an optional part: ``#+mentions - app_mention``."""
_REPLACED = re.compile(r"(.*?) +#-(\w+)")
"""A line that an optional part replaces: ``read_only: true #-dm``."""


def with_parts(text: str, parts: Collection[str]) -> str:
    """Return the manifest with these parts, and without the lines and marks of the others."""
    return "".join(f"{line}\n" for one in text.splitlines() if (line := _line(one, parts)) is not None)


def _line(line: str, parts: Collection[str]) -> str | None:
    if added := _ADDED.fullmatch(line):
        return f"{added[1]}{added[3]}" if added[2] in parts else None
    if replaced := _REPLACED.fullmatch(line):
        return None if replaced[2] in parts else replaced[1]
    return line
