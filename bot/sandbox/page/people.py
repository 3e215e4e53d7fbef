"""What the control interface does as a person."""

import re
from collections.abc import Callable
from typing import NoReturn

from bot.sandbox.page.bodies import (
    Close,
    CommandLine,
    MessageRef,
    Outcome,
    Place,
    Press,
    Said,
    Select,
    Submit,
    Suggest,
    UseShortcut,
)
from bot.sandbox.slack import Delivery, Message, Person, SlackSandbox, View

ACK_SECONDS = 6.0
"""How long to wait for the app's acknowledgement; Slack itself gives up after 3 s."""


class Refusal(Exception):
    """Slack's client would not do that; the text says why, the status is HTTP's."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class People:
    """Acts for the people of a workspace. Each method takes a name or an id, and a body."""

    def __init__(self, slack: SlackSandbox) -> None:
        self._slack = slack

    def command(self, name: str, body: CommandLine) -> Outcome:
        """Type a slash command."""
        command, _, text = body.text.strip().partition(" ")
        if not command.startswith("/"):
            raise Refusal(400, "A slash command begins with a slash, such as /dss-jobs.")
        person = self._person(name)
        return self._outcome(lambda: person.command(command, text, body.channel, smart=body.smart))

    def say(self, name: str, body: Said) -> Outcome:
        """Write a message."""
        person = self._person(name)
        text = self._as_sent(body.text)
        return self._outcome(lambda: person.say(text, body.channel, thread_ts=body.thread_ts))

    def press(self, name: str, body: Press) -> Outcome:
        """Press a button."""
        person, where = self._person(name), self._place(name, body)
        return self._outcome(
            lambda: person.press(
                where,
                action_id=body.action_id,
                text=body.text,
                value=body.value,
                block_id=body.block_id,
                confirm=body.confirm,
            )
        )

    def select(self, name: str, body: Select) -> Outcome:
        """Choose something."""
        person, where = self._person(name), self._place(name, body)
        return self._outcome(
            lambda: person.select(
                where, body.action_id, body.choice, block_id=body.block_id, confirm=body.confirm
            )
        )

    def suggest(self, name: str, body: Suggest) -> Outcome:
        """Ask the app for options."""
        person, where = self._person(name), self._place(name, body)
        return self._outcome(
            lambda: person.suggest(where, body.action_id, body.typed, block_id=body.block_id)
        )

    def submit(self, name: str, body: Submit) -> Outcome:
        """Submit a modal."""
        person, view = self._person(name), self._view(name, body.view)
        return self._outcome(lambda: person.submit(view, body.state))

    def close(self, name: str, body: Close) -> Outcome:
        """Close a modal."""
        person, view = self._person(name), self._view(name, body.view)
        return self._outcome(lambda: person.close(view, clear=body.clear))

    def open_home(self, name: str) -> Outcome:
        """Open the app's Home tab."""
        person = self._person(name)
        return self._outcome(person.open_home)

    def shortcut(self, name: str, body: UseShortcut) -> Outcome:
        """Use a shortcut, of a message or of the workspace."""
        person = self._person(name)
        if body.message is None:
            return self._outcome(lambda: person.global_shortcut(body.callback_id))
        message = self._message(name, body.message)
        return self._outcome(lambda: person.shortcut(body.callback_id, message))

    # -- internals

    def _person(self, name: str) -> Person:
        try:
            return self._slack.as_user(name)
        except LookupError:
            raise Refusal(404, f"Nobody here is called {name}.") from None

    def _place(self, name: str, body: Place) -> Message | View:
        given = [one for one in (body.message, body.view, body.home or None) if one is not None]
        if len(given) != 1:
            raise Refusal(400, "Say where: exactly one of message, view, and home.")
        if body.message is not None:
            return self._message(name, body.message)
        if body.view is not None:
            return self._view(name, body.view)
        home = self._slack.home(name)
        if home is None:
            raise Refusal(404, f"{name} has no Home tab yet: open it first.")
        return home

    def _message(self, name: str, ref: MessageRef) -> Message:
        try:
            return self._slack.seen_message(ref.channel, ref.ts, self._person(name).id)
        except LookupError:
            raise Refusal(404, "That message is gone.") from None

    def _view(self, name: str, view_id: str) -> View:
        found = next((one for one in self._slack.views(self._person(name).id) if one.id == view_id), None)
        if found is None:
            raise Refusal(404, "That dialog is closed.")
        return found

    def _as_sent(self, text: str) -> str:
        """Escape a text and turn names into mentions, as Slack's client does."""
        people = {one.name: f"<@{one.id}>" for one in self._slack.people}
        channels = {one.name: f"<#{one.id}>" for one in self._slack.channels if not one.im_user}

        def mention(found: re.Match[str]) -> str:
            known = people if found[1] == "@" else channels
            return known.get(found[2], found[0])

        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return re.sub(r"(?<![\w&])([@#])([\w-]+)", mention, escaped)

    def _outcome(self, act: Callable[[], Delivery | None]) -> Outcome:
        """Do it and wait for the acknowledgement.

        Raises:
            Refusal: a Slack client would not let the person do that.
        """
        try:
            delivery = act()
        except PermissionError as error:
            _refuse(403, "This person can't see that, or something lies on top of it", error)
        except LookupError as error:
            _refuse(409, "That isn't there (any more)", error)
        except (ValueError, KeyError, TypeError) as error:
            _refuse(422, "Slack's client doesn't accept that", error)
        if delivery is None or not delivery.sent:
            return Outcome(sent=False)
        try:
            delivery.wait(ACK_SECONDS)
        except TimeoutError:
            return Outcome(sent=True)  # an event that Slack will send again
        return Outcome(
            sent=True,
            acked=delivery.acked,
            error=delivery.error,
            seconds=delivery.seconds,
            answer=delivery.ack_payload,
        )


def _refuse(status: int, what: str, error: Exception) -> NoReturn:
    raise Refusal(status, f"{what}: {error}.") from error
