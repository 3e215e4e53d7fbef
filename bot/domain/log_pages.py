"""Pages of a log, from its end to its beginning, searched or not."""

from collections.abc import Sequence

import msgspec

from bot.domain.log_lines import read_line
from bot.domain.redaction import redact

PAGE_LINES = 40


class LogLines(msgspec.Struct, frozen=True, kw_only=True):
    """The lines of one page, oldest first, redacted and shortened as in an excerpt."""

    lines: tuple[str, ...] = ()
    page: int = 0
    """Counted from the end of the log; the last one if a later page was asked for."""
    pages: int = 0
    found: int = 0
    """How many lines there are on all pages."""


def page_of(log_text: str, search: str, page: int) -> LogLines:
    """Return a page of a log.

    What is searched is what can be shown: nobody learns a secret by searching for parts of it.

    Args:
        log_text: the log, or its end.
        search: a text that the lines contain, in upper or lower case; empty for all lines.
        page: which one, from 0 at the end of the log.
    """
    shown = [read_line(line).shown.rstrip() for line in redact(log_text).splitlines()]
    wanted = search.strip().casefold()
    lines = [line for line in shown if line and wanted in line.casefold()]
    pages = -(-len(lines) // PAGE_LINES)
    page = max(0, min(page, pages - 1))
    return LogLines(lines=_page(lines, page), page=page, pages=pages, found=len(lines))


def _page(lines: Sequence[str], page: int) -> tuple[str, ...]:
    end = len(lines) - page * PAGE_LINES
    return tuple(lines[max(0, end - PAGE_LINES) : max(0, end)])
