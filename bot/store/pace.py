"""Slack's rates as rows, so that all replicas on one database keep within them together."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bot.facts.rates import Rate
from bot.store.database import Database, from_ms
from bot.store.tables import marks, pace

CAP_MS = 600_000
"""The longest pause under a rate, whatever Slack asks for: then one call finds out how it stands."""

LONGEST_SHUT_MS = CAP_MS + 60_000
"""A rate that is shut for longer from now on was shut by a wrong clock, or by a version without a cap."""

_GRACE_MS = 60_000
_ABSURD_MS = 100 * 365 * 86_400_000
_SHUT = "shut."
_SINCE, _UNTIL, _ASKED = f"{_SHUT}since:", f"{_SHUT}until:", f"{_SHUT}asked:"


class Shut(msgspec.Struct, frozen=True, kw_only=True):
    """A rate under which Slack refuses to be called."""

    key: str
    """``update`` for edits, ``post`` for all messages, ``post:CHANNEL`` for those of one channel."""
    since: datetime
    seconds: float
    """How long it has been so, or will have been when Slack is taken at its word."""


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
    return frozenset(rate.key for rate in rates if _ahead(rate, ahead, now) > now)


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
        if _ahead(rate, ahead, now) > now:
            return rate
    for rate in rates:
        # Who looks late keeps the rhythm: over a thousand messages it would add up to minutes. After a rest
        # two can follow each other sooner: Slack takes short bursts (SLACK-FACTS.md §1.2).
        late = rate.interval_ms * 9 // 10 if rate.burst == 1 else 0
        used = max(now - late, _ahead(rate, ahead, now) + rate.slack_ms)
        open_at(connection, database, rate.key, used + rate.interval_ms)
    return None


def _ahead(rate: Rate, ahead: Mapping[str, int], now: int) -> int:
    at = ahead.get(rate.key, 0) - rate.slack_ms
    return at if at <= now + LONGEST_SHUT_MS else 0


def hold(
    connection: Connection, database: Database, rate: Rate, seconds: float, asked: float, now: int
) -> None:
    """Let nothing through under a rate for a while, its burst included, and note since when that is so.

    Args:
        connection: of the transaction.
        database: whose dialect is spoken.
        rate: what Slack refused.
        seconds: how long nothing goes through; more than `CAP` is not waited for.
        asked: how long Slack wanted it to be.
        now: milliseconds since the epoch.
    """
    until = now + round(min(seconds * 1000, CAP_MS))
    held = connection.execute(select(pace.c.next_at).where(pace.c.key == rate.key)).scalar() or 0
    if held - rate.slack_ms > now + LONGEST_SHUT_MS:
        held = 0
    open_at(connection, database, rate.key, max(until + rate.slack_ms, held))
    keys = (f"{_SINCE}{rate.key}", f"{_UNTIL}{rate.key}")
    known = {row.key: row.at for row in connection.execute(select(marks).where(marks.c.key.in_(keys)))}
    goes_on = now - _GRACE_MS <= known.get(keys[1], 0) <= now + LONGEST_SHUT_MS
    since = min(now, known.get(keys[0], now)) if goes_on else now
    wanted = now + round(min(max(asked, seconds) * 1000, _ABSURD_MS))
    for key, at in zip((*keys, f"{_ASKED}{rate.key}"), (since, until, wanted), strict=True):
        _mark(connection, database, key, at)


def shut(connection: Connection, now: int) -> Sequence[Shut]:
    """Return the rates under which Slack refuses to be called, since when, and for how long.

    One is open again when a minute has passed after the pause without Slack's refusing once more.
    """
    known = {
        row.key: row.at for row in connection.execute(select(marks).where(marks.c.key.startswith(_SHUT)))
    }
    return [
        Shut(
            key=key,
            since=from_ms(known.get(f"{_SINCE}{key}", now)),
            seconds=(max(now, known.get(f"{_ASKED}{key}", now)) - known.get(f"{_SINCE}{key}", now)) / 1000,
        )
        for key in sorted(name.removeprefix(_UNTIL) for name in known if name.startswith(_UNTIL))
        if now <= known[f"{_UNTIL}{key}"] + _GRACE_MS <= now + _GRACE_MS + LONGEST_SHUT_MS
    ]


def _mark(connection: Connection, database: Database, key: str, at_ms: int) -> None:
    insert = sqlite_insert if database.is_sqlite else postgresql_insert
    wanted = insert(marks).values(key=key, at=at_ms)
    connection.execute(
        wanted.on_conflict_do_update(index_elements=[marks.c.key], set_={"at": wanted.excluded.at})
    )


def open_at(connection: Connection, database: Database, key: str, at_ms: int) -> None:
    """Set when the next call under a key may be made, in milliseconds since the epoch."""
    insert = sqlite_insert if database.is_sqlite else postgresql_insert
    wanted = insert(pace).values(key=key, next_at=at_ms)
    connection.execute(
        wanted.on_conflict_do_update(index_elements=[pace.c.key], set_={"next_at": wanted.excluded.next_at})
    )
