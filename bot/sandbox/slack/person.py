"""What people do in a Slack client: type commands, press, choose, submit, close, look around."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from bot.sandbox.slack import answers
from bot.sandbox.slack.client import Found, check_inputs, escape, find, smart_text
from bot.sandbox.slack.delivery import Delivery
from bot.sandbox.slack.event_sender import EventSender
from bot.sandbox.slack.inputs import chosen, element_value, initial_values
from bot.sandbox.slack.limits import STATEFUL, elements_of
from bot.sandbox.slack.methods.views import close_views
from bot.sandbox.slack.model import Channel, Json, Message, View
from bot.sandbox.slack.payloads import Payloads
from bot.sandbox.slack.world import World


@dataclass(frozen=True, kw_only=True)
class Person:
    """One user at a client. Each action returns the `Delivery` that it caused."""

    id: str
    world: World
    payloads: Payloads
    postman: EventSender
    resolve: Callable[[str], Channel]

    # -- typing

    def command(
        self, command: str, text: str, channel: str, *, smart: bool = False, raw: bool = False
    ) -> Delivery:
        """Type a slash command.

        Args:
            command: with its slash.
            text: what follows it.
            channel: id, name, or ``#name``; the person must be able to read it, but the bot need not.
            smart: as on phones and Macs, ``--`` becomes an em dash and quotes become typographic.
            raw: send the text as it is, without escaping ``&``, ``<``, and ``>`` as Slack does.

        Raises:
            PermissionError: the person isn't in that channel.
        """
        where = self._readable(channel)
        typed = smart_text(text) if smart else text
        sent = typed if raw else escape(typed)
        with self.world.edit():
            payload, path = self.payloads.command(self.id, where, command, sent.strip())
            delivery = self._delivery(
                "slash_commands",
                payload,
                command,
                accepts=True,
                on_ack=lambda answer: answers.command_answered(self.world, path, answer),
            )
        return self._send(delivery)

    def say(self, text: str, channel: str, *, thread_ts: str | None = None) -> Delivery | None:
        """Write a message; returns its event if it mentions the bot or is a direct message."""
        where = self._readable(channel)
        with self.world.edit():
            message = self.world.post(
                Message(
                    channel=where.id,
                    ts=self.world.next_ts(),
                    user=self.id,
                    text=text,
                    thread_ts=thread_ts,
                    by_bot=False,
                )
            )
            kind = self._event_of(message, where)
            if kind is None:
                return None
            delivery = self._delivery("events_api", self.payloads.said(message, kind), kind)
        return self._send(delivery)

    def _event_of(self, message: Message, where: Channel) -> str | None:
        if where.im_user:
            return "message" if "im:history" in self.world.scopes else None
        mentioned = f"<@{self.world.bot_user_id}>" in message.text
        return "app_mention" if mentioned and "app_mentions:read" in self.world.scopes else None

    # -- pressing and choosing

    def press(
        self,
        where: Message | View,
        *,
        action_id: str | None = None,
        text: str | None = None,
        value: str | None = None,
        block_id: str | None = None,
        confirm: bool = True,
        stale: bool = False,
    ) -> Delivery:
        """Press a button.

        Args:
            where: the message, modal, or Home tab that contains it.
            action_id: the button's action id, or …
            text: … its label.
            value: its value, if the other two are ambiguous.
            block_id: its block, if even that is ambiguous.
            confirm: the answer to a confirmation dialog; if it is no, nothing is sent.
            stale: press the button as it is in the snapshot ``where``, not as it is now: a client that has
                not seen the last edit.

        Raises:
            PermissionError: the person can't see it.
            LookupError: there is no such button, or more than one.
        """
        current = where if stale else self.current(where)

        def matches(element: Json) -> bool:
            return (
                element["type"] in {"button", "icon_button", "workflow_button"}
                and action_id in {None, element["action_id"]}
                and text in {None, element["text"]["text"]}
                and value in {None, element.get("value")}
            )

        found = find(current, matches, f"button {action_id or text or value!r}", block_id=block_id)
        element = found.element
        action: Json = {
            "action_id": element["action_id"],
            "block_id": found.block["block_id"],
            "text": element["text"],
            "type": element["type"],
        }
        action |= {key: element[key] for key in ("value", "style", "url", "confirm") if key in element}
        return self._act(current, found, action, confirm=confirm)

    def select(
        self,
        where: Message | View,
        action_id: str,
        choice: object,
        *,
        block_id: str | None = None,
        confirm: bool = True,
    ) -> Delivery:
        """Choose in a menu, picker, set of checkboxes, or overflow menu; or type into a dispatching input.

        ``choice`` is an option's value or text, a list of them, an id, a date, or the option itself.
        """
        current = self.current(where)
        found = find(
            current,
            lambda element: element["action_id"] == action_id,
            f"element {action_id!r}",
            block_id=block_id,
        )
        entry = element_value(found.element, chosen(found.element, choice))
        if found.element["type"] in STATEFUL:
            current = self._keep(current, found, entry)
        action = {"action_id": action_id, "block_id": found.block["block_id"], **entry}
        return self._act(current, found, action, confirm=confirm)

    def _act(self, where: Message | View, found: Found, action: Json, *, confirm: bool) -> Delivery:
        world = self.world
        with world.edit():
            action["action_ts"] = world.next_ts()
            if isinstance(where, View):
                payload = self.payloads.view_action(where, action)
            else:
                payload = self.payloads.message_action(
                    self.id, where, action, self._values(where), attachment=found.attachment
                )
            delivery = self._delivery("interactive", payload, action["action_id"])
        dispatches = found.block["type"] != "input" or found.block.get("dispatch_action")
        if not dispatches or (not confirm and "confirm" in found.element):
            return delivery
        return self._send(delivery)

    def _values(self, message: Message) -> dict[str, dict[str, Json]]:
        own = self.world.inputs.get((self.id, message.channel, message.ts), {})
        values = initial_values(message.blocks)
        return {key: {**actions, **own.get(key, {})} for key, actions in values.items()}

    def selected_in(self, message: Message, action_id: str) -> list[str]:
        """Return the values that the person has selected in a menu for several, sent or not."""
        entries = [actions.get(action_id, {}) for actions in self._values(message).values()]
        return [str(one["value"]) for entry in entries for one in entry.get("selected_options") or ()]

    def _keep(self, where: Message | View, found: Found, entry: Json) -> Message | View:
        """Store the choice; returns the message or view with it."""
        block_id, action_id = found.block["block_id"], found.element["action_id"]
        with self.world.edit():
            if isinstance(where, Message):
                own = self.world.inputs.setdefault((self.id, where.channel, where.ts), {})
                own.setdefault(block_id, {})[action_id] = entry
                return where
            values = {**where.values, block_id: {**where.values.get(block_id, {}), action_id: entry}}
            changed = replace(where, values=values)
            (self.world.homes if where.type == "home" else self.world.views)[self._key(where)] = changed
            return changed

    def _key(self, view: View) -> str:
        return self.id if view.type == "home" else view.id

    def shortcut(self, callback_id: str, message: Message) -> Delivery:
        """Use a message shortcut, which works in threads too.

        Raises:
            PermissionError: the person can't see the message.
            LookupError: it is gone.
        """
        current = self.current(message)
        assert isinstance(current, Message)
        with self.world.edit():
            payload = self.payloads.message_shortcut(self.id, current, callback_id)
            delivery = self._delivery("interactive", payload, callback_id)
        return self._send(delivery)

    def global_shortcut(self, callback_id: str) -> Delivery:
        """Use a global shortcut, which isn't used in any channel."""
        with self.world.edit():
            payload = self.payloads.global_shortcut(self.id, callback_id)
            delivery = self._delivery("interactive", payload, callback_id)
        return self._send(delivery)

    # -- modals and the Home tab

    def submit(self, view: View, state: Mapping[str, object] | None = None) -> Delivery:
        """Fill in a modal and submit it.

        Args:
            view: the modal; it must be the top one.
            state: what to enter, by ``action_id`` (or ``block_id``): text, an option's value or text, …;
                everything else stays as it is.

        Raises:
            ValueError: the client would reject it (a required input is empty, or a text is too long).
        """
        current = self.current(view)
        assert isinstance(current, View)
        if self.world.stacks[self.id][-1] != current.id:
            raise PermissionError("another view lies on top of it")
        for name, choice in (state or {}).items():
            current = self._enter(current, name, choice)
        check_inputs(current)
        with self.world.edit():
            self.world.views[current.id] = replace(current, errors={})
            submitted = current
            delivery = self._delivery(
                "interactive",
                self.payloads.submission(submitted),
                submitted.callback_id or "view_submission",
                accepts=True,
                on_ack=lambda answer: answers.submission_answered(self.world, submitted, answer),
            )
        return self._send(delivery)

    def _enter(self, view: View, name: str, choice: object) -> View:
        for block in view.blocks:
            for element in elements_of(block):
                if element["type"] in STATEFUL and name in {element["action_id"], block["block_id"]}:
                    entry = element_value(element, chosen(element, choice))
                    kept = self._keep(view, Found(block=block, element=element), entry)
                    assert isinstance(kept, View)
                    return kept
        raise LookupError(f"no input {name!r} in the view")

    def close(self, view: View, *, clear: bool = False) -> Delivery:
        """Close a modal (with ``clear``, the whole stack); sent only if the app asked for it."""
        current = self.current(view)
        assert isinstance(current, View)
        world = self.world
        with world.edit():
            cleared = clear or bool(current.payload.get("clear_on_close"))
            payload = self.payloads.closed(current, cleared=cleared)
            delivery = self._delivery("interactive", payload, current.callback_id or "view_closed")
            gone = list(world.stacks[self.id]) if cleared else [current.id]
            close_views(world, self.id, gone)
        return self._send(delivery) if current.payload.get("notify_on_close") else delivery

    def open_home(self) -> Delivery:
        """Open the app's Home tab."""
        with self.world.edit():
            delivery = self._delivery("events_api", self.payloads.home_opened(self.id), "app_home_opened")
        return self._send(delivery)

    def change_account(self, **changes: object) -> Delivery | None:
        """Change the account, as the person or an administrator does.

        Args:
            changes: fields of `User`, such as ``guest``, ``deleted``, or ``email``.

        Returns:
            the event ``user_change``, if the app has ``users:read``.
        """
        world = self.world
        with world.edit():
            world.users[self.id] = replace(world.users[self.id], **changes)  # type: ignore[arg-type]
            if "users:read" not in world.scopes:
                return None
            delivery = self._delivery("events_api", self.payloads.user_changed(self.id), "user_change")
        return self._send(delivery)

    def suggest(
        self, where: Message | View, action_id: str, typed: str, *, block_id: str | None = None
    ) -> Delivery:
        """Type into an external select; the options are in ``ack_payload``."""
        current = self.current(where)
        found = find(
            current,
            lambda element: element["action_id"] == action_id and "external_select" in element["type"],
            f"external select {action_id!r}",
            block_id=block_id,
        )
        if len(typed) < found.element.get("min_query_length", 3):
            raise ValueError(
                "the client asks for options only from min_query_length characters (default 3) on"
            )
        with self.world.edit():
            delivery = self._delivery(
                "interactive",
                self.payloads.suggestion(self.id, current, found.block, found.element, typed),
                action_id,
                accepts=True,
                on_ack=lambda answer: answers.suggestion_answered(self.world, answer),
            )
        return self._send(delivery)

    # -- looking

    def current(self, where: Message | View) -> Message | View:
        """Return a message or view in its current state for this person.

        Raises:
            PermissionError: it belongs to somebody else, or is in a channel that the person can't read.
            LookupError: it is gone.
        """
        if isinstance(where, View):
            found = (self.world.homes if where.type == "home" else self.world.views).get(
                where.user if where.type == "home" else where.id
            )
            if where.user != self.id:
                raise PermissionError(f"{self.id} does not see the views of {where.user}")
        elif where.to is not None:
            if where.to != self.id:
                raise PermissionError(f"{self.id} does not see what was shown to {where.to} only")
            return self._there(self.world.ephemerals.get(self.id, {}).get(where.ts), where)
        else:
            self._readable(where.channel)
            return self._there(self.world.messages.get(where.channel, {}).get(where.ts), where)
        return self._there(found, where)

    @staticmethod
    def _there(found: Message | View | None, where: Message | View) -> Message | View:
        if found is None:
            raise LookupError(f"gone: {where}")
        return found

    def _readable(self, channel: str) -> Channel:
        where = self.resolve(channel)
        if not self.world.is_member(self.id, where):
            raise PermissionError(f"{self.id} is not in {where.name}")
        return where

    # -- sending

    def _delivery(
        self,
        kind: str,
        payload: Json,
        what: str,
        *,
        accepts: bool = False,
        on_ack: Callable[[object], None] | None = None,
    ) -> Delivery:
        return Delivery(
            kind,
            payload,
            envelope_id=secrets.token_hex(16),
            accepts_response=accepts,
            user=self.id,
            what=what,
            postman=self.postman,
            on_ack=on_ack,
        )

    def _send(self, delivery: Delivery) -> Delivery:
        self.postman.send(delivery)
        return delivery
