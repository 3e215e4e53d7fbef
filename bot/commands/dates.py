"""What a time after ``--since`` means now, in the person's time zone (`date_grammar` has the texts)."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from bot.commands.date_grammar import in_the_future, not_understood, read_when
from bot.commands.when import (
    Clock,
    Date,
    Day,
    DaysAgo,
    Instant,
    Nth,
    Numeric,
    Period,
    Point,
    Span,
    Weekday,
    When,
)
from bot.commands.zone_names import read_zone, short_name, zone_of
from bot.domain.errors import Refusal
from bot.language import date_and_time, either, mark, t

_HOURS = {"hour": 1, "day": 24, "week": 7 * 24, "month": 30 * 24, "year": 365 * 24}
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_NAMES = (
    mark("Monday"),
    mark("Tuesday"),
    mark("Wednesday"),
    mark("Thursday"),
    mark("Friday"),
    mark("Saturday"),
    mark("Sunday"),
)


def read_since(text: str, now: datetime, tz: str) -> datetime:
    """Parse a date or a time span, and return the moment that "since" means.

    * A day without a time means midnight, in the person's time zone or the one that was written.
    * A time without a day means its most recent occurrence.
    * A span such as ``2h`` or ``1h30`` counts back from now.
    * A weekday means its most recent occurrence, including today.
    * ``this`` and ``last`` week, month and year follow the calendar; weeks begin on Monday.
    * Ten or thirteen digits are seconds or milliseconds since 1970, as DSS uses them.

    Args:
        text: what was typed.
        now: the current time, timezone-aware.
        tz: IANA name of the person's time zone; an unknown one counts as UTC.

    Returns:
        A timezone-aware time in UTC, not after ``now``.

    Raises:
        Refusal: it isn't a date, could be several, or is in the future; ``example`` is a value that can be
            read.
    """
    typed = " ".join(text.split())
    when = read_when(text)
    try:
        found = _moment(when, now.astimezone(zone_of(tz))).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise not_understood(typed) from error
    if found < _EARLIEST:
        raise not_understood(typed)
    if found > now:
        raise in_the_future(typed)
    return found


def in_words(moment: datetime, tz: str) -> str:
    """Format a moment in the person's time zone, so that they see how their input was read.

    `read_since` reads the English one back: a time that the clock shows twice has its offset.
    """
    zone = zone_of(tz)
    local = moment.astimezone(zone)
    twice = len(_moments(local.date(), local.time().replace(fold=0), zone)) > 1
    which = f" {short_name(local)}" if twice else ""
    return f"{date_and_time(local)}{which}, {zone.key if isinstance(zone, ZoneInfo) else 'UTC'}"


def _moment(when: When, now: datetime) -> datetime:
    """Return the moment; ``now`` is in the person's time zone."""
    match when:
        case Instant():
            return datetime.fromtimestamp(when.seconds, UTC)
        case Span():
            return _months_ago(when.months, now) if when.months else _before(now, seconds=when.seconds)
        case Period():
            return _period(when.which, when.unit, now)
        case Point():
            return _point(when, now)


def _before(now: datetime, **span: float) -> datetime:
    return now.astimezone(UTC) - timedelta(**span)


def _midnight(day: date, zone: tzinfo | None) -> datetime:
    """Return the first moment of a day."""
    return datetime.combine(day, time(), zone)


def _months_ago(number: int, now: datetime) -> datetime:
    """Count back calendar months; the day is the last of its month where that has fewer days."""
    year, month = divmod(now.year * 12 + now.month - 1 - number, 12)
    day = min(now.day, monthrange(year, month + 1)[1])
    return _midnight(date(year, month + 1, day), now.tzinfo)


def _period(which: str, unit: str, now: datetime) -> datetime:
    """Return when this or the last calendar day, week, month or year began."""
    if which == "past" or unit == "hour":
        return _before(now, hours=_HOURS[unit])
    today = now.date()
    starts = {
        "day": today,
        "week": today - timedelta(days=today.weekday()),
        "month": today.replace(day=1),
        "year": today.replace(month=1, day=1),
    }
    start = starts[unit]
    if which == "last" and unit in {"day", "week"}:
        start -= timedelta(days=1 if unit == "day" else 7)
    elif which == "last":
        before = start - timedelta(days=1)
        start = before.replace(day=1) if unit == "month" else before.replace(month=1, day=1)
    return _midnight(start, now.tzinfo)


def _point(point: Point, now: datetime) -> datetime:
    """Return the moment of a day and a time of day."""
    own = now.tzinfo or UTC
    clock_text = "00:00" if point.begins_or_ends else point.clock_text or "00:00"
    before = f"{_written_day(point, now)} {clock_text}".strip()
    zone = read_zone(point.zone, point.place, own, now, before=before)
    there = now.astimezone(zone)
    if point.day is None:
        return _most_recent(point, there)
    day = _day(point.day, point, there)
    if zone is not own and (here := _day(point.day, point, now)) != day:
        raise _two(point, [f"{one:%Y-%m-%d} {point.time_text}" for one in (day, here)])
    if point.clock is None:
        return _midnight(day, zone)
    if point.begins_or_ends:
        ends = [one for one in (day, day + timedelta(days=1)) if _midnight(one, zone) <= now]
        if len(ends) > 1:
            raise _two(point, [f"{one:%Y-%m-%d} {point.time_text}" for one in ends])
    return _on_the_clock(point, day, _clock_time(point.clock), there)


