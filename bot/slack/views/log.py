"""The end of a log, for the person who asked to read it."""

from collections.abc import Sequence

from bot.facts import Activity, JobCard, Message, ReadLog
from bot.slack.views import buttons, ids, limits, words
from bot.slack.views.blocks import Block, actions, button, context, message, plain, section
from bot.slack.views.escape import code, fences, label
from bot.slack.views.values import ValueTooLarge, encode_job, log_choice

SECTIONS = 5
"""Sections of log in one answer; older lines are left out."""

_MASKED = "What looks like a password or key is masked."


def log(
    card: JobCard,
    text: str,
    *,
    activity: str | None = None,
    activities: Sequence[Activity] = (),
    truncated: bool = False,
    cleared: bool = False,
) -> Message:
    """Show the end of a job's log, or of one activity's.

    Args:
        card: the job.
        text: the end of the log, already redacted.
        activity: the id of the activity whose log it is; ``None`` for the whole job's.
        activities: what else can be read, as a list to choose from.
        truncated: whether ``text`` is not all of the log.
        cleared: whether DSS has no log of this job any more.
    """
    of = f"{code(activity)} in {words.what(card.job, 3)}" if activity else words.what(card.job, 3)
    row = (*_choice(card, activity, activities), *_buttons(card, activity))
    if cleared or not text.strip():
        said = f"DSS has no log of {of} (any more): it was cleared, or nothing was written yet."
        return message(said, (section(said), *row))
    chunks, whole = fences(text, limits.SECTION_TEXT, SECTIONS)
    said = f"Log of {of}"
    kept = None
    if truncated or not whole:
        kept = context(f"Only the end is shown. {_MASKED} DSS has the whole log.")
    else:
        kept = context(_MASKED)
    return message(said, (section(f"*{said}*"), *(section(chunk) for chunk in chunks), kept, *row))


def _buttons(card: JobCard, activity: str | None) -> tuple[Block, ...]:
    whole = button("Log of the whole job", ids.JOB_LOG, ReadLog(job=buttons.name_of(card.job)))
    refresh = ReadLog(job=buttons.name_of(card.job), activity=activity)
    return actions(
        button("Refresh", ids.JOB_LOG, refresh, number=1) if not card.job.finished else None,
        whole if activity else None,
        buttons.open_in_dss(card),
    )


def _choice(card: JobCard, chosen: str | None, activities: Sequence[Activity]) -> tuple[Block, ...]:
    if not activities:
        return ()
    try:
        block_id = encode_job(buttons.name_of(card.job))
    except ValueTooLarge:
        return ()
    options: dict[str | None, Block] = {None: _option("The whole job", None)}
    # Failed ones first: they are what people look for.
    for activity in sorted(activities, key=lambda item: item.state != "FAILED"):
        if len(options) < limits.OPTIONS and len(activity.id) <= limits.OPTION_VALUE:
            options.setdefault(activity.id, _option(_option_text(activity), activity.id))
    select: Block = {
        "type": "static_select",
        "action_id": ids.LOG_ACTIVITY,
        "placeholder": plain("Log of an activity"),
        "options": list(options.values()),
    }
    if chosen in options:
        select["initial_option"] = options[chosen]
    return actions(select, block_id=block_id)


def _option_text(activity: Activity) -> str:
    said = words.state_of(activity.state).words
    return f"{activity.id} ({said.lower()})" if len(activity.id) < 50 else activity.id


def _option(text: str, activity: str | None) -> Block:
    return {"text": plain(label(text, limits.OPTION_TEXT)), "value": log_choice(activity)}
