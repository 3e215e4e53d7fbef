"""Decide whether a personal DSS API key is the key of the person who connects it."""

import msgspec

from bot.domain.errors import Refusal
from bot.domain.identity import Found, IdentityMap, find_login, untagged
from bot.domain.job_info import DssUser, WhoAmI
from bot.domain.people import Person
from bot.language import t

LONGEST_KEY = 200
"""Characters. DSS's own keys have fewer than 60."""


class KeyCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a key and of the person who connects it."""

    person: Person
    who: WhoAmI
    """Who DSS says that the key belongs to."""
    bot: str
    """Who DSS says that the bot's own key belongs to; empty if it doesn't say."""
    users: tuple[DssUser, ...] | None
    """The users of the instance; ``None`` if the bot's key may not list them."""
    identity: IdentityMap
    """What the settings say about people."""
    instance: str


def wrong_with_key(text: str) -> str | None:
    """Say what's wrong with a text that can't be a key, before DSS is asked; ``None`` if nothing is."""
    if not text:
        return t("Paste your personal API key.")
    if len(text) > LONGEST_KEY:
        return t("That's too long for a DSS API key. Copy only the key itself.")
    if any(char.isspace() for char in text):
        return t("A DSS API key has no spaces. Copy only the key itself.")
    if not (text.isascii() and text.isprintable()):
        return t("A DSS API key has only letters, digits and a few signs. Copy it again from DSS.")
    return None


def is_own_key(check: KeyCheck) -> bool:
    """Return whether a key is certainly its person's own; if not, they have to confirm its login.

    Raises:
        Refusal: it can't be used, and why.
    """
    _refuse_other_kinds(check)
    login = check.who.identifier
    own = find_login(check.person, check.users, check.identity, check.instance)
    if isinstance(own, Found):
        if own.login != login:
            raise Refusal(
                t(
                    "That key belongs to {login}, but your DSS login is {own}. Connect a key of your own.",
                    login=login,
                    own=own.login,
                )
            )
        return True
    email = next((user.email for user in check.users or () if user.login == login), "")
    if not email.strip():
        return False  # nothing shows whose login it is
    if _same(email, check.person.email, check.identity):
        return True  # one of several logins with this address: the key says which
    raise Refusal(
        t(
            "That key belongs to {login}, who has another email address in DSS than you have in Slack. "
            "Connect a key of your own. If it is yours, the bot's administrator can name your login under "
            "[people].",
            login=login,
        )
    )


def _refuse_other_kinds(check: KeyCheck) -> None:
    login = check.who.identifier
    if not login:
        raise Refusal(t("DSS doesn't say who that key belongs to, so I can't use it."))
    if login == check.bot:
        raise Refusal(
            t(
                "That key belongs to {login}, which the bot itself uses in DSS. Connect a key of your own.",
                login=login,
            )
        )
    logins = None if check.users is None else {user.login for user in check.users}
    if check.who.personal is False or (logins is not None and login not in logins):
        raise Refusal(
            t(
                "That isn't a personal API key: it belongs to no DSS user. Make a personal one in DSS, and "
                "connect that."
            )
        )
    if check.who.admin:
        raise Refusal(
            t(
                "That key has admin rights in DSS: whoever had it could act as anybody. I don't keep such "
                "keys. Connect a key of a login without admin rights."
            )
        )


def _same(one: str, other: str | None, identity: IdentityMap) -> bool:
    return bool(other) and identity.same_person(untagged(one)) == identity.same_person(untagged(other or ""))
