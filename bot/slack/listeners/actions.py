"""Buttons and lists: each is read by its action id and its value, never by what it says."""

from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack

from bot.facts import Build, Message, Wish
from bot.slack import views
from bot.slack.listeners.front import Front
from bot.slack.listeners.payloads import Payload, action_of, of_action
from bot.slack.views import ids

CARRIED_OUT = (
    ids.JOB_ABORT,
    ids.JOB_LOG,
    ids.JOB_REBUILD,
    ids.JOB_STATUS,
    ids.JOB_FOLLOW,
    ids.JOB_UNFOLLOW,
    ids.BUILD_CONFIRM_ALL,
    ids.ABORT_ALL_CONFIRM,
    ids.LIST_PAGE,
    ids.LOG_ACTIVITY,
)
"""Actions that carry a wish."""

CANCELLED = (ids.BUILD_CANCEL, ids.ABORT_ALL_CANCEL)
"""Actions that take a question back."""

LINKS = (ids.OPEN_DSS,)
"""Link buttons: Slack sends the press too, and wants it acknowledged."""

REPLACING = frozenset({ids.LIST_PAGE, ids.LOG_ACTIVITY, ids.JOB_STATUS})
"""Actions whose answer is a new state of the private message they are in."""

ASKED = frozenset({ids.BUILD_CONFIRM_ALL, ids.ABORT_ALL_CONFIRM})
"""Answers to a question: it goes away with the press, so that it cannot be answered twice."""


def carry_out(body: Payload, ack: Ack, front: Front) -> None:
    """Acknowledge, read the wish from the button, hand it over."""
    ack()
    action = action_of(body)
    action_id = ids.base(str(action.get("action_id") or ""))
    delivery = of_action(body, replaces=action_id in REPLACING)
    try:
        wish = read_wish(action_id, action)
        if action_id in ASKED:
            question = of_action(body, replaces=True)
            front.say(question, taken(wish), replace=question.replace)
        front.take(wish, delivery)
    except Exception as error:  # noqa: BLE001 - the person gets an answer, whatever it was
        front.fail(delivery, error, doing=action_id)


def cancel(body: Payload, ack: Ack, front: Front) -> None:
    """Take a question back."""
    ack()
    delivery = of_action(body, replaces=True)
    front.say(delivery, views.cancelled(), replace=delivery.replace)


def answer_old(body: Payload, ack: Ack, front: Front) -> None:
    """Say that a button is none of this version's."""
    ack()
    front.say(of_action(body, replaces=False), views.old_button())


def acknowledge(ack: Ack) -> None:
    """Nothing to do: the person's browser opens the link."""
    ack()


def read_wish(action_id: str, action: Mapping[str, Any]) -> Wish:
    """Read the wish that an action carries.

    Raises:
        OldButton: another version of the bot wrote it, or it is damaged.
    """
    if action_id == ids.LOG_ACTIVITY:
        option = action.get("selected_option")
        chosen = option.get("value") if isinstance(option, Mapping) else None
        return views.read_log_choice(str(action.get("block_id") or ""), str(chosen or ""))
    return views.decode(str(action.get("value") or ""))


def taken(wish: Wish) -> Message:
    """Return what takes the place of an answered question."""
    if isinstance(wish, Build):
        labels = [f"{output.project}.{output.name}" for output in wish.outputs]
        return views.build_accepted(labels, wish.mode, wish.instance)
    return views.aborting()
