"""Private answers: what happened to a request, or why nothing did and what would work."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from bot.domain import Build, BuildMode, JobCard, Message, Mistake, Request
from bot.domain.errors import DSSError, DSSUnavailable, DSSUnreadable, Refusal
from bot.domain.stored_records import UnreadableIntent
from bot.views import action_ids, buttons, wording
from bot.views.blocks import actions, button, message, say, section
from bot.views.button_values import OldButton
from bot.views.escape import code, prose, sentence
from bot.views.job_card import card_blocks

_EXAMPLE = 500
"""The longest command to show, in code points before escaping."""


def working_on(request: Request) -> Message:
    """Say what the bot is doing, to somebody who has been waiting for a moment."""
    if not isinstance(request, Build) or request.thread or request.favorite:
        return say("Still working on it. The answer will appear here.")
    labels = [output.label for output in request.outputs]
    if request.partition:
        labels = [f"{label} [{request.partition}]" for label in labels]
    if request.dry_run:
        return looking_up(labels, request.instance)
    asks_first = request.mode is BuildMode.ALL and not request.confirmed
    return build_accepted(labels, request.mode, request.instance, asks_first=asks_first)


def build_accepted(
    labels: Sequence[str], mode: str, instance_label: str | None = None, *, asks_first: bool = False
) -> Message:
    """Say that the build request was stored: it starts soon, or after a confirmation (`confirm_all`)."""
    where = f" on {code(instance_label, 80)}" if instance_label else ""
    if asks_first:
        return say(f"Looking up {wording.names(labels)}{where}. Nothing starts until you confirm it.")
    return say(f"Asking DSS to build {wording.names(labels)} ({wording.mode(mode)}){where}.")


def looking_up(labels: Sequence[str], instance_label: str | None = None) -> Message:
    """Say that a dry run was requested."""
    where = f" on {code(instance_label, 80)}" if instance_label else ""
    return say(f"Looking up what a build of {wording.names(labels)}{where} would do. Nothing is started.")


def build_started(card: JobCard) -> Message:
    """Say in App Home that DSS has the job, and where its thread is."""
    said = f"DSS accepted the build of {wording.what(card.job)}. Its thread is in this app's Messages tab."
    return message(said, (section(said), *actions(buttons.status(card), buttons.open_in_dss(card))))


def mistake(wrong: Mistake) -> Message:
    """Say that the text couldn't be parsed."""
    # A word alone would be refused when it is typed back: the whole command is suggested.
    meant = bool(wrong.suggestions)
    if wrong.command == "mention":
        return _put_right(wrong.problem, wrong.example, wrong.suggestions, "More: write `help` to me.")
    return _put_right(wrong.problem, wrong.example, (), f"More: `/dss-{wrong.command} help`", meant=meant)


def refusal(refused: Refusal) -> Message:
    """Say that the request was understood but can't be carried out as it is."""
    then = f"Then: {command}" if (command := _command(refused.then)) else None
    return _put_right(str(refused), refused.example, refused.suggestions, then)


def old_button() -> Message:
    """Say that the button comes from another version of the bot."""
    return refusal(OldButton())


def old_dialog() -> Message:
    """Say that the dialog comes from another version of the bot."""
    return say("This dialog is from another version of the bot. Nothing was done: please open it again.")


def dss_trouble(error: DSSError, instance: str | None = None) -> Message:
    """Say that a call to DSS failed. Never shows DSS's stack trace."""
    where = f" (instance {code(instance, 80)})" if instance else ""
    said = str(error).strip().split("\n")[0] if error.status is not None else ""
    whose = "Details" if isinstance(error, DSSUnavailable | DSSUnreadable) else "DSS said"
    return say(
        f"{prose(error.hint)}{where}",
        f"{whose}: {code(said, 300)}" if said else None,
        "It might have gone through anyway: check `/dss-jobs` before you try again."
        if error.maybe_done
        else None,
        icon=wording.WARNED,
    )


def our_fault(reference: str) -> Message:
    """Report an unexpected error in the bot."""
    return say(
        "Something went wrong on our side. "
        f"Please tell the bot's administrator: reference {code(reference)}.",
        icon=wording.WARNED,
    )


def set_aside(row: UnreadableIntent) -> Message:
    """Say that a stored request can't be read anymore, and what to do about it."""
    begun = (
        " It might have started already: check `/dss-jobs` before you ask again."
        if row.begun
        else " Nothing was started. Please ask again."
    )
    asked = f" from {wording.at(row.created_at, row.created_at)}" if row.created_at else ""
    return say(
        f"The bot couldn't read your request{asked}, so it set the request aside.{begun}",
        icon=wording.WARNED,
    )


