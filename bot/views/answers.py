"""Private answers: what happened to a request, or why nothing did and what would work."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from bot.domain import Build, BuildMode, JobCard, Message, Mistake, Request
from bot.domain.errors import DSSError, DSSUnavailable, DSSUnreadable, Refusal
from bot.domain.stored_records import UnreadableIntent
from bot.language import either, t, tn
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
        return say(t("Still working on it. The answer will appear here."))
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
    what, where = wording.names(labels), _on(instance_label)
    if asks_first:
        return say(
            t("Looking up {what}{where}. Nothing starts until you confirm it.", what=what, where=where)
        )
    mode = wording.mode(mode)
    return say(t("Asking DSS to build {what} ({mode}){where}.", what=what, mode=mode, where=where))


def looking_up(labels: Sequence[str], instance_label: str | None = None) -> Message:
    """Say that a dry run was requested."""
    return say(
        t(
            "Looking up what a build of {what}{where} would do. Nothing is started.",
            what=wording.names(labels),
            where=_on(instance_label),
        )
    )


def build_started(card: JobCard) -> Message:
    """Say in App Home that DSS has the job, and where its thread is."""
    said = t(
        "DSS accepted the build of {what}. Its thread is in this app's Messages tab.",
        what=wording.what(card.job),
    )
    return message(said, (section(said), *actions(buttons.status(card), buttons.open_in_dss(card))))


def mistake(wrong: Mistake) -> Message:
    """Say that the text couldn't be parsed."""
    # A word alone would be refused when it is typed back: the whole command is suggested.
    meant = bool(wrong.suggestions)
    if wrong.command == "mention":
        return _put_right(wrong.problem, wrong.example, wrong.suggestions, t("More: write `help` to me."))
    command = f"`/dss-{wrong.command} help`"
    return _put_right(wrong.problem, wrong.example, (), t("More: {command}", command=command), meant=meant)


def refusal(refused: Refusal) -> Message:
    """Say that the request was understood but can't be carried out as it is."""
    command = _command(refused.then)
    then = t("Then: {command}", command=command) if command else None
    return _put_right(str(refused), refused.example, refused.suggestions, then)


def old_button() -> Message:
    """Say that the button comes from another version of the bot."""
    return refusal(OldButton())


def old_dialog() -> Message:
    """Say that the dialog comes from another version of the bot."""
    return say(t("This dialog is from another version of the bot. Nothing was done: please open it again."))


def dss_trouble(error: DSSError, instance: str | None = None) -> Message:
    """Say that a call to DSS failed. Never shows DSS's stack trace."""
    said = str(error).strip().split("\n")[0] if error.status is not None else ""
    ours = isinstance(error, DSSUnavailable | DSSUnreadable)
    details = (
        t("Details: {text}", text=code(said, 300)) if ours else t("DSS said: {text}", text=code(said, 300))
    )
    perhaps = t("It might have gone through anyway: check `/dss-jobs` before you try again.")
    return say(
        prose(t(error.hint)),
        details if said else None,
        perhaps if error.maybe_done else None,
        t("DSS instance: {name}", name=code(instance, 80)) if instance else None,
        icon=wording.WARNED,
    )


def our_fault(reference: str) -> Message:
    """Report an unexpected error in the bot."""
    said = t(
        "Something went wrong on our side. Please tell the bot's administrator: reference {number}.",
        number=code(reference),
    )
    return say(said, icon=wording.WARNED)


def set_aside(row: UnreadableIntent) -> Message:
    """Say that a stored request can't be read anymore, and what to do about it."""
    if row.created_at:
        when = wording.at(row.created_at, row.created_at)
        said = t("The bot couldn't read your request from {time}, so it set the request aside.", time=when)
    else:
        said = t("The bot couldn't read your request, so it set the request aside.")
    if row.begun:
        begun = t("It might have started already: check `/dss-jobs` before you ask again.")
    else:
        begun = t("Nothing was started. Please ask again.")
    return say(f"{said} {begun}", icon=wording.WARNED)


def busy() -> Message:
    """Say that the bot can't accept more work right now."""
    return say(t("The bot is too busy right now. Nothing was started: please try again in a minute."))


