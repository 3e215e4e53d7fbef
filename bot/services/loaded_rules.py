"""The policy that is in force, and what a person may do by it."""

import threading
from collections.abc import Callable

import structlog

from bot.domain import Person, Place
from bot.domain.identity import fold
from bot.domain.rules import DIRECT, Asker, Policy, Rights
from bot.settings import RulesSettings, SettingsError, read_rules
from bot.slack.shared_channels import SharedChannels
from bot.slack.user_groups import UserGroups

log = structlog.get_logger(__name__)

_CHANNELS = ("C", "G")
"""IDs of channels and of group direct messages begin with these; a direct message's or a person's doesn't."""


class LoadedRules:
    """Holds the policy; a broken file never replaces a good one."""

    def __init__(
        self,
        settings: RulesSettings,
        read_file: Callable[[str], str],
        groups: UserGroups,
        channels: SharedChannels,
    ) -> None:
        self._settings = settings
        self._read_file = read_file
        self._groups = groups
        self._channels = channels
        self._reloading = threading.Lock()
        self._policy = settings.policy
        self.trouble: str | None = None
        """Why the file that was read last isn't in force; ``None`` if it is."""

    @property
    def policy(self) -> Policy:
        """The policy in force."""
        return self._policy

    def reload(self) -> bool:
        """Read the file again; return whether it is in force now."""
        with self._reloading:
            path = self._settings.path
            try:
                policy = read_rules(self._read_file(path), path, self._settings.instances)
            except (OSError, UnicodeDecodeError) as error:
                problems: tuple[str, ...] = (f"{path} can't be read: {type(error).__name__}",)
            except SettingsError as error:
                problems = error.problems
            else:
                self._policy, self.trouble = policy, None
                log.info(
                    "rules.loaded", file=path, rules=len(policy.rules), guardrails=len(policy.guardrails)
                )
                self.report_unread_groups()
                return True
            self.trouble = f"the rules from before are in force: {problems[0]}"
            log.error(
                "rules.not_loaded", file=path, problems=list(problems), in_force="the rules from before"
            )
            return False

    def report_unread_groups(self) -> None:
        """Log the user groups whose members Slack doesn't tell."""
        unread = self.unread_groups()
        if unread:
            log.warning(
                "rules.groups_unread",
                groups=unread,
                why="there is no such group, or the bot token lacks the scope usergroups:read: a rule that "
                "allows these groups something matches nobody, one that denies them something everybody",
            )

    def unread_groups(self) -> list[str]:
        """Return the user groups whose members Slack doesn't tell."""
        return [group for group in self._policy.groups() if self._groups.members(group) is None]

    def rights(self, person: Person, place: Place | None) -> Rights:
        """Return what somebody may do from a place."""
        policy = self._policy
        asker = asker_of(person, channel_of(place), policy, self._groups, self._channels)
        return Rights(policy=policy, asker=asker)


def asker_of(
    person: Person, channel: str | None, policy: Policy, groups: UserGroups, channels: SharedChannels
) -> Asker:
    """Return what a policy has to know about somebody.

    Args:
        person: who asks.
        channel: where, as rules name it.
        policy: the policy.
        groups: who is in which group.
        channels: which channels are shared.
    """
    ids = frozenset(person.ids) | {person.user_id}
    members = {group: groups.members(group) for group in policy.groups()}
    asked_in_channel = channel not in {None, DIRECT} and policy.about_shared_channels()
    return Asker(
        ids=ids,
        # Other organizations decide on the addresses of their members, so those say nothing.
        email="" if person.is_stranger or person.is_guest else fold(person.email),
        groups=frozenset(group for group, known in members.items() if known and known & ids),
        unread_groups=frozenset(group for group, known in members.items() if known is None),
        channel=channel,
        shared=asked_in_channel and channels.is_shared(str(channel)),
    )


def channel_of(place: Place | None) -> str | None:
    """Return where something was asked, as rules name it."""
    if place is None:
        return None
    in_channel = place.home is None and place.channel_id.startswith(_CHANNELS)
    return place.channel_id if in_channel else DIRECT
