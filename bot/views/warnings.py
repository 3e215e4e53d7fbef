"""The warnings of a job: the first few kinds, with counts."""

from collections.abc import Iterator, Sequence

from bot.domain import JobInfo, WarningGroup
from bot.domain.job_warnings import grouped_warnings
from bot.views import wording
from bot.views.escape import code

SHOWN = 3
"""How many kinds are shown; the rest are counted."""
_TEXT = 200
"""Code points of a warning's text."""


def warning_notes(job: JobInfo) -> Iterator[str]:
    """Say how many warnings a job has, unless its state says so already, and what the first few are."""
    if job.warnings and wording.outcome(job).icon != wording.WARNED:
        so_far = "" if job.finished else " so far"
        yield f"{wording.WARNED} {wording.count(job.warnings, 'warning')}{so_far}."
    yield from warning_lines(grouped_warnings(job.activities))


def warning_lines(groups: Sequence[WarningGroup]) -> Iterator[str]:
    """Say what the warnings are: ``INPUT_DATA_BAD_TYPE: Value 'n/a' … (2 times)``, most frequent first."""
    for group in groups[:SHOWN]:
        said = [code(text, _TEXT) for text in (group.kind, group.message) if text]
        times = f" ({group.count:,} times)" if group.count > 1 else ""
        yield f"• {': '.join(said) or 'a warning without a text'}{times}"
    if len(groups) > SHOWN:
        yield f"• and {wording.count(len(groups) - SHOWN, 'more kind')}"
