"""What survives a crash?

Tables, queries, transactions and migrations, on SQLite or PostgreSQL. May import the domain and, to open
a database, the settings.

Example of a change: to add a table, add it to `tables` and add a migration to ``migrations/versions``.
"""

from datetime import datetime, timedelta

from sqlalchemy.exc import DataError, IntegrityError, ProgrammingError, SQLAlchemyError

from bot.domain.audit import AuditEntry
from bot.store.approvals import ApprovalStore
from bot.store.audit import AuditFilter, AuditStore, ChainHead
from bot.store.audit_verification import Verification, verify
from bot.store.block_support import BlockSupportStore
from bot.store.database import Database
from bot.store.digests import DigestStore
from bot.store.ended_runs import EndedRunStore
from bot.store.favorites import FavoriteStore
from bot.store.intents import Added, IntentStore
from bot.store.jobs import Change, JobStore, Recording
from bot.store.known_jobs import KnownJobStore
from bot.store.leases import LeaseStore, MarkStore
from bot.store.migrate import OldSchema, UnknownSchema, check_schema, migrate
from bot.store.outbox import OutboxStore
from bot.store.pictures import Picture, PictureStore
from bot.store.pruning import prune
from bot.store.request_limits import Exceeded, RequestLimitStore
from bot.store.slack_accounts import SlackAccountStore
from bot.store.unknown_states import UnknownStates

__all__ = [
    "Added",
    "ApprovalStore",
    "AuditEntry",
    "AuditFilter",
    "AuditStore",
    "BlockSupportStore",
    "ChainHead",
    "Change",
    "Database",
    "DigestStore",
    "EndedRunStore",
    "Exceeded",
    "FavoriteStore",
    "IntentStore",
    "JobStore",
    "KnownJobStore",
    "LeaseStore",
    "MarkStore",
    "OldSchema",
    "OutboxStore",
    "Picture",
    "PictureStore",
    "Recording",
    "RequestLimitStore",
    "SlackAccountStore",
    "Store",
    "StoreTrouble",
    "UnknownSchema",
    "Verification",
    "check_schema",
    "is_of_one_row",
    "migrate",
]


StoreTrouble = SQLAlchemyError
"""The database can't be used now: it's locked, full or unreachable."""


def is_of_one_row(error: Exception) -> bool:
    """Return whether an error is about the values of one row, so that other rows can be read and written."""
    if isinstance(error, DataError | IntegrityError | ProgrammingError):
        return True
    return not isinstance(error, SQLAlchemyError)


class Store:
    """All tables of one database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.outbox = OutboxStore(database)
        self.audit = AuditStore(database)
        self.intents = IntentStore(database, self.outbox, self.audit)
        self.digests = DigestStore(database, self.outbox)
        self.approvals = ApprovalStore(database, self.outbox, self.audit)
        self.jobs = JobStore(database, self.outbox, self.audit)
        self.ended_runs = EndedRunStore(database)
        self.pictures = PictureStore(database)
        self.favorites = FavoriteStore(database, self.audit)
        self.known_jobs = KnownJobStore(database)
        self.leases = LeaseStore(database)
        self.request_limits = RequestLimitStore(database)
        self.marks = MarkStore(database)
        self.block_support = BlockSupportStore(database)
        self.slack_accounts = SlackAccountStore(database)
        self.unknown_states = UnknownStates(database, self.outbox)

    def prune(self, before: datetime, *, most: timedelta | None = None) -> int:
        """Delete the rows that were finished before ``before``; return how many.

        Args:
            before: when the newest of them was finished.
            most: how much of them at once, from the oldest one on; ``None`` means all.
        """
        return prune(self.database, self.audit, before, most)

    def verify_audit(self, *, expected: str | None = None) -> Verification:
        """Verify the audit's chain; ``expected`` is as in `bot.store.audit_verification.verify`."""
        return verify(self.database, expected=expected)

    def close(self) -> None:
        """Close every connection."""
        self.database.close()
