"""Finds the job of mine that a command without a job means."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain import JobRef, MyLastJob
from bot.domain.stored_records import FollowedJob, Watch

RECENT = timedelta(days=1)
"""Older jobs are meant only when there is no newer one."""
CHOICES = 5
"""How many jobs to offer when several could be meant."""


def candidates(
    mine: Sequence[tuple[Watch, FollowedJob]], channel_id: str, request: MyLastJob, now: datetime
) -> list[tuple[Watch, FollowedJob]]:
    """Return the jobs that could be meant, newest first.

    Args:
        mine: the jobs that are or were followed for the person, newest first.
        channel_id: the channel of the command; only jobs followed there count, and those in the
            person's direct messages.
        request: what the person wants. ``abort`` needs a running job, ``rebuild`` an ended one, ``why``
            a failed one.
        now: aware.
    """
    seen: set[JobRef] = set()
    found = []
    for watch, job in mine:
        # What is followed in the person's own direct messages has no channel of its own.
        here = watch.place.channel_id in {channel_id, watch.asker} and watch.ref.instance == (
            request.instance or watch.ref.instance
        )
        if here and watch.ref not in seen and _fits(job, request):
            seen.add(watch.ref)
            found.append((watch, job))
    if request.verb == "status":
        return found[:1]
    recent = [(watch, job) for watch, job in found if now - watch.created_at <= RECENT]
    return recent[:CHOICES] or found[:1]


def _fits(job: FollowedJob, request: MyLastJob) -> bool:
    match request.verb:
        case "abort":
            return not job.info.finished
        case "rebuild":
            return job.info.finished
        case "why":
            return job.info.finished and job.info.state == "FAILED"
        case _:
            return True
