"""Counts people's requests, so that all replicas on one database keep the limits together."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bot.domain.slack_rates import Rate
from bot.store.database import Database
from bot.store.rate_limits import ahead_of, reserve
from bot.store.tables import counted_requests, pace


class Exceeded(msgspec.Struct, frozen=True):
    """A limit that a request exceeds."""

    rate: Rate
    seconds: float
    """Until a request is allowed again."""


class RequestLimitStore:
    """Counts each request once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count(self, request_id: str, rates: Sequence[Rate]) -> Exceeded | None:
        """Count a request under all of the rates, or under none and return the one that it exceeds.

        A request that was counted before is allowed: it was only delivered, or taken up, again.

        Args:
            request_id: the same for every delivery of the request.
            rates: what limits it.
        """
        if not rates:
            return None
        insert = sqlite_insert if self._database.is_sqlite else postgresql_insert
        with self._database.write() as connection:
            now = self._database.now_ms(connection)
            new = insert(counted_requests).values(request_id=request_id, at=now).on_conflict_do_nothing()
            if connection.execute(new.returning(counted_requests.c.request_id)).first() is None:
                return None
            # Insert first, in one order: replicas lock the rows until the transaction ends.
            rows = [{"key": key, "next_at": now} for key in sorted(rate.key for rate in rates)]
            connection.execute(insert(pace).values(rows).on_conflict_do_nothing())
            refused = reserve(connection, self._database, rates, now)
            if refused is None:
                return None
            connection.execute(delete(counted_requests).where(counted_requests.c.request_id == request_id))
            ahead = ahead_of(connection, [refused], now)[refused.key]
            return Exceeded(refused, (ahead - now) / 1000)
