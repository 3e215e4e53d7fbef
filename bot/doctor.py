"""``dss-bot doctor``: what would go wrong is said before somebody in Slack finds it.

It only looks: it posts nothing, starts nothing and changes nothing. (Looking at a SQLite database that is not
there yet makes its empty file.)
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.dss import NO_RETRY, DSSBadKey, DSSClient, DSSError, DSSNotVisible, DSSRefused
from bot.errors import BotError
from bot.opening import database_trouble
from bot.proxies import proxy_for, shown
from bot.settings import Instance, Settings, SlackSettings
from bot.slack import http
from bot.store import Database, OldSchema, check_schema

OK: Literal["ok"] = "ok"
WARN: Literal["warn"] = "warn"
FIX: Literal["fix"] = "fix"

REQUIRED_SCOPES = ("commands", "chat:write", "users:read", "users:read.email")
OPTIONAL_SCOPES = ("chat:write.public", "channels:history", "groups:history", "im:history", "mpim:history")
"""As in ``manifest.yml``; a test compares them."""

_MAX_SKEW = 60.0
_MAX_DSS_SKEW = 5.0
"""Seconds. From five minutes on slack_sdk refuses Slack's signatures; below that, times look wrong."""

_LOG_FREEZE_FIXED = (14, 0, 2)
"""DSS version whose release notes say that reading a massive log through the API no longer freezes DSS."""

_TIMEOUT = 10
"""Seconds for each answer of Slack."""

Clock = Callable[[], datetime]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    level: Literal["ok", "warn", "fix"]
    """``fix``: the bot does not work so; ``warn``: it works, but not everything."""
    subject: str
    detail: str

    def __str__(self) -> str:
        return f"{self.level:4}  {self.subject}: {self.detail}"


def _now() -> datetime:
    return datetime.now(UTC)


def examine(settings: Settings, clock: Clock = _now) -> list[Finding]:
    """Look at everything that the settings name, and say how it stands."""
    findings = list(_proxies(settings))
    findings += _slack(settings.slack, clock)
    for instance in settings.instances:
        findings += _dss(instance, impersonate=settings.access == "dss")
    findings += _database(settings.store.database_url.reveal())
    return findings


def _proxies(settings: Settings) -> Iterator[Finding]:
    """Say what goes through a proxy, where there is one; without its password."""
    ways = [("Slack", settings.slack.api_url)]
    ways += [(f"DSS {instance.name}", instance.url) for instance in settings.instances]
    for name, url in ways:
        if proxy := proxy_for(url):
            yield Finding(level=OK, subject="proxy", detail=f"{name} is reached through {shown(proxy)}")


def _slack(slack: SlackSettings, clock: Clock) -> Iterator[Finding]:
    http.install()
    client = WebClient(token=slack.bot_token.reveal(), base_url=slack.api_url, timeout=_TIMEOUT)
    client.proxy = None  # `bot.slack.http` knows
    try:
        answer = client.auth_test()
    except SlackApiError as exc:
        yield Finding(level=FIX, subject="SLACK_BOT_TOKEN", detail=_refused(exc, "Install the app again"))
        return
    except OSError as exc:
        yield Finding(level=FIX, subject="SLACK_API_URL", detail=f"{slack.api_url} does not answer: {exc}")
        return
    who = f"@{answer.get('user', '?')} in {answer.get('team', '?')}"
    yield Finding(level=OK, subject="SLACK_BOT_TOKEN", detail=f"is {who}")
    headers = {name.lower(): value for name, value in answer.headers.items()}
    yield from _scopes(headers.get("x-oauth-scopes", ""))
    yield from _clock(headers.get("date", ""), clock())
    if slack.app_token:
        yield _socket_mode(client, slack.app_token.reveal())


def _scopes(header: str | list[str]) -> Iterator[Finding]:
    text = header if isinstance(header, str) else ",".join(header)
    granted = {scope.strip() for scope in text.split(",") if scope.strip()}
    if not granted:
        yield Finding(level=WARN, subject="Slack scopes", detail="Slack does not say which were granted")
        return
    missing = [scope for scope in REQUIRED_SCOPES if scope not in granted]
    unused = sorted(granted - {*REQUIRED_SCOPES, *OPTIONAL_SCOPES})
    left_out = [scope for scope in OPTIONAL_SCOPES if scope not in granted]
    if missing:
        detail = f"{', '.join(missing)} missing. Add under OAuth & Permissions, then install the app again"
        yield Finding(level=FIX, subject="Slack scopes", detail=detail)
    else:
        detail = f"all granted{'; optional ones not: ' + ', '.join(left_out) if left_out else ''}"
        yield Finding(level=OK, subject="Slack scopes", detail=detail)
    if unused:
        detail = f"{', '.join(unused)} granted, but not used. Take away what nobody needs"
        yield Finding(level=WARN, subject="Slack scopes", detail=detail)


