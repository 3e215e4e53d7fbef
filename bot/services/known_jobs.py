"""Cards of jobs for lists: what DSS says, completed by what the bot knows of the jobs that it follows."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec

from bot.domain import JobCard, JobInfo, JobRef
from bot.domain.errors import DSSError
from bot.domain.follow_rules import merge
from bot.domain.ports import Dss
from bot.domain.stored_records import FollowedJob, FollowState, KnownJob, Thread, Watch
from bot.language import in_same_language
from bot.services.service import Service
from bot.slack.permalinks import permalink

_DIRECT = "D"
"""Ids of direct messages begin with it. Nobody but the two who write there can open such a link."""


class KnownJobs(Service):
    """Makes the cards of a list."""

    def listed(
        self,
        jobs: Sequence[JobInfo],
        dss: Dss,
        reader: str,
        *,
        shown: int,
        lacks: Callable[[JobInfo], bool] | None = None,
    ) -> list[JobCard]:
        """Return a card for each job that DSS has just listed.

        Args:
            jobs: DSS's list.
            dss: the instance, called as the person who asks.
            reader: Slack user ID of the person who asks.
            shown: how many of them the person sees; the others are only counted.
            lacks: whether DSS must be asked about a job because neither its list nor the bot knows enough;
                by default, one without a state or an output.
        """
        seen = jobs[:shown]
        known = self._store.known_jobs.of([job.ref for job in seen])
        completed = [completed_by(job, known.get(job.ref)) for job in seen]
        read = read_lacking(completed, dss, lacks or is_bare)
        cards = [self._card(_now(job, known), known, dss, reader) for job in read]
        return cards + [self._instances.card(FollowedJob(info=job), dss) for job in jobs[shown:]]

    def one(self, job: JobInfo, dss: Dss, reader: str) -> JobCard:
        """Return the card of a job whose status DSS has just said."""
        return self.listed([job], dss, reader, shown=1, lacks=lambda _: False)[0]

    def remembered(self, jobs: Sequence[FollowedJob], dss: Dss, reader: str) -> list[JobCard]:
        """Return a card for each of the bot's own rows; arguments as in `listed`."""
        known = self._store.known_jobs.of([job.info.ref for job in jobs])
        return [self._card(job, known, dss, reader) for job in jobs]

    def _card(self, job: FollowedJob, known: Mapping[JobRef, KnownJob], dss: Dss, reader: str) -> JobCard:
        found = known.get(job.info.ref)
        threads = found.threads if found else ()
        card = self._instances.card(job, dss, requested_in(threads))
        thread = thread_for(reader, threads)
        url = permalink(self._workspace, thread.channel_id, thread.ts) if thread and thread.ts else None
        return msgspec.structs.replace(card, thread_url=url)


def completed_by(job: JobInfo, known: KnownJob | None) -> JobInfo:
    """Return what DSS's list says about a job, with what only the bot knows (state, outputs, counters)."""
    return merge(known.job.info, job) if known else job


def is_bare(job: JobInfo) -> bool:
    """Return whether hardly anything is known of an unfinished job: DSS listed little more than its id."""
    return not job.finished and not (job.state and job.outputs)


def lacks_progress(job: JobInfo) -> bool:
    """Return whether nobody has said how far an unfinished job is."""
    return is_bare(job) or (not job.finished and job.counters is None)


def read_lacking(jobs: Sequence[JobInfo], dss: Dss, lacks: Callable[[JobInfo], bool]) -> list[JobInfo]:
    """Ask DSS for the status of each job that lacks something; a job that can't be read stays as it is."""

    def look(job: JobInfo) -> JobInfo:
        if not lacks(job):
            return job
        try:
            return merge(job, dss.job(job.ref.project, job.ref.job_id))
        except DSSError:
            return job  # the list is useful without it

    with ThreadPoolExecutor(4, thread_name_prefix="causes") as pool:
        return list(pool.map(in_same_language(look), jobs))


def requested_in(threads: Sequence[Thread]) -> Watch | None:
    """Return where somebody had the bot start the job; ``None`` when it was started elsewhere."""
    return next((thread.watch for thread in threads if thread.watch.started_by_bot), None)


def thread_for(reader: str, threads: Sequence[Thread]) -> Thread | None:
    """Return the thread to send a person to: their own, else one that is still going on, else the newest.

    A thread in somebody else's direct messages is none of them.
    """
    open_to_reader = [
        thread
        for thread in threads
        if thread.ts and (thread.watch.asker == reader or not thread.channel_id.startswith(_DIRECT))
    ]

    def worse(thread: Thread) -> tuple[bool, bool]:
        return thread.watch.asker != reader, thread.watch.closed_at is not None

    return min(open_to_reader, key=worse, default=None)


def _now(job: JobInfo, known: Mapping[JobRef, KnownJob]) -> FollowedJob:
    """Join a job that DSS has just listed with the bot's notes: whatever kept the bot from it is over."""
    notes = known[job.ref].job.follow_state if job.ref in known else FollowState()
    return FollowedJob(
        info=job,
        follow_state=msgspec.structs.replace(notes, vanished=False, gave_up=False, silent_since=None),
    )
