"""Upgrade a database to this version's schema, or check whether it has that schema."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.domain.errors import BotError
from bot.store.database import Database

_SCRIPTS = Path(__file__).parent / "migrations"


class UnknownSchema(BotError):
    """The database doesn't have the schema that this version needs; the text says what to run."""


class OldSchema(UnknownSchema):
    """`migrate` fixes it: there are no tables yet, or those of an earlier version."""


def migrate(database: Database) -> None:
    """Create the tables, or upgrade them to this version's schema."""
    with database.write() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def check_schema(database: Database) -> None:
    """Check that the database has this version's schema.

    Raises:
        OldSchema: the database has no schema, or an earlier one.
        UnknownSchema: a newer version created the schema.
    """
    wanted = ScriptDirectory.from_config(_config()).get_current_head()
    with database.read() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    if found == wanted:
        return
    known = {revision.revision for revision in ScriptDirectory.from_config(_config()).walk_revisions()}
    if found is None or found in known:
        raise OldSchema(
            f"The database is at schema {found or 'none'}; this version needs {wanted}: run `dss-bot migrate`"
        )
    raise UnknownSchema(
        f"The database is at schema {found}, which this version doesn't know: a newer dss-bot created it. "
        "Run that version, or give this one its own database (DATABASE_URL)."
    )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    return config
