"""How long a build usually takes."""

from collections.abc import Iterable, Sequence
from statistics import median

from bot.facts import JobFacts, Output

KEPT = 10
"""Newest DONE jobs of the same kind that count."""


def usual_seconds(jobs: Iterable[JobFacts], outputs: Sequence[Output], mode: str) -> float | None:
    """Return the median duration of the newest jobs that built the same outputs in the same mode.

    Args:
        jobs: newest first.
        outputs: what is built; the partition does not matter.
        mode: the job type.

    Returns:
        Seconds, or ``None`` when fewer than two of them are known: one is not a habit.
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
    return median(took[:KEPT]) if len(took) > 1 else None


def _same(outputs: Iterable[Output]) -> frozenset[tuple[str, str]]:
    return frozenset((output.project, output.id) for output in outputs)
