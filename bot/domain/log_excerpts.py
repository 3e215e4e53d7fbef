"""The parts of a log that people look for: why the job failed, what it warned of, and how it ended."""

from collections.abc import Iterable, Sequence

import msgspec

from bot.domain.job_info import WarningGroup
from bot.domain.job_warnings import grouped_texts
from bot.domain.log_lines import LogLine, read_line
from bot.domain.redaction import redact

MOST_CHARACTERS = 2_500
"""Maximum length of an excerpt: it fits a section block (3,000) after escaping and fences."""

_SERIOUS = frozenset({"ERROR", "FATAL"})
_TRACEBACK = "Traceback (most recent call last)"
_CONTINUED = 8
_BEFORE = 2
"""How many lines before an error to show with it."""
_ERROR_LINES = 14
_DEBUG = frozenset({"DEBUG", "TRACE"})
_STACK = ("at ", "... ")
_LONGEST_WARNING = 200


class LogExtract(msgspec.Struct, frozen=True, kw_only=True):
    """What to show of a log, redacted. Lines are shortened as in `excerpt`."""

    error: tuple[str, ...] = ()
    """The last traceback and the last error message, with the lines before them."""
    warnings: tuple[WarningGroup, ...] = ()
    """Lines of level WARN, equal ones counted."""
    end: tuple[str, ...] = ()
    """The last of the other lines, without stack frames, and after an error without debug messages."""
    lines: int = 0
    """How many lines the log has; empty ones don't count."""
    left_out: bool = False
    """Whether there are more lines than `error` and `end` contain."""


def extract(log_text: str, lines: int, *, error: Sequence[str] = ()) -> LogExtract:
    """Return at most ``lines`` lines of a log: its error, then its end.

    Args:
        log_text: the log, or its end.
        lines: how many lines there is room for; more than an error takes.
        error: the error, if it is known from elsewhere, as `LogExtract.error`.
    """
    read = [read_line(line) for line in redact(log_text).splitlines()]
    filled = [at for at, line in enumerate(read) if line.text.strip()]
    told = () if error else _error_in_context(read, filled)
    error = error or _last(_shown(read, told), min(lines, _ERROR_LINES))
    others = sorted(set(filled) - set(told))
    others = [at for at in others if not _is_noise(read[at], failed=bool(error))] or others
    end = _last(_shown(read, others), lines - len(error)) if lines > len(error) else []
    return LogExtract(
        error=tuple(error),
        warnings=grouped_texts(_warning(line) for line in read if line.level == "WARN"),
        end=tuple(end),
        lines=len(filled),
        left_out=len(error) + len(end) < len(filled) or "…" in {*error[:1], *end[:1]},
    )


def _error_in_context(read: list[LogLine], filled: Sequence[int]) -> list[int]:
    failed = sorted({*_traceback(read), *_error(read)})
    before = [at for at in filled if at < failed[0] and not _is_frame(read[at])] if failed else []
    return [*before[-_BEFORE:], *failed]


def excerpt(log_text: str, lines: int = 10) -> str:
    """Return the part of a log that shows why a job failed, redacted: at most ``lines`` and 2,500 characters.

    This is the last Python traceback and the last ERROR message with its continuation lines, and before them,
    if there's room, the lines that led to it. If there's neither, it's the end of the log. DSS's prefixes are
    shortened, and Java stack frames are left out.
    """
    read = [read_line(line) for line in redact(log_text).splitlines()]
    filled = [at for at, line in enumerate(read) if line.text.strip()]
    told = sorted({*_traceback(read), *_error(read)}) or filled
    before = [at for at in filled if at < told[0] and not _is_frame(read[at])] if told else []
    room = max(0, lines - len(told))
    return "\n".join(_last(_shown(read, [*before[max(0, len(before) - room) :], *told]), max(1, lines)))


def _shown(read: Sequence[LogLine], wanted: Iterable[int]) -> list[str]:
    return [read[at].shown.rstrip() for at in wanted]


def _warning(line: LogLine) -> str:
    text = line.text.strip().removeprefix("- ")
    return text if len(text) <= _LONGEST_WARNING else f"{text[:_LONGEST_WARNING]}…"


def _traceback(lines: list[LogLine]) -> Iterable[int]:
    """Return where the last Python traceback is: lines of one thread, up to the one that names the error."""
    start = next((at for at in reversed(range(len(lines))) if _TRACEBACK in lines[at].text), None)
    if start is None:
        return ()
    found = [start]
    margin = _margin(lines[start].text)
    for at in range(start + 1, len(lines)):
        line = lines[at]
        if line.level and line.thread != lines[start].thread:
            continue
        found.append(at)
        if line.text.strip() and _margin(line.text) <= margin:
            break
    return found


def _error(lines: list[LogLine]) -> Iterable[int]:
    """Return where the last ERROR message that says why is; else the last one, such as "state FAILED"."""
    messages = [_message(lines, at) for at, line in enumerate(lines) if line.level in _SERIOUS]
    return next((found for found in reversed(messages) if len(found) > 1), messages[-1] if messages else ())


def _message(lines: list[LogLine], start: int) -> list[int]:
    """Return where a message and its continuation lines are, without stack frames."""
    further: list[int] = []
    for at in range(start + 1, len(lines)):
        if lines[at].level:
            break
        if lines[at].text.strip() and not _is_frame(lines[at]):
            further.append(at)
    return [start, *further[:_CONTINUED]]


def _is_frame(line: LogLine) -> bool:
    """Return whether a line belongs to a Java stack trace."""
    return not line.level and line.text.strip().startswith(_STACK)


def _is_noise(line: LogLine, *, failed: bool) -> bool:
    """Return whether to leave a line out of the end: frames, and debug messages once the error is shown."""
    return _is_frame(line) or (failed and line.level in _DEBUG)


def _margin(text: str) -> int:
    return len(text) - len(text.lstrip())


def _last(shown: list[str], most_lines: int) -> list[str]:
    """Keep the end, within `MOST_CHARACTERS`; start with an ellipsis if lines before it are left out."""
    kept: list[str] = []
    room = MOST_CHARACTERS - 2
    for line in reversed(shown):
        if len(kept) == most_lines or len(line) + 1 > room:
            break
        kept.append(line)
        room -= len(line) + 1
    if len(kept) < len(shown) and most_lines > 1:
        kept[most_lines - 1 :] = []
        kept.append("…")
    return kept[::-1]
