"""What a failed job's log says, read with the rights of each person for whom the job is followed."""

from collections.abc import Callable, Mapping, Sequence

import structlog

from bot.domain import JobInfo, JobRef
from bot.domain.errors import DSSError, DSSUnavailable, DSSUnreachable, Refusal
from bot.domain.log_excerpts import excerpt
from bot.domain.ports import Dss
from bot.domain.stored_records import Watch
from bot.domain.visibility import Visibility
from bot.services.viewers import Viewers

log = structlog.get_logger(__name__)

LOG_WITHIN = 15.0
"""Seconds for one call."""
EXCERPT_BYTES = 64_000
MOST_READERS = 3
"""How many people's rights a log is read with; the threads of others have the outcome without an excerpt."""


class LogExcerpts:
    """Reads excerpts for the places where a job is followed and everything is shown.

    Args:
        dss: the instance, called with the bot's key. No log is read with it.
        watches_of: returns the places where a job is or was followed.
        viewers: what they are shown, and who may read a log.
    """

    def __init__(self, dss: Dss, watches_of: Callable[[JobRef], Sequence[Watch]], viewers: Viewers) -> None:
        self._dss = dss
        self._watches_of = watches_of
        self._viewers = viewers

    def __call__(self, info: JobInfo) -> tuple[Mapping[str, str], int]:
        """Return excerpts, redacted, by Slack user, and how many calls that took."""
        found: dict[str, str] = {}
        read: dict[int, tuple[Dss, str | None]] = {}  # keeps each instance, or its id might be used again
        made = 0
        for watch in self._readers(info):
            dss = self._viewers.log_reader(watch, self._dss)
            if dss is None:
                continue
            if id(dss) not in read:  # with the bot's key, it is the same for everybody
                excerpt, calls = _read(dss, info)
                read[id(dss)] = dss, excerpt
                made += calls
            if told := read[id(dss)][1]:
                found[watch.asker] = told
        return found, made

    def _readers(self, job: JobInfo) -> list[Watch]:
        shown = [
            watch
            for watch in self._watches_of(job.ref)
            if self._viewers.shown(job.projects, watch.place.channel_id) is Visibility.FULL
        ]
        shown.sort(key=lambda watch: watch.closed_at is not None)
        return list({watch.asker: watch for watch in reversed(shown)}.values())[-MOST_READERS:]


def _read(dss: Dss, info: JobInfo) -> tuple[str | None, int]:
    """Return the relevant end of a failed job's log, and how many calls that took."""
    # It isn't known what DSS answers for an activity without a log (DSS-API.md §1.7): an error
    # or nothing. The whole job's log contains the same text, among more.
    ref, calls = info.ref, 0
    activity = info.failure.activity_id if info.failure else None
    for part in dict.fromkeys((activity, None)):
        calls += 1
        try:
            tail = dss.log_tail(
                ref.project, ref.job_id, activity=part, max_bytes=EXCERPT_BYTES, within=LOG_WITHIN
            )
        except (DSSUnreachable, DSSUnavailable) as error:
            log.info("follow.no_log", job=ref.job_id, error=str(error))
            break
        except (DSSError, Refusal) as error:
            log.info("follow.no_log", job=ref.job_id, activity=part, error=str(error))
            continue
        if shown := excerpt(tail.text):
            return shown, calls
    return None, calls
