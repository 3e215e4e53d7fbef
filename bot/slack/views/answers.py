"""Answers that only the asker sees: what was done with a wish, or why not and what would have been right."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from bot.errors import DSSError, DSSUnavailable, DSSUnreadable, Refusal
from bot.facts import Build, JobCard, Message, Mistake
from bot.facts.records import UnreadableIntent
from bot.slack.views import buttons, ids, words
from bot.slack.views.blocks import actions, button, message, say, section
from bot.slack.views.card import card_blocks
from bot.slack.views.escape import code, prose, sentence
from bot.slack.views.values import OldButton

_EXAMPLE = 500
"""Code points of a command that is shown, before they are escaped."""


def build_accepted(
    labels: Sequence[str], mode: str, instance_label: str | None = None, *, asks_first: bool = False
) -> Message:
    """The build was written down and is about to be started, or about to be asked about (`confirm_all`)."""
    where = f" on {code(instance_label, 80)}" if instance_label else ""
    if asks_first:
        return say(f"Looking up {words.names(labels)}{where}. Nothing starts before you have confirmed it.")
    return say(f"Asking DSS to build {words.names(labels)} ({words.mode(mode)}){where}.")


def mistake(wrong: Mistake) -> Message:
    """The text could not be read."""
    return _put_right(wrong.problem, wrong.example, wrong.suggestions, f"More: `/dss-{wrong.command} help`")


def refusal(refused: Refusal) -> Message:
    """The wish was understood, and cannot be done as it is."""
    then = f"Then: {command}" if (command := _command(refused.then)) else None
    return _put_right(str(refused), refused.example, refused.suggestions, then)


def old_button() -> Message:
    """The button is from another version of the bot."""
    return refusal(OldButton())


def dss_trouble(error: DSSError, instance: str | None = None) -> Message:
    """DSS did not give the answer that was asked for. Never shows DSS's stack trace."""
    where = f" (instance {code(instance, 80)})" if instance else ""
    said = str(error).strip().split("\n")[0] if error.status is not None else ""
    whose = "Details" if isinstance(error, DSSUnavailable | DSSUnreadable) else "DSS said"
    return say(
        f"{prose(error.hint)}{where}",
        f"{whose}: {code(said, 300)}" if said else None,
        "It may have been done all the same: look at `/dss-jobs` before you try again."
        if error.maybe_done
        else None,
        icon=words.WARNED,
    )


def our_fault(reference: str) -> Message:
    """Something failed in the bot that nobody foresaw."""
    return say(
        "Something went wrong in the bot, not in what you asked for. "
        f"Its administrator finds the details under {code(reference)}.",
        icon=words.WARNED,
    )


def set_aside(row: UnreadableIntent) -> Message:
    """What somebody asked for can't be read any more: what to do about it."""
    begun = (
        " It may have been started already: look at `/dss-jobs` before you ask again."
        if row.begun
        else " Nothing was started. Please ask again."
    )
    return say(
        f"The bot could not read what you asked for at {words.at(row.created_at, row.created_at)}, so it put "
        f"that aside.{begun}",
        icon=words.WARNED,
    )


def busy() -> Message:
    """The bot cannot take more work at the moment."""
    return say("The bot has too much to do at the moment. Nothing was started: please try again in a minute.")


def under_way() -> Message:
    """The same was asked for a moment ago, and is being done."""
    return say("That is already under way: the same was asked for a moment ago. Nothing is done twice.")


def aborting() -> Message:
    """A confirmed abort of several jobs is on its way."""
    return say("On it: asking DSS to abort them.")


def already_running(
    card: JobCard, busy: Sequence[str], now: datetime, *, others: int = 0, rest: str | None = None
) -> Message:
    """Something is being built right now: shows that job; nothing here starts another one.

    Args:
        card: a job that builds it.
        busy: labels of what is being built, of all that was asked for.
        now: for durations.
        others: how many outputs were asked for beside those.
        rest: the command that starts the others.
    """
    started = "Nothing was started, not even the others." if others else "Nothing was started."
    text = f"{words.names(busy)} {'is' if len(busy) == 1 else 'are'} being built right now. {started}"
    again = (
        "A second job for the same output would fail at once. Follow this one; ask again when it has ended."
    )
    start = f"What can start now: {command}" if (command := _command(rest)) else None
    row = actions(buttons.follow(card), buttons.log(card), buttons.open_in_dss(card))
    return message(text, (section(text, again, start), *card_blocks(card, now), *row))


def confirm_all(wish: Build, labels: Sequence[str]) -> Message:
    """Ask before everything upstream is rebuilt."""
    text = f"Rebuild {words.names(labels)} and *everything upstream*?"
    start = button(
        "Start", ids.BUILD_CONFIRM_ALL, msgspec.structs.replace(wish, confirmed=True), style="primary"
    )
    lines = (
        text,
        "Every recipe upstream runs again, also where nothing changed: that can take long and cost much.",
        "`--mode modified` rebuilds only what is out of date.",
    )
    if start is None:
        return say(*lines, "This is too much for one button: please name fewer outputs.", icon=words.WARNED)
    return message(
        text,
        (
            section(f"{words.WARNED} {lines[0]}", *lines[1:]),
            *actions(start, button("Cancel", ids.BUILD_CANCEL)),
        ),
    )


def cancelled() -> Message:
    """The person pressed Cancel."""
    return say("Cancelled. Nothing was started or aborted.")


def unknown_start(labels: Sequence[str]) -> Message:
    """The answer to the start was lost, and no such job was found (DESIGN.md §4)."""
    text = f"It is not known whether the job for {words.names(labels)} was started"
    return say(
        f"{text}: DSS's answer was lost, and no such job has been found so far.",
        "Nothing was started twice. Please look at `/dss-jobs` or at the project's jobs in DSS in a minute; "
        "if the job is not there, ask for it again.",
        icon=words.UNKNOWN,
    )


def follow_taken(card: JobCard, *, already: bool = False) -> Message:
    """The job is followed here."""
    what = words.what(card.job)
    said = f"{what} was already followed here." if already else f"{what} is followed here from now on."
    return message(said, (section(said), *actions(buttons.unfollow(card), buttons.open_in_dss(card))))


def unfollow_taken(card: JobCard) -> Message:
    """The job is not followed here any more."""
    said = f"{words.what(card.job)} is no longer followed here. The job itself goes on."
    return message(said, (section(said), *actions(buttons.follow(card), buttons.open_in_dss(card))))


def _put_right(problem: str, example: str | None, suggestions: Sequence[str], more: str | None) -> Message:
    near = [code(text) for text in suggestions[:5]]
    return say(
        sentence(problem, 1_200),
        f"Did you mean {' or '.join(near)}?" if near else None,
        f"For example: {command}" if (command := _command(example)) else None,
        more,
    )


def _command(text: str | None) -> str | None:
    """Show a command whole: half of one would be another command."""
    return code(text, _EXAMPLE * 5) if text and len(text) <= _EXAMPLE else None
