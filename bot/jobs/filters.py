"""Which jobs of a list were wished for, and which page of them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import msgspec

from bot.facts import JobFacts, ListJobs

_STATES = {"failed": "FAILED", "done": "DONE", "aborted": "ABORTED"}
_EARLIEST = datetime.min.replace(tzinfo=UTC)


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a list."""

    jobs: tuple[JobFacts, ...]
    number: int
    """From 0; moved into range when a page was asked for that is not there."""
    pages: int
    """At least 1."""
    total: int
    """Jobs on all pages."""

    @property
    def more(self) -> bool:
        """Whether a page follows."""
        return self.number + 1 < self.pages


def matches(job: JobFacts, wish: ListJobs, *, since: datetime | None, login: str | None) -> bool:
    """Say whether a job is one that was wished for. The project is not looked at: the list is of one.

    Args:
        job: what is known of it.
        wish: the filters, as they were typed.
        since: ``wish.since`` after reading; compared with the time the job was asked for, else started.
        login: DSS login of the person who asks, for ``--by me``; ``None`` (unknown) matches nothing.
    """
    return (
        _in_state(job, wish.state)
        and _since(job, since)
        and (wish.by is None or _by(job, login if wish.by == "me" else wish.by))
        and (wish.dataset is None or _builds(job, wish.dataset))
    )


def newest_first(jobs: Iterable[JobFacts]) -> tuple[JobFacts, ...]:
    """Sort by the time they were asked for; jobs without any time come last, in the order they had."""
    return tuple(sorted(jobs, key=lambda job: _asked_at(job) or _EARLIEST, reverse=True))


def page(jobs: Sequence[JobFacts], number: int, size: int) -> Page:
    """Cut page ``number`` (from 0) of ``size`` jobs each out of ``jobs``."""
    if size < 1:
        raise ValueError(f"a page holds at least one job, not {size}")
    pages = max(1, -(-len(jobs) // size))
    number = min(max(number, 0), pages - 1)
    chosen = tuple(jobs[number * size : (number + 1) * size])
    return Page(jobs=chosen, number=number, pages=pages, total=len(jobs))


def _in_state(job: JobFacts, state: str | None) -> bool:
    if state is None:
        return True
    if state == "running":
        return not job.finished
    return job.finished and job.state == _STATES[state]


def _asked_at(job: JobFacts) -> datetime | None:
    return job.initiated_at or job.started_at


def _since(job: JobFacts, since: datetime | None) -> bool:
    """Compare times; a job without any is shown only while it runs, as then it is surely recent."""
    if since is None:
        return True
    asked_at = _asked_at(job)
    return not job.finished if asked_at is None else asked_at >= since


def _by(job: JobFacts, login: str | None) -> bool:
    return login is not None and job.initiator.casefold() == login.casefold()


def _builds(job: JobFacts, dataset: str) -> bool:
    wanted = dataset.casefold()
    for output in job.outputs:
        names = {output.id, output.name or output.id}
        if any(wanted in {name.casefold(), f"{output.project}.{name}".casefold()} for name in names):
            return True
    return False
