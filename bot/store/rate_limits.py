"""Slack's rates as rows, so that all replicas on one database stay within them together."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from bot.domain.slack_rates import Rate, SlackRates
from bot.store.database import Database, from_ms, readable_ms
from bot.store.tables import marks, pace

CAP_MS = 600_000
"""The longest pause under a rate, whatever Slack asks for. After it, one call checks again."""

LONGEST_SHUT_MS = CAP_MS + 60_000
"""If a rate is closed for longer than this, a wrong clock or a version without a cap closed it."""

_SKEW_MS = 5_000
"""A time that is later than possible by more than this was written before the clock was set back."""

_GRACE_MS = 60_000
_ABSURD_MS = 100 * 365 * 86_400_000
_SHUT = "shut."
_SINCE, _UNTIL, _ASKED = f"{_SHUT}since:", f"{_SHUT}until:", f"{_SHUT}asked:"


class ClosedRate(msgspec.Struct, frozen=True, kw_only=True):
    """A rate under which Slack refuses calls."""

    key: str
    """``update`` for edits, ``post`` for all messages, ``post:CHANNEL`` for those of one channel."""
    since: datetime
    seconds: float
    """How long it has been closed, or will have been by the end of the pause that Slack asked for."""


def closed(connection: Connection, database: Database, rates: Sequence[Rate], now: int) -> frozenset[str]:
    """Return the keys of the rates that allow no call now.

    The rows stay locked until the transaction ends, and are locked in one fixed order. Otherwise, replicas
    that reserve edits and posts in the order of their messages could deadlock.
    """
    keys = sorted(rate.key for rate in rates)
    if not keys:
        return frozenset()
    insert = sqlite_insert if database.is_sqlite else postgresql_insert
    first = insert(pace).values([{"key": key, "next_at": 0} for key in keys])
    connection.execute(first.on_conflict_do_nothing(index_elements=[pace.c.key]))
    ahead = ahead_of(connection, rates, now)
    return frozenset(rate.key for rate in rates if ahead[rate.key] > now)


def reserve(connection: Connection, database: Database, rates: Sequence[Rate], now: int) -> Rate | None:
    """Use up one call of each rate if all of them allow it now; otherwise, return one that doesn't.

    This is a generic cell rate algorithm: each call moves ``next_at`` ahead of the clock. It needs only one
    number per rate and no background refill.
    """
    if not rates:
        return None
    ahead = ahead_of(connection, rates, now)
    for rate in rates:
        if ahead[rate.key] > now:
            return rate
    for rate in rates:
        # A late check keeps the rhythm: otherwise, a thousand messages would be minutes late. After a pause,
        # two calls can follow each other sooner: Slack allows short bursts (SLACK-FACTS.md §1.2).
        late = rate.interval_ms * 9 // 10 if rate.burst == 1 else 0
        used = max(now - late, ahead[rate.key] + rate.slack_ms)
        open_at(connection, database, rate.key, used + rate.interval_ms)
    return None


def ahead_of(
    connection: Connection, rates: Sequence[Rate], now: int, *, lock: bool = True
) -> Mapping[str, int]:
    """Return for each rate when its next call is allowed; 0 if the row says what can't be.

    Calls move a rate ahead by one interval and its burst. Only a pause that Slack asked for goes beyond, and
    that one is recorded. Anything else was written before the clock was set back, or is damaged.

    Args:
        connection: a connection, or a transaction's if ``lock``.
        rates: the rates.
        now: milliseconds since the epoch.
        lock: whether to lock the rows.
    """
    asked = select(pace).where(pace.c.key.in_([rate.key for rate in rates])).order_by(pace.c.key)
    found = {row.key: row.next_at for row in connection.execute(asked.with_for_update() if lock else asked)}
    ahead: dict[str, int] = {}
    for rate in rates:
        at = found.get(rate.key, 0)
        at = at - rate.slack_ms if isinstance(at, int) else 0
        usual = at <= now + rate.interval_ms + _SKEW_MS
        ahead[rate.key] = at if usual or _is_held(connection, rate, at, now) else 0
    return ahead


def shut_channels(connection: Connection, rates: SlackRates, now: int) -> Sequence[str]:
    """Return the channels that can't take a message now."""
    prefix = rates.in_channel("").key
    later = pace.c.next_at > now + rates.in_channel("").slack_ms
    keys = connection.execute(select(pace.c.key).where(pace.c.key.startswith(prefix), later)).scalars()
    channels = {channel: rates.in_channel(channel) for channel in (key.removeprefix(prefix) for key in keys)}
    ahead = ahead_of(connection, list(channels.values()), now, lock=False)
    return [channel for channel, rate in channels.items() if ahead[rate.key] > now]