def _clock(header: str | list[str], now: datetime) -> Iterator[Finding]:
    with contextlib.suppress(TypeError, ValueError):
        skew = abs((now - parsedate_to_datetime(str(header))).total_seconds())
        if skew > _MAX_SKEW:
            detail = f"differs from Slack's by {skew:.0f} s. Set up time synchronisation"
            yield Finding(level=FIX, subject="clock", detail=detail)
        else:
            yield Finding(level=OK, subject="clock", detail="agrees with Slack's")


def _socket_mode(client: WebClient, app_token: str) -> Finding:
    try:
        client.apps_connections_open(app_token=app_token)
    except SlackApiError as exc:
        advice = "Turn Socket Mode on, and give the app-level token the scope connections:write"
        return Finding(level=FIX, subject="SLACK_APP_TOKEN", detail=_refused(exc, advice))
    except OSError as exc:
        return Finding(level=FIX, subject="SLACK_APP_TOKEN", detail=f"Slack did not answer: {exc}")
    return Finding(level=OK, subject="SLACK_APP_TOKEN", detail="opens Socket Mode")


def _refused(exc: SlackApiError, advice: str) -> str:
    error = exc.response.get("error", "no reason") if exc.response else "no reason"
    return f"Slack says {error}. {advice}"


def _dss(instance: Instance, *, impersonate: bool) -> Iterator[Finding]:
    subject = f"DSS {instance.name}"
    client = DSSClient(
        instance.url,
        instance.api_key.reveal(),
        base_path=instance.base_path,
        auth=instance.auth,
        verify=instance.verify,
        cert=instance.client_cert,
        timeout=(instance.connect_timeout, instance.read_timeout),
        retries=NO_RETRY,
    )
    with client:
        try:
            who = client.read_auth_info()
        except DSSError as exc:
            yield Finding(level=FIX, subject=subject, detail=_trouble(exc))
            return
        version = client.dss_version or "of unknown version"
        yield Finding(level=OK, subject=subject, detail=f"DSS {version}, key of {who.auth_identifier}")
        yield from _old_version(subject, client.dss_version)
        yield from _dss_clock(subject, client.clock_offset)
        if impersonate:
            yield _impersonation(client, subject)


def _trouble(exc: DSSError) -> str:
    said = str(exc)
    return f"{said if said.endswith('.') else f'{said}.'} {exc.hint}".rstrip()


def _old_version(subject: str, version: str) -> Iterator[Finding]:
    parts = tuple(int(part) for part in version.split(".")[:3] if part.isdigit())
    if parts and parts < _LOG_FREEZE_FIXED:
        detail = f"DSS {version} may freeze when a massive log is read: upgrade to 14.0.2 or later"
        yield Finding(level=WARN, subject=subject, detail=detail)


def _dss_clock(subject: str, offset: timedelta) -> Iterator[Finding]:
    seconds = offset.total_seconds()
    if abs(seconds) > _MAX_DSS_SKEW:
        detail = (
            f"DSS's clock is {abs(seconds):.0f} s {'ahead of' if seconds > 0 else 'behind'} this machine's. "
            "The bot takes that out of what it shows; set up time synchronisation on both"
        )
        yield Finding(level=WARN, subject=subject, detail=detail)


def _impersonation(client: DSSClient, subject: str) -> Finding:
    advice = "DSS_BOT_ACCESS=dss needs an admin key. Give one, or set DSS_BOT_ACCESS=open"
    try:
        logins = [user.login for user in client.read_users() if user.enabled is not False]
        if not logins:
            return Finding(level=FIX, subject=subject, detail=f"the key sees no DSS user. {advice}")
        acting = client.as_user(logins[0]).read_auth_info().auth_identifier
    except (DSSBadKey, DSSNotVisible, DSSRefused) as exc:
        return Finding(
            level=FIX, subject=subject, detail=f"the key may not act as a person ({exc}). {advice}"
        )
    except DSSError as exc:
        return Finding(level=FIX, subject=subject, detail=_trouble(exc))
    if acting != logins[0]:
        detail = f"the key stays {acting} where it should act as {logins[0]}. {advice}"
        return Finding(level=FIX, subject=subject, detail=detail)
    return Finding(level=OK, subject=subject, detail=f"the key can act as a person (tried: {acting})")


def _database(url: str) -> list[Finding]:
    try:
        with database_trouble(), contextlib.closing(Database(url)) as database:
            try:
                check_schema(database)
            except OldSchema:
                if not database.is_sqlite:
                    raise
                detail = "gets the tables of this version when the bot starts"
                return [Finding(level=OK, subject="DATABASE_URL", detail=detail)]
    except BotError as exc:
        return [Finding(level=FIX, subject="DATABASE_URL", detail=str(exc))]
    return [Finding(level=OK, subject="DATABASE_URL", detail="has the tables of this version")]
