"""The warnings of a job: the first few kinds, with counts."""

from collections.abc import Iterator, Sequence

from bot.domain import JobInfo, WarningGroup
from bot.domain.job_warnings import grouped_warnings
from bot.language import t, tn
from bot.views import wording
from bot.views.escape import code

SHOWN = 3
"""How many kinds are shown; the rest are counted."""
_TEXT = 200
"""Code points of a warning's text."""


def warning_notes(job: JobInfo) -> Iterator[str]:
    """Say how many warnings a job has, unless its state says so already, and what the first few are."""
    if job.warnings and wording.outcome(job).icon != wording.WARNED:
        said = (
            tn("{number} warning.", "{number} warnings.", job.warnings)
            if job.finished
            else tn("{number} warning so far.", "{number} warnings so far.", job.warnings)
        )
        yield f"{wording.WARNED} {said}"
    yield from warning_lines(grouped_warnings(job.activities))


def warning_lines(groups: Sequence[WarningGroup]) -> Iterator[str]:
    """Say what the warnings are: ``INPUT_DATA_BAD_TYPE: Value 'n/a' … (2 times)``, most frequent first."""
    for group in groups[:SHOWN]:
        times = tn(" ({number} time)", " ({number} times)", group.count) if group.count > 1 else ""
        yield f"• {_said(group)}{times}"
    if len(groups) > SHOWN:
        yield "• " + tn("and {number} more kind", "and {number} more kinds", len(groups) - SHOWN)


def _said(group: WarningGroup) -> str:
    if group.kind and group.message:
        return t("{kind}: {text}", kind=code(group.kind, _TEXT), text=code(group.message, _TEXT))
    one = group.kind or group.message
    return code(one, _TEXT) if one else t("a warning without a text")
