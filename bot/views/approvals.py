"""A build that needs a second person: the request, how it ended, and what the people concerned are told."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal

import msgspec

from bot.domain import DecideApproval, Message
from bot.domain.approvals import Approval, ApprovalState
from bot.language import mark, t, tn
from bot.views import action_ids, dialog_ids, limits, wording
from bot.views.blocks import Block, actions, button, confirm, context, message, plain, say, section
from bot.views.dialogs import Dialog, dialog
from bot.views.escape import code, prose, sentence

_ICONS = {
    ApprovalState.PENDING: wording.WAITING,
    ApprovalState.APPROVED: wording.DONE,
    ApprovalState.DECLINED: wording.FAILED,
    ApprovalState.NOT_STARTED: wording.WARNED,
    ApprovalState.UNKNOWN: wording.UNKNOWN,
    ApprovalState.LAPSED: wording.NOTHING,
    ApprovalState.CANCELED: wording.NOTHING,
}
_ENDED = {
    ApprovalState.APPROVED: mark("Approved"),
    ApprovalState.DECLINED: mark("Declined"),
    ApprovalState.CANCELED: mark("Canceled"),
    ApprovalState.LAPSED: mark("Lapsed, because nobody approved it in time"),
    ApprovalState.NOT_STARTED: mark("Approved, but not started"),
    ApprovalState.UNKNOWN: mark("Approved, but it isn't clear whether it started"),
    ApprovalState.REPLACED: mark("Approved, but the build had changed"),
}
_ENDED_BY = {
    ApprovalState.APPROVED: mark("*Approved* by {person}"),
    ApprovalState.DECLINED: mark("*Declined* by {person}"),
    ApprovalState.CANCELED: mark("*Canceled* by {person}"),
    ApprovalState.NOT_STARTED: mark("*Approved* by {person}, but not started"),
    ApprovalState.UNKNOWN: mark("*Approved* by {person}, but it isn't clear whether it started"),
    ApprovalState.REPLACED: mark("*Approved* by {person}, but the build had changed"),
}
_CLOSED = mark("Closed")
_CLOSED_BY = mark("*Closed* by {person}")
_NAME = 1_000
_COMMAND = 500
_ROOM = 2_800
"""What is approved is shown as a whole or not at all, so it must leave room for the outcome."""


def approval_request(
    approval: Approval, now: datetime, *, instance_label: str | None = None, outcome: str | None = None
) -> Message:
    """Show a request: with buttons while it's pending, otherwise with its outcome.

    Args:
        approval: the request.
        now: an aware time.
        instance_label: name of the instance, if the bot knows more than one.
        outcome: one more line of mrkdwn about what came of it.
    """
    pending = approval.state is ApprovalState.PENDING
    heading = t("Approval needed") if pending else _ended(approval)
    head = f"*{heading}*" if pending else _ended_by(approval)
    lines = [f"{_ICONS.get(approval.state, wording.NOTHING)} {head}", _what(approval)]
    if approval.state is ApprovalState.REPLACED:
        lines.append(t("The bot asked for an approval again: see the newer request."))
    if approval.reason and approval.state is ApprovalState.DECLINED:
        # Why a build wasn't started is for the requester: it can be about their account.
        lines.append(t("Reason: {text}", text=prose(approval.reason, 500)))
    if outcome:
        lines.append(outcome)
    why = [f"• {sentence(one, 300)}" for one in approval.why] if pending else []
    about = context(*_about(approval, now, instance_label, pending=pending))
    text = t(
        "{outcome}: build of {what}, asked by {person}",
        outcome=heading,
        what=wording.names(approval.labels),
        person=wording.mention(approval.user_id),
    )
    return message(text, (section(*lines, *why), about, *(_buttons(approval) if pending else ())))


def approval_hidden(approval: Approval) -> Message:
    """Show how a request ended in a channel that no longer shows what is built in its project."""
    return say(
        t(
            "{outcome}: a build that {person} asked for.",
            outcome=_ended_by(approval),
            person=wording.mention(approval.user_id),
        ),
        t("This channel no longer shows what it builds."),
        icon=_ICONS.get(approval.state, wording.NOTHING),
    )


def approval_fits(approval: Approval) -> bool:
    """Return whether everything that would be approved fits into the message."""
    why = sum(len(sentence(one, 300)) + 3 for one in approval.why)
    return len(_what(approval)) + why <= _ROOM


def _what(approval: Approval) -> str:
    named = ", ".join(code(label, _NAME) for label in approval.labels)
    return t("{mode}: {what}", mode=wording.mode(approval.plan.mode).capitalize(), what=named)


def _about(approval: Approval, now: datetime, instance_label: str | None, *, pending: bool) -> Iterator[str]:
    yield t("asked by {person}", person=wording.mention(approval.user_id))
    if approval.plan.act_as:
        yield t("runs as DSS login {login}", login=code(approval.plan.act_as, 80))
    if instance_label:
        yield t("on {instance}", instance=code(instance_label, 80))
    if approval.plan.usual_seconds is not None:
        yield t("usually {duration}", duration=wording.duration(approval.plan.usual_seconds))
    if pending:
        yield t("valid until {time}", time=wording.at(approval.expires_at, now))


def _ended(approval: Approval) -> str:
    return t(_ENDED.get(approval.state, _CLOSED))


def _ended_by(approval: Approval) -> str:
    """Return how a request ended and by whom: ``*Approved* by @bob, but not started``."""
    if approval.decided_by is None or approval.state is ApprovalState.LAPSED:
        return f"*{_ended(approval)}*"
    return t(_ENDED_BY.get(approval.state, _CLOSED_BY), person=wording.mention(approval.decided_by))


def _buttons(approval: Approval) -> tuple[Block, ...]:
    labels = ", ".join(approval.labels)
    asks = confirm(
        t("Approve this build?"),
        t("It starts right away, as the person who asked. It builds: {what}", what=labels),
        t("Approve"),
        t("Not now"),
        style="primary",
    )
    return actions(
        button(
            t("Approve"),
            action_ids.APPROVAL_APPROVE,
            _decision(approval, "approve"),
            style="primary",
            confirm=asks,
        ),
        button(t("Decline…"), action_ids.APPROVAL_DECLINE, _decision(approval, "decline"), style="danger"),
        _cancel(approval),
    )


def _cancel(approval: Approval) -> Block | None:
    return button(t("Cancel request"), action_ids.APPROVAL_CANCEL, _decision(approval, "cancel"))


def _decision(approval: Approval, verdict: Literal["approve", "decline", "cancel"]) -> DecideApproval:
    return DecideApproval(approval=approval.id, fingerprint=approval.fingerprint, verdict=verdict)


def approval_outcome(approval: Approval, command: str | None = None, *, mention: bool = False) -> Message:
    """Tell the requester how their request ended.

    Args:
        approval: the request, which is over.
        command: what asks for the same build again.
        mention: whether to mention the requester: a direct message notifies them anyway.
    """
    if not mention:
        return _outcome(approval, command)
    if approval.state is ApprovalState.NOT_STARTED:
        # Others read the thread, and the reason can be about the requester's account.
        hidden = t("The bot tells you the reason in a message that only you can see.")
        told = _outcome(msgspec.structs.replace(approval, reason=hidden), command)
    else:
        told = _outcome(approval, command)
    return Message(text=told.text, blocks=(section(wording.mention(approval.user_id)), *told.blocks))


def _outcome(approval: Approval, command: str | None) -> Message:
    what = wording.names(approval.labels)
    who = wording.mention(approval.decided_by) if approval.decided_by else t("Somebody")
    reason = prose(approval.reason, 500)
    again = None
    if command and len(command) <= _COMMAND:
        again = t("To ask again: {command}", command=code(command, _COMMAND))
    match approval.state:
        case ApprovalState.APPROVED:
            return say(_approved(approval, who, what), icon=wording.DONE)
        case ApprovalState.DECLINED:
            said = t("{person} declined your build of {what}. Nothing was started.", person=who, what=what)
            why = t("Reason: {text}", text=reason) if reason else None
            return say(said, why, again, icon=wording.FAILED)
        case ApprovalState.LAPSED:
            said = t("Nobody approved your build of {what} in time. Nothing was started.", what=what)
            return say(said, again, icon=wording.NOTHING)
        case ApprovalState.REPLACED:
            return say(
                t(
                    "{person} approved your build of {what}, but it would build something else now. "
                    "Nothing was started, and the bot asked for an approval again.",
                    person=who,
                    what=what,
                ),
                icon=wording.WARNED,
            )
        case ApprovalState.UNKNOWN:
            return say(
                t(
                    "Your build of {what} was approved, but it isn't clear whether DSS started it. "
                    "Check `/dss-jobs` before you ask again.",
                    what=what,
                ),
                icon=wording.UNKNOWN,
            )
        case _:
            said = t("Your build of {what} was approved, but the bot couldn't start it.", what=what)
            return say(said, reason or None, again, icon=wording.WARNED)


def _approved(approval: Approval, who: str, what: str) -> str:
    """Say that the build starts, and where it is followed, if that is a channel."""
    channel_id = approval.place.channel_id
    if channel_id[:1] in {"C", "G"}:
        return t(
            "{person} approved your build of {what}. It starts now, and its thread is in {channel}.",
            person=who,
            what=what,
            channel=wording.channel(channel_id),
        )
    return t("{person} approved your build of {what}. It starts now.", person=who, what=what)


def approval_asked(approval: Approval) -> Message:
    """Say that a build waits for an approval, which somebody is asked for in another place."""
    return say(
        t(
            "Your build of {what} needs an approval. The bot asked for it in {channel}, and will tell you "
            "the outcome in a direct message.",
            what=wording.names(approval.labels),
            channel=wording.channel(approval.channel_id),
        ),
        *(f"• {sentence(one, 300)}" for one in approval.why),
        icon=wording.WAITING,
    )


def approval_waiting(approval: Approval, reader: str, now: datetime, link: str | None) -> Message:
    """Say that the same build waits for an approval already; the requester can cancel that.

    Args:
        approval: the pending request.
        reader: Slack user ID of the person who reads this.
        now: an aware time.
        link: address of the message with the request.
    """
    mine = reader == approval.user_id
    text = tn(
        "{names} is waiting for approval.",
        "{names} are waiting for approval.",
        len(approval.labels),
        names=wording.names(approval.labels),
    )
    lead = f"{wording.WAITING} {text}"
    nothing = t("Nothing was started.")
    seen = section(f"{lead} {nothing}", _asked_when(approval, now, mine=mine), _where_asked(approval, link))
    return message(text, (seen, *(actions(_cancel(approval)) if mine else ())))


def _asked_when(approval: Approval, now: datetime, *, mine: bool) -> str:
    asked, until = wording.at(approval.created_at, now), wording.at(approval.expires_at, now)
    if mine:
        return t("You asked at {time}; the request is valid until {until}.", time=asked, until=until)
    return t(
        "{person} asked at {time}; the request is valid until {until}.",
        person=wording.mention(approval.user_id),
        time=asked,
        until=until,
    )


def _where_asked(approval: Approval, link: str | None) -> str:
    shown = wording.thread(link or "")
    if shown:
        return t("See the request: {link}", link=shown)
    return t("It is in {channel}.", channel=wording.channel(approval.channel_id))


def approval_decided(approval: Approval) -> Message:
    """Confirm a decision to the person who made it."""
    what, asker = wording.names(approval.labels), wording.mention(approval.user_id)
    match approval.state:
        case ApprovalState.APPROVED:
            return say(
                t(
                    "You approved the build of {what} that {person} asked for. It starts now.",
                    what=what,
                    person=asker,
                )
            )
        case ApprovalState.DECLINED:
            return say(
                t(
                    "You declined the build of {what}. {person} gets your reason. Nothing was started.",
                    what=what,
                    person=asker,
                )
            )
        case _:
            return say(t("You canceled your request to build {what}. Nothing was started.", what=what))


def approval_moved(channel_id: str, reason: str) -> Message:
    """Say that the bot can't ask for an approval in the channel, so that only the requester sees it."""
    return say(
        t(
            "The bot couldn't ask for an approval in {channel} ({reason}), so nobody but you sees this "
            "request.",
            channel=wording.channel(channel_id),
            reason=code(reason, 80),
        ),
        t("Cancel it, ask the bot's administrator to let the bot post there, and ask for the build again."),
        icon=wording.WARNED,
    )


