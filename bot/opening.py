"""Opens what the settings name: the database, Slack's Web API, each DSS instance."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from urllib.parse import urlsplit

from alembic.migration import MigrationContext
from slack_sdk import WebClient

from bot.dss import DSSClient
from bot.dss.gateway import DssGateway
from bot.errors import BotError
from bot.settings import Instance, Secret, Settings
from bot.slack import http
from bot.store import Database, OldSchema, Store, StoreTrouble, check_schema, migrate

SLACK_TIMEOUT = 10
"""Seconds for one call to Slack."""


ANSWER_TIMEOUT = 120.0
"""Seconds for a whole answer of DSS that may be long: a start, a log. Short ones have ``read_timeout``."""


class CannotOpen(BotError):
    """The database can't be used; the text says why, and has no password in it."""


@contextmanager
def database_trouble() -> Iterator[None]:
    """Turn whatever keeps a database from being used into one sentence.

    Raises:
        CannotOpen: with the sentence.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise CannotOpen(
            f"needs {error.name}, which is not installed: pip install 'dss-bot[postgres]'"
        ) from error
    except (StoreTrouble, OSError) as error:
        raise CannotOpen(
            f"can't be opened: {(str(error) or type(error).__name__).splitlines()[0]}"
        ) from error


def open_store(database_url: Secret) -> Store:
    """Open the database. SQLite is brought up to date at once; PostgreSQL, which others share, is checked.

    Raises:
        UnknownSchema: the text says what to run.
        CannotOpen: the text says why.
    """
    with database_trouble(), ExitStack() as on_failure:
        database = Database(database_url.reveal())
        on_failure.callback(database.close)
        try:
            check_schema(database)
        except OldSchema:
            if not database.is_sqlite:
                raise
            migrate(database)
        on_failure.pop_all()
        return Store(database)


def bring_up_to_date(database_url: Secret) -> str:
    """Give the database the tables of this version; return a sentence about what was done.

    Raises:
        UnknownSchema: a newer version made it.
        CannotOpen: the text says why.
    """
    with database_trouble(), closing(Database(database_url.reveal())) as database:
        try:
            check_schema(database)
        except OldSchema:
            migrate(database)
            return f"The database is at schema {_schema(database)} now."
        return f"The database was already at schema {_schema(database)}: there was nothing to do."


def _schema(database: Database) -> str | None:
    with database.read() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def slack_client(settings: Settings, *, retries: bool = False) -> WebClient:
    """Return a client for the Web API.

    Args:
        settings: with the token and the address.
        retries: whether slack_sdk may repeat a call whose connection broke: for reading only, because a
            message that had arrived would be there twice. The outbox looks before it repeats.
    """
    http.install()
    client = WebClient(
        token=settings.slack.bot_token.reveal(),
        base_url=settings.slack.api_url,
        timeout=SLACK_TIMEOUT,
        retry_handlers=None if retries else [],
    )
    client.proxy = None  # what is installed knows the proxies, and when there is none
    return client


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
        answer_timeout=max(ANSWER_TIMEOUT, one.read_timeout),
        json_timeout=one.read_timeout,
    )
    return DssGateway(client, instance=one.name, ui_url=one.ui_url)


def links_of(one: Instance) -> tuple[str, ...]:
    """Return the addresses by which a pasted link may name an instance."""
    parts = [urlsplit(url) for url in (one.url, one.ui_url)]
    return tuple(dict.fromkeys(f"{part.scheme}://{part.netloc}".lower() for part in parts))
