"""Every text after ``--since`` is read exactly or refused: a table of both, and what holds for all."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.commands.dates import in_words, read_since
from bot.commands.jobs_parser import parse_jobs
from bot.domain import ListJobs
from bot.domain.errors import Refusal

NOW = datetime(2026, 11, 25, 10, 30, 20, tzinfo=UTC)  # a Wednesday, 11:30:20 in Paris
PARIS = "Europe/Paris"

READ = {
    # times of day: the most recent one, in the person's zone or the one that is written
    "09:00": "2026-11-25T08:00",
    "9:00": "2026-11-25T08:00",
    "11:31": "2026-11-24T10:31",
    "09:00:30": "2026-11-25T08:00:30",
    "9am": "2026-11-25T08:00",
    "9 am": "2026-11-25T08:00",
    "9 a.m.": "2026-11-25T08:00",
    "9:15PM": "2026-11-24T20:15",
    "12am": "2026-11-24T23:00",
    "12pm": "2026-11-24T11:00",
    "at 9am": "2026-11-25T08:00",
    "at 1h30": "2026-11-25T00:30",
    "noon": "2026-11-24T11:00",
    "midday": "2026-11-24T11:00",
    "midnight": "2026-11-24T23:00",
    "09:00 UTC": "2026-11-25T09:00",
    "9am UTC": "2026-11-25T09:00",
    "9am utc": "2026-11-25T09:00",
    "11am UTC": "2026-11-24T11:00",
    "09:00Z": "2026-11-25T09:00",
    "09:00 GMT": "2026-11-25T09:00",
    "10:30 CET": "2026-11-25T09:30",
    "10:30 CEST": "2026-11-25T08:30",
    "5:30 EST": "2026-11-25T10:30",
    "19:30 JST": "2026-11-25T10:30",
    "noon CET": "2026-11-24T11:00",
    "midnight UTC": "2026-11-25T00:00",
    "14h UTC": "2026-11-24T14:00",
    "9h30 UTC": "2026-11-25T09:30",
    "09:00 +02:00": "2026-11-25T07:00",
    "09:00+0200": "2026-11-25T07:00",
    "9:00 UTC+2": "2026-11-25T07:00",
    "16:00 UTC+5:30": "2026-11-25T10:30",
    "4:00 GMT-5": "2026-11-25T09:00",
    "9am Europe/London": "2026-11-25T09:00",
    "9am asia/kolkata": "2026-11-25T03:30",
    # spans
    "1h30": "2026-11-25T09:00:20",
    "1h30m": "2026-11-25T09:00:20",
    "1 h 30 min": "2026-11-25T09:00:20",
    "1 hour and 30 minutes ago": "2026-11-25T09:00:20",
    "9h30": "2026-11-25T01:00:20",
    "9h30m": "2026-11-25T01:00:20",
    "09h30": "2026-11-25T08:30",
    "01h30": "2026-11-25T00:30",
    "9h30 ago": "2026-11-25T01:00:20",
    "25h30": "2026-11-24T09:00:20",
    "1d 12h": "2026-11-23T22:30:20",
    "90s": "2026-11-25T10:28:50",
    "an hour ago": "2026-11-25T09:30:20",
    "last 3 days": "2026-11-22T10:30:20",
    "now": "2026-11-25T10:30:20",
    # days, with or without a time
    "yesterday 9h30": "2026-11-24T08:30",
    "yesterday at noon": "2026-11-24T11:00",
    "midnight today": "2026-11-24T23:00",
    "9am yesterday": "2026-11-24T08:00",
    "yesterday 09:00 UTC": "2026-11-24T09:00",
    "today UTC": "2026-11-25T00:00",
    "monday 9am": "2026-11-23T08:00",
    "on monday": "2026-11-22T23:00",
    "last friday 17:30": "2026-11-20T16:30",
    "3 days ago 14:00": "2026-11-22T13:00",
    "24th of September at 9:30": "2026-09-24T07:30",
    "September 24th 2015": "2015-09-23T22:00",
    "sept 15": "2026-09-14T22:00",
    "24-sep-2015": "2015-09-23T22:00",
    "Tue 24 Nov 2026 00:00, Europe/Paris": "2026-11-23T23:00",
    "29 feb": "2024-02-28T23:00",
    "2026-11": "2026-10-31T23:00",
    "2026\u201311\u201324 14:00": "2026-11-24T13:00",
    "2026-11-24 14": "2026-11-24T13:00",
    "2026-11-25T09:00:00.5+02:00": "2026-11-25T07:00:00.500",
    "20261125T090000Z": "2026-11-25T09:00",
    "20261124": "2026-11-23T23:00",
    "13/11/2026 9am UTC": "2026-11-13T09:00",
}

REFUSED = {
    # neither the one nor the other for certain: both are written out
    "10:30 IST": "UTC+5:30 for India",
    "yesterday 10:30 CST": "2026/11/24 10:30 UTC-6 for North America",
    "10:30 BST": "UTC+1 for Britain",
    "10:30 PST": "UTC-8 for North America",
    "05/06 9am": "2026/06/05 9am or 2026/05/06 9am",
    "2026-10-25 02:30": "02:30 CEST or 2026-10-25 02:30 CET",
    "10:30-11:00": "write 10:30 UTC-11:00",
    "yesterday midnight": "write 2026-11-24 00:00 or 2026-11-25 00:00",
    # what there isn't
    "2026-03-29 02:30": "doesn't exist",
    "mon 24 Nov 2026": "is a Tuesday, not a Monday",
    "9am Europe/Pairs": "9am Europe/Paris",
    "10:30 UTC+15": "no time zone UTC+15",
    "13pm": "isn't a date",
    "24:00": "isn't a date",
    "10:75": "isn't a date",
    "1h75": "isn't a date",
    "0am": "isn't a date",
    "30 Feb": "isn't a date",
    "the 32nd": "isn't a date",
    "32/13/2026": "isn't a date",
    # the future
    "tomorrow": "in the future",
    "today 18:00": "in the future",
    "in 3 days": "in the future",
    "next monday": "in the future",
    "27 January 2027": "in the future",
    # what the bot doesn't know, whole or in part
    "2015": "isn't a date",
    "9": "isn't a date",
    "UTC": "isn't a date",
    "+2": "isn't a date",
    "10:30 XYZ": "isn't a date",
    "this morning": "isn't a date",
    "half an hour ago": "isn't a date",
    "monday 9am or so": "isn't a date",
    "yesterday yesterday": "isn't a date",
    "monday 9am tuesday": "isn't a date",
    "9am 10am": "isn't a date",
    "2026-11-24x09:00": "isn't a date",
    "2h yesterday at": "isn't a date",
    "1h 2h": "isn't a date",
    "last month 9am": "isn't a date",
    "1443052800 UTC": "isn't a date",
    "hier": "isn't a date",
    "2015/09-24": "isn't a date",
}


@pytest.mark.parametrize(("text", "expected"), READ.items())
def test_a_time_is_read_exactly(text: str, expected: str) -> None:
    """As typed, in one command without quotes, and as the answer writes it."""
    found = read_since(text, NOW, PARIS)
    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)
    request = parse_jobs(f"CHURN --since {text}")
    assert isinstance(request, ListJobs)
    assert request.since
    assert read_since(request.since, NOW, PARIS) == found


@pytest.mark.parametrize(("text", "said"), REFUSED.items())
def test_what_is_not_exact_is_refused(text: str, said: str) -> None:
    """With what can be written instead, which is read."""
    with pytest.raises(Refusal, match=said.replace("+", r"\+")) as refused:
        read_since(text, NOW, PARIS)
    assert refused.value.example
    assert read_since(refused.value.example, NOW, PARIS) <= NOW


@pytest.mark.parametrize(
    ("text", "tz", "expected"),
    [
        ("10:30 IST", "Asia/Kolkata", "2026-11-25T05:00"),
        ("10:30 IST", "Asia/Jerusalem", "2026-11-25T08:30"),
        ("10:30 IST", "Europe/Dublin", "2026-11-25T09:30"),  # Irish summer time, in winter as well
        ("10:30 CST", "America/Chicago", "2026-11-24T16:30"),
        ("10:30 CST", "Asia/Shanghai", "2026-11-25T02:30"),
        ("10:30 BST", "Europe/London", "2026-11-25T09:30"),
        ("10:30 PST", "Asia/Manila", "2026-11-25T02:30"),
        ("10:30 IST asia/jerusalem", "Asia/Kolkata", "2026-11-25T08:30"),
    ],
)
def test_a_zone_with_several_meanings_is_the_persons_own(text: str, tz: str, expected: str) -> None:
    """When the person's zone has such a name at some time of the year."""
    assert read_since(text, NOW, tz) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("01:45", "2026-10-25T01:45"),  # the second one; the first was an hour earlier
        ("01:45 GMT", "2026-10-25T01:45"),
        ("01:45 BST", "2026-10-25T00:45"),
        ("today 01:45 GMT", "2026-10-25T01:45"),
        ("today 00:45", "2026-10-24T23:45"),
        ("Sun 25 Oct 2026 01:45 BST, Europe/London", "2026-10-25T00:45"),
    ],
)
def test_the_hour_that_comes_twice(text: str, expected: str) -> None:
    """A time alone is the last one; a day's time needs its zone, and the answer has it."""
    after = datetime(2026, 10, 25, 1, 50, tzinfo=UTC)
    found = read_since(text, after, "Europe/London")
    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert read_since(in_words(found, "Europe/London"), after, "Europe/London") == found


