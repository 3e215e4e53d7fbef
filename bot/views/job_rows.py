"""A job as a row of a list, for pages of jobs, the overview, and App Home."""

from collections.abc import Iterator
from datetime import datetime

from bot.domain import JobCard
from bot.language import t
from bot.views import wording
from bot.views.blocks import Block, section
from bot.views.escape import code
from bot.views.job_card import cause, conflict, progress, state_words


def row(card: JobCard, now: datetime) -> Block:
    """Show a job: state and outputs, progress, who and when, and why it failed."""
    return section(*_lines(card, now))


def _lines(card: JobCard, now: datetime) -> Iterator[str | None]:
    job = card.job
    icon = wording.UNKNOWN if card.vanished else wording.outcome(job).icon
    yield f"{icon} *{state_words(card)}* · {wording.what(job, 3)}"
    if not job.finished:
        yield from progress(job)
    yield " · ".join(_about(card, now)) or None
    if job.state == "FAILED":
        yield cause(job, 200)
        yield conflict(job)


def _about(card: JobCard, now: datetime) -> Iterator[str]:
    job = card.job
    if by := wording.who(card):
        yield by
    if start := job.initiated_at or job.started_at:
        yield wording.at(start, now)
    if took := wording.took(job, now):
        yield took
    if job.mode:
        yield wording.mode(job.mode)
    if card.instance_label:
        yield t("on {name}", name=code(card.instance_label, 60))
    if link := wording.thread(card.thread_url or ""):
        yield link
    yield wording.job_id(job.ref)
