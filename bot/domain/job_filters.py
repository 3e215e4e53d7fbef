"""Select the jobs of a list that match a request, and the page of them to show."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime

import msgspec

from bot.domain import JobInfo, ListJobs

_STATES = {"failed": "FAILED", "done": "DONE", "aborted": "ABORTED"}
_EARLIEST = datetime.min.replace(tzinfo=UTC)


class StateCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How many jobs are in each state."""

    running: int = 0
    failed: int = 0
    aborted: int = 0
    done: int = 0
    other: int = 0
    """Ended in a state that the bot doesn't know."""

    @property
    def total(self) -> int:
        """All of them."""
        return self.running + self.failed + self.aborted + self.done + self.other


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a list."""

    jobs: tuple[JobInfo, ...]
    number: int
    """Starts at 0; a requested number that is out of range is moved into it."""
    pages: int
    """At least 1."""
    total: int
    """Jobs on all pages."""

    @property
    def more(self) -> bool:
        """Whether there is another page."""
        return self.number + 1 < self.pages


def matches(job: JobInfo, request: ListJobs, *, since: datetime | None, logins: Collection[str] = ()) -> bool:
    """Return whether a job matches the request. This ignores the project: the list is of one project.

    Args:
        job: the facts of the job.
        request: the filters, as they were typed.
        since: ``request.since``, parsed; compared with the time the job was requested, or else started.
        logins: the DSS logins that ``--by`` means, lowercased; if it's empty, ``--by`` matches nothing.
    """
    return (
        in_state(job, request.state)
        and _since(job, since)
        and (request.by is None or job.initiator.casefold() in logins)
        and (request.dataset is None or _builds(job, request.dataset))
    )


def newest_first(jobs: Iterable[JobInfo]) -> tuple[JobInfo, ...]:
    """Sort jobs by the time they were requested. Jobs without a time come last, in their original order."""
    return tuple(sorted(jobs, key=lambda job: _asked_at(job) or _EARLIEST, reverse=True))


def page(jobs: Sequence[JobInfo], number: int, size: int) -> Page:
    """Return page ``number`` (starting at 0) of ``jobs``, with ``size`` jobs per page."""
    if size < 1:
        raise ValueError(f"a page must hold at least one job, not {size}")
    pages = max(1, -(-len(jobs) // size))
    number = min(max(number, 0), pages - 1)
    chosen = tuple(jobs[number * size : (number + 1) * size])
    return Page(jobs=chosen, number=number, pages=pages, total=len(jobs))


def counted(jobs: Iterable[JobInfo]) -> StateCounts:
    """Count jobs by their states."""
    names = {word: name for name, word in _STATES.items()}
    counts = Counter(names.get(job.state, "other") if job.finished else "running" for job in jobs)
    return StateCounts(**counts)


def in_state(job: JobInfo, state: str | None) -> bool:
    """Return whether a job is in a state, as it was typed; without one, every job is."""
    if state is None:
        return True
    if state == "running":
        return not job.finished
    return job.finished and job.state == _STATES[state]


def _asked_at(job: JobInfo) -> datetime | None:
    return job.initiated_at or job.started_at


def _since(job: JobInfo, since: datetime | None) -> bool:
    """Compare times. A job without a time matches only while it runs, because then it must be recent."""
    if since is None:
        return True
    asked_at = _asked_at(job)
    return not job.finished if asked_at is None else asked_at >= since


def _builds(job: JobInfo, dataset: str) -> bool:
    wanted = dataset.casefold()
    for output in job.outputs:
        names = {output.id, output.name or output.id}
        if any(wanted in {name.casefold(), f"{output.project}.{name}".casefold()} for name in names):
            return True
    return False
