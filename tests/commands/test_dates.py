"""Dates after ``--since``."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commands.dates import in_words, read_since
from bot.domain.errors import Refusal

NOW = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)  # a Wednesday, 11:30 in Paris
PARIS = "Europe/Paris"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2015/09/24", "2015-09-23T22:00"),
        ("2015-09-24", "2015-09-23T22:00"),
        ("2015\u201309\u201324", "2015-09-23T22:00"),
        ("2015-9-4 14:00", "2015-09-04T12:00"),
        ("2026-11-25T09:00:00Z", "2026-11-25T09:00"),
        ("2026-11-25T09:00:00+02:00", "2026-11-25T07:00"),
        ("today", "2026-11-24T23:00"),
        ("Yesterday", "2026-11-23T23:00"),
        ("30m", "2026-11-25T10:00"),
        ("2h", "2026-11-25T08:30"),
        ("7d", "2026-11-18T10:30"),
        ("2w", "2026-11-11T10:30"),
        ("3 days ago", "2026-11-22T10:30"),
        ("monday", "2026-11-22T23:00"),
        ("Wed", "2026-11-24T23:00"),
        ("last wednesday", "2026-11-17T23:00"),
        ("09:00", "2026-11-25T08:00"),
        ("14:00", "2026-11-24T13:00"),
        ("9am", "2026-11-25T08:00"),
        ("12 am", "2026-11-24T23:00"),
        ("1443052800000", "2015-09-24T00:00"),
        ("1443052800", "2015-09-24T00:00"),
        ("24 September 2015", "2015-09-23T22:00"),
        ("sept 2015", "2015-08-31T22:00"),
        ("yesterday 14:00", "2026-11-24T13:00"),
        ("one hour ago", "2026-11-25T09:30"),
        ("this week", "2026-11-22T23:00"),
        ("this month", "2026-10-31T23:00"),
        ("this year", "2025-12-31T23:00"),
        ("this wednesday", "2026-11-24T23:00"),
        ("last week", "2026-11-15T23:00"),
        ("last month", "2026-09-30T22:00"),
        ("last year", "2024-12-31T23:00"),
        ("the last week", "2026-11-18T10:30"),
        ("the 24th", "2026-11-23T23:00"),
        ("26th", "2026-10-25T23:00"),
        ("last hour", "2026-11-25T09:30"),
        ("past week", "2026-11-18T10:30"),
        ("last 3 days", "2026-11-22T10:30"),
        ("two weeks ago", "2026-11-11T10:30"),
        ("2 months ago", "2026-09-24T22:00"),
        ("13/06/2026", "2026-06-12T22:00"),
        ("06/13/2026 14:00", "2026-06-13T12:00"),
        ("5.5.2026", "2026-05-04T22:00"),
        ("12/11/2026", "2026-11-11T23:00"),  # December 11 is still in the future
        ("september", "2026-08-31T22:00"),
        ("24 sept", "2026-09-23T22:00"),
    ],
)
def test_what_people_type_is_read_in_their_time_zone(text: str, expected: str) -> None:
    """Days begin at the person's midnight, and the result is in UTC."""
    found = read_since(text, NOW, PARIS)
    assert found == datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert found.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "blah",
        "5",
        "2026-13-40",
        "2026-02-30",
        "31/11",
        "31/11/2025",
        "25:00",
        "13pm",
        "99999w",
        "0001-01-01",
        "x" * 41,
        "<!here>",
    ],
)
def test_nonsense_is_refused_with_what_would_have_been_right(text: str) -> None:
    """The refusal shows valid dates."""
    with pytest.raises(Refusal, match="2026/09/24") as refused:
        read_since(text, NOW, PARIS)
    assert refused.value.example == "yesterday"


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("05/06/2026", "2026/06/05 or 2026/05/06"),
        ("5-6-2026 14:00", "2026/06/05 14:00 or 2026/05/06 14:00"),
        ("05/06", "2026/06/05 or 2026/05/06"),
        ("13/06", "2026/06/13"),
        ("24/12", "2025/12/24"),
        ("10/12", "2025/12/10 or 2026/10/12"),
        ("13.06.26", "2026/06/13"),
    ],
)
def test_what_can_be_two_days_is_refused(text: str, right: str) -> None:
    """Half of the world would get the other day without noticing."""
    with pytest.raises(Refusal, match=right) as refused:
        read_since(text, NOW, PARIS)
    assert refused.value.example is not None
    assert read_since(refused.value.example, NOW, PARIS) < NOW


def test_the_moment_is_said_in_the_zone_it_was_read_in() -> None:
    """So that people can compare it with what they typed."""
    assert in_words(read_since("yesterday", NOW, PARIS), PARIS) == "Tue 24 Nov 2026 00:00, Europe/Paris"
    assert in_words(read_since("yesterday", NOW, "Nowhere"), "Nowhere") == "Tue 24 Nov 2026 00:00, UTC"


@pytest.mark.parametrize("text", ["tomorrow", "2027-01-01", "1/1/2030", "in 3 days", "2026-11-25T10:30:01Z"])
def test_the_future_is_refused(text: str) -> None:
    """No job has started in the future."""
    with pytest.raises(Refusal, match="future"):
        read_since(text, NOW, PARIS)


@pytest.mark.parametrize("tz", ["", "Nowhere/City", "../etc/passwd", "America"])
def test_an_unknown_time_zone_counts_as_utc(tz: str) -> None:
    """A broken Slack profile doesn't break the filter."""
    assert read_since("2015-09-24", NOW, tz) == datetime(2015, 9, 24, tzinfo=UTC)


def test_days_are_days_of_the_calendar_when_clocks_change() -> None:
    """Yesterday begins at midnight even if it had 25 hours."""
    after_change = datetime(2026, 10, 26, 8, 0, tzinfo=UTC)
    assert read_since("yesterday", after_change, PARIS) == datetime(2026, 10, 24, 22, 0, tzinfo=UTC)


@settings(deadline=None)
@given(st.text("0123456789 :/-.+apmTZdhwyestrodjn", max_size=44) | st.text(max_size=20))
def test_any_text_is_read_or_refused(text: str) -> None:
    """The only error is a refusal, and the result isn't in the future."""
    try:
        found = read_since(text, NOW, PARIS)
    except Refusal:
        return
    assert found <= NOW
