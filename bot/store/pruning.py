"""Deletes what is long over: ended jobs with their watches and messages, closed intents, old audit."""

from datetime import datetime

from sqlalchemy import and_, delete, exists, select

from bot.facts.records import IntentState
from bot.store.database import Database, to_ms
from bot.store.tables import audit, intents, jobs, messages, watches

_CLOSED = (IntentState.DONE, IntentState.REFUSED, IntentState.UNKNOWN)
_OVER = ("sent", "dead")


def prune(database: Database, before: datetime) -> int:
    """Delete rows that were over before a moment; return how many."""
    limit = to_ms(before)
    old_watches = and_(watches.c.closed_at.is_not(None), watches.c.closed_at < limit)
    watched = exists().where(
        watches.c.instance == jobs.c.instance,
        watches.c.project == jobs.c.project,
        watches.c.job_id == jobs.c.job_id,
    )
    with database.write() as connection:
        deletions = (
            delete(messages).where(
                messages.c.watch_id.in_(select(watches.c.id).where(old_watches)),
                messages.c.state.in_(_OVER),
                messages.c.updated_at < limit,
            ),
            delete(watches).where(old_watches),
            delete(jobs).where(jobs.c.updated_at < limit, ~watched),
            delete(intents).where(intents.c.state.in_(_CLOSED), intents.c.updated_at < limit),
            delete(audit).where(audit.c.at < limit),
        )
        return sum(connection.execute(deletion).rowcount for deletion in deletions)
