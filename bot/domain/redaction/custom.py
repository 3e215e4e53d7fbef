"""Patterns that an administrator adds: which of them can be used."""

import importlib
import re
from typing import Any

_MOST = 200
"""How many times a part may repeat at most, so that the time stays linear in the text."""
_LONGEST = 500
_ORDINARY = (
    "[2026/11/23-08:15:58.778] [main] [INFO] [dku.job.slave] - Job kernel starting",
    "KeyError: 'amount'",
    "Finished task 3.0 in stage 1.0 (TID 7) in 120 ms on 10.0.0.1 (1/8)",
)


class UnusablePattern(ValueError):
    """A pattern can't be used. The text says what's wrong with it, and ``right`` what would be right."""

    def __init__(self, wrong: str, right: str) -> None:
        super().__init__(wrong)
        self.right = right


def compiled(text: str) -> re.Pattern[str]:
    """Return a pattern that is safe to run on any log: it takes linear time, and leaves ordinary lines alone.

    Raises:
        UnusablePattern: it doesn't compile, could take too long, or matches everything.
    """
    if len(text) > _LONGEST:
        raise UnusablePattern(f"is longer than {_LONGEST} characters", "Split it into several patterns")
    try:
        pattern = re.compile(text)
        parsed = importlib.import_module("re._parser").parse(text)
    except (re.error, RecursionError, OverflowError) as error:
        raise UnusablePattern(f"isn't a regular expression: {error}", "Write it as for Python's re") from None
    if _is_slow(parsed, last=True, repeated=False):
        raise UnusablePattern(
            "could take very long",
            "Write {1,100} or ++ instead of + and *, except at the end, and repeat nothing that repeats",
        )
    if pattern.search("") or all(pattern.search(line) for line in _ORDINARY):
        raise UnusablePattern("matches ordinary lines", "Begin it with something that only the secret has")
    return pattern


def _is_slow(parsed: Any, *, last: bool, repeated: bool) -> bool:  # noqa: ANN401 - the parser's own type
    """Return whether a part can go back over more than a fixed number of characters.

    Args:
        parsed: a list of operators and their arguments, as Python's parser returns it.
        last: whether nothing comes after it: then there is no reason to go back.
        repeated: whether it's inside a repeat.
    """
    parts = list(parsed)
    return any(
        _part_is_slow(str(operator), argument, last=last and at == len(parts) - 1, repeated=repeated)
        for at, (operator, argument) in enumerate(parts)
    )


def _part_is_slow(operator: str, argument: Any, *, last: bool, repeated: bool) -> bool:  # noqa: ANN401
    if operator.endswith("_REPEAT"):
        least, most, inner = argument
        if operator == "POSSESSIVE_REPEAT":
            return _is_slow(inner, last=False, repeated=False)
        varies = least != most
        too_many = int(most) > _MOST and not last
        return (
            (varies and repeated)
            or too_many
            or _is_slow(inner, last=False, repeated=repeated or int(most) > 1)
        )
    if operator == "BRANCH":
        return any(_is_slow(branch, last=last, repeated=repeated) for branch in argument[1])
    if operator == "ATOMIC_GROUP":
        return _is_slow(argument, last=False, repeated=False)
    if operator in {"SUBPATTERN", "ASSERT", "ASSERT_NOT"}:
        return _is_slow(argument[-1], last=last and operator == "SUBPATTERN", repeated=repeated)
    return operator in {"GROUPREF_EXISTS", "GROUPREF"}
