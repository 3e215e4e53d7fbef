"""A whole log as a file: the note that goes with it, and the answer where somebody asked for it."""

import re

from bot.domain import JobCard, JobInfo, Message
from bot.language import t
from bot.views import buttons, wording
from bot.views.blocks import actions, context, message, say, section
from bot.views.escape import code
from bot.views.log import MASKED, log_of

_UNSAFE = re.compile(r"[^\w.-]+", re.ASCII)
_NAME = 200


def log_file_name(job: JobInfo, activity: str | None) -> str:
    """Return the file's name: the job's id, and the activity's."""
    whole = f"{job.ref.job_id}_{activity}" if activity else job.ref.job_id
    return f"{_UNSAFE.sub('_', whole)[:_NAME].strip('._') or 'job'}.log"


def log_file_note(card: JobCard, activity: str | None, *, size: int, whole_bytes: int | None) -> Message:
    """Introduce the file, in the direct messages of the person who asked.

    Args:
        card: the job.
        activity: the id of the activity that the log belongs to; ``None`` for the whole job.
        size: the file's size in bytes.
        whole_bytes: size of the whole log, if the file contains only its end.
    """
    of = log_of(card, activity)
    cut = None
    if whole_bytes is None:
        text = t("Here is the log of {what}, as you asked ({size}).", what=of, size=wording.size(size))
    else:
        text = t("Here is the end of the log of {what}, as you asked.", what=of)
        only = t(
            "The whole log is {size}: the file has only the last {part} of it.",
            size=wording.size(whole_bytes),
            part=wording.size(size),
        )
        cut = f"{wording.WARNED} {only}"
    row = actions(buttons.open_in_dss(card))
    return message(text, (section(text, cut), context(wording.job_id(card.job.ref), t(MASKED)), *row))


def log_file_sent(card: JobCard, activity: str | None) -> Message:
    """Say where the file is."""
    return say(t("The log of {what} is in your direct messages with this bot.", what=log_of(card, activity)))


def log_file_refused(card: JobCard, why: str, *, maybe_sent: bool) -> Message:
    """Say that Slack didn't take the file, and what to do."""
    row = actions(buttons.open_in_dss(card))
    if why == "missing_scope":
        text = t("The bot isn't allowed to upload files in this workspace.")
        then = t(
            "The bot's administrator can add the scope `files:write` to the Slack app and reinstall it. "
            "Until then, the whole log is in DSS."
        )
    elif maybe_sent:
        text = t("Slack didn't confirm the file with the log.")
        then = t("It might have arrived: look at your direct messages with this bot before you ask again.")
    else:
        text = t("Slack didn't accept the file with the log ({reason}).", reason=code(why, 80))
        then = t("Please try again in a minute, or open the log in DSS.")
    return message(f"{text} {then}", (section(f"{wording.WARNED} {text}", then), *row))


def busy_with_files() -> Message:
    """Say that other files come first."""
    return say(t("The bot is preparing other log files right now. Please try again in a minute."))
