"""Kinds of errors that have a usual way out, by what their messages say. Pure."""

import re
from enum import StrEnum


class FailureKind(StrEnum):
    """What went wrong, as far as a message says."""

    MEMORY = "memory"
    DISK = "disk"
    CONNECTION = "connection"
    PERMISSION = "permission"
    CREDENTIALS = "credentials"
    MISSING_MODULE = "missing_module"
    MISSING_COLUMN = "missing_column"
    MISSING_TABLE = "missing_table"


_SIGNS = {
    FailureKind.MEMORY: (
        "memoryerror",
        "out ?of ?memory",
        "java heap space",
        "gc overhead limit",
        "oomkilled",
        "cannot allocate memory",
        r"exit code:? 137\b",
    ),
    FailureKind.DISK: ("no space left on device", "disk quota exceeded", "disk full"),
    FailureKind.CREDENTIALS: (
        "authentication failed",
        "(?:invalid|incorrect) (?:username|user name|credentials|password)",
        "login failed",
        "token (?:has )?expired",
        "expired token",
        "invalid api key",
    ),
    FailureKind.CONNECTION: (
        "connection (?:refused|reset|timed out|aborted|closed)",
        "(?:connect|read) timed out",
        "(?:could not|unable to) connect",
        "unknown ?host",
        "name or service not known",
        "temporary failure in name resolution",
        "network is unreachable",
        "broken pipe",
        "service unavailable",
        "gateway time-?out",
    ),
    FailureKind.PERMISSION: (
        "permission denied",
        "access ?denied",
        "not authorized",
        "insufficient privileges?",
    ),
    FailureKind.MISSING_MODULE: ("modulenotfounderror", "no module named", "there is no package called"),
    FailureKind.MISSING_TABLE: (
        r"\b(?:table|relation|view)\b.{0,120}(?:does not exist|doesn't exist|not found)",
        "no such table",
        "unknown table",
    ),
    FailureKind.MISSING_COLUMN: (
        "keyerror: ?['\"]",
        r"\bcolumn\b.{0,120}(?:does not exist|doesn't exist|not found)",
        "no such column",
        "unknown column",
        "not in index",
    ),
}
"""Lower-case patterns. The first kind that matches counts."""
_READ = 2_000
_KINDS = tuple(
    (kind, re.compile("|".join(signs), re.IGNORECASE | re.DOTALL)) for kind, signs in _SIGNS.items()
)


def failure_kind(message: str) -> FailureKind | None:
    """Return the kind of an error, or ``None`` for one that isn't known."""
    read = message[:_READ]
    return next((kind for kind, signs in _KINDS if signs.search(read)), None)
