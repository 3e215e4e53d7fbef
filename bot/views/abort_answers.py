"""Answers about aborting: one job, or all unfinished jobs of a project."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from bot.domain import ALL_PROJECTS, AbortAll, JobCard, JobInfo, JobRef, Message
from bot.views import action_ids, buttons, wording
from bot.views.blocks import Block, actions, button, confirm, message, say, section
from bot.views.escape import code
from bot.views.job_card import state_words

SHOWN_JOBS = 20
"""How many jobs the confirmation names."""


def abort_accepted(card: JobCard, *, following: bool) -> Message:
    """Say that DSS accepted the request to abort one job."""
    if card.job.finished:
        had = wording.outcome(card.job).words
        return say(f"{wording.what(card.job)} had already finished ({had}), so there was nothing to abort.")
    where = " The outcome will be posted in the job's thread." if following else ""
    said = f"DSS accepted the request to abort {wording.what(card.job)}. It can take a moment.{where}"
    look = None if following else buttons.status(card)
    return message(said, (section(said), *actions(look, buttons.open_in_dss(card))))


def confirm_abort_all(project: str, cards: Sequence[JobCard], request: AbortAll, now: datetime) -> Message:
    """Name a project's unfinished jobs, and ask for confirmation before all of them are aborted.

    The button carries the ids of the jobs counted here, so a job that starts in the meantime isn't aborted.
    When the ids don't all fit, the button covers only the named jobs, and the answer says so.
    """
    if not cards:
        return say(f"There are no running jobs in {code(project)}, so there is nothing to abort.")
    text = f"{wording.count(len(cards), 'unfinished job')} in {code(project)}. Abort {_them(len(cards))}?"
    named = [f"• {_job_line(card, now)}" for card in cards[:SHOWN_JOBS]]
    if len(cards) > SHOWN_JOBS:
        named.append(f"and {len(cards) - SHOWN_JOBS:,} more")
    yes, about = _abort_button([card.job for card in cards], request)
    advice = None
    if yes is None:
        advice = "One button can't hold this many jobs: please abort them one by one from `/dss-jobs`."
    elif about < len(cards):
        advice = (
            f"One button can't hold them all: this one aborts the {about} jobs named above. Then ask again."
        )
    shown = (section(f"{wording.WARNED} {text}"), *_sections(named), *((section(advice),) if advice else ()))
    row = actions(yes, button("Cancel", action_ids.ABORT_ALL_CANCEL)) if yes else ()
    return message(text, (*shown, *row))


def confirm_abort_selected(
    cards: Sequence[JobCard], request: AbortAll, now: datetime, *, ended: int = 0, hidden: int = 0
) -> Message:
    """Name the jobs that were selected in a list, and ask for confirmation before they are aborted.

    Args:
        cards: those that are still running.
        request: the request, for the button.
        now: for durations.
        ended: how many of the selected jobs have ended since.
        hidden: how many of them the person can't see anymore, or may not abort.
    """
    left_out = []
    if ended:
        left_out.append(
            f"{ended:,} of the jobs you selected {'has' if ended == 1 else 'have'} ended meanwhile."
        )
    if hidden:
        left_out.append(f"You can't abort {hidden:,} of the jobs you selected.")
    if not cards:
        if not left_out:
            return say("Select the jobs to abort in the list first, then press *Abort selected…* again.")
        return say(" ".join(left_out), "There is nothing to abort.")
    text = f"Abort these {len(cards):,} jobs?" if len(cards) > 1 else "Abort this job?"
    named = [f"• {_job_line(card, now)}" for card in cards]
    yes = _abort_these(cards, request)
    advice = None if yes else "One button can't hold this many jobs: please select fewer."
    extra = [section(line) for line in (*left_out, advice) if line]
    row = actions(yes, button("Cancel", action_ids.ABORT_ALL_CANCEL)) if yes else ()
    return message(text, (section(f"{wording.WARNED} {text}"), *_sections(named), *extra, *row))


def abort_all_done(results: Sequence[tuple[JobRef, str | None]]) -> Message:
    """Say for each job whether DSS accepted the request.

    Args:
        results: jobs, each with the reason why the request failed, or ``None`` when DSS accepted it.
    """
    refused = [(ref, why) for ref, why in results if why is not None]
    taken = len(results) - len(refused)
    text = f"DSS accepted the request to abort {wording.count(taken, 'job')}. It can take a moment."
    if refused and not taken:
        text = "Nothing was aborted."
    lines = [text]
    if refused:
        lines.append(f"{wording.WARNED} The request failed for {wording.count(len(refused), 'job')}:")
        lines += [f"• {code(str(ref))}: {code(why, 200)}" for ref, why in refused[:SHOWN_JOBS]]
    if len(refused) > SHOWN_JOBS:
        lines.append(f"and {len(refused) - SHOWN_JOBS:,} more")
    return message(text, _sections(lines))


def _abort_button(jobs: Sequence[JobInfo], request: AbortAll) -> tuple[Block | None, int]:
    for number in dict.fromkeys((len(jobs), min(SHOWN_JOBS, len(jobs)))):
        chosen = msgspec.structs.replace(request, jobs=tuple(job.ref.job_id for job in jobs[:number]))
        if made := _confirming(chosen):
            return made, number
    return None, 0


def _abort_these(cards: Sequence[JobCard], request: AbortAll) -> Block | None:
    """Return the button for selected jobs: their ids alone, if they are all of one project."""
    refs = [card.job.ref for card in cards]
    projects = {ref.project for ref in refs}
    if len(projects) == 1:
        ids, project = tuple(ref.job_id for ref in refs), projects.pop()
    else:
        ids, project = tuple(map(str, refs)), ALL_PROJECTS
    return _confirming(msgspec.structs.replace(request, project=project, jobs=ids, confirmed=True))


def _confirming(request: AbortAll) -> Block | None:
    number = len(request.jobs)
    asks = confirm(
        f"Abort {wording.count(number, 'job')}?",
        "Any work in progress is lost. What was already written stays, so outputs might be incomplete.",
        "Abort",
        "Let them run" if number > 1 else "Let it run",
    )
    text = f"Abort {_them(number)}"
    return button(text, action_ids.ABORT_ALL_CONFIRM, request, style="danger", confirm=asks)


def _them(number: int) -> str:
    return "it" if number == 1 else f"these {number:,}"


def _job_line(card: JobCard, now: datetime) -> str:
    took = wording.job_lasted(card.job, now)
    state = f"{wording.what(card.job, 2)}: {state_words(card)}{f' for {took}' if took else ''}"
    return ", ".join(filter(None, (state, wording.who(card), wording.thread(card.thread_url or ""))))


def _sections(lines: Sequence[str]) -> list[Block]:
    # Five long lines always fit into one section, so no job is dropped silently.
    return [section(*lines[start : start + 5]) for start in range(0, len(lines), 5)]
