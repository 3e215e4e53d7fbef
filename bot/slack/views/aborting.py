"""Views of aborting: one job taken, everything of a project asked and done."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from bot.facts import AbortAll, JobCard, JobFacts, JobRef, Message
from bot.slack.views import buttons, ids, words
from bot.slack.views.blocks import Block, actions, button, confirm, message, say, section
from bot.slack.views.escape import code

SHOWN_JOBS = 20
"""Jobs that are named before everything is aborted."""


def abort_taken(card: JobCard, *, following: bool) -> Message:
    """DSS has taken the request to abort one job."""
    if card.job.finished:
        had = words.outcome(card.job).words
        return say(f"{words.what(card.job)} had already finished ({had}): there was nothing to abort.")
    where = " The outcome is told in the job's thread." if following else ""
    said = f"DSS has taken the request to abort {words.what(card.job)}. It can take a moment.{where}"
    look = None if following else buttons.status(card)
    return message(said, (section(said), *actions(look, buttons.open_in_dss(card))))


def confirm_abort_all(project: str, jobs: Sequence[JobFacts], wish: AbortAll, now: datetime) -> Message:
    """Name the unfinished jobs of a project and ask before all of them are aborted.

    The button carries the ids of what was counted here, so that a job started meanwhile is not aborted.
    When not all ids fit into it, it is about the jobs that are named; the answer says so.
    """
    if not jobs:
        return say(f"Nothing is running in {code(project)}: there is nothing to abort.")
    text = f"{words.count(len(jobs), 'unfinished job')} in {code(project)}. Abort {_them(len(jobs))}?"
    named = [f"• {_job_line(job, now)}" for job in jobs[:SHOWN_JOBS]]
    if len(jobs) > SHOWN_JOBS:
        named.append(f"and {len(jobs) - SHOWN_JOBS:,} more")
    yes, about = _abort_button(jobs, wish)
    advice = None
    if yes is None:
        advice = "These are too many for one button: please abort them one by one, from `/dss-jobs`."
    elif about < len(jobs):
        advice = (
            f"One button cannot carry them all: this one aborts the {about} that are named. Then ask again."
        )
    shown = (section(f"{words.WARNED} {text}"), *_sections(named), *((section(advice),) if advice else ()))
    row = actions(yes, button("Cancel", ids.ABORT_ALL_CANCEL)) if yes else ()
    return message(text, (*shown, *row))


def abort_all_done(results: Sequence[tuple[JobRef, str | None]]) -> Message:
    """Say of each job whether DSS took the request.

    Args:
        results: jobs, each with the reason why it could not be asked, or ``None`` when DSS took the request.
    """
    refused = [(ref, why) for ref, why in results if why is not None]
    taken = len(results) - len(refused)
    text = f"DSS has taken the request to abort {words.count(taken, 'job')}. It can take a moment."
    if refused and not taken:
        text = "Nothing was aborted."
    lines = [text]
    if refused:
        lines.append(f"{words.WARNED} {words.count(len(refused), 'job')} could not be asked:")
        lines += [f"• {code(str(ref))}: {code(why, 200)}" for ref, why in refused[:SHOWN_JOBS]]
    if len(refused) > SHOWN_JOBS:
        lines.append(f"and {len(refused) - SHOWN_JOBS:,} more")
    return message(text, _sections(lines))


def _abort_button(jobs: Sequence[JobFacts], wish: AbortAll) -> tuple[Block | None, int]:
    for number in dict.fromkeys((len(jobs), min(SHOWN_JOBS, len(jobs)))):
        chosen = msgspec.structs.replace(wish, jobs=tuple(job.ref.job_id for job in jobs[:number]))
        asks = confirm(
            f"Abort {words.count(number, 'job')}?",
            "The work in progress is lost. What was already written stays written, so outputs may be "
            "incomplete.",
            "Abort",
            "Let them run" if number > 1 else "Let it run",
        )
        text = f"Abort {_them(number)}"
        if made := button(text, ids.ABORT_ALL_CONFIRM, chosen, style="danger", confirm=asks):
            return made, number
    return None, 0


def _them(number: int) -> str:
    return "it" if number == 1 else f"these {number:,}"


def _job_line(job: JobFacts, now: datetime) -> str:
    took = words.job_lasted(job, now)
    by = f", started by {code(job.initiator, 60)}" if job.initiator else ""
    return f"{words.what(job, 2)}: {words.outcome(job).words}{f' for {took}' if took else ''}{by}"


def _sections(lines: Sequence[str]) -> list[Block]:
    # Five long lines always fit into one section, so that no job is left out in silence.
    return [section(*lines[start : start + 5]) for start in range(0, len(lines), 5)]
