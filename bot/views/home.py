"""App Home: who the bot takes its reader for, what is running, what ended, and buttons for all of it."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from bot.domain import JobCard, Message, Overview
from bot.domain.favorites import Favorite
from bot.language import t
from bot.views import action_ids, buttons, limits
from bot.views.blocks import Block, actions, button, context, divider, header, section
from bot.views.button_values import encode
from bot.views.favorites import favorites_on_home
from bot.views.home_head import FIRST_INSTANCE, Reader, identity_lines, instance_lines
from bot.views.job_rows import row
from bot.views.lists import more_jobs

HOME_RUNNING = 15
"""How many running jobs are shown with all that is known of them."""
HOME_ENDED = 8
"""How many recent jobs are shown."""
_ENDED_AT_LEAST = 3
"""Recent jobs that keep their place, however many are running."""
_ROW_BLOCKS = 3
_AROUND_ROWS = 6
"""Headers and remarks between the rows, at most."""
_ROW_NUMBERS = 100
"""Numbers of the rows' buttons start here: an answer above them can have numbered buttons of its own."""
_FAVORITE_NUMBERS = 200
"""Numbers of the favorites' buttons start here."""

_SHOW_ALL, _SHOW_MINE, _REFRESH, _CLOSE = range(FIRST_INSTANCE)


class HomePage(msgspec.Struct, frozen=True, kw_only=True):
    """What App Home shows one person."""

    reader: Reader
    showing: Overview
    """The filters: whose jobs, and on which instance."""
    running: Sequence[JobCard]
    """The newest first."""
    recent: Sequence[JobCard]
    """Jobs that aren't running, the newest first."""
    favorites: Sequence[Favorite] = ()
    """The reader's own, by name."""
    everything: bool = True
    """Whether ``running`` has every running job; before DSS 15.2, only some projects are checked."""
    at: datetime
    """When this was found out."""


def home(page: HomePage, answer: Message | None = None) -> dict[str, object]:
    """Return the App Home view for ``views.publish``.

    Args:
        page: what it shows.
        answer: the answer to the button that was just pressed there.
    """
    favorites = favorites_on_home(page.favorites, _FAVORITE_NUMBERS)
    top = [*_head(page), *favorites, *_answer(answer, page.showing)]
    rows = (limits.VIEW_BLOCKS - len(top) - _AROUND_ROWS) // _ROW_BLOCKS
    ended = min(len(page.recent), HOME_ENDED)
    running = min(len(page.running), HOME_RUNNING, rows - min(ended, _ENDED_AT_LEAST))
    blocks = (*top, *_running(page, running), *_recent(page, running, min(ended, rows - running)))
    return _view(blocks, page.showing)


def home_refused(why: Message, showing: Overview, answer: Message | None = None) -> dict[str, object]:
    """Return App Home with the reason why it can't show any jobs, and a button to try again."""
    refresh = actions(_show(t("Refresh"), showing, _REFRESH))
    return _view((*_answer(answer, showing), *_blocks_of(why), *refresh), showing)


def _view(blocks: Sequence[Block], showing: Overview) -> dict[str, object]:
    """Return the view. It carries its filters, so it keeps them whichever button is pressed."""
    shown = list(blocks)[: limits.VIEW_BLOCKS]
    return {"type": "home", "blocks": shown, "private_metadata": encode(showing)}


def _head(page: HomePage) -> Iterator[Block]:
    showing = page.showing
    yield section(
        t(
            "Build: `/dss-build`, or `/dss-build PROJECT.dataset` · jobs: `/dss-jobs` · "
            "all commands: `/dss-jobs help`"
        )
    )
    yield from identity_lines(page.reader, page.at)
    everybody, mine = (msgspec.structs.replace(showing, mine=only) for only in (False, True))
    yield from actions(
        button(t("Build…"), action_ids.BUILD_DIALOG_OPEN, style="primary"),
        _show(_chosen(t("All jobs I can see"), not showing.mine), everybody, _SHOW_ALL),
        _show(_chosen(t("Only mine"), showing.mine), mine, _SHOW_MINE),
        _show(t("Refresh"), showing, _REFRESH),
    )
    yield from instance_lines(page.reader, showing)


def _chosen(text: str, chosen: bool) -> str:  # noqa: FBT001 - positional reads better in a row of buttons
    return f"✓ {text}" if chosen else text


def _show(text: str, showing: Overview, number: int) -> Block | None:
    return button(text, action_ids.HOME_SHOW, showing, number=number)


def _answer(answer: Message | None, showing: Overview) -> Iterator[Block]:
    if answer is not None:
        yield divider()
        yield from _blocks_of(answer)
        yield from actions(_show(t("Close"), showing, _CLOSE))


def _blocks_of(message: Message) -> Sequence[Block]:
    return message.blocks or (section(message.text),)


def _running(page: HomePage, shown: int) -> Iterator[Block]:
    yield header(t("Running now"))
    if not page.running:
        yield section(_nothing_runs(page))
    yield from _rows(page.running[:shown], page.at, _ROW_NUMBERS)
    if len(page.running) > shown:
        yield context(more_jobs(len(page.running) - shown))
    if not page.everything:
        yield context(
            t(
                "The bot checked the projects whose jobs you built or followed recently. This DSS, or the "
                "bot's key for it, has no list of all running jobs: `/dss-jobs PROJECT` shows any other "
                "project."
            )
        )


def _nothing_runs(page: HomePage) -> str:
    if not page.everything:
        return t("None in the projects the bot checked.")
    if page.showing.mine:
        return t("None of yours is running.")
    return t("There are no running jobs you can see.")


def _recent(page: HomePage, before: int, shown: int) -> Iterator[Block]:
    yield header(t("Your recent jobs") if page.showing.mine else t("Recent jobs"))
    if not page.showing.mine and page.recent:
        yield context(t("Built or followed with the bot"))
    if not page.recent:
        yield section(t("None yet. Start one with *Build…*, or type `/dss-build PROJECT.dataset`."))
    yield from _rows(page.recent[:shown], page.at, _ROW_NUMBERS + before)


def _rows(cards: Sequence[JobCard], now: datetime, first: int) -> Iterator[Block]:
    for number, card in enumerate(cards, first):
        yield divider()
        yield row(card, now)
        yield from actions(
            buttons.abort(card, number),
            buttons.rebuild(card, number),
            buttons.status(card, number),
            buttons.log(card, number),
            buttons.open_in_dss(card, number),
        )
