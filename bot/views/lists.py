"""Lists of jobs: one project's, and the overview."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from bot.domain import JobCard, ListJobs, Message
from bot.domain.job_filters import StateCounts
from bot.language import number as counted
from bot.language import t, tn
from bot.views import action_ids, buttons
from bot.views.blocks import (
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
from bot.views.escape import code, prose
from bot.views.job_rows import row
from bot.views.list_controls import abort_rows, counts_in_words, filter_row

PAGE_SIZE = 8
"""Jobs per page: at two or three blocks each, a message stays within 50."""


def job_list(
    title: str,
    jobs: Sequence[JobCard],
    *,
    request: ListJobs,
    now: datetime,
    has_more: bool = False,
    filters: Sequence[str] = (),
    wider: str | None = None,
    ui_url: str | None = None,
    counts: StateCounts | None = None,
    newest: bool = False,
) -> Message:
    """Return one page of a filtered list, each job with its buttons.

    Args:
        title: plain text, such as ``Jobs of CHURN``.
        jobs: this page's jobs, at most `PAGE_SIZE` of them.
        request: the request; its page number is the page shown.
        now: for durations.
        has_more: whether there is another page.
        filters: the filters in words, as plain text.
        wider: the command for the same list without filters.
        ui_url: the project's jobs in DSS.
        counts: how many jobs are in each state, whatever state the list is about.
        newest: whether only the newest jobs were counted.
    """
    selects = filter_row(request)
    if not jobs:
        nothing = empty_list(title, filters, page=request.page, wider=wider)
        return message(nothing.text, (*nothing.blocks, *selects))
    page = t("page {number}", number=counted(request.page + 1)) if request.page or has_more else None
    said = [*(prose(text, 120) for text in filters), *((page,) if page else ())]
    head = section(f"*{prose(title, 200)}*")
    states = context(counts_in_words(counts, newest=newest)) if counts is not None and counts.total else None
    top = (head, *((states,) if states else ()), *((context(*said),) if said else ()), *selects)
    shown = jobs[:PAGE_SIZE]
    text = tn("{title}: {number} job", "{title}: {number} jobs", len(shown), title=prose(title, 200))
    text = f"{text}, {page}" if page else text
    paging = _paging(request, ui_url, has_more=has_more or len(jobs) > PAGE_SIZE)
    return message(text, (*top, *_entries(shown, now), *abort_rows(shown, request), *paging))


def my_jobs(cards: Sequence[JobCard], now: datetime) -> Message:
    """Return a short list of jobs to choose from, each with its buttons."""
    text = t("Which of your jobs here?")
    return message(text, (section(f"*{text}*"), *_entries(cards, now)))


def empty_list(title: str, filters: Sequence[str], *, page: int = 0, wider: str | None = None) -> Message:
    """Say that nothing matches, what the filters were, and how to list without them."""
    looked = f" ({', '.join(prose(text, 120) for text in filters)})" if filters else ""
    if page:
        said = t("{title}: nothing more{filters}.", title=prose(title, 200), filters=looked)
    else:
        said = t("{title}: nothing found{filters}.", title=prose(title, 200), filters=looked)
    without = t("Without filters: {command}", command=code(wider, 400)) if filters and wider else None
    return say(said, without)


def overview(
    running: Sequence[JobCard], mine: Sequence[JobCard], now: datetime, *, everything: bool = True
) -> Message:
    """Return what is running, and a person's recent jobs that aren't.

    Args:
        running: the newest first.
        mine: jobs that the person requested from the bot.
        now: for durations.
        everything: whether ``running`` has every running job; before DSS 15.2 it doesn't.
    """
    now_running = (
        tn("{number} job running", "{number} jobs running", len(running)) if running else t("Nothing running")
    )
    yours = tn("{number} of yours recently", "{number} of yours recently", len(mine))
    return message(f"{now_running}, {yours}", _overview(running, mine, now, everything=everything))


def _overview(
    running: Sequence[JobCard], mine: Sequence[JobCard], now: datetime, *, everything: bool
) -> Iterator[Block]:
    yield header(t("Running now"))
    if everything:
        nothing = t("There are no running jobs you can see.")
    else:
        nothing = t("None in the projects the bot checked.")
    yield from _group(running, now, 0, nothing)
    if not everything:
        yield context(
            t(
                "The bot checked the projects whose jobs you built or followed recently. This DSS, or the "
                "bot's key for it, has no list of all running jobs: `/dss-jobs PROJECT` shows any other "
                "project."
            )
        )
    yield header(t("Your recent jobs"))
    none = t("No others.") if running else t("None yet.")
    start = t("Start one with `/dss-build PROJECT.dataset`.")
    yield from _group(mine, now, PAGE_SIZE, f"{none} {start}")


def _group(cards: Sequence[JobCard], now: datetime, first: int, nothing: str) -> Iterator[Block]:
    if not cards:
        yield section(nothing)
        return
    yield from _entries(cards[:PAGE_SIZE], now, first, lines_between=False)
    if len(cards) > PAGE_SIZE:
        yield context(more_jobs(len(cards) - PAGE_SIZE))


def more_jobs(more: int) -> str:
    """Count the jobs that aren't shown, and say where they are."""
    return tn(
        "and {number} more: `/dss-jobs PROJECT` lists them",
        "and {number} more: `/dss-jobs PROJECT` lists them",
        more,
    )


def _entries(
    cards: Sequence[JobCard], now: datetime, first: int = 0, *, lines_between: bool = True
) -> Iterator[Block]:
    for number, card in enumerate(cards, first):
        if lines_between:
            yield divider()
        yield row(card, now)
        yield from actions(
            buttons.abort(card, number),
            buttons.follow(card, number),
            buttons.rebuild(card, number),
            buttons.log(card, number),
            buttons.open_in_dss(card, number),
        )


def _paging(request: ListJobs, ui_url: str | None, *, has_more: bool) -> tuple[Block, ...]:
    def turn(text: str, page: int) -> Block | None:
        return button(text, action_ids.LIST_PAGE, msgspec.structs.replace(request, page=page), number=page)

    return actions(
        turn(t("Previous"), request.page - 1) if request.page > 0 else None,
        turn(t("Next"), request.page + 1) if has_more else None,
        # Numbered after the link buttons of the entries, which start at 0.
        link_button(t("All jobs in DSS"), ui_url, number=PAGE_SIZE) if ui_url else None,
    )