def approval_unreadable() -> Message:
    """Say that a stored request for an approval can't be read anymore."""
    return say(
        t(
            "The bot can no longer read your request for an approval of a build: it's damaged, or another "
            "version of the bot wrote it. Please ask for the build again."
        ),
        icon=wording.WARNED,
    )


REASONS = (
    mark("Not at this time"),
    mark("Please ask for fewer outputs or partitions"),
    mark("Please use another build mode"),
    mark("Talk to me first"),
    mark("Not needed"),
)
"""What somebody can choose when the dialog for the reason couldn't be opened."""


def decline_dialog(metadata: str) -> Dialog:
    """Return the dialog that asks why a build is declined."""
    reason: Block = {
        "type": "plain_text_input",
        "action_id": dialog_ids.DECLINE_REASON,
        "multiline": True,
        "max_length": limits.DECLINE_REASON,
        "focus_on_load": True,
    }
    return dialog(
        t("Decline the build"),
        [
            {
                "type": "input",
                "block_id": dialog_ids.DECLINE_REASON,
                "label": plain(t("Why?")),
                "hint": plain(t("The person who asked reads this. Nothing is started.")),
                "element": reason,
            }
        ],
        callback_id=dialog_ids.DECLINE,
        metadata=metadata,
        submit=t("Decline"),
        close=t("Not now"),
    )


def decline_reasons(block_id: str, reasons: Sequence[str] = REASONS) -> Message:
    """Ask for the reason with a select, where Slack didn't open the dialog in time."""
    select: Block = {
        "type": "static_select",
        "action_id": action_ids.APPROVAL_DECLINE_REASON,
        "placeholder": plain(t("Why?")),
        "options": [{"text": plain(one), "value": one} for one in map(t, reasons)],
        "confirm": confirm(
            t("Decline this build?"),
            t("The person who asked gets the reason."),
            t("Decline"),
            t("Not now"),
        ),
    }
    text = t("Slack didn't open the dialog in time. Nothing was declined yet: why do you decline the build?")
    return message(text, (section(text), *actions(select, block_id=block_id)))