def under_way() -> Message:
    """Say that the same request came in a moment ago and is being carried out."""
    return say(t("That's already under way: the same request came in a moment ago. Nothing is done twice."))


def aborting() -> Message:
    """Acknowledge the confirmed abort of several jobs."""
    return say(t("On it: asking DSS to abort them."))


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
    started = t("Nothing was started, not even the others.") if others else t("Nothing was started.")
    built = tn(
        "{names} is being built right now.",
        "{names} are being built right now.",
        len(busy),
        names=wording.names(busy),
    )
    text = f"{built} {started}"
    again = t(
        "A second job for the same output would fail at once. Follow this one, and ask again when it ends."
    )
    command = _command(rest)
    start = t("You can start the rest now: {command}", command=command) if command else None
    row = actions(buttons.follow(card), buttons.log(card), buttons.open_in_dss(card))
    return message(text, (section(text, again, start), *card_blocks(card, now), *row))


def confirm_all(request: Build, labels: Sequence[str]) -> Message:
    """Ask for confirmation before everything upstream is rebuilt."""
    text = t("Rebuild {names} and *everything upstream*?", names=wording.names(labels))
    start = button(
        t("Start"),
        action_ids.BUILD_CONFIRM_ALL,
        msgspec.structs.replace(request, confirmed=True),
        style="primary",
    )
    lines = (
        text,
        t("Every upstream recipe runs again, even if nothing changed. That can take a while and cost a lot."),
        t("`--mode modified` rebuilds only what is out of date."),
    )
    if start is None:
        fewer = t("These outputs don't fit into one button: please name fewer.")
        return say(*lines, fewer, icon=wording.WARNED)
    return message(
        text,
        (
            section(f"{wording.WARNED} {lines[0]}", *lines[1:]),
            *actions(start, button(t("Cancel"), action_ids.BUILD_CANCEL)),
        ),
    )


def canceled() -> Message:
    """Confirm that the person pressed Cancel."""
    return say(t("Canceled. Nothing was started or aborted."))


def unknown_start(labels: Sequence[str]) -> Message:
    """Say that the answer to a start was lost and no such job was found (DESIGN.md §4)."""
    return say(
        t(
            "It isn't clear whether the job for {names} was started: DSS's answer was lost, and the bot "
            "hasn't found such a job so far.",
            names=wording.names(labels),
        ),
        t(
            "Nothing was started twice. In a minute, check `/dss-jobs` or the project's jobs in DSS. "
            "If the job isn't there, ask for it again."
        ),
        icon=wording.UNKNOWN,
    )


def follow_accepted(card: JobCard, *, already: bool = False, direct: bool = False) -> Message:
    """Say that the job is followed here, or in the person's direct messages."""
    what = wording.what(card.job)
    if direct and already:
        said = t("{what} is already followed in this app's Messages tab.", what=what)
    elif direct:
        said = t("Now following {what} in this app's Messages tab.", what=what)
    elif already:
        said = t("{what} is already followed here.", what=what)
    else:
        said = t("Now following {what} here.", what=what)
    return message(said, (section(said), *actions(buttons.unfollow(card), buttons.open_in_dss(card))))


def unfollow_accepted(card: JobCard) -> Message:
    """Say that the job is no longer followed here."""
    said = t("{what} is no longer followed here. The job itself continues.", what=wording.what(card.job))
    return message(said, (section(said), *actions(buttons.follow(card), buttons.open_in_dss(card))))


def _put_right(
    problem: str, example: str | None, suggestions: Sequence[str], more: str | None, *, meant: bool = False
) -> Message:
    near = [code(text) for text in suggestions[:5]]
    command = _command(example)
    if command:
        command = (
            t("Did you mean: {command}", command=command)
            if meant
            else t("For example: {command}", command=command)
        )
    return say(
        sentence(problem, 1_200),
        t("Did you mean {names}?", names=either(near)) if near else None,
        command,
        more,
    )


def _command(text: str | None) -> str | None:
    """Show a whole command or none: half of one would be a different command."""
    return code(text, _EXAMPLE * 5) if text and len(text) <= _EXAMPLE else None


def _on(instance_label: str | None) -> str:
    """Say on which instance, for the middle of a sentence."""
    return t(" on {name}", name=code(instance_label, 80)) if instance_label else ""
