"""Delete old rows: finished jobs with watches and messages, closed intents, old audit entries and counts."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Table, and_, delete, exists, func, select, tuple_

from bot.domain.approvals import ApprovalState
from bot.domain.request_limits import PREFIX
from bot.domain.stored_records import IntentState
from bot.store.audit import AuditStore
from bot.store.database import Database, to_ms
from bot.store.statements import DEAD, GATHERED, SENT
from bot.store.tables import (
    approvals,
    counted_requests,
    ended_runs,
    intents,
    jobs,
    messages,
    pace,
    personal_keys,
    pictures,
    slack_accounts,
    watches,
)

_CLOSED = (IntentState.DONE, IntentState.REFUSED, IntentState.UNKNOWN)
_OVER = (SENT, DEAD, GATHERED)
_FAR_MS = 2**62
"""Later than any row."""
AT_ONCE = 500
"""How many rows one transaction deletes: a listener must not wait for a year's worth of rows."""


def prune(database: Database, audit: AuditStore, before: datetime, most: timedelta | None = None) -> int:
    """Delete rows that were finished before ``before``, of the oldest ``most``; return how many."""
    limit = to_ms(before)
    if most is not None:
        known = (at for at in (_oldest(database), audit.oldest_ms()) if at is not None)
        oldest = min(known, default=limit)
        limit = min(limit, oldest + round(most.total_seconds() * 1000))
    deleted = sum(_delete(database, table, which) for table, (_, which) in _over(limit).items())
    return deleted + audit.prune(limit)


def _oldest(database: Database) -> int | None:
    """Return when the first of the rows was finished that can be deleted at some time."""
    with database.read() as connection:
        found = [
            connection.execute(select(func.min(at)).where(which)).scalar()
            for at, which in _over(_FAR_MS).values()
        ]
    return min((at for at in found if isinstance(at, int)), default=None)


def _over(limit: int) -> dict[Table, tuple[ColumnElement[int], ColumnElement[bool]]]:
    """Return for each table when its rows were finished, and which ones were finished before ``limit``."""
    old_watch = and_(watches.c.closed_at.is_not(None), watches.c.closed_at < limit)
    # Messages go by their own age: a watch can be gone before its last message is shown; digests have none.
    needed = exists().where(watches.c.id == messages.c.watch_id, ~old_watch)
    watched = exists().where(
        watches.c.instance == jobs.c.instance,
        watches.c.project == jobs.c.project,
        watches.c.job_id == jobs.c.job_id,
    )
    return {
        messages: (
            messages.c.updated_at,
            and_(messages.c.state.in_(_OVER), messages.c.updated_at < limit, ~needed),
        ),
        watches: (watches.c.closed_at, old_watch),
        jobs: (jobs.c.updated_at, and_(jobs.c.updated_at < limit, ~watched)),
        intents: (
            intents.c.updated_at,
            and_(intents.c.state.in_(_CLOSED), intents.c.updated_at < limit),
        ),
        approvals: (
            approvals.c.updated_at,
            and_(approvals.c.state != ApprovalState.PENDING, approvals.c.updated_at < limit),
        ),
        ended_runs: (ended_runs.c.ended_at, ended_runs.c.ended_at < limit),
        counted_requests: (counted_requests.c.at, counted_requests.c.at < limit),
        pace: (pace.c.next_at, and_(pace.c.key.startswith(PREFIX), pace.c.next_at < limit)),
        pictures: (pictures.c.created_at, pictures.c.created_at < limit),
        slack_accounts: (slack_accounts.c.asked_at, slack_accounts.c.asked_at < limit),
        # Unconfirmed ones lapse after an hour anyway, when the next key is connected.
        personal_keys: (
            personal_keys.c.created_at,
            and_(personal_keys.c.confirmed.is_(False), personal_keys.c.created_at < limit),
        ),
    }


def _delete(database: Database, table: Table, which: ColumnElement[bool]) -> int:
    key = list(table.primary_key.columns)
    with database.read() as connection:
        old = [tuple(row) for row in connection.execute(select(*key).where(which))]
    deleted = 0
    for start in range(0, len(old), AT_ONCE):
        some = tuple_(*key).in_(old[start : start + AT_ONCE])
        with database.write() as connection:
            deleted += connection.execute(delete(table).where(some, which)).rowcount
    return deleted
