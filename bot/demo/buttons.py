"""Press a numbered control as a Slack client does, with its confirmation dialog and its browser."""

from collections.abc import Callable

from bot.demo.blocks import Control, controls_of
from bot.demo.screen import Screen
from bot.sandbox.slack import Delivery, Message, SlackSandbox

Ask = Callable[[], bool]
"""Returns the person's answer to the dialog on the screen."""


class CannotPress(Exception):
    """The control can't be pressed; the text says why."""


def press(slack: SlackSandbox, screen: Screen, person: str, number: int, ask: Ask) -> Delivery | None:
    """Press the button, or choose the option, with this number on the screen.

    Args:
        slack: the workspace.
        screen: knows the numbers.
        person: who presses.
        number: the number on the screen.
        ask: called when the button needs confirmation.

    Returns:
        What was sent to the bot, or ``None`` if the person said no.

    Raises:
        CannotPress: the button doesn't exist, isn't for this person, or is gone.
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
        _check(slack, person, message, control)  # it might have disappeared while the person was thinking
    if url := control.element.get("url"):
        screen.note(f"Slack would open {url} in the browser. This demo's DSS has no pages to show.")
    user = slack.as_user(person)
    if control.element.get("type") == "multi_static_select" and control.option is not None:
        return _toggle(slack, screen, person, message, control, str(control.option["value"]))
    if control.option is not None:
        return user.select(message, control.action_id, control.option)
    return user.press(message, action_id=control.action_id)


def _toggle(
    slack: SlackSandbox, screen: Screen, person: str, message: Message, control: Control, value: str
) -> Delivery:
    """Select one more of several options, or take one off again, and say what is selected then."""
    user = slack.as_user(person)
    before = user.selected_in(message, control.action_id)
    now = [one for one in before if one != value] if value in before else [*before, value]
    names = {str(one["value"]): str(one["text"]["text"]) for one in control.element["options"]}
    screen.note(f"Selected: {', '.join(names.get(one, one) for one in now) or 'nothing'}.")
    return user.select(message, control.action_id, now)


def _check(slack: SlackSandbox, person: str, message: Message, control: Control) -> None:
    try:
        current = slack.as_user(person).current(message)
    except PermissionError as error:
        raise CannotPress(f"{person} can't see that message: use `as` to become somebody who can.") from error
    except LookupError as error:
        raise CannotPress("That message is gone.") from error
    if control.key not in {one.key for one in controls_of(current.blocks)}:
        raise CannotPress(f"The button “{control.label}” is gone because the message has changed.")
