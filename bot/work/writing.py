"""Writes what became known of followed jobs: whatever goes wrong with one costs no other."""

from collections.abc import Callable
from datetime import datetime

import msgspec
import structlog

from bot.facts import JobRef
from bot.facts.records import FollowedJob
from bot.following.events import Step
from bot.following.telling import drafts
from bot.jobs.ports import Dss
from bot.store import Change, Store, is_of_one_row
from bot.work.details import LateDetails
from bot.work.followed import Entry, Followed

log = structlog.get_logger(__name__)


class JobWriter:
    """Commits steps of followed jobs together with the messages that they cause."""

    def __init__(
        self,
        store: Store,
        dss: Dss,
        followed: Followed,
        details: LateDetails,
        *,
        label: str | None,
        on_drafts: Callable[[], None],
    ) -> None:
        self._store = store
        self._dss = dss
        self._followed = followed
        self._details = details
        self._label = label
        self._on_drafts = on_drafts

    def guard(self, ref: JobRef, entry: Entry, now: datetime, act: Callable[[], None]) -> None:
        """Do something for one job. Whatever goes wrong sets that job back, and no other.

        Raises:
            StoreTrouble: the database is away, which is everybody's trouble.
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
        entry: Entry,
        step: Step,
        now: datetime,
        *,
        excerpt: str | None = None,
        by_list: bool = False,
    ) -> None:
        """Commit new facts together with the messages they cause.

        Args:
            ref: the job.
            entry: what the waiter knows of it.
            step: what happened.
            now: aware.
            excerpt: the telling end of a failed job's log, redacted.
            by_list: whether only a list said it: then details of an end are looked up later.
        """
        if not step.changed:
            return
        watches = self._store.jobs.watches_of(ref)
        made = drafts(
            step,
            watches,
            now,
            ui_url=self._dss.job_url(ref.project, ref.job_id),
            instance_label=self._label,
            excerpt=excerpt,
        )
        if not self._store.jobs.apply(Change(job=step.job, drafts=made, close=step.close)):
            self._followed.reload(ref)  # somebody else wrote, such as an abort: look again next time
            return
        if step.close:
            self._followed.drop(ref)
            if by_list:
                self._details.wanted(step.job)
            log.info("follow.ended", job=ref.job_id, project=ref.project, state=step.job.facts.state)
        else:
            entry.row = _next(step)
        if made:
            self._on_drafts()


def _next(step: Step) -> FollowedJob:
    """Return the row as it is after the change was written."""
    return msgspec.structs.replace(step.job, version=step.job.version + 1)
