"""The bot's configuration as frozen records."""

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote, urlsplit

from bot.domain.approvals import ApprovalRules
from bot.domain.errors import BotError
from bot.domain.identity import IdentityMap
from bot.domain.redaction import Redactor
from bot.domain.request_limits import RequestLimits
from bot.domain.rules import Policy
from bot.domain.visibility import ChannelVisibility
from bot.language import ENGLISH

_LEAST_KNOWN = 12
"""A shorter secret, such as a database password, can be an ordinary word in a log."""

Access = Literal["dss", "rules", "open"]
"""Who may act: each person with their own rights in DSS (default), the same but no more than a policy file
allows, or every full member of the workspace. A policy file can also narrow the other two."""

LogFormat = Literal["auto", "console", "json"]
"""``auto`` means ``console`` if standard error is a terminal, and ``json`` otherwise."""

LogLevel = Literal["debug", "info", "warning", "error"]


class SettingsError(BotError):
    """The configuration can't be used.

    Attributes:
        problems: all problems. Each has the setting's name, what's wrong with it, and what would be correct.
            They never contain the value of a secret.
    """

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Secret:
    """A value that must be revealed explicitly: ``repr``, ``str`` and f-strings show asterisks."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value, for the library that needs it."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    def __str__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)


@dataclass(frozen=True, kw_only=True)
class SlackSettings:
    """The Slack app."""

    bot_token: Secret
    app_token: Secret | None
    """If set, the bot uses Socket Mode."""
    signing_secret: Secret | None
    """If set without an app token, the bot uses HTTP mode."""
    port: int
    """The port for HTTP mode, path ``/slack/events``."""
    api_url: str
    """Base address of the Web API, always with the trailing slash that slack_sdk needs."""
    new_blocks: bool = True
    """Whether to show newer kinds of blocks where the workspace accepts them."""
    timelines: bool = True
    """Whether to show a picture of a finished job's activities, where the bot may upload files."""
    home_minutes: int = 5
    """How long App Home is kept up to date after its person did something there; 0 means not at all."""
    language: str = ENGLISH
    """What channels read, and whoever's own language the bot doesn't speak."""

    @property
    def socket_mode(self) -> bool:
        """Whether requests come over Socket Mode rather than HTTP."""
        return self.app_token is not None


@dataclass(frozen=True, kw_only=True)
class InstanceSettings:
    """One DSS instance."""

    name: str
    """What people type after ``--on``."""
    url: str
    """Address that the bot calls, without a trailing slash."""
    api_key: Secret
    ui_url: str
    """Address that people open in a browser, without a trailing slash."""
    base_path: str
    """Path of the public API under ``url``: ``/public/api``, or ``/dip/publicapi``."""
    auth: Literal["basic", "bearer"]
    """How the key is sent: as the user name of basic authentication, or as a bearer token."""
    verify: bool | str
    """Whether to check the server's certificate, or the path of the certificates to check it against."""
    client_cert: str | tuple[str, str] | None
    """The client certificate in the form that requests takes: one file, or certificate and key."""
    connect_timeout: float
    """Seconds."""
    read_timeout: float
    """Seconds between two bytes of an answer."""


@dataclass(frozen=True, kw_only=True)
class FollowingSettings:
    """How the bot follows jobs."""

    tick_seconds: float
    limit_days: int
    """The bot stops following an unfinished job after this many days, and says so in its thread."""
    requests_per_second: float
    """Maximum rate of requests to one DSS instance for all followed jobs together."""


@dataclass(frozen=True, kw_only=True)
class VisibilitySettings:
    """What people who read along in a channel see."""

    channels: ChannelVisibility
    ask_before_first_post: bool
    """Whether the bot asks before it first posts about a project in a public channel."""


@dataclass(frozen=True, kw_only=True)
class RulesSettings:
    """The policy file."""

    path: str
    """Where it is; it's read again on SIGHUP."""
    policy: Policy
    """What it said at the start."""
    instances: tuple[str, ...]
    """Names of all DSS instances, which its rules can name."""


@dataclass(frozen=True, kw_only=True)
class DatabaseAddress:
    """Where the database is, for a command that needs nothing else."""

    url: Secret
    """SQLAlchemy address; it may hold a password."""
    is_default: bool
    """Whether nobody set it: then it is a SQLite file in the user's data directory."""


@dataclass(frozen=True, kw_only=True)
class StoreSettings:
    """Where the bot stores its rows."""

    database_url: Secret
    """SQLAlchemy address; it can contain a password."""
    keep_days: int
    """Number of days to keep finished rows."""

    def password(self) -> Secret | None:
        """Return the password in the address, if there is one."""
        password = urlsplit(self.database_url.reveal()).password
        return Secret(unquote(password)) if password else None


@dataclass(frozen=True, kw_only=True)
class HealthSettings:
    """Where the bot serves health and metrics."""

    host: str
    port: int
    """0 means not served."""


@dataclass(frozen=True, kw_only=True)
class LogSettings:
    """How the bot logs."""

    format: LogFormat
    level: LogLevel


@dataclass(frozen=True, kw_only=True)
class RedactionSettings:
    """What to mask in texts, in addition to the built-in rules."""

    patterns: tuple[re.Pattern[str], ...] = ()
    """If a pattern has groups, only what they match is masked."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The bot's whole configuration."""

    slack: SlackSettings
    instances: tuple[InstanceSettings, ...]
    """At least one, in the order of the configuration."""
    default_instance: str
    """The instance for commands without ``--on``."""
    access: Access
    identity: IdentityMap
    """Which DSS login is whose, where the email address can't say it."""
    contact: str
    """Who can change what the rules allow, as refusals name them."""
    rules: RulesSettings | None
    """``None`` if there is no policy file."""
    following: FollowingSettings
    approvals: ApprovalRules
    """Which builds need a second person."""
    limits: RequestLimits
    """How much people can ask for within a minute."""
    visibility: VisibilitySettings
    store: StoreSettings
    health: HealthSettings
    log: LogSettings
    redaction: RedactionSettings
    encryption_keys: tuple[Secret, ...] = ()
    """Fernet keys for people's personal DSS keys, newest first; empty turns personal keys off."""

    def redactor(self) -> Redactor:
        """Return what masks secrets in texts for Slack and for the log, the bot's own among them."""
        own = (secret.reveal() for secret in self.secrets())
        return Redactor(self.redaction.patterns, (value for value in own if len(value) >= _LEAST_KNOWN))

    def secrets(self) -> tuple[Secret, ...]:
        """List every secret, so that the log can mask them."""
        slack = (self.slack.bot_token, self.slack.app_token, self.slack.signing_secret)
        keys = tuple(instance.api_key for instance in self.instances)
        own = (*slack, *keys, *self.encryption_keys, self.store.password())
        return tuple(s for s in own if s is not None)
