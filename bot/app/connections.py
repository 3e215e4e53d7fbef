"""Creates clients from the settings: for Slack's Web API and for each DSS instance."""

from collections.abc import Callable
from urllib.parse import urlsplit

import structlog
from slack_sdk import WebClient

from bot.dss import DSSClient
from bot.dss.gateway import DssGateway
from bot.settings import InstanceSettings, Settings, weak_connections
from bot.slack import url_opener

log = structlog.get_logger(__name__)

SLACK_TIMEOUT = 10
"""Seconds for one call to Slack."""


ANSWER_TIMEOUT = 120.0
"""Seconds for a complete DSS answer that can take long: a start, a log. Others have ``read_timeout``."""


def slack_client(settings: Settings, *, retries: bool = False) -> WebClient:
    """Return a client for the Web API.

    Args:
        settings: with the token and the URL.
        retries: whether slack_sdk may repeat a call whose connection broke. Only for reading, because it
            could post a message twice. The outbox checks before it repeats.
    """
    url_opener.install()
    client = WebClient(
        token=settings.slack.bot_token.reveal(),
        base_url=settings.slack.api_url,
        timeout=SLACK_TIMEOUT,
        retry_handlers=None if retries else [],
    )
    client.proxy = None  # the installed opener knows which proxy to use, if any
    return client


def warn_of_weak_connections(settings: Settings) -> None:
    """Log each connection without TLS or without a check of the certificate, so that nobody forgets it."""
    for weak in weak_connections(settings):
        log.warning("tls.off", setting=weak.setting, host=weak.host, why=weak.why, fix=weak.fix)


def gateway(one: InstanceSettings, redact: Callable[[str], str]) -> DssGateway:
    """Return the gateway to one DSS instance; ``redact`` masks the secrets in what it says."""
    client = DSSClient(
        one.url,
        one.api_key.reveal(),
        base_path=one.base_path,
        auth=one.auth,
        verify=one.verify,
        cert=one.client_cert,
        timeout=(one.connect_timeout, one.read_timeout),
        answer_timeout=max(ANSWER_TIMEOUT, one.read_timeout),
        json_timeout=one.read_timeout,
        redact=redact,
    )
    return DssGateway(client, instance=one.name, ui_url=one.ui_url)


def links_of(one: InstanceSettings) -> tuple[str, ...]:
    """Return the ``scheme://host[:port]`` values that a pasted link to this instance can have."""
    parts = [urlsplit(url) for url in (one.url, one.ui_url)]
    return tuple(dict.fromkeys(f"{part.scheme}://{part.netloc}".lower() for part in parts))
