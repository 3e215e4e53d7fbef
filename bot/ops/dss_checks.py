"""Checks of a DSS instance: whether it answers, the key, the version, the clock, impersonation."""

from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus

from bot.dss import (
    NO_RETRY,
    DSSBadKey,
    DSSClient,
    DSSError,
    DSSMisconfigured,
    DSSNotVisible,
    DSSRefused,
    DSSUnavailable,
)
from bot.http.reachability import Obstacle, explain, gateway_note
from bot.ops.findings import FIX, OK, WARN, Finding
from bot.settings import InstanceSettings

_MAX_SKEW = 5.0
"""Seconds."""

_LOG_FREEZE_FIXED = (14, 0, 2)
"""DSS version whose release notes say that reading a massive log through the API no longer freezes DSS."""

_TRUST = "Name the certificate of its authority as ca_file of this instance (docs/configuration.md)"


def dss_client(instance: InstanceSettings) -> DSSClient:
    """Return a client for the checks: it doesn't try anything twice.

    Raises:
        ValueError: a setting can't be used; the text says which.
    """
    return DSSClient(
        instance.url,
        instance.api_key.reveal(),
        base_path=instance.base_path,
        auth=instance.auth,
        verify=instance.verify,
        cert=instance.client_cert,
        timeout=(instance.connect_timeout, instance.read_timeout),
        retries=NO_RETRY,
    )


def trouble(error: DSSError, url: str) -> str:
    """Return what went wrong with a call to DSS, and what to check."""
    if isinstance(error, DSSMisconfigured):
        return str(error)  # its hint is to run the doctor
    if unreachable := explain(error, url, server="DSS", trust=_TRUST):
        # The error of a certificate also names the bundle that was used.
        return f"{unreachable} [{error}]" if unreachable.obstacle is Obstacle.TLS else str(unreachable)
    if isinstance(error, DSSUnavailable) or error.status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        note = gateway_note(error.status, url)
        if note:
            return f"{Obstacle.PROXY}: {_sentence(str(error))} {note}"
    return f"{_sentence(str(error))} {error.hint}".rstrip()


def check_dss(instance: InstanceSettings, *, impersonate: bool, by_key: bool = False) -> Iterator[Finding]:
    """Check an instance.

    Args:
        instance: its settings.
        impersonate: whether the key has to be able to act as people.
        by_key: whether people can act with keys of their own instead.
    """
    subject = f"DSS {instance.name}"
    try:
        client = dss_client(instance)
    except ValueError as exc:
        yield Finding(level=FIX, subject=subject, detail=str(exc))
        return
    with client:
        try:
            who = client.read_auth_info()
        except DSSError as exc:
            yield Finding(level=FIX, subject=subject, detail=trouble(exc, instance.url))
            return
        version = client.dss_version or "of unknown version"
        yield Finding(level=OK, subject=subject, detail=f"DSS {version}, key of {who.auth_identifier}")
        yield from _old_version(subject, client.dss_version)
        yield from _clock(subject, client.clock_offset)
        if impersonate:
            yield _impersonation(client, subject, by_key=by_key)


def _sentence(said: str) -> str:
    return said if said.endswith(".") else f"{said}."


def _old_version(subject: str, version: str) -> Iterator[Finding]:
    parts = tuple(int(part) for part in version.split(".")[:3] if part.isdigit())
    if parts and parts < _LOG_FREEZE_FIXED:
        detail = f"DSS {version} may freeze when a massive log is read: upgrade to 14.0.2 or later"
        yield Finding(level=WARN, subject=subject, detail=detail)


def _clock(subject: str, offset: timedelta) -> Iterator[Finding]:
    seconds = offset.total_seconds()
    if abs(seconds) > _MAX_SKEW:
        detail = (
            f"DSS's clock is {abs(seconds):.0f} s {'ahead of' if seconds > 0 else 'behind'} this machine's. "
            "The bot takes that out of what it shows; set up time synchronisation on both"
        )
        yield Finding(level=WARN, subject=subject, detail=detail)


def _impersonation(client: DSSClient, subject: str, *, by_key: bool) -> Finding:
    def cannot(why: str) -> Finding:
        if by_key:
            detail = f"{why}, so people act only with keys of their own (/dss-jobs connect)"
            return Finding(level=WARN, subject=subject, detail=detail)
        advice = (
            "DSS_BOT_ACCESS=dss needs an admin key, or personal keys (DSS_BOT_ENCRYPTION_KEYS). Give one, or "
            "set DSS_BOT_ACCESS=open"
        )
        return Finding(level=FIX, subject=subject, detail=f"{why}. {advice}")

    try:
        logins = [user.login for user in client.read_users() if user.enabled is not False]
        if not logins:
            return cannot("the key sees no DSS user")
        acting = client.as_user(logins[0]).read_auth_info().auth_identifier
    except (DSSBadKey, DSSNotVisible, DSSRefused) as exc:
        return cannot(f"the key may not act as a person ({exc})")
    except DSSError as exc:
        return Finding(level=FIX, subject=subject, detail=trouble(exc, client.host))
    if acting != logins[0]:
        return cannot(f"the key stays {acting} where it should act as {logins[0]}")
    return Finding(level=OK, subject=subject, detail=f"the key can act as a person (tried: {acting})")
