"""What earlier runs of the same outputs say about the end of a job."""

from datetime import datetime

import msgspec

from bot.domain.error_history import EndedRun, ended_run, error_history
from bot.domain.job_events import Ended, JobUpdate
from bot.store import EndedRunStore


def with_history(runs: EndedRunStore, step: JobUpdate, now: datetime) -> tuple[JobUpdate, EndedRun | None]:
    """Add what earlier runs say about the job's error; return also what to remember of this run.

    Args:
        runs: the runs that ended before.
        step: what happened; only an end has a history.
        now: when it ended if DSS doesn't say.
    """
    if not any(isinstance(event, Ended) for event in step.events):
        return step, None
    run = ended_run(step.job.info, now)
    if run is None or run.fingerprint is None:
        return step, run
    history = error_history(run, runs.before(run))
    follow_state = msgspec.structs.replace(step.job.follow_state, history=history)
    job = msgspec.structs.replace(step.job, follow_state=follow_state)
    return msgspec.structs.replace(step, job=job), run