def test_an_hour_that_came_only_once_so_far_is_read() -> None:
    """Before the second 01:45, the first is the only one; so is it for a day that is named."""
    before = datetime(2026, 10, 25, 1, 40, tzinfo=UTC)
    first = datetime(2026, 10, 25, 0, 45, tzinfo=UTC)
    assert read_since("01:45", before, "Europe/London") == first
    assert read_since("2026-10-25 01:45", before, "Europe/London") == first
    with pytest.raises(Refusal, match="01:45 BST or 2026-10-25 01:45 GMT"):
        read_since("2026-10-25 01:45", before + timedelta(hours=1), "Europe/London")


def test_a_day_that_is_another_one_in_the_zone_is_refused() -> None:
    """At 23:30 UTC it is already tomorrow in Paris, so "today" could be either."""
    late = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
    with pytest.raises(Refusal, match="2026-11-25 09:00 UTC or 2026-11-26 09:00 UTC") as refused:
        read_since("today 09:00 UTC", late, PARIS)
    assert read_since(str(refused.value.example), late, PARIS) == datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


_PIECES = st.sampled_from(
    [
        *(
            "yesterday",
            "today",
            "monday",
            "last",
            "24",
            "sept",
            "2026",
            "2026-11-24",
            "05/06",
            "the 24th",
            "at",
            "on",
        ),
        *(
            "9am",
            "09:00",
            "10:30",
            "1h30",
            "9h30",
            "noon",
            "midnight",
            "2h",
            "30m",
            "3 days",
            "ago",
            "1 month",
        ),
        *("UTC", "CET", "IST", "+02:00", "-05:00", "UTC+5:30", "Europe/Paris", "america/new_york", "z", ","),
    ]
)
_ZONES = st.sampled_from(
    ["Europe/Paris", "America/Chicago", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Cairo", "UTC"]
)
_TIMES = st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@settings(deadline=None, max_examples=400)
@given(st.lists(_PIECES, min_size=1, max_size=5).map(" ".join), _TIMES, _ZONES)
@example("01:45", datetime(2026, 10, 25, 0, 50, tzinfo=UTC), "Europe/London")
@example("05/06 IST", datetime(2024, 1, 1, tzinfo=UTC), "Europe/Paris")  # two days, and two zones
@example("midnight", datetime(2026, 4, 24, 5, 0, tzinfo=UTC), "Africa/Cairo")  # that day began at 01:00
def test_what_is_read_is_written_so_that_it_is_read_again(text: str, now: datetime, tz: str) -> None:
    """To the minute, which is how the answer writes it; and every example of a refusal is read."""
    found = _read_or_example(text, now, tz)
    if found is None:
        return
    assert found <= now
    assert read_since(in_words(found, tz), now, tz) == found.replace(second=0, microsecond=0)


def _read_or_example(text: str, now: datetime, tz: str) -> datetime | None:
    """Read a text, or else the example of its refusal; ``None`` if that is after ``now``."""
    try:
        return read_since(text, now, tz)
    except Refusal as refused:
        right = str(refused.example)
    try:
        return read_since(right, now, tz)
    except Refusal as future:
        if "is in the future" not in str(future):
            raise
        return None
