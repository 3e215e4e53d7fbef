"""Lists of jobs: one project's, the overview, and App Home."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from bot.facts import JobCard, ListJobs, Message
from bot.slack.views import buttons, ids, limits, words
from bot.slack.views.blocks import (
    Block,
    actions,
    button,
    context,
    divider,
    header,
    link_button,
    message,
    say,
    section,
)
from bot.slack.views.card import cause, conflict, state_words
from bot.slack.views.escape import code, prose

PAGE_SIZE = 8
"""Jobs of one page: with two or three blocks each, a message stays within 50."""


def job_list(
    title: str,
    jobs: Sequence[JobCard],
    *,
    wish: ListJobs,
    now: datetime,
    has_more: bool = False,
    filters: Sequence[str] = (),
    wider: str | None = None,
    ui_url: str | None = None,
) -> Message:
    """One page of a filtered list, each job with its buttons.

    Args:
        title: plain text, such as ``Jobs of CHURN``.
        jobs: this page's jobs, at most `PAGE_SIZE` of them.
        wish: what was asked; its page is the one shown.
        now: for durations.
        has_more: whether there is another page.
        filters: the filters in words, as plain text.
        wider: the command that lists without the filters.
        ui_url: the project's jobs in DSS.
    """
    if not jobs:
        return empty_list(title, filters, page=wish.page, wider=wider)
    page = f"page {wish.page + 1}" if wish.page or has_more else None
    said = [*(prose(text, 120) for text in filters), *((page,) if page else ())]
    head = section(f"*{prose(title, 200)}*")
    top = (head, context(*said)) if said else (head,)
    shown = jobs[:PAGE_SIZE]
    text = f"{prose(title, 200)}: {words.count(len(shown), 'job')}{f', {page}' if page else ''}"
    paging = _paging(wish, ui_url, has_more=has_more or len(jobs) > PAGE_SIZE)
    return message(text, (*top, *_entries(shown, now), *paging))


def empty_list(title: str, filters: Sequence[str], *, page: int = 0, wider: str | None = None) -> Message:
    """Nothing matches: says what was looked for, and how to look wider."""
    looked = f" ({', '.join(prose(text, 120) for text in filters)})" if filters else ""
    if page:
        said = f"{prose(title, 200)}: nothing more{looked}."
    else:
        said = f"{prose(title, 200)}: nothing found{looked}."
    return say(said, f"Without filters: {code(wider, 400)}" if filters and wider else None)


def overview(
    running: Sequence[JobCard], mine: Sequence[JobCard], now: datetime, *, everything: bool = True
) -> Message:
    """What is running, and my recent jobs that are not among that.

    Args:
        running: the newest first.
        mine: what the person asked the bot for.
        now: for durations.
        everything: whether ``running`` is all that runs; before DSS 15.2 it is not.
    """
    count = words.count(len(running), "job") if running else "Nothing"
    text = f"{count} running, {len(mine):,} of yours recently"
    return message(text, _overview(running, mine, now, everything=everything))


def home(
    running: Sequence[JobCard], mine: Sequence[JobCard], now: datetime, *, everything: bool = True
) -> dict[str, object]:
    """The App Home view, for ``views.publish``, of the same as `overview`."""
    hint = section(
        "Build: `/dss-build PROJECT.dataset` · jobs: `/dss-jobs` · all commands: `/dss-jobs help`",
    )
    updated = context(f"As of {words.at(now, now)}")
    blocks = [hint, *_overview(running, mine, now, everything=everything), updated]
    return {"type": "home", "blocks": blocks[: limits.VIEW_BLOCKS]}


def _overview(
    running: Sequence[JobCard], mine: Sequence[JobCard], now: datetime, *, everything: bool
) -> Iterator[Block]:
    yield header("Running now")
    nothing = "Nothing is running that you may see."
    yield from _group(running, now, 0, nothing if everything else "Nothing, as far as the bot looked.")
    if not everything:
        yield context(
            "Looked at: the projects whose jobs you built or followed lately. This DSS, or the bot's key in "
            "it, has no list of everything that runs: `/dss-jobs PROJECT` shows any other project."
        )
    yield header("Your recent jobs")
    none = "No others." if running else "None yet."
    yield from _group(mine, now, PAGE_SIZE, f"{none} Start one with `/dss-build PROJECT.dataset`.")


def _group(cards: Sequence[JobCard], now: datetime, first: int, nothing: str) -> Iterator[Block]:
    if not cards:
        yield section(nothing)
        return
    yield from _entries(cards[:PAGE_SIZE], now, first, lines_between=False)
    if len(cards) > PAGE_SIZE:
        yield context(f"and {len(cards) - PAGE_SIZE:,} more: `/dss-jobs PROJECT` lists them")


def _entries(
    cards: Sequence[JobCard], now: datetime, first: int = 0, *, lines_between: bool = True
) -> Iterator[Block]:
    for number, card in enumerate(cards, first):
        if lines_between:
            yield divider()
        yield section(*_entry(card, now))
        yield from actions(
            buttons.abort(card, number),
            buttons.follow(card, number),
            buttons.rebuild(card, number),
            buttons.log(card, number),
            buttons.open_in_dss(card, number),
        )


def _entry(card: JobCard, now: datetime) -> Iterator[str | None]:
    job = card.job
    icon = words.UNKNOWN if card.vanished else words.outcome(job).icon
    yield f"{icon} *{state_words(card)}* · {words.what(job, 3)}"
    yield " · ".join(_about(card, now)) or None
    if job.state == "FAILED":
        yield cause(job, 200)
        yield conflict(job)


def _about(card: JobCard, now: datetime) -> Iterator[str]:
    job = card.job
    if by := words.who(card):
        yield by
    if start := job.initiated_at or job.started_at:
        yield words.at(start, now)
    if took := words.job_lasted(job, now):
        yield f"took {took}" if job.finished else f"for {took}"
    if job.mode:
        yield words.mode(job.mode)
    if card.instance_label:
        yield f"on {code(card.instance_label, 60)}"
    yield words.job_id(job.ref)


def _paging(wish: ListJobs, ui_url: str | None, *, has_more: bool) -> tuple[Block, ...]:
    def turn(text: str, page: int) -> Block | None:
        return button(text, ids.LIST_PAGE, msgspec.structs.replace(wish, page=page), number=page)

    return actions(
        turn("Previous", wish.page - 1) if wish.page > 0 else None,
        turn("Next", wish.page + 1) if has_more else None,
        # Numbered after the entries' own link buttons, which start at 0.
        link_button("All jobs in DSS", ui_url, number=PAGE_SIZE) if ui_url else None,
    )
