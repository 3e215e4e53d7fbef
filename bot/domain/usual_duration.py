"""How long a build usually takes."""

from collections.abc import Iterable, Sequence
from statistics import median

import msgspec

from bot.domain import JobInfo, Output

KEPT = 10
"""How many of the newest DONE jobs of the same build count."""


TRIMMED_FROM = 5
"""From so many jobs on, the shortest and the longest don't count for the spread: a bad night isn't usual."""


class Usual(msgspec.Struct, frozen=True, kw_only=True):
    """How long the newest jobs of the same build took, in seconds."""

    median: float
    spread: tuple[float, float]
    """The shortest and the longest."""


def usual_duration(jobs: Iterable[JobInfo], outputs: Sequence[Output], mode: str) -> Usual | None:
    """Return how long the newest jobs took that built the same outputs in the same mode.

    Args:
        jobs: newest first.
        outputs: what the job builds; the partition doesn't matter.
        mode: the job type.

    Returns:
        ``None`` when fewer than two such jobs are known: one isn't enough.
    """
    wanted = _same(outputs)
    took = [
        (job.ended_at - job.started_at).total_seconds()
        for job in jobs
        if job.state == "DONE"
        and job.started_at
        and job.ended_at
        and job.mode == mode
        and _same(job.outputs) == wanted
    ]
    kept = sorted(took[:KEPT])
    if len(kept) < 2:
        return None
    inner = kept[1:-1] if len(kept) >= TRIMMED_FROM else kept
    return Usual(median=median(kept), spread=(inner[0], inner[-1]))


def usual_seconds(jobs: Iterable[JobInfo], outputs: Sequence[Output], mode: str) -> float | None:
    """Return the median of `usual_duration`, in seconds."""
    usual = usual_duration(jobs, outputs, mode)
    return usual.median if usual else None


def _same(outputs: Iterable[Output]) -> frozenset[tuple[str, str]]:
    return frozenset((output.project, output.id) for output in outputs)
