"""Which messages go next, and the note that somebody is about to send them."""

from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, update

from bot.facts.rates import Rates
from bot.store import statements
from bot.store.database import Database
from bot.store.pace import LONGEST_SHUT_MS, closed, reserve
from bot.store.statements import LONGEST_PAUSE_MS, SENDING
from bot.store.tables import messages


def take(
    connection: Connection, database: Database, owner: str, limit: int, lease_seconds: float, rates: Rates
) -> Sequence[RowMapping]:
    """Take messages that are due and that the rates let through now, the most urgent first; count the try.

    Nothing is decoded here: a row whose content ends the process has then been tried all the same.
    """
    now = database.now_ms(connection)
    shut = closed(connection, database, rates.shared(), now)
    if len(shut) == len(rates.shared()) > 1:
        return []
    asked = statements.due(edits="update" not in shut, posts="post" not in shut)
    given = {"now": now, "far": now + LONGEST_PAUSE_MS, "shut": now + LONGEST_SHUT_MS}
    given |= {"room": limit * 4, "ahead": rates.in_channel("").slack_ms}
    rows = connection.execute(asked, given).mappings().all()
    claimed: list[RowMapping] = []
    spent: set[str] = set()
    for row in rows:
        if len(claimed) == limit:
            break
        needed = rates.keys(row["channel_id"], row["ts"])
        if any(rate.key in spent for rate in needed):
            continue
        if (lacking := reserve(connection, database, needed, now)) is not None:
            spent.add(lacking.key)
        else:
            claimed.append(row)
    if claimed:
        connection.execute(
            update(messages)
            .where(messages.c.id.in_([row["id"] for row in claimed]))
            .values(
                state=SENDING,
                owner=owner,
                lease_until=now + round(lease_seconds * 1000),
                attempts=messages.c.attempts + 1,
            )
        )
    return claimed
