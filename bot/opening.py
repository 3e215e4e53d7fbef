"""Opens what the settings name: the database, Slack's Web API, each DSS instance."""

import ssl
from functools import cache
from urllib.parse import urlsplit

from slack_sdk import WebClient

from bot.dss import DSSClient
from bot.dss.gateway import DssGateway
from bot.settings import Instance, Settings
from bot.store import Database, Store, check_schema, migrate

SLACK_TIMEOUT = 10
"""Seconds for one call to Slack."""


def open_store(settings: Settings) -> Store:
    """Open the database. SQLite is brought up to date at once; PostgreSQL, which others share, is checked.

    Raises:
        UnknownSchema: the text says what to run.
    """
    database = Database(settings.store.database_url.reveal())
    if database.is_sqlite:
        migrate(database)
    check_schema(database)
    return Store(database)


def slack_client(settings: Settings, *, retries: bool = False) -> WebClient:
    """Return a client for the Web API.

    Args:
        settings: with the token and the address.
        retries: whether slack_sdk may repeat a call whose connection broke: for reading only, because a
            message that had arrived would be there twice. The outbox looks before it repeats.
    """
    return WebClient(
        token=settings.slack.bot_token.reveal(),
        base_url=settings.slack.api_url,
        timeout=SLACK_TIMEOUT,
        ssl=_trust() if settings.slack.api_url.startswith("https:") else None,
        retry_handlers=None if retries else [],
    )


@cache
def _trust() -> ssl.SSLContext:
    """Load the certificates that this machine trusts, once.

    slack_sdk loads them again for each call unless it is given them (Python 3.11), which takes about 30 ms of
    processor time: more than everything else about a message.
    """
    return ssl.create_default_context()


def gateway(one: Instance) -> DssGateway:
    """Return the port to one DSS instance."""
    client = DSSClient(
        one.url,
        one.api_key.reveal(),
        base_path=one.base_path,
        auth=one.auth,
        verify=one.verify,
        cert=one.client_cert,
        timeout=(one.connect_timeout, one.read_timeout),
    )
    return DssGateway(client, instance=one.name, ui_url=one.ui_url)


def links_of(one: Instance) -> tuple[str, ...]:
    """Return the addresses by which a pasted link may name an instance."""
    parts = [urlsplit(url) for url in (one.url, one.ui_url)]
    return tuple(dict.fromkeys(f"{part.scheme}://{part.netloc}".lower() for part in parts))
