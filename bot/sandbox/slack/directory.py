"""People and conversations of the workspace."""

from collections.abc import Iterable
from dataclasses import replace

from bot.sandbox.slack.model import Channel, User
from bot.sandbox.slack.world import World


class Directory:
    """The part of `SlackSandbox` that manages people and conversations."""

    def __init__(self, world: World) -> None:
        self._world = world

    def populate(self) -> None:
        """Add the bot, alice, bob, carol, a guest, a stranger, #data, and #random."""
        world = self._world
        world.users[world.bot_user_id] = User(
            id=world.bot_user_id,
            name="dss-bot",
            team_id=world.team_id,
            email=None,
            tz="Europe/Paris",
            bot=True,
        )
        for name in ("alice", "bob", "carol"):
            self.add_user(name)
        self.add_user("guest", guest=True)
        self.add_user("stranger", stranger=True)
        self.add_channel("data")
        self.add_channel("random")

    def add_user(
        self,
        name: str,
        email: str | None = None,
        *,
        guest: bool = False,
        ultra_guest: bool = False,
        stranger: bool = False,
        tz: str = "Europe/Paris",
        locale: str = "en-US",
        deleted: bool = False,
    ) -> str:
        """Add a person and return the user id; the default email is ``NAME@example.com``."""
        world = self._world
        with world.edit():
            user_id = world.new_id("U")
            world.users[user_id] = User(
                id=user_id,
                name=name,
                email=email or f"{name}@example.com",
                team_id="T0STRANGE1" if stranger else world.team_id,
                tz=tz,
                locale=locale,
                guest=guest,
                ultra_guest=ultra_guest,
                stranger=stranger,
                deleted=deleted,
            )
        return user_id

    def add_channel(
        self,
        name: str,
        *,
        bot_member: bool = True,
        private: bool = False,
        archived: bool = False,
        shared: bool = False,
        members: Iterable[str] | None = None,
    ) -> str:
        """Add a channel and return its id; without ``members``, everybody reads it (strangers if shared)."""
        world = self._world
        with world.edit():
            channel_id = world.new_id("C")
            world.channels[channel_id] = Channel(
                id=channel_id,
                name=name,
                created=int(world.now()),
                private=private,
                archived=archived,
                shared=shared,
                bot_member=bot_member,
                members=None if members is None else frozenset(members),
            )
        return channel_id

    def add_usergroup(self, members: Iterable[str], handle: str | None = None) -> str:
        """Add a user group and return its id."""
        with self._world.edit():
            group = self._world.new_id("S")
            self._world.usergroups[group] = tuple(members)
            self._world.group_handles[group] = handle or group.lower()
        return group

    def change_channel(
        self, channel: str, *, archived: bool | None = None, bot_member: bool | None = None
    ) -> None:
        """Archive a channel, or add or remove the bot."""
        with self._world.edit():
            old = self._resolve(channel)
            self._world.channels[old.id] = replace(
                old,
                archived=old.archived if archived is None else archived,
                bot_member=old.bot_member if bot_member is None else bot_member,
            )

    def add_scope(self, scope: str) -> None:
        """Add a scope to the bot token."""
        with self._world.edit():
            self._world.scopes |= {scope}

    def drop_scope(self, scope: str) -> None:
        """Remove a scope from the bot token."""
        with self._world.edit():
            self._world.scopes -= {scope}

    def user_id(self, name: str) -> str:
        """Return the user id for a person's name.

        Raises:
            LookupError: there is no such person.
        """
        for user in self._world.users.values():
            if name in {user.name, user.id}:
                return user.id
        raise LookupError(name)

    def channel_id(self, name: str) -> str:
        """Return the id for a channel name, with or without ``#``."""
        return self._resolve(name).id

    def _resolve(self, channel: str) -> Channel:
        for one in tuple(self._world.channels.values()):
            if channel == one.id or (not one.im_user and channel.removeprefix("#") == one.name):
                return one
        raise LookupError(channel)
