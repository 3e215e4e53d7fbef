"""Final details of jobs of whose end only a list told: how their activities ended, and why one failed."""

from datetime import datetime

import structlog

from bot.facts import JobRef
from bot.facts.records import FollowedJob
from bot.following.rules import observe_details
from bot.following.telling import details, ended_reply
from bot.jobs.ports import Dss
from bot.store import Change, Store, is_of_one_row
from bot.work.close_looks import Look

log = structlog.get_logger(__name__)

TRIES = 5
"""How often a job's details are asked for."""
AGAIN = 30.0
"""Seconds between two tries, growing with each."""
MOST = 10_000
"""Jobs that are remembered: after a restart, or beyond this, their messages stay as the list had them."""


class LateDetails:
    """Jobs whose messages wait for details; newer content takes the place of what was told."""

    def __init__(self, store: Store, dss: Dss, *, label: str | None) -> None:
        self._store = store
        self._dss = dss
        self._label = label
        self._wanted: dict[JobRef, tuple[float, int]] = {}

    def wanted(self, job: FollowedJob) -> None:
        """Take up a job that has just ended, if its details are not known."""
        facts = job.facts
        if facts.finished and facts.counters is None and len(self._wanted) < MOST:
            self._wanted[facts.ref] = (0.0, 0)

    def due(self, now: datetime) -> list[JobRef]:
        """Return the jobs to ask for now."""
        at = now.timestamp()
        return [ref for ref, (again, _) in self._wanted.items() if again <= at]

    def came(self, ref: JobRef, look: Look, now: datetime) -> None:
        """Take in an answer about one of them; any other is passed over."""
        _, tries = self._wanted.pop(ref, (0.0, TRIES))
        if tries >= TRIES:
            return
        try:
            if look.error is not None:
                raise look.error
            self._write(ref, look, now)
        except Exception as error:
            if not is_of_one_row(error):
                raise
            log.info("details.not_had", job=str(ref), error=f"{type(error).__name__}: {error}")
            self._wanted[ref] = (now.timestamp() + AGAIN * (tries + 1), tries + 1)

    def _write(self, ref: JobRef, look: Look, now: datetime) -> None:
        row = self._store.jobs.job(ref)
        if row is None or look.facts is None:
            return
        step = observe_details(row, look.facts)
        if not step.changed:
            return
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
            excerpt=look.excerpt,
        )
        self._store.jobs.apply(Change(job=step.job, drafts=made))
