"""The dialog of a log: the error first, then pages of its lines, with a search."""

from collections.abc import Iterator

import msgspec

from bot.domain import JobCard, Message, SendLog, WarningGroup
from bot.domain.log_pages import LogLines
from bot.language import mark, number, t, tn
from bot.views import action_ids, buttons, dialog_ids, limits, wording
from bot.views.blocks import Block, actions, button, context, plain, section
from bot.views.button_values import LogDialog, encode_log_dialog
from bot.views.dialogs import Dialog, dialog
from bot.views.escape import code, fences
from bot.views.job_card import cause
from bot.views.log import FENCE, MASKED, choice_of_activity, log_of, warnings

_TITLE = mark("Log")
_BLOCKS = 40
"""More than a page of lines takes, however much escaping makes of them."""


class LogPage(msgspec.Struct, frozen=True, kw_only=True):
    """What was read of a log."""

    card: JobCard
    activity: str | None = None
    lines: LogLines
    error: tuple[str, ...] = ()
    """The last error, for the page at the end."""
    warnings: tuple[WarningGroup, ...] = ()
    """Those of the log, likewise."""
    read_bytes: int | None = None
    """How much of a longer log was read; ``None`` for all of it."""
    whole_bytes: int = 0


def log_dialog_loading() -> Dialog:
    """Return the dialog as it opens at once, or while it's searching."""
    reading = t("Reading the log…")
    return dialog(t(_TITLE), [section(f"⏳ {reading}")])


def log_dialog_failed(told: Message) -> Dialog:
    """Say in the dialog why there is no log to show."""
    return dialog(t(_TITLE), [dict(block) for block in told.blocks])


def log_dialog(opened: LogDialog, read: LogPage) -> Dialog:
    """Return the dialog with a page of the log.

    Args:
        opened: what the dialog carries; its page and activity become those that are shown.
        read: what to show.

    Raises:
        ValueTooLarge: the job's name is too long for a dialog.
    """
    name = buttons.name_of(read.card.job)
    request = msgspec.structs.replace(opened.request, job=name, activity=read.activity)
    opened = msgspec.structs.replace(opened, request=request, page=read.lines.page)
    heading = t("Log of {what}", what=log_of(read.card, read.activity))
    blocks = [
        section(f"*{heading}*"),
        *choice_of_activity(
            read.card, read.activity, action_id=dialog_ids.LOG_PART, block_id=dialog_ids.LOG_PART
        ),
        _search(opened.search),
        *_error(read, opened.search),
        *_lines(read, opened.search),
        context(_extent(read), t(MASKED)),
        *_buttons(read, SendLog(job=name, activity=read.activity)),
    ]
    metadata = encode_log_dialog(opened)
    return dialog(t(_TITLE), blocks, callback_id=dialog_ids.LOG, metadata=metadata, submit=t("Search"))


def _search(searched: str) -> Block:
    element: Block = {
        "type": "plain_text_input",
        "action_id": dialog_ids.LOG_SEARCH,
        "placeholder": plain(t("A word or a part of a line")),
        "max_length": limits.LOG_SEARCH,
        "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]},
        **({"initial_value": searched} if searched else {}),
    }
    return {
        "type": "input",
        "block_id": dialog_ids.LOG_SEARCH,
        "label": plain(t("Search this log")),
        "element": element,
        "dispatch_action": True,
        "optional": True,
    }


def _error(read: LogPage, searched: str) -> Iterator[Block]:
    """Show why it failed and its warnings, above the end of the log; other pages show only lines."""
    if searched or read.lines.page:
        return
    why = cause(read.card.job) if read.activity is None else None
    if why or read.error:
        yield section(f"{wording.FAILED} {why}" if why else t("*Last error*"))
    if read.error:
        yield from (section(block) for block in fences("\n".join(read.error), FENCE, _BLOCKS)[0])
    yield from warnings(read.card, read.activity, read.warnings)


def _lines(read: LogPage, searched: str) -> Iterator[Block]:
    lines = read.lines
    if not lines.lines:
        yield section(_no_lines(searched))
        return
    told = tn("*{number} line*", "*{number} lines*", lines.found)
    if searched:
        told = tn(
            "*{number} line contains* {text}",
            "*{number} lines contain* {text}",
            lines.found,
            text=code(searched),
        )
    if lines.pages > 1:
        told += t(
            " (page {page} of {pages}, the newest first)",
            page=number(lines.page + 1),
            pages=number(lines.pages),
        )
    yield section(told)
    yield from (section(block) for block in fences("\n".join(lines.lines), FENCE, _BLOCKS)[0])


def _no_lines(searched: str) -> str:
    if not searched:
        return t("DSS has no log here: either it was cleared, or nothing has been written yet.")
    return t(
        "No line contains {text}. Search for something else, or empty the field for all lines.",
        text=code(searched),
    )


def _extent(read: LogPage) -> str | None:
    if read.read_bytes is None:
        return None
    whole, most = wording.size(read.whole_bytes), wording.size(read.read_bytes)
    return t(
        "The whole log is {size}: only its last {part} can be read and searched here.", size=whole, part=most
    )


def _buttons(read: LogPage, file: SendLog) -> tuple[Block, ...]:
    page, pages = read.lines.page, read.lines.pages
    written = read.lines.found > 0 or read.whole_bytes > 0
    return actions(
        _turn(t("Older lines"), dialog_ids.LOG_OLDER, page + 1) if page + 1 < pages else None,
        _turn(t("Newer lines"), dialog_ids.LOG_NEWER, page - 1) if page else None,
        _turn(t("Refresh"), dialog_ids.LOG_NEWER, 0) if not page and not read.card.job.finished else None,
        button(t("Send me this log as a file"), action_ids.LOG_FILE, file) if written else None,
        buttons.open_in_dss(read.card),
    )


def _turn(text: str, action_id: str, page: int) -> Block:
    return {"type": "button", "action_id": action_id, "text": plain(text), "value": str(page)}