def _written_day(point: Point, now: datetime) -> str:
    """Return the day as a suggestion writes it: an ambiguous or relative one could be refused in its turn."""
    if point.day is None:
        return point.day_text
    try:
        return f"{_day(point.day, point, now):%Y/%m/%d}"
    except Refusal as refused:
        return str(refused.example).partition(" ")[0]


def _two(point: Point, texts: list[str]) -> Refusal:
    said = t("“{typed}” could be two times: write {times}.", typed=point.typed, times=either(texts))
    return Refusal(said, example=texts[0])


def _clock_time(clock: Clock) -> time:
    return time(clock.hour, clock.minute, clock.second, clock.microsecond)


def _moments(day: date, clock: time, zone: tzinfo) -> list[datetime]:
    """Return the moments, in UTC, when a zone's clock shows this: none, two, or nearly always one."""
    shown = datetime.combine(day, clock, zone)
    both = [shown.replace(fold=fold).astimezone(UTC) for fold in (0, 1)]
    there = [one for one in both if one.astimezone(zone).replace(tzinfo=None) == shown.replace(tzinfo=None)]
    return list(dict.fromkeys(there))


def _most_recent(point: Point, now: datetime) -> datetime:
    """Return when the clock last showed a time; ``now`` is in the zone of that clock."""
    clock, zone = _clock_time(point.clock or Clock(0)), now.tzinfo or UTC
    days = [now.date() - timedelta(days=back) for back in range(3)]  # one of them can lack the time
    return max(one for day in days for one in _moments(day, clock, zone) if one <= now)


def _on_the_clock(point: Point, day: date, clock: time, now: datetime) -> datetime:
    """Return the moment of a time on a day, which has it once except when clocks change.

    Raises:
        Refusal: the day doesn't have that time, or has it twice.
    """
    zone = now.tzinfo or UTC
    found = _moments(day, clock, zone)
    if not found:
        after = datetime.combine(day, clock, zone).astimezone(UTC).astimezone(zone)
        right = f"{after:%Y-%m-%d %H:%M} {point.place}".strip()
        said = t(
            "“{typed}” doesn't exist: clocks were set forward then. Write {right}.",
            typed=point.typed,
            right=right,
        )
        raise Refusal(said, example=right)
    possible = [one for one in found if one <= now] or found
    if len(possible) > 1:
        local = [one.astimezone(zone) for one in possible]
        place = f" {point.place}" if point.place else ""
        raise _two(point, [f"{one:%Y-%m-%d %H:%M} {short_name(one)}{place}" for one in local])
    return possible[0]


def _day(day: Day, point: Point, now: datetime) -> date:
    """Return the day; ``now`` is in the zone whose calendar counts.

    Raises:
        Refusal: it could be two days, or its year or weekday is wrong.
        ValueError: there is no such day.
    """
    today = now.date()
    match day:
        case DaysAgo():
            return today - timedelta(days=day.number)
        case Weekday():
            back = (today.weekday() - day.number) % 7
            return today - timedelta(days=7 if day.before_today and back == 0 else back)
        case Nth():
            month = today if day.day <= today.day else today.replace(day=1) - timedelta(days=1)
            return month.replace(day=day.day)
        case Numeric():
            return _numeric(day, point, today)
        case Date():
            return _date(day, point, today)


def _date(day: Date, point: Point, today: date) -> date:
    found = date(day.year, day.month, day.day) if day.year else _latest(day.month, day.day, today)
    if found is None:
        raise ValueError("no such day")
    if day.weekday is not None and found.weekday() != day.weekday:
        right = f"{found:%Y-%m-%d} {point.time_text}".strip()
        said = t(
            "{date} is a {right}, not a {typed}.",
            date=found.strftime("%Y/%m/%d"),
            right=t(_DAY_NAMES[found.weekday()]),
            typed=t(_DAY_NAMES[day.weekday]),
        )
        raise Refusal(said, example=right)
    return found


def _latest(month: int, day: int, today: date) -> date | None:
    """Return the most recent such day; February 29 can be four or eight years ago."""
    for year in range(today.year, today.year - 9, -1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found <= today:
            return found
    return None


def _numeric(day: Numeric, point: Point, today: date) -> date:
    """Read a date that begins with a day or a month, if it can mean only one day up to now.

    Raises:
        Refusal: it could be two days, or its year doesn't have four digits.
    """
    # Month and day: day first, as in most of the world.
    orders = ((day.second, day.first), (day.first, day.second))
    read = [_in_year(month, one, day.year, today) for month, one in orders]
    days = list(dict.fromkeys(one for one in read if one is not None))
    possible = [one for one in days if one <= today] or days[:1]
    texts = [f"{one:%Y/%m/%d} {point.time_text}".strip() for one in possible]
    if not possible:
        raise ValueError("no such day")
    if len(possible) > 1:
        said = t("“{typed}” could be two days: write {days}.", typed=point.typed, days=either(texts))
        raise Refusal(said, example=texts[0])
    if len(day.year) < 4:
        said = t("“{typed}” has no four-digit year: write {day}.", typed=point.typed, day=texts[0])
        raise Refusal(said, example=texts[0])
    return possible[0]


def _in_year(month: int, day: int, year: str, today: date) -> date | None:
    """Return that day in a four-digit year; otherwise its most recent occurrence."""
    if len(year) < 4:
        return _latest(month, day, today)
    try:
        return date(int(year), month, day)
    except ValueError:
        return None
