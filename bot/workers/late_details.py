"""Final details of jobs whose end only a list reported: how activities ended, and why one failed."""

from datetime import datetime

import structlog

from bot.domain import JobRef
from bot.domain.follow_rules import observe_details
from bot.domain.ports import Dss
from bot.domain.stored_records import FollowedJob
from bot.domain.timeline import worth_drawing
from bot.services.viewers import Viewers
from bot.store import Change, Store, is_of_one_row
from bot.views.job_messages import details, ended_reply
from bot.workers.ended_runs import with_history
from bot.workers.status_calls import StatusResult

log = structlog.get_logger(__name__)

TRIES = 5
"""How many times to request a job's details."""
AGAIN = 30.0
"""Seconds between two tries, increasing with each."""
MOST = 10_000
"""Maximum jobs to remember. After a restart, or beyond this, messages keep what the list had."""


class LateDetails:
    """Jobs whose messages lack details; the details later replace their content."""

    def __init__(
        self, store: Store, dss: Dss, *, viewers: Viewers, label: str | None, pictures: bool
    ) -> None:
        self._store = store
        self._dss = dss
        self._viewers = viewers
        self._label = label
        self._pictures = pictures
        self._wanted: dict[JobRef, tuple[float, int]] = {}

    def add(self, job: FollowedJob) -> None:
        """Remember a job that has just ended, if its details aren't known."""
        info = job.info
        if info.finished and info.counters is None and len(self._wanted) < MOST:
            self._wanted[info.ref] = (0.0, 0)

    def due(self, now: datetime) -> list[JobRef]:
        """Return the jobs whose details are due now."""
        at = now.timestamp()
        return [ref for ref, (again, _) in self._wanted.items() if again <= at]

    def receive(self, ref: JobRef, result: StatusResult, now: datetime) -> None:
        """Process an answer about one of these jobs; ignore any other."""
        _, tries = self._wanted.pop(ref, (0.0, TRIES))
        if tries >= TRIES:
            return
        try:
            if result.error is not None:
                raise result.error
            self._write(ref, result, now)
        except Exception as error:
            if not is_of_one_row(error):
                raise
            log.info("details.not_had", job=str(ref), error=f"{type(error).__name__}: {error}")
            self._wanted[ref] = (now.timestamp() + AGAIN * (tries + 1), tries + 1)

    def _write(self, ref: JobRef, result: StatusResult, now: datetime) -> None:
        row = self._store.jobs.job(ref)
        if row is None or result.info is None:
            return
        step = observe_details(row, result.info)
        if not step.changed:
            return
        step, run = with_history(self._store.ended_runs, step, now)
        told = [
            watch
            for watch in self._store.jobs.watches_of(ref, still_open=False)
            if self._store.outbox.ts_of(ended_reply(watch)) is not None
        ]
        made = details(
            step,
            told,
            now,
            ui_url=self._dss.job_url(ref.project, ref.job_id),
            instance_label=self._label,
            excerpts=result.excerpts,
            visible=lambda watch: self._viewers.visibility(watch, step.job.info, self._dss, ask=True),
        )
        picture = self._pictures and worth_drawing(step.job.info)
        self._store.jobs.apply(Change(job=step.job, drafts=made, run=run, picture=picture))
