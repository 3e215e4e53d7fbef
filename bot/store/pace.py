"""Slack's rates as rows, so that all replicas on one database keep within them together."""

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bot.store.database import Database
from bot.store.tables import pace


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """One call each ``interval_ms`` on average, ``burst`` of them at once after a rest."""

    key: str
    interval_ms: int
    burst: int = 1


class Rates(msgspec.Struct, frozen=True, kw_only=True):
    """The rates of SLACK-FACTS.md §1.2 that concern messages. An interval of 0 means no limit."""

    post_channel_ms: int = 1_000
    post_workspace_ms: int = 200
    update_ms: int = 1_200
    channel_burst: int = 1
    workspace_burst: int = 10
    update_burst: int = 5

    def shared(self) -> Sequence[Rate]:
        """Return the rates of the whole workspace."""
        return [rate for rate in (self._post(), self._update()) if rate.interval_ms > 0]

    def keys(self, channel_id: str, ts: str | None) -> Sequence[Rate]:
        """Return the rates that posting to a channel, or editing the message ``ts``, uses up."""
        if ts is not None:
            rates = [self._update()]
        else:
            rates = [
                Rate(key=post_key(channel_id), interval_ms=self.post_channel_ms, burst=self.channel_burst),
                self._post(),
            ]
        return [rate for rate in rates if rate.interval_ms > 0]

    def _post(self) -> Rate:
        return Rate(key="post", interval_ms=self.post_workspace_ms, burst=self.workspace_burst)

    def _update(self) -> Rate:
        return Rate(key="update", interval_ms=self.update_ms, burst=self.update_burst)


def post_key(channel_id: str) -> str:
    """Return the rate key of posting to one channel."""
    return f"post:{channel_id}"


def closed(connection: Connection, rates: Sequence[Rate], now: int) -> frozenset[str]:
    """Return the keys of the rates under which nothing may be called now."""
    keys = [rate.key for rate in rates]
    ahead = {row.key: row.next_at for row in connection.execute(select(pace).where(pace.c.key.in_(keys)))}
    return frozenset(rate.key for rate in rates if _ahead(rate, ahead) > now)


def reserve(connection: Connection, database: Database, rates: Sequence[Rate], now: int) -> bool:
    """Use up one call of each rate, if all of them allow it now; say whether they did.

    ``next_at`` runs ahead of the clock by the calls that were made: a generic cell rate algorithm, which
    needs one number for a rate and no background refill.
    """
    if not rates:
        return True
    keys = [rate.key for rate in rates]
    locked = select(pace).where(pace.c.key.in_(keys)).order_by(pace.c.key).with_for_update()
    ahead = {row.key: row.next_at for row in connection.execute(locked)}
    for rate in rates:
        if _ahead(rate, ahead) > now:
            return False
    for rate in rates:
        open_at(connection, database, rate.key, max(now, ahead.get(rate.key, 0)) + rate.interval_ms)
    return True


def _ahead(rate: Rate, ahead: Mapping[str, int]) -> int:
    return ahead.get(rate.key, 0) - (rate.burst - 1) * rate.interval_ms


def open_at(connection: Connection, database: Database, key: str, at_ms: int) -> None:
    """Set when the next call under a key may be made, in milliseconds since the epoch."""
    insert = sqlite_insert if database.is_sqlite else postgresql_insert
    wanted = insert(pace).values(key=key, next_at=at_ms)
    connection.execute(
        wanted.on_conflict_do_update(index_elements=[pace.c.key], set_={"next_at": wanted.excluded.next_at})
    )
