"""Who presses in the matrix of permissions, and what each may do in which mode."""

from dataclasses import dataclass
from typing import Literal

from bot.domain.policy import Capability
from bot.sandbox.dss.model import User
from bot.settings import Secret
from bot.store.encryption import Encryption
from bot.store.personal_keys import PersonalKeyStore
from tests.scenario.world import Scenario

BUILT = ("CHURN", "SALES", "FRAUD")
"""The projects of the matrix: SALES needs approvals, and the jobs that people press about run in FRAUD."""


@dataclass(frozen=True, kw_only=True)
class Mode:
    """A way to run the bot."""

    name: str
    access: str
    rules: bool = False

    @property
    def is_open(self) -> bool:
        """Whether calls are made with the bot's key."""
        return self.access == "open"


MODES = (
    Mode(name="dss", access="dss"),
    Mode(name="open", access="open"),
    Mode(name="rules on top of dss", access="rules", rules=True),
    Mode(name="rules on top of open", access="open", rules=True),
)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Somebody who presses everything. The name is the one in Slack."""

    name: str
    outsider: bool = False
    """Refused whatever the mode is."""
    login: str | None = None
    """The one enabled DSS login, if there is one."""
    runs: bool = False
    """Whether DSS lets the login run jobs in `BUILT`."""
    rules: Literal["everything", "view", "nothing", "denied"] = "nothing"
    """What the policy file says about them."""
    keyed: Literal["", "valid", "revoked"] = ""
    """Whether they connected a personal key, and whether DSS still knows it."""
    closed: bool = False
    """Whether their channel has a guardrail that lets only `view` through."""

    def passes(self, mode: Mode) -> bool:
        """Return whether the bot knows as whom to call DSS for them."""
        return not self.outsider and (mode.is_open or (self.login is not None and self.keyed != "revoked"))

    def may(self, verb: Capability, mode: Mode, *, direct: bool = False) -> bool:
        """Return whether the bot lets them try; with `Mode.is_open` off, DSS decides in addition.

        Args:
            verb: what they want to do.
            mode: how the bot runs.
            direct: whether they ask in direct messages, where their channel's guardrail says nothing.
        """
        if not self.passes(mode) or not mode.rules:
            return self.passes(mode)
        if self.rules in {"nothing", "denied"}:
            return False
        return verb is Capability.VIEW or (self.rules == "everything" and (direct or not self.closed))

    def works(self, verb: Capability, mode: Mode, *, direct: bool = False) -> bool:
        """Return whether it takes effect in DSS."""
        return self.may(verb, mode, direct=direct) and (mode.is_open or self.runs)

    def caller(self, mode: Mode) -> str | None:
        """Return the login that calls for them are made as; ``None`` is the bot's key."""
        return None if mode.is_open else self.login


ASKER = Subject(name="olga", login="olga", runs=True, rules="everything")
"""Asks for the builds that the others decide about."""

SUBJECTS = (
    Subject(name="member", login="member", runs=True, rules="everything"),
    Subject(name="reader", login="reader", runs=True, rules="view"),
    Subject(name="unruled", login="unruled", runs=True),
    Subject(name="denied", login="denied", runs=True, rules="denied"),
    Subject(name="closed", login="closed", runs=True, rules="everything", closed=True),
    Subject(name="powerless", login="powerless", rules="everything"),  # has a login without any right
    Subject(name="keyed", login="keyed", runs=True, rules="everything", keyed="valid"),
    Subject(name="revoked", login="revoked", runs=True, rules="everything", keyed="revoked"),
    Subject(name="nologin", rules="everything"),
    Subject(name="disabled", rules="everything"),
    Subject(name="twice", rules="everything"),
    Subject(name="named.guest", login="named", runs=True, rules="everything"),
    Subject(name="other.guest", outsider=True, rules="everything"),
    Subject(name="other.stranger", outsider=True, rules="everything"),
    Subject(name="dss-bot", outsider=True, rules="everything"),
    Subject(name="gone", outsider=True, rules="everything"),
)

PEOPLE = '[people]\n"{named}" = "named"\n'
APPROVALS = '[approvals]\nprojects = ["SALES"]\n'


def prepare(scenario: Scenario, mode: Mode) -> None:
    """Create everybody in Slack and in DSS, each with a channel, and the policy; before the bot starts."""
    slack, dss = scenario.slack, scenario.dss.world
    for one in (*SUBJECTS, ASKER):
        if one.name != "dss-bot":
            slack.add_user(
                one.name,
                guest=one.name.endswith("guest"),
                stranger=one.name.endswith("stranger"),
                deleted=one.name == "gone",
            )
        if one.login:
            dss.add_user(User(login=one.login, name=one.name, email=f"{one.name}@example.com"))
        for project in BUILT if one.runs else ():
            dss.grant(one.login or "", project)
    # Outsiders have logins in DSS, too: that isn't what they are refused for.
    for login in ("other.guest", "other.stranger", "gone", "dss-bot", "twice", "twice.too"):
        name = login.removesuffix(".too")
        dss.add_user(User(login=login, name=login, email=f"{name}@example.com"))
        dss.grant(login, "CHURN")
    dss.add_user(User(login="disabled", name="Disabled", email="disabled@example.com", enabled=False))
    dss.grant("disabled", "CHURN")
    everybody = [user.id for user in slack.people]
    for one in (*SUBJECTS, ASKER):
        slack.add_channel(channel_of(one), members=everybody, shared=True)
    named = slack.user_id("named.guest")
    scenario._config = APPROVALS + PEOPLE.format(named=named)
    if mode.rules:
        scenario._config += '[access]\nrules_file = "rules.toml"\n'
        (scenario.folder / "rules.toml").write_text(_rules(scenario))


def connect(scenario: Scenario) -> dict[str, str]:
    """Have some people connect their keys, once the bot runs; return the login of each key that counts."""
    rows = PersonalKeyStore(scenario.bot.store.database, Encryption(scenario.bot._settings.encryption_keys))
    logins = {}
    for one in SUBJECTS:
        if one.keyed and one.login:
            secret = scenario.dss.key_of(one.login)
            logins[secret] = one.login
            rows.put("default", scenario.slack.user_id(one.name), one.login, Secret(secret), confirmed=True)
            if one.keyed == "revoked":
                scenario.dss.world.revoke_key(secret)
    return logins


def channel_of(subject: Subject) -> str:
    """Return the name of the channel that a person works in."""
    return f"of-{subject.name.replace('.', '-')}"


def _rules(scenario: Scenario) -> str:
    def ids(rules: str) -> list[str]:
        return [scenario.slack.user_id(one.name) for one in (*SUBJECTS, ASKER) if one.rules == rules]

    closed = [scenario.slack.channel_id(channel_of(one)) for one in SUBJECTS if one.closed]
    allowed = ids("everything") + ids("denied")
    return f"""
[[rules]]
allow = "*"
users = {allowed}
[[rules]]
allow = "view"
users = {ids("view")}
[[rules]]
deny = "view"
users = {ids("denied")}
[[guardrails]]
channels = {closed}
allow = "view"
"""
