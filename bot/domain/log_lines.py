"""The lines of a DSS log: their prefix, level and thread (DSS-API.md §1.7)."""

import re

import msgspec

_PREFIX = re.compile(
    r"\[\d{4}/\d\d/\d\d-(\d\d:\d\d:\d\d)\.\d{1,6}\] "
    r"\[([^\]\n]{0,200})\] \[([A-Z]{1,10})\] \[[^\]\n]{0,200}\] ?"
)
_LONGEST_LINE = 400
"""Maximum length of a line as people see it."""


class LogLine(msgspec.Struct, frozen=True):
    """One line of a DSS log, parsed."""

    text: str
    """Without DSS's prefix."""
    thread: str = ""
    level: str = ""
    """Empty for the continuation lines of a message."""
    clock: str = ""

    @property
    def shown(self) -> str:
        """The line as people see it: a recipe's own output as is, DSS's lines with time and level."""
        is_output = not self.level or self.thread.startswith(("null-", "kubectl-"))
        whole = self.text if is_output else f"{self.clock} {self.level} {self.text}"
        return whole if len(whole) <= _LONGEST_LINE else whole[: _LONGEST_LINE - 1] + "…"


def read_line(line: str) -> LogLine:
    """Parse one line of a log."""
    found = _PREFIX.match(line)
    if found is None:
        return LogLine(line)
    clock, thread, level = found.groups()
    rest = line[found.end() :]
    if thread.startswith("null-"):
        rest = rest.removeprefix(" - ").removeprefix("- ")
    return LogLine(rest.rstrip(), thread, level, clock)
