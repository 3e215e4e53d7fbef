"""Partitions: the dataset decides what is one, and the examples are partitions that it has."""

import html
import re
from collections.abc import Iterator

import pytest

from bot.sandbox.dss.model import DATASET, Dimension, Item, Ref
from bot.views import action_ids
from tests.scenario.world import Scenario, shown

TEAMS = ["-1", "R&D", "Île-de-France", "new york"]


@pytest.fixture(autouse=True)
def by_team(scenario: Scenario) -> Iterator[None]:
    """A dataset that is partitioned by a column, and one by hour that has odd partitions."""
    project = scenario.dss.world.projects["SALES"]
    by_hour = (Dimension("at", "time", "HOUR"),)
    project.add(
        Item(kind=DATASET, id="teams", name="teams", dimensions=(Dimension("team"),), partitions=TEAMS)
    )
    project.add(
        Item(kind=DATASET, id="hours", name="hours", dimensions=by_hour, partitions=["2026-11-20-07"])
    )
    yield
    for name in ("teams", "hours"):
        del project.items[Ref(DATASET, name)]


@pytest.mark.parametrize("partition", [*TEAMS, "東京", "2026-13-45", "R&D/-1"])
def test_what_dss_takes_is_not_refused(scenario: Scenario, partition: str) -> None:
    """Values of a column have no form; also one that the dataset doesn't have yet."""
    scenario.type(f'/dss-build SALES.teams --partition "{partition}"')
    scenario.root("SALES.teams")
    (started,) = scenario.starts()
    assert started["outputs"] == [
        {"type": "DATASET", "id": "teams", "projectKey": "SALES", "partition": partition}
    ]


@pytest.mark.parametrize(
    ("command", "said", "right"),
    [
        (
            "/dss-build SALES.teams",
            "partitioned by team",
            "/dss-build SALES.teams --partition Île-de-France",
        ),
        (
            "/dss-build SALES.hours",
            "partitioned by at",
            "/dss-build SALES.hours --partition 2026-11-20-07",
        ),
        (
            "/dss-build SALES.hours --partition 2026-11-20 --mode missing",
            "can't be a value of the dimension at",
            "/dss-build SALES.hours --partition 2026-11-20-07 --mode missing",
        ),
        (
            "/dss-build SALES.hours --partition 2026-11-20-7",
            "Write YYYY-MM-DD-HH",
            "/dss-build SALES.hours --partition 2026-11-20-07",
        ),
        (
            "/dss-build CHURN.daily_sessions --partition 2026-13-45",
            "Write YYYY-MM-DD.",
            "/dss-build CHURN.daily_sessions --partition 2026-",
        ),
        (
            "/dss-build CHURN.daily_sessions --partition 03/04/2026",
            "“03/04/2026” could be two days",
            "/dss-build CHURN.daily_sessions --partition 2026-",
        ),
    ],
)
def test_the_example_is_one_that_the_dataset_has(
    scenario: Scenario, command: str, said: str, right: str
) -> None:
    """Of the right kind, in the command that was typed; nothing starts until it is sent."""
    scenario.type(command)
    answer = scenario.told(said)
    (example,) = re.findall(r"For example: `([^`]+)`", answer.text)
    assert html.unescape(example).startswith(right)
    assert scenario.starts() == []
    scenario.type(html.unescape(example))
    scenario.until(lambda: scenario.starts() or None)


def test_a_partition_that_the_dataset_has_is_one(scenario: Scenario) -> None:
    """Whatever it looks like: DSS's own list decides."""
    hours = scenario.dss.world.projects["SALES"].dataset("hours")
    hours.partitions = ["2026-11-20-07", "summer"]
    scenario.type("/dss-build SALES.hours --partition winter")
    scenario.told("“winter” can't be a value")
    scenario.type("/dss-build SALES.hours --partition summer")
    (started,) = scenario.until(lambda: scenario.starts() or None)
    assert "'partition': 'summer'" in str(started["outputs"])


def wait_for_answers(scenario: Scenario, count: int, containing: str) -> None:
    """Wait until so many answers contain a text.

    A build that is still under way when the dataset is removed would ask DSS to start it in the next test,
    because nothing says anymore that it needs a partition.
    """
    scenario.until(lambda: [one for one in scenario.answers() if containing in shown(one)][count - 1 :])


def test_an_example_has_a_partition_that_the_dataset_has(scenario: Scenario) -> None:
    """None is made up, and the same is said after a mistake elsewhere in the command."""
    example = "--partition Île-de-France --mode missing"
    mistakes = ("--partition --mode missing", "--partition |FR --mode missing", "--mode missing")
    for number, typed in enumerate(mistakes, start=1):
        scenario.type(f"/dss-build SALES.teams {typed}")
        wait_for_answers(scenario, number, example)
    assert scenario.starts() == []


def test_a_day_in_words_is_the_day_that_it_means(scenario: Scenario) -> None:
    """In the person's time zone; a dry run's Start builds the day that it showed, also after midnight."""
    scenario.type("/dss-build SALES.daily_orders --partition yesterday --dry-run")
    asked = scenario.told("Dry run", "SALES.daily_orders [")
    day = re.search(r"\[(\d{4}-\d\d-\d\d)\]", shown(asked))
    assert day is not None
    scenario.later(days=1)
    scenario.press(asked, action_ids.BUILD_CONFIRM_ALL)
    scenario.root(f"SALES.daily_orders [{day[1]}]")
    (started,) = scenario.starts()
    assert isinstance(outputs := started["outputs"], list)
    assert outputs[0]["partition"] == day[1]
