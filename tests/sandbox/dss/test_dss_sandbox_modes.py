"""How build modes and partitions affect a request."""

from typing import Any

import pytest

from bot.sandbox.dss import Dimension, DssSandbox, Item, ManualClock
from bot.sandbox.dss.partitions import expand
from bot.sandbox.dss.problems import Problem

CHAIN = [
    "compute_customers_clean_NP",
    "compute_features_NP",
    "compute_scored_NP",
    "compute_transactions_clean_NP",
]


@pytest.fixture
def build(connect: Any, clock: ManualClock) -> Any:
    """Build and wait; return the state and the activities that ran."""

    def run(name: str, mode: str, project: str = "CHURN", **output: str) -> tuple[list[str], str]:
        definition = {"type": mode, "outputs": [{"type": "DATASET", "id": name, **output}]}
        job = connect().get_project(project).start_job(definition)
        clock.advance(2000)
        status = job.get_status()
        return sorted(status["baseStatus"]["activities"]), status["baseStatus"]["state"]

    return run


def test_only_runs_the_producing_recipe(build: Any) -> None:
    """Outdated inputs are used as they are."""
    assert build("scored", "NON_RECURSIVE_FORCED_BUILD") == (["compute_scored_NP"], "DONE")


def test_all_runs_everything_upstream_each_time(build: Any) -> None:
    """Also the second time, when everything is up to date."""
    for _ in range(2):
        assert build("scored", "RECURSIVE_FORCED_BUILD") == (CHAIN, "DONE")


def test_modified_runs_what_is_out_of_date_and_then_nothing(build: Any, sandbox: DssSandbox) -> None:
    """After a build, nothing is left to do; after a source changes, only what is downstream of it."""
    assert build("scored", "RECURSIVE_BUILD") == (CHAIN, "DONE")
    assert build("scored", "RECURSIVE_BUILD") == ([], "DONE")
    sandbox.world.touch("CHURN", "transactions")
    assert build("scored", "RECURSIVE_BUILD")[0] == CHAIN[1:]


def test_a_failed_build_leaves_its_target_out_of_date(build: Any) -> None:
    """What never succeeded is tried again."""
    upstream = ["compute_customers_clean_NP", "compute_features_broken_NP", "compute_transactions_clean_NP"]
    assert build("features_broken", "RECURSIVE_BUILD") == (upstream, "FAILED")
    assert build("features_broken", "RECURSIVE_BUILD") == (["compute_features_broken_NP"], "FAILED")


def test_missing_runs_only_what_was_never_built(build: Any) -> None:
    """scored has data; features_broken has none."""
    assert build("scored", "RECURSIVE_MISSING_ONLY_BUILD") == ([], "DONE")
    assert build("features_broken", "RECURSIVE_MISSING_ONLY_BUILD")[0] == ["compute_features_broken_NP"]


@pytest.mark.parametrize("mode", ["NON_RECURSIVE_FORCED_BUILD", "RECURSIVE_BUILD", "RECURSIVE_FORCED_BUILD"])
def test_a_source_has_nothing_to_build(build: Any, mode: str) -> None:
    """Building a dataset without a recipe gives a job that is DONE without activities."""
    assert build("crm_customers", mode) == ([], "DONE")


def test_folders_and_models_are_built_by_id(connect: Any, clock: ManualClock) -> None:
    """A model is rebuilt if it is the target; as an input, it stays as it is."""
    project = connect().get_project("CHURN")
    outputs = [{"type": "MANAGED_FOLDER", "id": "O2ue6CX3"}, {"type": "SAVED_MODEL", "id": "mDl7Qx2a"}]
    job = project.start_job({"type": "NON_RECURSIVE_FORCED_BUILD", "outputs": outputs})
    clock.advance(60)
    status = job.get_status()
    assert sorted(status["baseStatus"]["activities"]) == ["export_scored_NP", "train_churn_NP"]
    assert " " in job.id  # the folder's name