def _is_held(connection: Connection, rate: Rate, until: int, now: int) -> bool:
    """Return whether Slack asked for a pause that begins before now and lasts until then."""
    if until > now + LONGEST_SHUT_MS:
        return False
    known = _marks(connection, (f"{_SINCE}{rate.key}", f"{_UNTIL}{rate.key}"))
    since, held = known.get(f"{_SINCE}{rate.key}"), known.get(f"{_UNTIL}{rate.key}")
    if since is None or held is None or since > now + _SKEW_MS:
        return False
    return until <= held + rate.interval_ms + _SKEW_MS


def _marks(connection: Connection, keys: Sequence[str]) -> dict[str, int]:
    """Return the marks that can be times."""
    found = connection.execute(select(marks).where(marks.c.key.in_(keys)))
    return {row.key: row.at for row in found if readable_ms(row.at) is not None}


def hold(
    connection: Connection, database: Database, rate: Rate, seconds: float, asked: float, now: int
) -> None:
    """Close a rate for a while, including its burst, and record since when it's closed.

    Args:
        connection: the transaction's connection.
        database: the database, for its SQL dialect.
        rate: the rate that Slack refused.
        seconds: how long to close it, `CAP_MS` at most.
        asked: how long Slack asked to wait.
        now: milliseconds since the epoch.
    """
    until = now + round(min(seconds * 1000, CAP_MS))
    held = ahead_of(connection, [rate], now)[rate.key]
    open_at(connection, database, rate.key, max(until, held) + rate.slack_ms)
    keys = (f"{_SINCE}{rate.key}", f"{_UNTIL}{rate.key}")
    known = _marks(connection, keys)
    goes_on = now - _GRACE_MS <= known.get(keys[1], 0) <= now + LONGEST_SHUT_MS
    since = min(now, known.get(keys[0], now)) if goes_on else now
    wanted = now + round(min(max(asked, seconds) * 1000, _ABSURD_MS))
    for key, at in zip((*keys, f"{_ASKED}{rate.key}"), (since, until, wanted), strict=True):
        _mark(connection, database, key, at)


def shut(connection: Connection, now: int) -> Sequence[ClosedRate]:
    """Return the rates under which Slack refuses calls, since when, and for how long.

    A rate is open again if Slack hasn't refused another call within a minute after the pause.
    """
    asked = select(marks.c.key).where(marks.c.key.startswith(_SHUT))
    known = _marks(connection, connection.execute(asked).scalars().all())
    return [
        ClosedRate(
            key=key,
            since=from_ms(known.get(f"{_SINCE}{key}", now)),
            seconds=(max(now, known.get(f"{_ASKED}{key}", now)) - known.get(f"{_SINCE}{key}", now)) / 1000,
        )
        for key in sorted(name.removeprefix(_UNTIL) for name in known if name.startswith(_UNTIL))
        if now <= known[f"{_UNTIL}{key}"] + _GRACE_MS <= now + _GRACE_MS + LONGEST_SHUT_MS
        and known.get(f"{_SINCE}{key}", now) <= now + _SKEW_MS
    ]


def _mark(connection: Connection, database: Database, key: str, at_ms: int) -> None:
    insert = sqlite_insert if database.is_sqlite else postgresql_insert
    wanted = insert(marks).values(key=key, at=at_ms)
    connection.execute(
        wanted.on_conflict_do_update(index_elements=[marks.c.key], set_={"at": wanted.excluded.at})
    )


def open_at(connection: Connection, database: Database, key: str, at_ms: int) -> None:
    """Set when the next call under a key is allowed, in milliseconds since the epoch."""
    insert = sqlite_insert if database.is_sqlite else postgresql_insert
    wanted = insert(pace).values(key=key, next_at=at_ms)
    connection.execute(
        wanted.on_conflict_do_update(index_elements=[pace.c.key], set_={"next_at": wanted.excluded.next_at})
    )
