"""Writes news about followed jobs; an error with one job doesn't affect the others."""

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec
import structlog

from bot.domain import JobRef
from bot.domain.job_events import JobUpdate
from bot.domain.ports import Dss
from bot.domain.stored_records import FollowedJob
from bot.domain.timeline import worth_drawing
from bot.services.viewers import Viewers
from bot.store import Change, Store, is_of_one_row
from bot.views.job_messages import drafts
from bot.workers.ended_runs import with_history
from bot.workers.followed_jobs import FollowedEntry, FollowedJobs
from bot.workers.late_details import LateDetails
from bot.workers.status_calls import NO_EXCERPTS

log = structlog.get_logger(__name__)


class JobWriter:
    """Commits the steps of followed jobs together with the messages that they cause."""

    def __init__(
        self,
        store: Store,
        dss: Dss,
        followed: FollowedJobs,
        details: LateDetails,
        *,
        viewers: Viewers,
        label: str | None,
        pictures: bool,
        on_drafts: Callable[[], None],
    ) -> None:
        self._store = store
        self._dss = dss
        self._followed = followed
        self._details = details
        self._viewers = viewers
        self._label = label
        self._pictures = pictures
        self._on_drafts = on_drafts

    def guard(self, ref: JobRef, entry: FollowedEntry, now: datetime, act: Callable[[], None]) -> None:
        """Do something for one job. An error puts only that job on hold.

        Raises:
            StoreTrouble: the database isn't available, which affects all jobs.
        """
        try:
            act()
        except Exception as error:
            if not is_of_one_row(error):
                raise
            entry.failed(now.timestamp(), error)
            report = log.exception if entry.failures == 1 else log.error
            report("follow.set_back", job=str(ref), failures=entry.failures, error=entry.reason)

    def write(
        self,
        ref: JobRef,
        entry: FollowedEntry,
        step: JobUpdate,
        now: datetime,
        *,
        excerpts: Mapping[str, str] = NO_EXCERPTS,
        by_list: bool = False,
    ) -> None:
        """Commit new facts together with the messages they cause.

        Args:
            ref: the job.
            entry: what the waiter knows about it.
            step: what happened.
            now: timezone-aware.
            excerpts: the relevant end of a failed job's log, redacted, by the person who may read it.
            by_list: whether only a list reported it; then the details of an end are looked up later.
        """
        if not step.changed:
            return
        step, run = with_history(self._store.ended_runs, step, now)
        watches = self._store.jobs.watches_of(ref)
        made = drafts(
            step,
            watches,
            now,
            ui_url=self._dss.job_url(ref.project, ref.job_id),
            instance_label=self._label,
            excerpts=excerpts,
            visible=lambda watch: self._viewers.visibility(
                watch, step.job.info, self._dss, ask=bool(step.events)
            ),
        )
        picture = self._pictures and step.close and worth_drawing(step.job.info)
        if not self._store.jobs.apply(
            Change(job=step.job, drafts=made, close=step.close, run=run, picture=picture)
        ):
            self._followed.reload(ref)  # something else wrote the row, such as an abort: try again next time
            return
        if step.close:
            self._followed.drop(ref)
            if by_list:
                self._details.add(step.job)
            log.info("follow.ended", job=ref.job_id, project=ref.project, state=step.job.info.state)
        else:
            entry.row = _next(step)
        if made:
            self._on_drafts()


def _next(step: JobUpdate) -> FollowedJob:
    """Return the row as it is after the write."""
    return msgspec.structs.replace(step.job, version=step.job.version + 1)
