"""A suggestion corrects every mistake of a command, keeps what was said, and is accepted when typed back."""

import html
import re

import pytest

from bot.sandbox.dss.model import DATASET, Ref
from bot.views import action_ids
from tests.scenario.world import Scenario, has_button, shown


@pytest.mark.parametrize(
    ("typed", "right", "said"),
    [
        (
            "/dss-build CHRUN.scroed --mode al",
            "/dss-build CHURN.scored --mode all",
            ("“al” isn't valid", "no project CHRUN", "no dataset scroed"),
        ),
        ("/dss-build CHRUN.scored --dry-rn", "/dss-build CHURN.scored --dry-run", ("no option --dry-rn",)),
        ("/dss-build churn.scord CHURN.featurs", "/dss-build CHURN.scored CHURN.features", ("scord",)),
        ("/dss-build NOPE.scored --mode al", "/dss-jobs projects", ("“al”", "no project NOPE")),
        ("/dss-build CHURN.zzzzzz --type foldr", "/dss-jobs datasets CHURN", ("foldr", "no folder zzzzzz")),
        ("/dss-jobs CHRUN --state faild", "/dss-jobs CHURN --state failed", ("“faild”", "no project CHRUN")),
        (
            "/dss-jobs CHRUN --dataset scroed --state done",
            "/dss-jobs CHURN --state done --dataset scored",
            ("no project CHRUN", "no dataset scroed"),
        ),
        ("/dss-jobs abort --all CHRUN now", "/dss-jobs abort --all CHURN", ("one project", "CHRUN")),
        ("/dss-jobs CHURN --state --state done", "/dss-jobs CHURN --state done", ("needs a value",)),
        ("/dss-jobs CHURN done --state", "/dss-jobs CHURN --state done", ("needs a value",)),
        ("/dss-jobs status CHURN --state failed", "/dss-jobs CHURN --state failed", ("doesn't work with",)),
        ("/dss-jobs log scored failed", "/dss-jobs scored --state failed", ("needs no subcommand",)),
        ('/dss-build CHRUN "scored', "/dss-build CHURN.scored", ("never closed", "CHRUN")),
        ("/dss-build CHRUN.scored --on prod", "/dss-build CHURN.scored", ("no DSS instance prod", "CHRUN")),
    ],
)
def test_every_mistake_is_corrected(
    scenario: Scenario, typed: str, right: str, said: tuple[str, ...]
) -> None:
    """The answer names them, and what it suggests isn't refused again."""
    scenario.type(typed)
    answer = shown(scenario.told(right, *said))
    assert scenario.starts() == []
    for command in re.findall(r"`(/dss-[^`]+)`", answer):
        if command.endswith("help") or command.startswith("/dss-build"):
            continue
        before = len(scenario.answers())
        scenario.type(html.unescape(command))
        scenario.until(lambda seen=before: len(scenario.answers()) > seen)  # type: ignore[misc]
        assert "no project" not in shown(scenario.answers()[-1])


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("SALES.orders_clean 2026-11-23 --partition", "SALES.orders_clean --partition 2026-11-23"),
        ("SALES.live_orders streaming", "SALES.live_orders --type streaming"),
        ("CHURN.scored modified", "CHURN.scored --mode modified"),
        ("SALES.live_orders --type", "SALES.live_orders --type streaming"),
    ],
)
def test_a_value_without_its_option(scenario: Scenario, typed: str, right: str) -> None:
    """A partition, a type or a mode isn't taken for an output, and is kept."""
    scenario.type(f"/dss-build {typed}")
    scenario.told(f"/dss-build {right}")
    assert scenario.starts() == []


def test_a_dataset_alone_lists_its_jobs(scenario: Scenario) -> None:
    """As with its project in front; filters are kept, and several projects are asked about."""
    scenario.type("/dss-jobs scored")
    scenario.told("Jobs of CHURN", "building scored")
    scenario.type("/dss-jobs scored failed today")
    scenario.told("Jobs of CHURN", "building scored", "state failed", "since today")
    projects, shared = scenario.dss.world.projects, Ref(DATASET, "features")
    projects["SALES"].items[shared] = projects["CHURN"].items[shared]
    scenario.later(minutes=2)  # names are cached for a minute
    scenario.type("/dss-jobs features")
    asked = scenario.told("Several projects have a dataset", "Which one?")
    assert has_button(asked, action_ids.LIST_PAGE)
    scenario.press(asked, action_ids.LIST_PAGE)
    scenario.told("Jobs of ", "building features")


def test_links_of_the_flow_and_of_recipes(scenario: Scenario) -> None:
    """The flow's address names a dataset; a recipe's doesn't name what it makes."""
    flow = "https://dss.example/projects/CHURN/flow/?id=dataset_CHURN.customers_clean"
    scenario.type(f"/dss-jobs {flow}")
    scenario.told("Jobs of CHURN", "building customers_clean")
    scenario.type(f"/dss-build {flow}")
    scenario.root("CHURN.customers_clean")
    scenario.type("/dss-build https://dss.example/projects/CHURN/recipes/compute_scored/")
    scenario.until(lambda: len(scenario.acks) > 2)
    assert "leads to a recipe" in shown(scenario.acks[-1])
    assert "/dss-jobs datasets CHURN" in shown(scenario.acks[-1])
    assert len(scenario.starts()) == 1
