"""What the text of a time says, before anybody asks what it means today and where the person is."""

import msgspec


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """So long before now."""

    seconds: int = 0
    months: int = 0
    """Calendar months; these begin at midnight."""


class Period(msgspec.Struct, frozen=True):
    """The beginning of this or the last hour, day, week, month or year."""

    which: str
    """``this``, ``last`` or ``past``."""
    unit: str


class Instant(msgspec.Struct, frozen=True):
    """Seconds since 1970."""

    seconds: float


class DaysAgo(msgspec.Struct, frozen=True):
    """A day counted back from today, which is 0."""

    number: int


class Weekday(msgspec.Struct, frozen=True):
    """The most recent such day of the week; Monday is 0."""

    number: int
    before_today: bool


class Nth(msgspec.Struct, frozen=True):
    """The most recent such day of a month."""

    day: int


class Numeric(msgspec.Struct, frozen=True):
    """A date that begins with a day or a month; ``year`` has 0, 2 or 4 digits."""

    first: int
    second: int
    year: str


class Date(msgspec.Struct, frozen=True, kw_only=True):
    """A day of the calendar; without a year, its most recent occurrence."""

    year: int | None
    month: int
    day: int
    weekday: int | None = None


Day = DaysAgo | Weekday | Nth | Numeric | Date


class Clock(msgspec.Struct, frozen=True):
    """A time of day."""

    hour: int
    minute: int = 0
    second: int = 0
    microsecond: int = 0


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """A day, a time, or both, in the zone that was written or in the person's own."""

    typed: str
    day: Day | None
    clock: Clock | None
    zone: str = ""
    """An abbreviation or an offset."""
    place: str = ""
    """An IANA name."""
    day_text: str = ""
    clock_text: str = ""

    @property
    def begins_or_ends(self) -> bool:
        """Whether it is the midnight of a day, which could be either end of it."""
        return self.day is not None and self.clock_text == "midnight"

    @property
    def time_text(self) -> str:
        """What was written besides the day."""
        clock = "00:00" if self.begins_or_ends else self.clock_text
        return " ".join(part for part in (clock, self.zone.upper(), self.place) if part)


When = Span | Period | Instant | Point
