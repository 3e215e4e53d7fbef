"""What the bot is told before it starts, as frozen records."""

from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote, urlsplit

from bot.errors import BotError

Access = Literal["dss", "open"]
"""Who may act: as the person in DSS (default), or every full member of the workspace."""

LogFormat = Literal["auto", "console", "json"]
"""``auto`` is ``console`` when standard error is a terminal, else ``json``."""

LogLevel = Literal["debug", "info", "warning", "error"]


class SettingsError(BotError):
    """The configuration can't be used.

    Attributes:
        problems: everything that is wrong, one sentence each: the setting's name, what is wrong with it, and
            what would be right. Never holds the value of a secret.
    """

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Secret:
    """A value that shows itself only to those who ask: ``repr``, ``str`` and f-strings give stars."""

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
    """Set: Socket Mode."""
    signing_secret: Secret | None
    """Set, with no app token: HTTP mode."""
    port: int
    """Where HTTP mode listens, path ``/slack/events``."""
    api_url: str
    """Base address of the Web API, always with the slash at the end that slack_sdk needs."""

    @property
    def socket_mode(self) -> bool:
        """Whether requests come over Socket Mode rather than HTTP."""
        return self.app_token is not None


@dataclass(frozen=True, kw_only=True)
class Instance:
    """One DSS instance."""

    name: str
    """What people write after ``--on``."""
    url: str
    """Address that the bot calls, without a slash at the end."""
    api_key: Secret
    ui_url: str
    """Address that people open in a browser, without a slash at the end."""
    base_path: str
    """Path of the public API below ``url``: ``/public/api``, or ``/dip/publicapi``."""
    auth: Literal["basic", "bearer"]
    """How the key travels: as the user name of basic authentication, or as a bearer token."""
    verify: bool | str
    """Whether the server's certificate is checked, or the path of the certificates to check it against."""
    client_cert: str | tuple[str, str] | None
    """The client's certificate as requests takes it: one file, or certificate and key."""
    connect_timeout: float
    """Seconds."""
    read_timeout: float
    """Seconds between two bytes of an answer."""


@dataclass(frozen=True, kw_only=True)
class FollowingSettings:
    """How jobs are followed."""

    tick_seconds: float
    limit_days: int
    """After so many days a job that has not ended is no longer followed, and its thread is told."""
    requests_per_second: float
    """The most that one DSS instance is asked, all followed jobs together."""


@dataclass(frozen=True, kw_only=True)
class StoreSettings:
    """Where the bot keeps its rows."""

    database_url: Secret
    """SQLAlchemy address; it may hold a password."""
    keep_days: int
    """Finished rows are kept so long."""

    def password(self) -> Secret | None:
        """Return the password of the address, if it has one."""
        password = urlsplit(self.database_url.reveal()).password
        return Secret(unquote(password)) if password else None


@dataclass(frozen=True, kw_only=True)
class HealthSettings:
    """Where health and metrics are served."""

    host: str
    port: int
    """0: not served."""


@dataclass(frozen=True, kw_only=True)
class LogSettings:
    """How the bot logs."""

    format: LogFormat
    level: LogLevel


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that the bot is told before it starts."""

    slack: SlackSettings
    instances: tuple[Instance, ...]
    """In the order of the configuration; at least one."""
    default_instance: str
    """The instance of a command without ``--on``."""
    access: Access
    following: FollowingSettings
    store: StoreSettings
    health: HealthSettings
    log: LogSettings

    def secrets(self) -> tuple[Secret, ...]:
        """List every secret, so that the log can mask them."""
        slack = (self.slack.bot_token, self.slack.app_token, self.slack.signing_secret)
        keys = tuple(instance.api_key for instance in self.instances)
        return tuple(s for s in (*slack, *keys, self.store.password()) if s is not None)
