"""Who may do what (DESIGN.md §6): one function decides, for every command and button."""

from enum import StrEnum
from typing import assert_never

import msgspec

from bot.facts import (
    AbortAll,
    AbortJob,
    Build,
    DssUser,
    FollowJob,
    ListJobs,
    Overview,
    Person,
    ReadLog,
    ShowStatus,
    UnfollowJob,
    Wish,
)


class Access(StrEnum):
    """The setting ``DSS_BOT_ACCESS``."""

    DSS = "dss"
    RULES = "rules"
    OPEN = "open"


class Verb(StrEnum):
    """What can be allowed or not."""

    VIEW = "view"
    LOG = "log"
    BUILD = "build"
    ABORT = "abort"
    ABORT_ALL = "abort_all"
    FOLLOW = "follow"


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants to do, and where."""

    verb: Verb
    instance: str
    project: str | None = None
    """``None`` when it is not about one project."""
    label: str | None = None
    """What people call the instance; nothing where there is only one."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a person on one DSS instance."""

    person: Person
    users: tuple[DssUser, ...] = ()
    """DSS users, at least all those with the person's e-mail; others are passed over."""
    can_impersonate: bool | None = None
    """Whether the bot's key may act as somebody else; ``None``: not tried yet, DSS will tell."""


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """Yes or no, and why."""

    allowed: bool
    reason: str
    """A plain sentence: for the person when refused, for the audit always."""
    act_as: str | None = None
    """DSS login to make the calls as; ``None`` means as the bot's own key."""


def ask_of(wish: Wish, instance: str, project: str | None, label: str | None = None) -> Ask:
    """Say what a wish asks for. ``instance`` and ``project`` are the ones it was resolved to."""
    return Ask(verb=_verb(wish), instance=instance, project=project, label=label)


def decide(access: Access, person: Person, ask: Ask, standing: Standing) -> Decision:
    """Decide whether ``person`` may do what they ask.

    Raises:
        ValueError: when ``standing`` is somebody else's: a mistake of ours that must not become a right.
    """
    if (standing.person.user_id, standing.person.team_id) != (person.user_id, person.team_id):
        raise ValueError("the standing is not of the person who asks")
    why_not = outsider(person)
    if why_not is not None:
        return _no(why_not)
    match access:
        case Access.OPEN:
            return Decision(allowed=True, reason="Every member of the workspace may do this here.")
        case Access.DSS:
            return _as_person(person, ask, standing)
        case Access.RULES:
            return _no(
                "Access by rules is not available yet: nothing is allowed until the bot is set up anew."
            )
        case _:
            assert_never(access)


def _verb(wish: Wish) -> Verb:
    match wish:
        case Build():
            return Verb.BUILD
        case Overview() | ListJobs() | ShowStatus():
            return Verb.VIEW
        case ReadLog():
            return Verb.LOG
        case AbortJob():
            return Verb.ABORT
        case AbortAll():
            return Verb.ABORT_ALL
        case FollowJob() | UnfollowJob():
            return Verb.FOLLOW
        case _:
            assert_never(wish)


def outsider(person: Person) -> str | None:
    """Say why somebody may do nothing at all, whatever the access."""
    if person.is_bot:
        return "Sorry, other bots cannot use this one: a person has to ask."
    if person.is_deleted:
        return "Sorry, this Slack account is deactivated."
    if person.is_stranger:
        return "Sorry, this is only for members of this workspace, not for people of other organisations."
    if person.is_guest:
        return "Sorry, guests of the workspace cannot use this: please ask a full member."
    return None


def _as_person(person: Person, ask: Ask, standing: Standing) -> Decision:
    """Find the one DSS login of a person."""
    email = (person.email or "").strip()
    if not email:
        return _no("Slack does not tell your e-mail address, so your DSS login cannot be found.")
    here = f"DSS ({ask.label})" if ask.label else "DSS"
    known = [
        user for user in standing.users if user.login and user.email.strip().casefold() == email.casefold()
    ]
    enabled = sorted({user.login for user in known if user.enabled})
    if not known:
        return _no(
            f"Nobody in {here} has your e-mail address {email}: its administrator can add it to your login."
        )
    if not enabled:
        return _no(f"Your login {known[0].login} in {here} is disabled: ask its administrator to enable it.")
    if len(enabled) > 1:
        return _no(
            f"Several logins in {here} have your e-mail address ({', '.join(enabled)}): "
            "its administrator has to leave it on one of them only."
        )
    if standing.can_impersonate is False:
        return _no(
            f"The bot's API key may not act as you in {here}: "
            "its administrator has to give the bot a global API key with admin rights."
        )
    return Decision(allowed=True, reason=f"Acts as the DSS login {enabled[0]}.", act_as=enabled[0])


def _no(reason: str) -> Decision:
    return Decision(allowed=False, reason=reason)