def busy() -> Message:
    """Say that the bot can't accept more work right now."""
    return say("The bot is too busy right now. Nothing was started: please try again in a minute.")


def under_way() -> Message:
    """Say that the same request came in a moment ago and is being carried out."""
    return say("That's already under way: the same request came in a moment ago. Nothing is done twice.")


def aborting() -> Message:
    """Acknowledge the confirmed abort of several jobs."""
    return say("On it: asking DSS to abort them.")


def already_running(
    card: JobCard, busy: Sequence[str], now: datetime, *, others: int = 0, rest: str | None = None
) -> Message:
    """Show the running job that already builds an output; nothing here starts another one.

    Args:
        card: a job that builds it.
        busy: labels of the requested outputs that are being built.
        now: for durations.
        others: how many more outputs were requested.
        rest: the command that starts those others.
    """
    started = "Nothing was started, not even the others." if others else "Nothing was started."
    text = f"{wording.names(busy)} {'is' if len(busy) == 1 else 'are'} being built right now. {started}"
    again = (
        "A second job for the same output would fail at once. Follow this one, and ask again when it ends."
    )
    start = f"You can start the rest now: {command}" if (command := _command(rest)) else None
    row = actions(buttons.follow(card), buttons.log(card), buttons.open_in_dss(card))
    return message(text, (section(text, again, start), *card_blocks(card, now), *row))


def confirm_all(request: Build, labels: Sequence[str]) -> Message:
    """Ask for confirmation before everything upstream is rebuilt."""
    text = f"Rebuild {wording.names(labels)} and *everything upstream*?"
    start = button(
        "Start",
        action_ids.BUILD_CONFIRM_ALL,
        msgspec.structs.replace(request, confirmed=True),
        style="primary",
    )
    lines = (
        text,
        "Every upstream recipe runs again, even if nothing changed. That can take a while and cost a lot.",
        "`--mode modified` rebuilds only what is out of date.",
    )
    if start is None:
        return say(*lines, "These outputs don't fit into one button: please name fewer.", icon=wording.WARNED)
    return message(
        text,
        (
            section(f"{wording.WARNED} {lines[0]}", *lines[1:]),
            *actions(start, button("Cancel", action_ids.BUILD_CANCEL)),
        ),
    )


def canceled() -> Message:
    """Confirm that the person pressed Cancel."""
    return say("Canceled. Nothing was started or aborted.")


def unknown_start(labels: Sequence[str]) -> Message:
    """Say that the answer to a start was lost and no such job was found (DESIGN.md §4)."""
    text = f"It isn't clear whether the job for {wording.names(labels)} was started"
    return say(
        f"{text}: DSS's answer was lost, and the bot hasn't found such a job so far.",
        "Nothing was started twice. In a minute, check `/dss-jobs` or the project's jobs in DSS. "
        "If the job isn't there, ask for it again.",
        icon=wording.UNKNOWN,
    )


def follow_accepted(card: JobCard, *, already: bool = False, direct: bool = False) -> Message:
    """Say that the job is followed here, or in the person's direct messages."""
    what, where = wording.what(card.job), "in this app's Messages tab" if direct else "here"
    said = f"{what} is already followed {where}." if already else f"Now following {what} {where}."
    return message(said, (section(said), *actions(buttons.unfollow(card), buttons.open_in_dss(card))))


def unfollow_accepted(card: JobCard) -> Message:
    """Say that the job is no longer followed here."""
    said = f"{wording.what(card.job)} is no longer followed here. The job itself continues."
    return message(said, (section(said), *actions(buttons.follow(card), buttons.open_in_dss(card))))


def _put_right(
    problem: str, example: str | None, suggestions: Sequence[str], more: str | None, *, meant: bool = False
) -> Message:
    near = [code(text) for text in suggestions[:5]]
    lead = "Did you mean" if meant else "For example"
    return say(
        sentence(problem, 1_200),
        f"Did you mean {' or '.join(near)}?" if near else None,
        f"{lead}: {command}" if (command := _command(example)) else None,
        more,
    )


def _command(text: str | None) -> str | None:
    """Show a whole command or none: half of one would be a different command."""
    return code(text, _EXAMPLE * 5) if text and len(text) <= _EXAMPLE else None
