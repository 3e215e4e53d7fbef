"""``dss-bot doctor --user``: the way from a Slack user to a DSS login, and which step decided.

Access (`bot.services.access`) goes the same way for each command, and `bot.domain.policy` decides here too.
The person gets one sentence; an administrator sees here what Slack and DSS said.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.domain import DssUser, Person
from bot.domain.errors import DSSBadKey, DSSError, DSSNotFound, DSSNotVisible, DSSRefused
from bot.domain.identity import Found, IdentityMap, find_login, fold, outsider, same_mailbox
from bot.domain.policy import (
    AccessEvidence,
    AccessMode,
    AccessRequest,
    Capability,
    Decision,
    decide,
)
from bot.dss.gateway import DssGateway
from bot.ops.doctor import bad_answer, no_answer, slack_client
from bot.ops.dss_checks import dss_client, trouble
from bot.ops.findings import FIX, OK, Finding, Level
from bot.ops.key_check import trace_key
from bot.settings import Settings
from bot.slack.error_codes import code_of
from bot.slack.users import read_person

_ACCOUNT = "step 1, the Slack account"
_MEMBER = "step 2, full member of the workspace, or named in [people]"
_EMAIL = "step 3, the email address in Slack"
_LOGIN = "step 4, the DSS login"
_ACT_AS = "step 5, may the key act as that login"

_MEMBER_ID = re.compile(r"[UW][A-Z0-9]{2,}")
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_MOST_NAMED = 3

_REFUSING = (DSSRefused, DSSNotVisible, DSSNotFound)

_NOT_FOUND = {
    "users_not_found": (
        "no active member of this workspace has the address {who}. Check it against their Slack profile; a "
        "deactivated account, or one of another workspace, is found by its member ID only"
    ),
    "user_not_found": "this workspace doesn't know the member ID {who}",
    "user_not_visible": "the bot may not see the member {who}",
    "missing_scope": (
        "the bot token lacks users:read or users:read.email. Add both under OAuth & Permissions, then "
        "install the app again"
    ),
    "ratelimited": "Slack asks to wait. Try again in a minute",
}
"""What Slack's words mean here."""


def slack_user(text: str) -> str | None:
    """Return an email address or member ID as Slack takes it; ``None`` if the text is neither."""
    text = text.strip()
    if mention := _MENTION.fullmatch(text):
        return mention[1]
    if re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", text):
        return text
    return text.upper() if _MEMBER_ID.fullmatch(text.upper()) else None


def trace(settings: Settings, who: str) -> Iterator[Finding]:
    """Follow the way of one person; the last finding of each instance says where it ends, and why.

    Args:
        settings: everything that was configured.
        who: an email address or member ID, from `slack_user`.
    """
    client = slack_client(settings.slack)
    try:
        home = client.auth_test()
    except SlackApiError as exc:
        yield bad_answer(exc, settings.slack)
        return
    except (OSError, HTTPException) as exc:
        yield no_answer(exc, settings.slack)
        return
    try:
        person = _person(client, who, home=str(home.get("team_id")), grid=home.get("enterprise_id"))
    except SlackApiError as exc:
        said = _NOT_FOUND.get(code_of(exc), "Slack says {code}").format(who=who, code=code_of(exc))
        yield Finding(level=FIX, subject=_ACCOUNT, detail=said)
        return
    except (OSError, HTTPException) as exc:
        yield no_answer(exc, settings.slack)
        return
    yield Finding(level=OK, subject=_ACCOUNT, detail=f"{who} is {person.name} ({person.user_id})")
    named = any(settings.identity.is_named(person, one.name) for one in settings.instances)
    if why_not := outsider(person, named=named):
        detail = (
            f"no. [people] would have to name {person.user_id}"
            if outsider(person, named=True) is None
            else "no"
        )
        yield Finding(level=FIX, subject=_MEMBER, detail=detail)
        yield _refused("the bot", _MEMBER, why_not)
        return
    yield Finding(
        level=OK, subject=_MEMBER, detail=f"named: {_list(person.ids)}" if outsider(person) else "yes"
    )
    if settings.access == "open" and not outsider(person):
        yield Finding(level=OK, subject="the bot", detail=_with_the_key(person))
        return
    yield from _in_every_dss(settings, person)


