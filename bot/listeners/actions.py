"""Buttons and selects: read by action id and value, never by label."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from slack_bolt import Ack

from bot import views
from bot.domain import ALL_PROJECTS, AbortAll, Build, ListJobs, Message, Request
from bot.listeners.dispatcher import Dispatcher
from bot.listeners.payloads import Payload, action_of, chosen_in, of_action, selected_beside
from bot.views import action_ids

CARRIED_OUT = (
    action_ids.JOB_ABORT,
    action_ids.LOG_SHOW,
    action_ids.JOB_REBUILD,
    action_ids.JOB_STATUS,
    action_ids.JOB_FOLLOW,
    action_ids.JOB_UNFOLLOW,
    action_ids.BUILD_CONFIRM_ALL,
    action_ids.ABORT_ALL_CONFIRM,
    action_ids.LIST_PAGE,
    action_ids.LIST_FILTER,
    action_ids.LIST_ABORT,
    action_ids.LOG_ACTIVITY,
    action_ids.LOG_FILE,
    action_ids.APPROVAL_APPROVE,
    action_ids.APPROVAL_CANCEL,
    action_ids.APPROVAL_DECLINE_REASON,
)
"""Actions that carry a request."""

CANCELED = (action_ids.BUILD_CANCEL, action_ids.ABORT_ALL_CANCEL)
"""Actions that cancel a confirmation question."""

ACKNOWLEDGED = (action_ids.OPEN_DSS, action_ids.LIST_CHOOSE)
"""Link buttons, and selects that a button reads: Slack sends an action for these too, and expects an
acknowledgement."""

CHOICES: dict[str, Callable[[str, str], Request]] = {
    action_ids.LIST_FILTER: views.read_list_filter,
    action_ids.LOG_ACTIVITY: views.read_log_choice,
    action_ids.APPROVAL_DECLINE_REASON: views.read_decline_choice,
}
"""Selects, and how to read the request from the ids of their block and the chosen option."""

REPLACING = frozenset(
    {
        action_ids.LIST_PAGE,
        action_ids.LIST_FILTER,
        action_ids.LOG_ACTIVITY,
        action_ids.LOG_SHOW,
        action_ids.JOB_STATUS,
    }
)
"""Actions whose answer replaces the private message they are in."""

ASKED = frozenset({action_ids.BUILD_CONFIRM_ALL, action_ids.ABORT_ALL_CONFIRM})
"""Answers to a confirmation question. The question disappears, so it can't be answered twice."""


def carry_out(body: Payload, ack: Ack, dispatcher: Dispatcher) -> None:
    """Acknowledge the action, read the request from its value, and hand it over."""
    ack()
    action = action_of(body)
    action_id = action_ids.base(str(action.get("action_id") or ""))
    context = of_action(body, replaces=action_id in REPLACING)
    try:
        request = read_request(action_id, action)
        if action_id == action_ids.LIST_ABORT:
            request = selected(request, chosen_in(body, action_ids.LIST_CHOOSE))
        if isinstance(request, ListJobs) and action_id == action_ids.LIST_FILTER:
            # The message still shows the filters from before, if the answer to another choice is on its way.
            for value in selected_beside(body, str(action.get("block_id") or "")):
                request = views.with_list_filter(request, value)
        if action_id in ASKED and context.place.home is None:  # App Home shows only the outcome, in its place
            question = of_action(body, replaces=True)
            dispatcher.reply(question, taken(request), replace=question.replace)
            if question.replace:
                # What comes of it, if it isn't a job's own message, replaces that line in turn.
                place = msgspec.structs.replace(context.place, replaces=True)
                context = msgspec.structs.replace(context, place=place)
        dispatcher.dispatch(request, context)
    except Exception as error:  # noqa: BLE001 - the person gets an answer, whatever it was
        dispatcher.reply_error(context, error, doing=action_id)


def cancel(body: Payload, ack: Ack, dispatcher: Dispatcher) -> None:
    """Cancel a confirmation question."""
    ack()
    context = of_action(body, replaces=True)
    dispatcher.reply(context, views.canceled(), replace=context.replace)


def answer_old(body: Payload, ack: Ack, dispatcher: Dispatcher) -> None:
    """Say that a button comes from another version."""
    ack()
    dispatcher.reply(of_action(body, replaces=False), views.old_button())


def acknowledge(ack: Ack) -> None:
    """Only acknowledge: the person's browser opens the link, or a button will read what was selected."""
    ack()


def read_request(action_id: str, action: Mapping[str, Any]) -> Request:
    """Read the request that an action carries.

    Raises:
        OldButton: another version of the bot wrote it, or it is damaged.
    """
    if action_id in CHOICES:
        option = action.get("selected_option")
        chosen = option.get("value") if isinstance(option, Mapping) else None
        return CHOICES[action_id](str(action.get("block_id") or ""), str(chosen or ""))
    return views.decode(str(action.get("value") or ""))


def selected(request: Request, jobs: Sequence[str]) -> AbortAll:
    """Return the request to abort what is selected in a list; it isn't confirmed yet.

    Raises:
        OldButton: the button is of something else, or a selected value isn't a job.
    """
    if not isinstance(request, AbortAll):
        raise views.OldButton
    fields = {"type": "AbortAll", "project": ALL_PROJECTS, "instance": request.instance, "jobs": list(jobs)}
    try:
        return msgspec.convert(fields | {"confirmed": False}, AbortAll)
    except msgspec.ValidationError as exc:
        raise views.OldButton from exc


def taken(request: Request) -> Message:
    """Return the message that replaces an answered question."""
    if isinstance(request, Build):
        labels = [output.label for output in request.outputs]
        return views.build_accepted(labels, request.mode, request.instance)
    return views.aborting()
