"""``dss-bot doctor``: finds problems before people in Slack do.

It only checks: it posts nothing, starts nothing, changes nothing, and creates nothing. The checks of Slack
are here, those of DSS in `dss_checks` and `people_check`, that of the database in `database_check`.
``doctor --user`` is `user_trace`.
"""

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.domain.features import OFF, SCOPE_OF
from bot.http.proxies import proxy_for, shown
from bot.http.reachability import explain, gateway_note
from bot.ops.database_check import check_database
from bot.ops.dss_checks import check_dss
from bot.ops.findings import FIX, OK, WARN, Finding
from bot.ops.key_check import check_personal_keys
from bot.ops.people_check import check_people
from bot.settings import Settings, SlackSettings, weak_connections
from bot.slack import url_opener
from bot.slack.error_codes import code_of

REQUIRED_SCOPES = ("commands", "chat:write", "users:read", "users:read.email")
OPTIONAL_SCOPES = (
    "app_mentions:read",
    "chat:write.public",
    "files:write",
    "files:read",
    "channels:history",
    "groups:history",
    "im:history",
    "mpim:history",
    "usergroups:read",
    "channels:read",
    "groups:read",
)
"""The scopes in ``manifest.yml``; a test compares them."""

_MAX_SKEW = 60.0
"""Seconds. Beyond five minutes, slack_sdk rejects Slack's signatures; below that, times look wrong."""

_TIMEOUT = 10
"""Seconds for each answer from Slack."""

_TRUST = "If something here inspects TLS, put its certificate into the file that SSL_CERT_FILE names"

Clock = Callable[[], datetime]


def _now() -> datetime:
    return datetime.now(UTC)


def examine(settings: Settings, clock: Clock = _now) -> list[Finding]:
    """Check everything that the settings name, and return the findings."""
    findings = [*_proxies(settings), *_encryption(settings)]
    findings += _slack(settings.slack, clock)
    for instance in settings.instances:
        by_key = bool(settings.encryption_keys)
        findings += check_dss(instance, impersonate=settings.access != "open", by_key=by_key)
        findings += check_people(instance, settings.identity)
    findings += check_personal_keys(settings)
    findings.append(check_database(settings.store.database_url))
    return findings


def _proxies(settings: Settings) -> Iterator[Finding]:
    """Report what goes through a proxy, if there is one; without its password."""
    ways = [("Slack", settings.slack.api_url)]
    ways += [(f"DSS {instance.name}", instance.url) for instance in settings.instances]
    for name, url in ways:
        if proxy := proxy_for(url):
            yield Finding(level=OK, subject="proxy", detail=f"{name} is reached through {shown(proxy)}")


def _encryption(settings: Settings) -> Iterator[Finding]:
    for weak in weak_connections(settings):
        detail = f"{weak.host}: {weak.why}. To fix it, {weak.fix}"
        yield Finding(level=WARN, subject=weak.setting, detail=detail)


def slack_client(slack: SlackSettings) -> WebClient:
    """Return a client for the checks: it makes its calls as the bot does, and waits less long."""
    url_opener.install()
    client = WebClient(token=slack.bot_token.reveal(), base_url=slack.api_url, timeout=_TIMEOUT)
    client.proxy = None  # `bot.slack.url_opener` chooses it
    return client


def no_answer(error: OSError | HTTPException, slack: SlackSettings) -> Finding:
    """Return the finding for a call that got no answer from Slack."""
    why = explain(error, slack.api_url, server="Slack", trust=_TRUST) or error
    return Finding(level=FIX, subject="SLACK_API_URL", detail=f"{slack.api_url} does not answer: {why}")


def bad_answer(error: SlackApiError, slack: SlackSettings) -> Finding:
    """Return the finding for a refused token, or for an answer that isn't Slack's."""
    code = code_of(error)
    if code.startswith("http_"):
        status = code.removeprefix("http_")
        note = gateway_note(int(status) if status.isdigit() else None, slack.api_url)
        detail = f"{slack.api_url} answers with status {status}, not as Slack does. {note}".rstrip()
        return Finding(level=FIX, subject="SLACK_API_URL", detail=detail)
    return Finding(level=FIX, subject="SLACK_BOT_TOKEN", detail=_refused(error, "Install the app again"))


def _slack(slack: SlackSettings, clock: Clock) -> Iterator[Finding]:
    client = slack_client(slack)
    try:
        answer = client.auth_test()
    except SlackApiError as exc:
        yield bad_answer(exc, slack)
        return
    except (OSError, HTTPException) as exc:
        yield no_answer(exc, slack)
        return
    who = f"@{answer.get('user', '?')} in {answer.get('team', '?')}"
    yield Finding(level=OK, subject="SLACK_BOT_TOKEN", detail=f"is {who}")
    headers = {name.lower(): value for name, value in answer.headers.items()}
    yield from _scopes(headers.get("x-oauth-scopes", ""))
    yield from _clock(headers.get("date", ""), clock())
    if slack.app_token:
        yield _socket_mode(client, slack, slack.app_token.reveal())


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
    yield from (_off(part) for part, scope in SCOPE_OF.items() if scope not in granted)
    if unused:
        detail = f"{', '.join(unused)} granted, but not used. Take away what nobody needs"
        yield Finding(level=WARN, subject="Slack scopes", detail=detail)


def _off(part: str) -> Finding:
    """Say what doesn't work without an optional scope, which can be on purpose."""
    detail = f"off: {OFF[part]}. To turn it on, install the manifest of: dss-bot manifest --with {part}"
    return Finding(level=OK, subject=SCOPE_OF[part], detail=detail)


def _clock(header: str | list[str], now: datetime) -> Iterator[Finding]:
    with contextlib.suppress(TypeError, ValueError):
        skew = abs((now - parsedate_to_datetime(str(header))).total_seconds())
        if skew > _MAX_SKEW:
            detail = f"differs from Slack's by {skew:.0f} s. Set up time synchronisation"
            yield Finding(level=FIX, subject="clock", detail=detail)
        else:
            yield Finding(level=OK, subject="clock", detail="agrees with Slack's")


def _socket_mode(client: WebClient, slack: SlackSettings, app_token: str) -> Finding:
    try:
        client.apps_connections_open(app_token=app_token)
    except SlackApiError as exc:
        advice = "Turn Socket Mode on, and give the app-level token the scope connections:write"
        return Finding(level=FIX, subject="SLACK_APP_TOKEN", detail=_refused(exc, advice))
    except (OSError, HTTPException) as exc:
        return no_answer(exc, slack)
    return Finding(level=OK, subject="SLACK_APP_TOKEN", detail="opens Socket Mode")


def _refused(exc: SlackApiError, advice: str) -> str:
    error = exc.response.get("error", "no reason") if exc.response else "no reason"
    return f"Slack says {error}. {advice}"