def _person(client: WebClient, who: str, *, home: str, grid: str | None) -> Person:
    answer = client.users_lookupByEmail(email=who) if "@" in who else client.users_info(user=who)
    user = answer.get("user")
    return read_person(user if isinstance(user, Mapping) else {}, home, home=home, enterprise=grid)


def _in_every_dss(settings: Settings, person: Person) -> Iterator[Finding]:
    yield from _email(settings, person)
    for instance in settings.instances:
        label = instance.name if len(settings.instances) > 1 else None
        ask = AccessRequest(verb=Capability.VIEW, instance=instance.name, label=label)
        subject = f"DSS {instance.name}"
        named = settings.identity.is_named(person, instance.name)
        if why_not := outsider(person, named=named):
            yield _refused(subject, _MEMBER, why_not)
            continue
        if settings.access == "open":
            yield Finding(level=OK, subject=subject, detail=_with_the_key(person))
            continue
        try:
            client = dss_client(instance)
        except ValueError as exc:
            yield Finding(level=FIX, subject=subject, detail=str(exc))
            continue
        with client:
            if (by_key := trace_key(settings, client, person, instance.name)) is not None:
                yield by_key
                continue
            dss = DssGateway(client, instance=instance.name)
            identity = settings.identity
            yield from _Way(person=person, dss=dss, url=instance.url, ask=ask, identity=identity).findings()


def _email(settings: Settings, person: Person) -> Iterator[Finding]:
    if person.email:
        yield Finding(level=OK, subject=_EMAIL, detail=person.email)
    elif all(settings.identity.mapped(person, one.name) for one in settings.instances):
        yield Finding(level=OK, subject=_EMAIL, detail="none, and none is needed: [people] names the login")
    else:
        detail = "none. Slack tells it only with the scope users:read.email, and if the profile has one"
        yield Finding(level=FIX, subject=_EMAIL, detail=detail)


def _with_the_key(person: Person) -> str:
    return f"{person.name} acts with the bot's key (DSS_BOT_ACCESS=open): {_short(_MEMBER)} decided"


@dataclass(frozen=True, kw_only=True)
class _Way:
    """The way of one person on one DSS instance."""

    person: Person
    dss: DssGateway
    url: str
    ask: AccessRequest
    identity: IdentityMap

    @property
    def subject(self) -> str:
        return f"DSS {self.ask.instance}"

    def findings(self) -> Iterator[Finding]:
        """Go from the settings and the email address to the login, as far as the way leads."""
        mapped = self.identity.mapped(self.person, self.ask.instance)
        users: tuple[DssUser, ...] | None = ()
        if self.person.email or mapped:
            try:
                users = tuple(self.dss.users())
            except DSSError as exc:
                if mapped is None or not isinstance(exc, _REFUSING):
                    yield self._step(FIX, _LOGIN, _no_users(exc, self.url))
                    return
                users = None
        found = find_login(self.person, users, self.identity, self.ask.instance)
        if isinstance(found, Found):
            yield self._step(OK, _LOGIN, f"{found.login} ({_of(users)}), by {found.step}: {found.key}")
            yield from self._acting(users, found)
        elif mapped or self.person.email:
            yield self._step(FIX, _LOGIN, self._no_login(users or (), mapped))
            yield _refused(self.subject, _LOGIN, self._decide(users).reason)
        else:
            yield _refused(self.subject, _EMAIL, self._decide(users).reason)

    def _no_login(self, users: Sequence[DssUser], mapped: Found | None) -> str:
        if mapped is None:
            return _none_has(users, self.person.email or "", self.identity)
        by = f"{mapped.login}, by {mapped.step}: {mapped.key}"
        if any(user.login == mapped.login for user in users):
            return f"{by}. That login is disabled"
        near = [user.login for user in users if fold(user.login) == fold(mapped.login)]
        return f"{by}. There is no such login{f'. Is it {_list(near)}?' if near else ''}"

    def _acting(self, users: tuple[DssUser, ...] | None, found: Found) -> Iterator[Finding]:
        login = found.login
        try:
            acting, said = _who_acts(self.dss, login)
        except DSSError as exc:
            yield self._step(FIX, _ACT_AS, trouble(exc, self.url))
            return
        if acting != login:
            yield self._step(FIX, _ACT_AS, f"no: {said}")
            yield _refused(self.subject, _ACT_AS, self._decide(users, can_impersonate=False).reason)
            return
        yield self._step(OK, _ACT_AS, f"yes: {said}")
        detail = (
            f"{self.person.name} acts as {login}: every step passed, and {_short(_LOGIN)} decided, by "
            f"{found.step}. What {login} may do in a project is up to DSS"
        )
        yield Finding(level=OK, subject=self.subject, detail=detail)

    def _decide(self, users: tuple[DssUser, ...] | None, *, can_impersonate: bool | None = None) -> Decision:
        evidence = AccessEvidence(
            person=self.person, users=users, identity=self.identity, can_impersonate=can_impersonate
        )
        return decide(AccessMode.DSS, self.person, self.ask, evidence)

    def _step(self, level: Level, step: str, detail: str) -> Finding:
        return Finding(level=level, subject=f"{self.subject}, {step}", detail=detail)


