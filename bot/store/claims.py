"""Choose the messages to send next, and mark them as being sent."""

from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, update

from bot.domain.slack_rates import SlackRates
from bot.store import statements
from bot.store.database import Database
from bot.store.rate_limits import closed, reserve, shut_channels
from bot.store.statements import LONGEST_PAUSE_MS, SENDING, SET_BACK_MS, counted
from bot.store.tables import messages


def take(
    connection: Connection,
    database: Database,
    owner: str,
    limit: int,
    lease_seconds: float,
    rates: SlackRates,
) -> Sequence[RowMapping]:
    """Claim messages that are due and within the rates, the most urgent first; count the attempt.

    This decodes nothing, so that the attempt is counted even if a row's content crashes the process.
    """
    now = database.now_ms(connection)
    shut = closed(connection, database, rates.shared(), now)
    if len(shut) == len(rates.shared()) > 1:
        return []
    asked = statements.due(edits="update" not in shut, posts="post" not in shut)
    paused = shut_channels(connection, rates, now)
    given: dict[str, object] = {"now": now, "far": now + LONGEST_PAUSE_MS, "set_back": now + SET_BACK_MS}
    given |= {"room": limit * 4, "paused": paused}
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
                attempts=counted(messages.c.attempts),
            )
        )
    return claimed
