"""Answers about aborting: one job, or all unfinished jobs of a project."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from bot.domain import ALL_PROJECTS, AbortAll, JobCard, JobInfo, JobRef, Message
from bot.language import number, t, tn
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
        return say(
            t(
                "{what} had already finished ({state}), so there was nothing to abort.",
                what=wording.what(card.job),
                state=had,
            )
        )
    said = t("DSS accepted the request to abort {what}. It can take a moment.", what=wording.what(card.job))
    if following:
        where = t("The outcome will be posted in the job's thread.")
        said = f"{said} {where}"
    look = None if following else buttons.status(card)
    return message(said, (section(said), *actions(look, buttons.open_in_dss(card))))


def confirm_abort_all(project: str, cards: Sequence[JobCard], request: AbortAll, now: datetime) -> Message:
    """Name a project's unfinished jobs, and ask for confirmation before all of them are aborted.

    The button carries the ids of the jobs counted here, so a job that starts in the meantime isn't aborted.
    When the ids don't all fit, the button covers only the named jobs, and the answer says so.
    """
    if not cards:
        return say(
            t("There are no running jobs in {project}, so there is nothing to abort.", project=code(project))
        )
    text = tn(
        "{number} unfinished job in {project}. Abort it?",
        "{number} unfinished jobs in {project}. Abort these {number}?",
        len(cards),
        project=code(project),
    )
    named = [f"• {_job_line(card, now)}" for card in cards[:SHOWN_JOBS]]
    if len(cards) > SHOWN_JOBS:
        named.append(_and_more(len(cards) - SHOWN_JOBS))
    yes, about = _abort_button([card.job for card in cards], request)
    advice = None
    if yes is None:
        advice = t("One button can't hold this many jobs: please abort them one by one from `/dss-jobs`.")
    elif about < len(cards):
        advice = t(
            "One button can't hold them all: this one aborts the {number} jobs named above. Then ask again.",
            number=number(about),
        )
    shown = (section(f"{wording.WARNED} {text}"), *_sections(named), *((section(advice),) if advice else ()))
    return message(text, (*shown, *_yes_or_no(yes)))


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
    left_out = list(_left_out(ended, hidden))
    if not cards:
        if not left_out:
            return say(t("Select the jobs to abort in the list first, then press *Abort selected…* again."))
        return say(" ".join(left_out), t("There is nothing to abort."))
    text = buttons.abort_question(len(cards))
    named = [f"• {_job_line(card, now)}" for card in cards]
    yes = _abort_these(cards, request)
    advice = None if yes else t("One button can't hold this many jobs: please select fewer.")
    extra = [section(line) for line in (*left_out, advice) if line]
    lead = section(f"{wording.WARNED} {text}")
    return message(text, (lead, *_sections(named), *extra, *_yes_or_no(yes)))


def abort_all_done(results: Sequence[tuple[JobRef, str | None]]) -> Message:
    """Say for each job whether DSS accepted the request.

    Args:
        results: jobs, each with the reason why the request failed, or ``None`` when DSS accepted it.
    """
    refused = [(ref, why) for ref, why in results if why is not None]
    taken = len(results) - len(refused)
    text = tn(
        "DSS accepted the request to abort {number} job. It can take a moment.",
        "DSS accepted the request to abort {number} jobs. It can take a moment.",
        taken,
    )
    if refused and not taken:
        text = t("Nothing was aborted.")
    lines = [text]
    if refused:
        failed = tn(
            "The request failed for {number} job:", "The request failed for {number} jobs:", len(refused)
        )
        lines.append(f"{wording.WARNED} {failed}")
        lines += [f"• {_refused_job(ref, why)}" for ref, why in refused[:SHOWN_JOBS]]
    if len(refused) > SHOWN_JOBS:
        lines.append(_and_more(len(refused) - SHOWN_JOBS))
    return message(text, _sections(lines))


def _refused_job(ref: JobRef, why: str) -> str:
    return t("{job}: {reason}", job=code(str(ref)), reason=code(why, 200))


def _abort_button(jobs: Sequence[JobInfo], request: AbortAll) -> tuple[Block | None, int]:
    for most in dict.fromkeys((len(jobs), min(SHOWN_JOBS, len(jobs)))):
        chosen = msgspec.structs.replace(request, jobs=tuple(job.ref.job_id for job in jobs[:most]))
        if made := _confirming(chosen):
            return made, most
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
    jobs = len(request.jobs)
    asks = confirm(
        tn("Abort {number} job?", "Abort {number} jobs?", jobs),
        t("Any work in progress is lost. What was already written stays, so outputs might be incomplete."),
        t("Abort"),
        buttons.let_run(jobs),
    )
    text = tn("Abort it", "Abort these {number}", jobs)
    return button(text, action_ids.ABORT_ALL_CONFIRM, request, style="danger", confirm=asks)


def _yes_or_no(yes: Block | None) -> tuple[Block, ...]:
    return actions(yes, button(t("Cancel"), action_ids.ABORT_ALL_CANCEL)) if yes else ()


def _left_out(ended: int, hidden: int) -> Iterator[str]:
    """Say which of the selected jobs can't be aborted."""
    if ended:
        yield tn(
            "{number} of the jobs you selected has ended meanwhile.",
            "{number} of the jobs you selected have ended meanwhile.",
            ended,
        )
    if hidden:
        yield t("You can't abort {number} of the jobs you selected.", number=number(hidden))


def _and_more(left: int) -> str:
    return t("and {number} more", number=number(left))


def _job_line(card: JobCard, now: datetime) -> str:
    took = wording.job_lasted(card.job, now)
    what, state = wording.what(card.job, 2), state_words(card)
    if took:
        said = t("{what}: {state} for {duration}", what=what, state=state, duration=took)
    else:
        said = t("{what}: {state}", what=what, state=state)
    return ", ".join(filter(None, (said, wording.who(card), wording.thread(card.thread_url or ""))))


def _sections(lines: Sequence[str]) -> list[Block]:
    # Five long lines always fit into one section, so no job is dropped silently.
    return [section(*lines[start : start + 5]) for start in range(0, len(lines), 5)]
