"""Deletes what is long over: ended jobs with their watches and messages, closed intents, old audit."""

from datetime import datetime

from sqlalchemy import ColumnElement, Table, and_, delete, exists, select, tuple_

from bot.facts.records import IntentState
from bot.store.database import Database, to_ms
from bot.store.statements import DEAD, GATHERED, SENT
from bot.store.tables import audit, intents, jobs, messages, watches

_CLOSED = (IntentState.DONE, IntentState.REFUSED, IntentState.UNKNOWN)
_OVER = (SENT, DEAD, GATHERED)
AT_ONCE = 500
"""Rows that one transaction deletes: a listener must not wait for a year's worth of them."""


def prune(database: Database, before: datetime) -> int:
    """Delete rows that were over before a moment; return how many."""
    limit = to_ms(before)
    old_watch = and_(watches.c.closed_at.is_not(None), watches.c.closed_at < limit)
    # By their own age: a watch may be gone before its last message was shown, and digests have none.
    needed = exists().where(watches.c.id == messages.c.watch_id, ~old_watch)
    watched = exists().where(
        watches.c.instance == jobs.c.instance,
        watches.c.project == jobs.c.project,
        watches.c.job_id == jobs.c.job_id,
    )
    over = {
        messages: and_(messages.c.state.in_(_OVER), messages.c.updated_at < limit, ~needed),
        watches: old_watch,
        jobs: and_(jobs.c.updated_at < limit, ~watched),
        intents: and_(intents.c.state.in_(_CLOSED), intents.c.updated_at < limit),
        audit: audit.c.at < limit,
    }
    return sum(_delete(database, table, which) for table, which in over.items())


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
