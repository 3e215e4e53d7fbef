"""The check of the database: whether it can be opened, and has the tables of this version."""

from bot.domain.errors import BotError
from bot.ops.findings import FIX, OK, WARN, Finding
from bot.settings import Secret
from bot.store import OldSchema
from bot.store.opening import NoDatabase, check_writable, open_for_reading, shown, sqlite_file
from bot.store.private_files import open_to_others


def check_database(database_url: Secret) -> Finding:
    """Check the database without creating or changing anything."""
    try:
        detail = _state(database_url)
        check_writable(database_url)
        file = sqlite_file(database_url)
        exposed = open_to_others(file) if file else []
    except BotError as exc:
        return Finding(level=FIX, subject="DATABASE_URL", detail=f"{exc} ({shown(database_url)})")
    if exposed:
        names = ", ".join(str(one) for one in exposed)
        detail = (
            f"{detail}, but others than its owner may read {names}. The bot changes that at its next start"
        )
        return Finding(level=WARN, subject="DATABASE_URL", detail=f"{detail} ({shown(database_url)})")
    return Finding(level=OK, subject="DATABASE_URL", detail=f"{detail} ({shown(database_url)})")


def _state(database_url: Secret) -> str:
    made_at_start = "gets the tables of this version when the bot starts"
    try:
        open_for_reading(database_url).close()
    except NoDatabase:
        return made_at_start
    except OldSchema:
        if sqlite_file(database_url) is None:
            raise
        return made_at_start
    return "has the tables of this version"
