"""Times after ``--since``: read exactly, or refused with what to write."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.scenario.world import Scenario, shown

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("typed", "clock"),
    [
        ("09:00 UTC", "09:00"),
        ("9am UTC", "09:00"),
        ("10:30 CET", "09:30"),
        ("10:30 UTC+5:30", "05:00"),
        ("9h30 UTC", "09:30"),
    ],
)
def test_a_time_with_its_zone_is_the_last_one(scenario: Scenario, typed: str, clock: str) -> None:
    """Today's if it has passed, otherwise yesterday's; the answer says it in the person's zone."""
    scenario.type(f"/dss-jobs CHURN --since {typed} --limit 100")
    answer = scenario.told(f"since {typed}")
    said = shown(answer).partition("from ")[2].partition(" on")[0]
    now = datetime.now(UTC)
    today = now.replace(hour=int(clock[:2]), minute=int(clock[3:]), second=0, microsecond=0)
    right = today if today <= now else today - timedelta(days=1)
    assert said == f"{right.astimezone(PARIS):%a %d %b %Y %H:%M}, Europe/Paris"


@pytest.mark.parametrize("typed", ["noon", "midnight"])
def test_noon_and_midnight(scenario: Scenario, typed: str) -> None:
    """The last ones in the person's zone."""
    scenario.type(f"/dss-jobs CHURN --since {typed}")
    assert f"{'12' if typed == 'noon' else '00'}:00, Europe/Paris" in shown(scenario.told(f"since {typed}"))


@pytest.mark.parametrize(("typed", "minutes"), [("1h30", 90), ("1h30m", 90), ("9h30", 570)])
def test_hours_and_minutes_are_a_span(scenario: Scenario, typed: str, minutes: int) -> None:
    """They count back from now, and the answer says to when."""
    before = datetime.now(UTC) - timedelta(minutes=minutes)
    scenario.type(f"/dss-jobs CHURN --since {typed}")
    answer = shown(scenario.told(f"since {typed}"))
    after = datetime.now(UTC) - timedelta(minutes=minutes)
    assert any(f"{one.astimezone(PARIS):%a %d %b %Y %H:%M}" in answer for one in (before, after))


def test_hours_with_a_leading_zero_are_a_time_of_day(scenario: Scenario) -> None:
    """Nobody writes a span like that; the answer says how it was read."""
    scenario.type("/dss-jobs CHURN --state failed --since 09h30")
    assert "09:30, Europe/Paris" in shown(scenario.told("since 09h30"))


def test_a_zone_of_several_countries_is_asked_unless_it_is_ones_own(scenario: Scenario) -> None:
    """Alice in Paris has no IST; Priya in Kolkata has."""
    scenario.type("/dss-jobs CHURN --since 10:30 IST --by me")
    answer = scenario.told("10:30 UTC+5:30 for India", "10:30 UTC+1 for Ireland", "10:30 UTC+2 for Israel")
    assert '/dss-jobs CHURN --since "10:30 UTC+5:30" --by me' in shown(answer)
    scenario.slack.add_user("priya", tz="Asia/Kolkata")
    scenario.type("/dss-jobs CHURN --since 10:30 IST", user="priya")
    scenario.told("10:30, Asia/Kolkata", user="priya")


@pytest.mark.parametrize(
    "typed", ["this morning", "monday 9am or so", "10:30 XYZ", "2015", "half an hour ago"]
)
def test_what_is_not_understood_as_a_whole_is_refused(scenario: Scenario, typed: str) -> None:
    """Nothing is guessed from a part of it."""
    scenario.type(f'/dss-jobs CHURN --since "{typed}"')
    scenario.told("isn't a date that the bot can read", "/dss-jobs CHURN --since ")


def test_a_time_with_its_zone_needs_no_option(scenario: Scenario) -> None:
    """A zone in capitals after a time of day is no project."""
    scenario.type("/dss-jobs CHURN failed 09:00 UTC")
    scenario.told("Jobs of CHURN", "state failed", "since 09:00 UTC")
