"""What Slack sends to the app, key by key, as Slack's payload reference documents it."""

from dataclasses import dataclass
from typing import Any

from bot.sandbox.slack.model import Channel, Json, Message, View
from bot.sandbox.slack.response_urls import new_response_url
from bot.sandbox.slack.wire import message_json, user_json, view_json
from bot.sandbox.slack.world import World

VERIFICATION_TOKEN = "sandbox-verification-token"  # noqa: S105 - deprecated by Slack but still sent


@dataclass(frozen=True, kw_only=True)
class Payloads:
    """Makes payloads; call it while the world's lock is held."""

    world: World
    address: Any  # a path of the server → its absolute URL

    def command(self, user: str, channel: Channel, command: str, text: str) -> tuple[Json, str]:
        """Return a slash command and the path of its response URL. It never has a ``thread_ts``."""
        world = self.world
        path = new_response_url(world, "commands", user, channel.id)
        payload = {
            "token": VERIFICATION_TOKEN,
            "team_id": world.team_id,
            "team_domain": world.domain,
            "channel_id": channel.id,
            "channel_name": _channel_name(channel),
            "user_id": user,
            "user_name": world.users[user].name,
            "command": command,
            "text": text,
            "api_app_id": world.app_id,
            "is_enterprise_install": "false",
            "response_url": self.address(path),
            "trigger_id": world.new_trigger(user),
        }
        return payload, path

    def _base(self, kind: str, user: str) -> Json:
        world = self.world
        person = world.users[user]
        return {
            "type": kind,
            "user": {
                "id": user,
                "username": person.name,
                "name": person.name,
                "team_id": person.team_id,
            },
            "api_app_id": world.app_id,
            "token": VERIFICATION_TOKEN,
            "team": {"id": world.team_id, "domain": world.domain},
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def message_action(
        self, user: str, message: Message, action: Json, values: Json, *, attachment: int | None
    ) -> Json:
        """Return a ``block_actions`` payload for an element in a message.

        For an ephemeral message, the payload says only where the message is, not what it contains.
        """
        world = self.world
        channel = world.channels[message.channel]
        payload = self._base("block_actions", user) | {
            "container": _container(message, attachment),
            "trigger_id": world.new_trigger(user),
            "channel": {"id": channel.id, "name": _channel_name(channel)},
            "state": {"values": values},
            "response_url": self.address(
                new_response_url(world, "actions", user, message.channel, source=message)
            ),
            "actions": [action],
        }
        if not message.ephemeral:
            payload["message"] = message_json(world, message, metadata=True)
        return payload

    def message_shortcut(self, user: str, message: Message, callback_id: str) -> Json:
        """Return a ``message_action`` payload (docs.slack.dev, "Shortcuts interaction payload")."""
        channel = self.world.channels[message.channel]
        return self._base("message_action", user) | {
            "callback_id": callback_id,
            "action_ts": self.world.next_ts(),
            "trigger_id": self.world.new_trigger(user),
            "channel": {"id": channel.id, "name": _channel_name(channel)},
            "response_url": self.address(
                new_response_url(self.world, "actions", user, message.channel, source=message)
            ),
            "message_ts": message.ts,
            "message": message_json(self.world, message, metadata=True),
        }

    def global_shortcut(self, user: str, callback_id: str) -> Json:
        """Return a ``shortcut`` payload, not from a channel (docs.slack.dev, "Shortcuts payload")."""
        return self._base("shortcut", user) | {
            "callback_id": callback_id,
            "action_ts": self.world.next_ts(),
            "trigger_id": self.world.new_trigger(user),
        }

    def view_action(self, view: View, action: Json) -> Json:
        """Return a ``block_actions`` payload for an element in a modal or in the Home tab."""
        return self._base("block_actions", view.user) | {
            "container": {"type": "view", "view_id": view.id},
            "trigger_id": self.world.new_trigger(view.user, view_id=view.id),
            "view": view_json(self.world, view),
            "actions": [action],
        }

    def submission(self, view: View) -> Json:
        """Return a ``view_submission`` payload."""
        return self._base("view_submission", view.user) | {
            "trigger_id": self.world.new_trigger(view.user, view_id=view.id),
            "view": view_json(self.world, view),
            "response_urls": [],
        }

    def closed(self, view: View, *, cleared: bool) -> Json:
        """Return a ``view_closed`` payload; it has no trigger."""
        return self._base("view_closed", view.user) | {
            "view": view_json(self.world, view),
            "is_cleared": cleared,
        }

    def suggestion(self, user: str, where: Message | View, block: Json, element: Json, typed: str) -> Json:
        """Return a ``block_suggestion`` payload."""
        payload = self._base("block_suggestion", user) | {
            "action_id": element["action_id"],
            "block_id": block["block_id"],
            "value": typed,
        }
        if isinstance(where, View):
            return payload | {
                "container": {"type": "view", "view_id": where.id},
                "view": view_json(self.world, where),
            }
        channel = self.world.channels[where.channel]
        payload["container"] = _container(where, None)
        payload["channel"] = {"id": channel.id, "name": _channel_name(channel)}
        if not where.ephemeral:
            payload["message"] = message_json(self.world, where)
        return payload

    def event(self, event: Json, *, shared_channel: bool = False) -> Json:
        """Wrap an event for the Events API."""
        world = self.world
        return {
            "token": VERIFICATION_TOKEN,
            "team_id": world.team_id,
            "api_app_id": world.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": world.new_id("Ev"),
            "event_time": int(world.now()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": world.team_id,
                    "user_id": world.bot_user_id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": shared_channel,
            "event_context": world.new_id("4-"),
        }

    def home_opened(self, user: str) -> Json:
        """Return the event ``app_home_opened``, with the view if one was published."""
        event: Json = {
            "type": "app_home_opened",
            "user": user,
            "channel": self.world.dm(user).id,
            "tab": "home",
            "event_ts": self.world.next_ts(),
        }
        if user in self.world.homes:
            event["view"] = view_json(self.world, self.world.homes[user])
        return self.event(event)

    def user_changed(self, user: str) -> Json:
        """Return the event ``user_change`` (https://docs.slack.dev/reference/events/user_change/)."""
        world = self.world
        return self.event(
            {
                "type": "user_change",
                "user": user_json(world, world.users[user]),
                "cache_ts": int(world.now()),
                "event_ts": world.next_ts(),
            }
        )

    def said(self, message: Message, kind: str) -> Json:
        """Return the event for a person's message: ``app_mention`` or ``message``."""
        channel = self.world.channels[message.channel]
        event: Json = {
            "type": kind,
            "user": message.user,
            "text": message.text,
            "ts": message.ts,
            "channel": channel.id,
            "team": self.world.users[message.user].team_id,
            "event_ts": message.ts,
        }
        if kind == "message":
            event["channel_type"] = "im" if channel.im_user else "channel"
        if message.thread_ts:
            event["thread_ts"] = message.thread_ts
        return self.event(event, shared_channel=channel.shared)


def _container(message: Message, attachment: int | None) -> Json:
    container: Json = {
        "type": "message" if attachment is None else "message_attachment",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": message.ephemeral,
    }
    if attachment is not None:
        container |= {"attachment_id": attachment + 1, "is_app_unfurl": False}
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    return container


def _channel_name(channel: Channel) -> str:
    """Return the channel name as commands and actions give it; private channels have no name there."""
    if channel.im_user:
        return "directmessage"
    return "privategroup" if channel.private else channel.name
