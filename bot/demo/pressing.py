"""Pressing what has a number: as a Slack client does it, with its confirmation and its browser."""

from collections.abc import Callable

from bot.demo.blocks import Control, controls_of
from bot.demo.screen import Screen
from bot.sandbox.slack import Delivery, Message, SlackSandbox

Ask = Callable[[], bool]
"""Returns what the person answers to the dialog that is shown."""


class CannotPress(Exception):
    """There is nothing to press, for the reason that the text gives."""


def press(slack: SlackSandbox, screen: Screen, person: str, number: int, ask: Ask) -> Delivery | None:
    """Press the button, or choose the choice, that has a number on the screen.

    Args:
        slack: the workspace.
        screen: knows the numbers.
        person: who presses.
        number: as it is shown.
        ask: asked when the button wants a confirmation.

    Returns:
        What went to the bot; ``None`` when the person said no.

    Raises:
        CannotPress: there is no such button, or not for this person, or not any more.
    """
    found = screen.control(number)
    if found is None:
        raise CannotPress(f"There is no button {number} on the screen.")
    message, control = found
    _check(slack, person, message, control)
    confirm = control.element.get("confirm")
    if confirm:
        screen.ask(confirm)
        if not ask():
            screen.note(f"{person} chose: {confirm['deny']['text']}. Nothing was sent.")
            return None
        _check(slack, person, message, control)  # it may have ended while the person thought about it
    if url := control.element.get("url"):
        screen.note(f"Slack would open {url} in the browser. The DSS of this demo has no pages to show.")
    user = slack.as_user(person)
    if control.option is not None:
        return user.select(message, control.action_id, control.option)
    return user.press(message, action_id=control.action_id)


def _check(slack: SlackSandbox, person: str, message: Message, control: Control) -> None:
    try:
        current = slack.as_user(person).current(message)
    except PermissionError as error:
        raise CannotPress(
            f"{person} does not see that message: `as` somebody who does can press it."
        ) from error
    except LookupError as error:
        raise CannotPress("That message is gone.") from error
    if control.key not in {one.key for one in controls_of(current.blocks)}:
        raise CannotPress(f"The button “{control.label}” is gone: the message has changed since.")
