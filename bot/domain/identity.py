"""Which DSS login is a Slack user's, and who may use the bot at all.

The steps, in this order: ``[people]`` by member ID, ``[people]`` by email address, and then the email address
itself, with the domain aliases of ``[identity]``. Each step gives exactly one enabled login, or none. The
settings are validated in `bot.settings.people`.
"""

import string
from collections.abc import Iterable, Mapping
from enum import StrEnum

import msgspec

from bot.domain.job_info import DssUser
from bot.domain.people import Person
from bot.language import t

_FOLDED = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)

EVERYWHERE = ""
"""The key of `IdentityMap.people` for logins that are the same on every DSS instance."""


class Step(StrEnum):
    """The step that found a login."""

    MAPPED_ID = "the member ID in [people]"
    MAPPED_EMAIL = "the email address in [people]"
    EMAIL = "the email address"
    ALIAS = "a domain alias of the email address"
    TAG = "the email address without its +tag"


class IdentityMap(msgspec.Struct, frozen=True, kw_only=True):
    """What the settings say about people: ``[people]`` and ``[identity]``."""

    people: Mapping[str, Mapping[str, str]] = {}
    """Instance, or `EVERYWHERE` → Slack member ID or folded email address → DSS login."""
    domains: Mapping[str, str] = {}
    """Folded domain → the one that stands for all its aliases."""

    def mapped(self, person: Person, instance: str) -> "Found | None":
        """Return the login that ``[people]`` gives somebody: on this instance first, by member ID first."""
        for where in (instance, EVERYWHERE):
            table = self.people.get(where, {})
            for member_id in person.ids:
                if member_id in table:
                    return Found(login=table[member_id], step=Step.MAPPED_ID, key=member_id)
            email = fold(person.email)
            # Other organizations decide on the addresses of their members, so an address names no stranger.
            if email in table and not (person.is_stranger or person.is_guest):
                return Found(login=table[email], step=Step.MAPPED_EMAIL, key=email)
        return None

    def is_named(self, person: Person, instance: str) -> bool:
        """Return whether ``[people]`` names somebody by member ID, as a guest or a stranger has to be."""
        found = self.mapped(person, instance)
        return found is not None and found.step is Step.MAPPED_ID

    def same_person(self, email: str) -> str:
        """Return an address with its domain's alias, to compare it with others."""
        local, at, domain = fold(email).rpartition("@")
        return f"{local}{at}{self.domains.get(domain, domain)}"


NOBODY_NAMED = IdentityMap()


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A login, and the step that found it."""

    login: str
    step: Step
    key: str
    """The member ID or address that found it."""


class NotFound(msgspec.Struct, frozen=True, kw_only=True):
    """Why nobody's login was found."""

    reason: str
    """A plain sentence that says who can change that."""


def fold(email: str | None) -> str:
    """Return an address to compare: only ASCII letters are folded, so ``boß@`` isn't ``boss@``."""
    return (email or "").strip(string.whitespace).translate(_FOLDED)


def untagged(email: str) -> str:
    """Return an address without its ``+tag``."""
    local, at, domain = email.rpartition("@")
    name = local.partition("+")[0]
    return f"{name}{at}{domain}" if name and at else email


def outsider(person: Person, *, named: bool = False) -> str | None:
    """Return why a person may do nothing at all, whatever the access mode; ``None`` if there's no reason.

    Args:
        person: who asks.
        named: whether ``[people]`` names them by member ID.
    """
    if person.is_bot:
        return t("Other bots can't use this one. A person has to ask.")
    if person.is_deleted:
        return t("A deactivated Slack account can't use this bot.")
    if named:
        return None
    if person.is_stranger:
        return t("People from other organizations can't use this bot. Ask a member of this workspace.")
    if person.is_guest:
        return t("Guests of the workspace can't use this bot. Ask a full member.")
    return None


def find_login(
    person: Person, users: Iterable[DssUser] | None, identity: IdentityMap, instance: str, here: str = "DSS"
) -> Found | NotFound:
    """Find a person's one enabled login.

    Args:
        person: who asks.
        users: the users of the instance; ``None`` if the key may not list them.
        identity: what the settings say about people.
        instance: the DSS instance.
        here: what to call it in a sentence.
    """
    known = None if users is None else [user for user in users if user.login]
    mapped = identity.mapped(person, instance)
    if mapped is not None:
        return _checked(mapped, known, here)
    email = fold(person.email)
    if not email:
        return NotFound(
            reason=t(
                "You can't use {dss} from here: Slack doesn't tell the bot your email address, by which "
                "it finds your DSS login. An administrator of the Slack workspace can change that, or the "
                "bot's administrator can name your login under [people].",
                dss=here,
            )
        )
    return _by_email(person, known or [], identity, here)


def _checked(mapped: Found, users: list[DssUser] | None, here: str) -> Found | NotFound:
    """Return what ``[people]`` says, if that login can be used."""
    if users is None:
        return mapped  # DSS refuses a call as somebody whom it doesn't know
    user = next((user for user in users if user.login == mapped.login), None)
    if user is None:
        return NotFound(
            reason=t(
                "You can't use {dss}: the bot's settings name {login} as your login, and there "
                "is no such login. The bot's administrator can correct that under [people].",
                dss=here,
                login=mapped.login,
            )
        )
    return mapped if user.enabled else _disabled(mapped.login, here)


def _by_email(person: Person, users: list[DssUser], identity: IdentityMap, here: str) -> Found | NotFound:
    email = (person.email or "").strip()
    same = same_mailbox(users, email, identity)
    enabled = {user.login: user for user in same if user.enabled}
    if not same:
        return NotFound(
            reason=t(
                "You can't use {dss} from here: no login there has your email address {email}. An "
                "administrator of DSS can add it to yours, or the bot's administrator can name your login "
                "under [people].",
                dss=here,
                email=email,
            )
        )
    if not enabled:
        return _disabled(same[0].login, here)
    if len(enabled) > 1:
        return NotFound(
            reason=t(
                "You can't use {dss} from here: several logins have your email address ({logins}). An "
                "administrator of DSS has to leave it on one of them only, or the bot's administrator has to "
                "name yours under [people].",
                dss=here,
                logins=", ".join(sorted(enabled)),
            )
        )
    [user] = enabled.values()
    return Found(login=user.login, step=_step(email, user.email, identity), key=user.email.strip())


def same_mailbox(users: Iterable[DssUser], email: str, identity: IdentityMap) -> list[DssUser]:
    """Return the users with an address: with the same ``+tag``, or else with any.

    A disabled login with the same tag still counts, or somebody would get another one of theirs instead.
    """
    listed = [(user, identity.same_person(user.email)) for user in users if fold(user.email)]
    wanted = identity.same_person(email)
    same = [user for user, address in listed if address == wanted]
    return same or [user for user, address in listed if untagged(address) == untagged(wanted)]


def _step(asked: str, found: str, identity: IdentityMap) -> Step:
    if fold(asked) == fold(found):
        return Step.EMAIL
    return Step.ALIAS if identity.same_person(asked) == identity.same_person(found) else Step.TAG


def _disabled(login: str, here: str) -> NotFound:
    return NotFound(
        reason=t(
            "You can't use {dss}: your login {login} is disabled. An administrator of DSS can enable it.",
            dss=here,
            login=login,
        )
    )