def test_an_output_of_another_project_needs_that_project(connect: Any, clock: ManualClock) -> None:
    """An output's projectKey can differ from the URL's if the caller can see that project."""
    outputs = [{"type": "DATASET", "id": "alerts", "projectKey": "FRAUD"}]
    job = connect("alice").get_project("CHURN").start_job({"outputs": outputs})
    assert job.get_status()["baseStatus"]["def"]["outputs"][0]["targetDatasetProjectKey"] == "FRAUD"
    with pytest.raises(Exception, match="Failed to read project permissions"):
        connect("erin").get_project("CHURN").start_job({"outputs": outputs})


def test_a_range_makes_one_activity_per_partition_and_recipe(build: Any) -> None:
    """Two days and two countries: four activities; the day total needs all its countries."""
    activities, state = build(
        "orders_clean", "NON_RECURSIVE_FORCED_BUILD", "SALES", partition="2026-11-20/2026-11-21|FR/IT"
    )
    assert (len(activities), state) == (4, "DONE")
    assert activities[0] == "compute_orders_clean_2026-11-20|FR"
    activities, _ = build("daily_orders", "RECURSIVE_FORCED_BUILD", "SALES", partition="2026-11-22")
    assert "compute_daily_orders_2026-11-22" in activities


def test_a_new_partition_is_there_after_its_build(build: Any, connect: Any) -> None:
    """Building today's partition adds it to the list."""
    dataset = connect().get_project("CHURN").get_dataset("daily_sessions")
    assert "2026-11-23" not in dataset.list_partitions()
    build("daily_sessions", "NON_RECURSIVE_FORCED_BUILD", partition="CURRENT_DAY")
    assert "2026-11-23" in dataset.list_partitions()


NOW = 1795421700000  # 2026-11-23 08:15 UTC
DAY, MONTH, COUNTRY = (
    Dimension("day", "time", "DAY"),
    Dimension("month", "time", "MONTH"),
    Dimension("country"),
)


@pytest.mark.parametrize(
    ("dimensions", "text", "expected"),
    [
        ((), None, ["NP"]),
        ((), "NP", ["NP"]),
        ((DAY,), "2026-11-22", ["2026-11-22"]),
        ((DAY,), "2026-10-31/2026-11-01", ["2026-10-31", "2026-11-01"]),
        ((MONTH,), "2025-12/2026-01", ["2025-12", "2026-01"]),
        ((DAY,), "PREVIOUS_DAY,CURRENT_DAY", ["2026-11-22", "2026-11-23"]),
        ((COUNTRY,), "FR/IT,FR", ["FR", "IT"]),
        ((DAY, COUNTRY), "2026-11-22|FR/IT", ["2026-11-22|FR", "2026-11-22|IT"]),
    ],
)
def test_partition_texts(dimensions: Any, text: str | None, expected: list[str]) -> None:
    """Every form in DSS-API §2.5 expands to these partitions."""
    assert expand(Item(kind="DATASET", id="d", name="d", dimensions=dimensions), text, NOW) == expected


@pytest.mark.parametrize(
    ("dimensions", "text"),
    [
        ((), "FR"),
        ((DAY,), None),
        ((DAY,), "NP"),
        ((DAY,), "2026-1-2"),
        ((DAY,), "2026-11"),
        ((DAY,), "2026-11-23/2026-11-22"),
        ((DAY,), "0001-01-01/2026-11-22"),
        ((DAY, COUNTRY), "2026-11-22"),
        ((COUNTRY,), "F//R"),
    ],
)
def test_partition_texts_that_do_not_fit(dimensions: Any, text: str | None) -> None:
    """A text that doesn't match the dimensions is an IllegalArgumentException."""
    with pytest.raises(Problem) as caught:
        expand(Item(kind="DATASET", id="d", name="d", dimensions=dimensions), text, NOW)
    assert (caught.value.status, caught.value.error_type) == (500, "java.lang.IllegalArgumentException")
