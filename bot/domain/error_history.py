"""What earlier runs of the same outputs say about an error. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256

import msgspec

from bot.domain.error_fingerprints import error_fingerprint
from bot.domain.job_info import JobInfo, JobRef, Output

RECENT = 5
"""How many of the latest runs count for "the same error as in 2 of the last 5 runs"."""
KEPT = 50
"""How many ended runs of the same outputs are kept and looked at."""
_LEAST_PASSED = 2
"""After one success, nothing can be said about what usually happens."""


class EndedRun(msgspec.Struct, frozen=True, kw_only=True):
    """One run that the bot saw end."""

    ref: JobRef
    outputs_key: str
    """Stands for what it built: see `outputs_key`."""
    state: str
    """DONE, FAILED or ABORTED."""
    fingerprint: str | None = None
    """Stands for its error: see `bot.domain.error_fingerprints`."""
    ended_at: datetime


class ErrorHistory(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """How often an error occurred before, and what happened after it."""

    recent: int
    """How many earlier runs count as recent: at most `RECENT`."""
    same_recent: int
    """How many of these ended with the same error."""
    runs: int
    """How many earlier runs the bot knows, aborted ones not counted."""
    same: int
    """How many of these ended with the same error."""
    next_runs: int = 0
    """After how many of these the next run is known; this one may be the last of them."""
    next_done: int = 0
    """How many of these next runs succeeded."""

    @property
    def often_passes(self) -> bool:
        """Whether most runs after this error succeeded."""
        return self.next_done >= _LEAST_PASSED and 2 * self.next_done > self.next_runs


def outputs_key(outputs: Iterable[Output]) -> str | None:
    """Return what stands for a set of outputs, whatever their partitions; ``None`` if there are none."""
    names = sorted({(output.kind, output.project, output.id) for output in outputs})
    if not names:
        return None
    return sha256("\n".join("\t".join(name) for name in names).encode("utf-8", "replace")).hexdigest()[:32]


def ended_run(job: JobInfo, now: datetime) -> EndedRun | None:
    """Return what to remember of a job that ended; ``None`` if it says nothing about its outputs."""
    key = outputs_key(job.outputs)
    if not job.finished or not job.state or key is None or job.conflicts:
        return None
    return EndedRun(
        ref=job.ref,
        outputs_key=key,
        state=job.state,
        fingerprint=error_fingerprint(job.failure) if job.state == "FAILED" else None,
        ended_at=job.ended_at or now,
    )


def error_history(run: EndedRun, earlier: Sequence[EndedRun]) -> ErrorHistory | None:
    """Return what earlier runs say about the error of a run.

    Aborted runs say nothing about an error, so they don't count.

    Args:
        run: the run that failed.
        earlier: runs of the same outputs, latest first; later ones and the run itself are left out.

    Returns:
        ``None`` if the run has no known error, or there is no earlier run.
    """
    known = [
        one
        for one in earlier
        if one.ref != run.ref and one.ended_at <= run.ended_at and one.state in {"DONE", "FAILED"}
    ]
    if run.fingerprint is None or not known:
        return None
    same = [one.fingerprint == run.fingerprint for one in known]
    following = [run, *known]  # the run after known[at] is following[at]
    after = [following[at].state for at, is_same in enumerate(same) if is_same]
    return ErrorHistory(
        recent=min(RECENT, len(known)),
        same_recent=sum(same[:RECENT]),
        runs=len(known),
        same=sum(same),
        next_runs=len(after),
        next_done=after.count("DONE"),
    )
