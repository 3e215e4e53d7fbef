"""Give up messages that can't be sent, and redirect the messages that depend on them."""

from collections.abc import Callable, Sequence

import msgspec
import structlog
from sqlalchemy import Connection, RowMapping, and_, func, or_, select, update

from bot.domain import JobRef, Message
from bot.domain.stored_records import URGENCY_ORDER, Draft, Urgency
from bot.store import statements
from bot.store.codec import load
from bot.store.statements import DEAD, DUE, SENDING
from bot.store.tables import messages, watches

log = structlog.get_logger(__name__)

Notice = Callable[[JobRef | None], Message]
"""Tells the person who asked that a message about a job can't be read anymore."""

UNREADABLE = statements.UNREADABLE
"""Prefix of the reason of a message that this version can't read."""

_ENDS = tuple(URGENCY_ORDER.index(urgency) for urgency in (Urgency.END, Urgency.LATER))
_unseen = messages.c.ts.is_(None)
_needed = or_(messages.c.root_id.is_(None), messages.c.urgency.in_(_ENDS))
"""A root or an end: these must not be dropped silently."""


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A message that won't be sent, and why."""

    id: str
    channel_id: str
    reason: str
    text: str
    """What it would have said; empty if it can't be read."""


def give_up(connection: Connection, row_id: str, reason: str, now: int) -> None:
    """Give up a message. If it's a root that was never posted, give up its replies too, except the end.

    An end goes to the person who asked, unless that's where the root couldn't be sent. If the message is a
    digest, the ends in it go one by one to the people who asked.
    """
    values = {"state": DEAD, "lease_until": 0, "reason": reason, "updated_at": now}
    connection.execute(update(messages).where(messages.c.id == row_id).values(**values))
    asked = select(messages.c.channel_id, messages.c.ts).where(messages.c.id == row_id)
    row = connection.execute(asked).first()
    if row is None or row.ts is not None:
        return
    orphans = and_(messages.c.root_id == row_id, messages.c.state.in_((DUE, SENDING)))
    told = and_(
        orphans,
        messages.c.urgency.in_(_ENDS),
        messages.c.asker.is_not(None),
        messages.c.asker != row.channel_id,
    )
    directly = {
        "state": DUE,
        "channel_id": messages.c.asker,
        "root_id": None,
        "lease_until": 0,
        "not_before": 0,
    }
    connection.execute(update(messages).where(told).values(**directly, attempts=0, owner=None))
    connection.execute(update(messages).where(orphans).values(**values))
    connection.execute(statements.SCATTERED, {"digest": row_id})


def set_aside(
    connection: Connection, row: RowMapping, error: Exception, notice: Notice | None, now: int
) -> Draft | None:
    """Give up a message that can't be read; return a draft for the person who asked, if it mattered.

    Args:
        connection: the transaction's connection.
        row: the message as it is in the table.
        error: why it can't be read.
        notice: makes the notice for the person; ``None`` notifies nobody.
        now: milliseconds since the epoch.
    """
    # Keep the row's content out of the reason: it can be anything.
    log.error("outbox.unreadable", row=row["id"], error=type(error).__name__)
    give_up(connection, row["id"], f"{UNREADABLE} ({type(error).__name__})", now)
    matters = row["ts"] is None and (row["root_id"] is None or row["urgency"] in _ENDS)
    watch = _watch(connection, row["watch_id"]) if matters and row["watch_id"] else None
    asker = row["asker"] or (watch["asker"] if watch else None)
    if notice is None or not matters or not asker:
        return None
    ref = (
        JobRef(instance=watch["instance"], project=watch["project"], job_id=watch["job_id"])
        if watch
        else None
    )
    return Draft(
        id=f"{row['id']}:unreadable",
        channel_id=str(asker),
        message=notice(ref),
        urgency=Urgency.END,
        asker=str(asker),
    )


def dead_letters(connection: Connection, limit: int) -> Sequence[DeadLetter]:
    """Return the newest messages that were given up."""
    asked = select(messages).where(messages.c.state == DEAD).order_by(messages.c.seq.desc()).limit(limit)
    return [
        DeadLetter(
            id=str(row["id"]),
            channel_id=str(row["channel_id"]),
            reason=row["reason"] or "",
            text=_text(row["body"]),
        )
        for row in connection.execute(asked).mappings()
    ]


def lost(connection: Connection, since: int) -> int:
    """Count the roots and ends that were given up since ``since``, which nobody has read.

    Args:
        connection: a connection for reading.
        since: milliseconds since the epoch.
    """
    which = and_(messages.c.state == DEAD, messages.c.updated_at >= since, _unseen, _needed)
    return int(connection.execute(select(func.count()).select_from(messages).where(which)).scalar_one())


def _watch(connection: Connection, watch_id: str) -> RowMapping | None:
    columns = (watches.c.asker, watches.c.instance, watches.c.project, watches.c.job_id)
    return connection.execute(select(*columns).where(watches.c.id == watch_id)).mappings().first()


def _text(body: str) -> str:
    try:
        return load(body, Message).text
    except Exception:  # noqa: BLE001 - whatever is wrong with one row, list the others
        return ""