def _who_acts(dss: DssGateway, login: str) -> tuple[str, str]:
    """Return who DSS takes the caller for if the key acts as a login, and how we know."""
    try:
        identifier = dss.as_login(login).who_am_i().identifier
    except DSSNotFound:
        return login, "DSS doesn't say who calls, so it decides with each call"
    except (DSSRefused, DSSNotVisible, DSSBadKey) as error:
        key = dss.who_am_i().identifier  # if the key doesn't work at all, this raises that error instead
        return key, f"DSS answers the key {key}: {error}"
    if identifier in {"", login}:
        return login, "tried"
    return identifier, f"the call stays that of {identifier}. Does a gateway drop the header X-DKU-ProxyUser?"


def _refused(subject: str, step: str, reason: str) -> Finding:
    detail = f'refused: {_short(step)} decided. The bot answers this person: "{reason}"'
    return Finding(level=FIX, subject=subject, detail=detail)


def _short(step: str) -> str:
    return step.partition(",")[0]


def _no_users(error: DSSError, url: str) -> str:
    if isinstance(error, _REFUSING):
        return f"the key may not list the users ({error}). The bot needs a global key with admin rights"
    return trouble(error, url)


def _none_has(users: Sequence[DssUser], email: str, identity: IdentityMap) -> str:
    """Say why no single enabled login has an address, as far as the users show it."""
    same = same_mailbox(users, email, identity)
    if len(same) > 1 and sum(user.enabled for user in same) > 1:
        return f"several have it: {_list([user.login for user in same if user.enabled])}"
    if same:
        return f"only {_list([user.login for user in same])}, disabled"
    if users and not any(user.email for user in users):
        return "DSS shows this key no email addresses. The bot needs a global key with admin rights"
    near = _near(users, email)
    return f"none of {len(users)} users has it{f'. Is it {_list(near)}?' if near else ''}"


def _of(users: Sequence[DssUser] | None) -> str:
    return "the key may not list the users" if users is None else f"of {len(users)} users"


def _near(users: Sequence[DssUser], email: str) -> list[str]:
    """Return the logins that might be the person's: the part before the ``@`` is the same."""
    name = fold(email).partition("@")[0]
    return [
        f"{user.login} ({user.email or 'without an address'})"
        for user in users
        if name in {fold(user.login), fold(user.email).partition("@")[0]}
    ]


def _list(words: Sequence[str]) -> str:
    more = len(words) - _MOST_NAMED
    return ", ".join(words[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
