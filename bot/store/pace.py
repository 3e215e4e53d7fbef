"""Slack's rates as rows, so that all replicas on one database keep within them together."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bot.facts.rates import Rate
from bot.store.database import Database
from bot.store.tables import pace


def closed(connection: Connection, database: Database, rates: Sequence[Rate], now: int) -> frozenset[str]:
    """Return the keys of the rates under which nothing may be called now.

    They stay locked until the transaction ends, taken in one order: replicas that reserve now an edit and now
    a post, each in the order of its messages, would wait for each other.
    """
    keys = sorted(rate.key for rate in rates)
    if not keys:
        return frozenset()
    insert = sqlite_insert if database.is_sqlite else postgresql_insert
    first = insert(pace).values([{"key": key, "next_at": 0} for key in keys])
    connection.execute(first.on_conflict_do_nothing(index_elements=[pace.c.key]))
    locked = select(pace).where(pace.c.key.in_(keys)).order_by(pace.c.key).with_for_update()
    ahead = {row.key: row.next_at for row in connection.execute(locked)}
    return frozenset(rate.key for rate in rates if _ahead(rate, ahead) > now)


def reserve(connection: Connection, database: Database, rates: Sequence[Rate], now: int) -> Rate | None:
    """Use up one call of each rate, if all of them allow it now; return the one that does not.

    ``next_at`` runs ahead of the clock by the calls that were made: a generic cell rate algorithm, which
    needs one number for a rate and no background refill.
    """
    if not rates:
        return None
    keys = [rate.key for rate in rates]
    locked = select(pace).where(pace.c.key.in_(keys)).order_by(pace.c.key).with_for_update()
    ahead = {row.key: row.next_at for row in connection.execute(locked)}
    for rate in rates:
        if _ahead(rate, ahead) > now:
            return rate
    for rate in rates:
        open_at(connection, database, rate.key, max(now, ahead.get(rate.key, 0)) + rate.interval_ms)
    return None


def _ahead(rate: Rate, ahead: Mapping[str, int]) -> int:
    return ahead.get(rate.key, 0) - rate.slack_ms


def open_at(connection: Connection, database: Database, key: str, at_ms: int) -> None:
    """Set when the next call under a key may be made, in milliseconds since the epoch."""
    insert = sqlite_insert if database.is_sqlite else postgresql_insert
    wanted = insert(pace).values(key=key, next_at=at_ms)
    connection.execute(
        wanted.on_conflict_do_update(index_elements=[pace.c.key], set_={"next_at": wanted.excluded.next_at})
    )
