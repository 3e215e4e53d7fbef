"""The part of a log that matters, for the person who asked for it."""

from collections.abc import Iterator, Sequence

from bot.domain import Activity, JobCard, Message, ReadLog, SendLog, WarningGroup
from bot.domain.job_warnings import grouped_warnings
from bot.domain.log_excerpts import LogExtract
from bot.language import mark, t, tn
from bot.views import action_ids, buttons, limits, wording
from bot.views.blocks import Block, actions, button, context, message, plain, section
from bot.views.button_values import ValueTooLarge, encode_job, log_choice
from bot.views.escape import code, fence, label
from bot.views.job_card import cause
from bot.views.warnings import warning_lines

LOG_LINES = 26
"""Lines of the log in one answer. With titles, warnings and fences, that makes at most 40."""

FENCE = 2_900
"""Our limit for a block of lines, fences included."""
MASKED = mark("Anything that looks like a password or key is masked.")


def log(
    card: JobCard, extract: LogExtract, *, activity: str | None = None, whole_bytes: int | None = None
) -> Message:
    """Show a job's log, or one activity's: why it failed, its warnings, then how it ends.

    Args:
        card: the job.
        extract: the lines to show; without lines when DSS has no log of this job.
        activity: the id of the activity that the log belongs to; ``None`` for the whole job.
        whole_bytes: size of the whole log, if only its end was read.
    """
    of = log_of(card, activity)
    written = extract.lines > 0
    row = (*_choice(card, activity), *_buttons(card, activity, written=written))
    if not written:
        said = t("DSS has no log of {what}: either it was cleared, or nothing has been written yet.", what=of)
        return message(said, (section(said), *row))
    said = t("Log of {what}", what=of)
    parts = (
        *_error(card, extract, activity),
        *warnings(card, activity, extract.warnings),
        *_end(extract),
    )
    extent = context(_extent(extract, whole_bytes), t(MASKED))
    return message(said, (section(f"*{said}*"), *parts, extent, *row))


def log_of(card: JobCard, activity: str | None) -> str:
    """Name what a log is of."""
    what = wording.what(card.job, 3)
    return t("{activity} in {what}", activity=code(activity), what=what) if activity else what


def _error(card: JobCard, extract: LogExtract, activity: str | None) -> Iterator[Block]:
    why = _cause(card, activity)
    if why or extract.error:
        yield section(f"{wording.FAILED} {why}" if why else t("*Last error*"))
    if extract.error:
        yield section(fence("\n".join(extract.error), FENCE))


def _cause(card: JobCard, activity: str | None) -> str | None:
    """Return why the job or the activity failed, as its status says."""
    if activity is None:
        return cause(card.job)
    failure = next((one.failure for one in card.job.activities if one.id == activity), None)
    return t("Cause: {text}", text=code(failure, 300)) if failure else None


def warnings(card: JobCard, activity: str | None, read: Sequence[WarningGroup]) -> Iterator[Block]:
    """Show the warnings of a job or an activity; those that were read of its log if DSS tells of none."""
    told = grouped_warnings(one for one in card.job.activities if activity in {None, one.id})
    if groups := told or read:
        counted = tn("{number} warning", "{number} warnings", sum(group.count for group in groups))
        yield section(f"{wording.WARNED} {counted}", *warning_lines(groups))


def _end(extract: LogExtract) -> Iterator[Block]:
    if extract.end:
        heading = t("*End of the log*") if extract.error or extract.left_out else None
        shown = fence("\n".join(extract.end), FENCE)
        yield section(f"{heading}\n{shown}" if heading else shown)


def _extent(extract: LogExtract, whole_bytes: int | None) -> str | None:
    """Say how much of the log is shown, unless it is all of it."""
    if whole_bytes is not None:
        return t("Only the end is shown: the whole log is {size}.", size=wording.size(whole_bytes))
    if extract.left_out:
        return tn("The whole log has {number} line.", "The whole log has {number} lines.", extract.lines)
    return None


def _buttons(card: JobCard, activity: str | None, *, written: bool) -> tuple[Block, ...]:
    name = buttons.name_of(card.job)
    refresh = button(t("Refresh"), action_ids.LOG_SHOW, ReadLog(job=name, activity=activity), number=1)
    whole_job = button(t("Log of the whole job"), action_ids.LOG_SHOW, ReadLog(job=name))
    label_ = t("This activity's log as a file") if activity else t("Whole log as a file")
    return actions(
        refresh if not card.job.finished else None,
        whole_job if activity else None,
        button(t("Search this log…"), action_ids.LOG_DIALOG_OPEN, ReadLog(job=name, activity=activity))
        if written
        else None,
        button(label_, action_ids.LOG_FILE, SendLog(job=name, activity=activity)) if written else None,
        buttons.open_in_dss(card),
    )


def _choice(card: JobCard, chosen: str | None) -> tuple[Block, ...]:
    try:
        block_id = encode_job(buttons.name_of(card.job))
    except ValueTooLarge:
        return ()
    return choice_of_activity(card, chosen, action_id=action_ids.LOG_ACTIVITY, block_id=block_id)


def choice_of_activity(
    card: JobCard, chosen: str | None, *, action_id: str, block_id: str
) -> tuple[Block, ...]:
    """Return a select of the job's logs: the whole job's, then those of activities, failed ones first."""
    if not card.job.activities:
        return ()
    options: dict[str | None, Block] = {None: _option(t("The whole job"), None)}
    # Failed ones first, because people look for those.
    for activity in sorted(card.job.activities, key=lambda item: item.state != "FAILED"):
        if len(options) < limits.OPTIONS and len(activity.id) <= limits.OPTION_VALUE:
            options.setdefault(activity.id, _option(_option_text(activity), activity.id))
    select: Block = {
        "type": "static_select",
        "action_id": action_id,
        "placeholder": plain(t("Log of an activity")),
        "options": list(options.values()),
    }
    if chosen in options:
        select["initial_option"] = options[chosen]
    return actions(select, block_id=block_id)


def _option_text(activity: Activity) -> str:
    said = wording.state_of(activity.state).words
    return f"{activity.id} ({said.lower()})" if len(activity.id) < 50 else activity.id


def _option(text: str, activity: str | None) -> Block:
    return {"text": plain(label(text, limits.OPTION_TEXT)), "value": log_choice(activity)}
