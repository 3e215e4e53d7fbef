"""Partitions that are dates in words: exactly one partition, or nothing."""

from datetime import UTC, datetime
from functools import partial

import pytest

from bot.commands.build_parser import parse_build
from bot.commands.partition_dates import read_in_words
from bot.commands.partitions import fit_partition
from bot.domain import Build, Dimension
from bot.domain.errors import Refusal

NOW = datetime(2026, 11, 27, 23, 30, tzinfo=UTC)
"""A Friday in London, and already Saturday in Paris."""
DAY, COUNTRY = Dimension(name="day", period="DAY"), Dimension(name="country", period="")
words = partial(read_in_words, now=NOW, tz="Europe/Paris")


@pytest.mark.parametrize(
    ("text", "period", "meant"),
    [
        ("today", "DAY", "2026-11-28"),
        ("yesterday", "DAY", "2026-11-27"),
        ("monday", "DAY", "2026-11-23"),
        ("23 november", "DAY", "2026-11-23"),
        ("the 23rd", "DAY", "2026-11-23"),
        ("23/11/2026", "DAY", "2026-11-23"),
        ("2026/11/23", "DAY", "2026-11-23"),
        ("3 days ago", "DAY", "2026-11-25"),
        ("yesterday 9am", "HOUR", "2026-11-27-09"),
        ("november", "MONTH", "2026-11"),
        ("last month", "MONTH", "2026-10"),
        ("this year", "YEAR", "2026"),
    ],
)
def test_a_text_that_is_one_partition(text: str, period: str, meant: str) -> None:
    """In the person's own time zone."""
    assert words(text, period) == meant
    assert fit_partition(text, (Dimension(name="at", period=period),), in_words=words) == meant


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("last week", "DAY"),
        ("november", "DAY"),
        ("2h", "DAY"),
        ("9am", "DAY"),
        ("yesterday 9am", "DAY"),
        ("03/04/2026", "DAY"),
        ("11/12/2026", "DAY"),
        ("tomorrow", "DAY"),
        ("today", "MONTH"),
        ("yesterday", "HOUR"),
        ("yesterday 09:30", "HOUR"),
        ("last hour", "HOUR"),
        ("yesterday", ""),
    ],
)
def test_what_is_not_exactly_one_partition_is_not_guessed(text: str, period: str) -> None:
    """Several, part of one, two that it could be, or none yet."""
    assert words(text, period) is None


def test_words_in_ranges_and_in_several_dimensions() -> None:
    """Each value by itself; what isn't a time stays as it is."""
    assert fit_partition("monday/yesterday", (DAY,), in_words=words) == "2026-11-23/2026-11-27"
    assert fit_partition("yesterday|FR", (DAY, COUNTRY), in_words=words) == "2026-11-27|FR"
    assert fit_partition("today,yesterday", (DAY,), in_words=words) == "2026-11-28,2026-11-27"
    assert fit_partition("yesterday", (COUNTRY,), in_words=words) == "yesterday"


def test_a_partition_that_the_dataset_has_comes_first() -> None:
    """Its own list decides, whatever a text looks like."""
    assert fit_partition("2026-1-5", (DAY,), lambda: ["2026-1-5"], words) == "2026-1-5"


def test_a_date_that_could_be_two_days_is_refused_as_a_whole() -> None:
    """Not as the value of its first number."""
    with pytest.raises(Refusal, match="“03/04/2026” could be two days"):
        fit_partition("03/04/2026", (DAY,), in_words=words)


@pytest.mark.parametrize(
    ("text", "partition", "names"),
    [
        ("P.a --partition 23 november", "23 november", ["a"]),
        ("--partition 23 november 2026 P.a", "23 november 2026", ["a"]),
        ("P.a --partition last week b", "last week", ["a", "b"]),
        ("P.a --partition 2026-11-23 may", "2026-11-23", ["a", "may"]),
        ("P.a --partition FR monday", "FR", ["a", "monday"]),
        ("P.a --partition yesterday b", "yesterday", ["a", "b"]),
        ('P.a --partition 23 "november"', "23", ["a", "november"]),
    ],
)
def test_the_words_of_a_day_belong_together(text: str, partition: str, names: list[str]) -> None:
    """Only as many as make a day; the others are outputs."""
    request = parse_build(text)
    assert isinstance(request, Build)
    assert request.partition == partition
    assert [output.name for output in request.outputs] == names
