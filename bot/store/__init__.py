"""Tables, queries and migrations: what survives a crash."""

from datetime import datetime

from sqlalchemy.exc import DataError, IntegrityError, ProgrammingError, SQLAlchemyError

from bot.store.audit import AuditEntry, AuditStore
from bot.store.crowds import CrowdStore
from bot.store.database import Database
from bot.store.intents import Added, IntentStore
from bot.store.jobs import Change, JobStore, Recording
from bot.store.leases import LeaseStore, MarkStore
from bot.store.migrate import OldSchema, UnknownSchema, check_schema, migrate
from bot.store.outbox import OutboxStore
from bot.store.pruning import prune

__all__ = [
    "Added",
    "AuditEntry",
    "AuditStore",
    "Change",
    "CrowdStore",
    "Database",
    "IntentStore",
    "JobStore",
    "LeaseStore",
    "MarkStore",
    "OldSchema",
    "OutboxStore",
    "Recording",
    "Store",
    "StoreTrouble",
    "UnknownSchema",
    "check_schema",
    "is_of_one_row",
    "migrate",
]


StoreTrouble = SQLAlchemyError
"""The database cannot be asked now: locked, full, away."""


def is_of_one_row(error: Exception) -> bool:
    """Say whether an error is about the values of one row: others can be read and written."""
    if isinstance(error, DataError | IntegrityError | ProgrammingError):
        return True
    return not isinstance(error, SQLAlchemyError)


class Store:
    """Every table of one database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.outbox = OutboxStore(database)
        self.intents = IntentStore(database, self.outbox)
        self.crowds = CrowdStore(database, self.outbox)
        self.audit = AuditStore(database)
        self.jobs = JobStore(database, self.outbox, self.audit)
        self.leases = LeaseStore(database)
        self.marks = MarkStore(database)

    def prune(self, before: datetime) -> int:
        """Delete what was over before a moment; return how many rows that were."""
        return prune(self.database, before)

    def close(self) -> None:
        """Close every connection."""
        self.database.close()
