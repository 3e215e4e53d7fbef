"""From a request to a plan: names, partitions, running jobs."""

from typing import Any

import pytest

from bot.domain import Build, BuildMode, JobInfo, JobRef, Output, OutputKind, RequestedOutput
from bot.domain.errors import (
    DSSBadKey,
    DSSError,
    DSSNotVisible,
    DSSRefused,
    DSSUnavailable,
    DSSUnreachable,
    DSSUnreadable,
    Refusal,
)
from bot.domain.stored_records import BuildPlan
from bot.services.build_plan import RECENT_JOBS, Running, already_building, plan_build, started_job
from bot.services.catalog import Catalog
from tests.support.clocks import HandClock
from tests.support.fake_dss import FakeDss
from tests.support.samples import NOW, job_info

SCORED = RequestedOutput(project="CHURN", name="scored")


@pytest.fixture
def dss() -> FakeDss:
    """A DSS with two projects."""
    made = FakeDss()
    made.add_project("CHURN", "scored", "customers", name="Churn prevention")
    made.add_project("SALES", "orders")
    made.add_object("CHURN", OutputKind.FOLDER, "O2ue6CX3", "exports")
    made.add_object("CHURN", OutputKind.MODEL, "m0del123", "churn model")
    return made


def plan(dss: FakeDss, *outputs: RequestedOutput, act_as: str | None = "alice", **request: Any) -> BuildPlan:
    """Plan a build without obstacles."""
    planned = plan_build(dss, Catalog(HandClock()), Build(outputs=outputs or (SCORED,), **request), act_as)
    assert isinstance(planned, BuildPlan)
    return planned


def refused(dss: FakeDss, *outputs: RequestedOutput, **request: Any) -> Refusal:
    """Plan an impossible build, and return the reason."""
    with pytest.raises(Refusal) as caught:
        plan(dss, *outputs, **request)
    return caught.value


def test_a_plan_has_everything_that_the_start_needs(dss: FakeDss) -> None:
    """Names with DSS's spelling, the person it is for, and the jobs that existed before."""
    old = job_info(ref=JobRef(instance="dss", project="CHURN", job_id="old"), state="DONE", finished=True)
    dss.put(old)
    planned = plan(dss, mode=BuildMode.MODIFIED)
    assert planned == BuildPlan(
        instance="dss",
        project="CHURN",
        outputs=(Output(project="CHURN", id="scored", partition="NP"),),
        mode=BuildMode.MODIFIED,
        act_as="alice",
        initiator="alice",
        known_ids=("old",),
    )
    assert dss.made("start") == 0


def test_as_the_key_itself_the_initiator_is_not_known(dss: FakeDss) -> None:
    """In that case, DSS shows a label of the key, which the bot doesn't know."""
    planned = plan(dss, act_as=None)
    assert (planned.act_as, planned.initiator) == (None, "")


@pytest.mark.parametrize("project", ["CHURN", "churn", "Churn"])
@pytest.mark.parametrize("name", ["scored", "SCORED", "Scored"])
def test_names_are_found_in_any_case(dss: FakeDss, project: str, name: str) -> None:
    """Phones capitalize."""
    (output,) = plan(dss, RequestedOutput(project=project, name=name)).outputs
    assert (output.project, output.id) == ("CHURN", "scored")


def test_an_exact_name_wins_over_one_that_differs_in_case(dss: FakeDss) -> None:
    """DSS allows both; only a name without an exact match is ambiguous."""
    dss.add_project("CASES", "Data", "data")
    assert plan(dss, RequestedOutput(project="CASES", name="data")).outputs[0].id == "data"
    neither = refused(dss, RequestedOutput(project="CASES", name="DATA"))
    assert neither.suggestions == ("CASES.Data", "CASES.data")


@pytest.mark.parametrize(
    ("kind", "typed", "found"),
    [
        (OutputKind.FOLDER, "Exports", ("O2ue6CX3", "exports")),
        (OutputKind.FOLDER, "O2ue6CX3", ("O2ue6CX3", "exports")),
        (OutputKind.MODEL, "churn model", ("m0del123", "churn model")),
    ],
)
def test_folders_and_models_go_by_name_or_id(
    dss: FakeDss, kind: OutputKind, typed: str, found: tuple[str, str]
) -> None:
    """The id is sent, and the name is shown; they have no partition (DSS-API.md §2.4)."""
    (output,) = plan(dss, RequestedOutput(project="CHURN", name=typed, kind=kind)).outputs
    assert (output.kind, output.id, output.name, output.partition) == (kind, *found, None)


@pytest.mark.parametrize("kind", [OutputKind.STREAM, OutputKind.EVALUATIONS])
def test_a_kind_without_a_list_goes_on_as_typed(dss: FakeDss, kind: OutputKind) -> None:
    """What the bot can't look up here, or at all: DSS decides."""
    wanted = RequestedOutput(project="CHURN", name="clicks", kind=kind)
    assert plan(dss, wanted).outputs[0].id == "clicks"


def test_several_outputs_are_one_plan_in_the_first_ones_project(dss: FakeDss) -> None:
    """A foreign output keeps its own project; each project is looked up once."""
    planned = plan(dss, RequestedOutput(project="sales", name="orders"), SCORED, SCORED)
    assert planned.project == "SALES"
    assert [output.project for output in planned.outputs] == ["SALES", "CHURN", "CHURN"]
    assert dss.made("projects") == 1
    assert dss.made("objects") == 2


def test_an_unknown_project_names_its_near_misses(dss: FakeDss) -> None:
    """By key or by name."""
    error = refused(dss, RequestedOutput(project="CHRUN", name="scored"))
    assert error.suggestions == ("CHURN",)
    by_name = refused(dss, RequestedOutput(project="Churn prevntion", name="scored"))
    assert by_name.suggestions == ("CHURN",)


def test_an_unknown_dataset_names_its_near_misses(dss: FakeDss) -> None:
    """The example is a valid command."""
    error = refused(dss, RequestedOutput(project="CHURN", name="scoerd"))
    assert error.suggestions == ("CHURN.scored",)
    assert error.example == "/dss-build CHURN.scored"


def test_a_very_long_name_is_not_said_back_whole(dss: FakeDss) -> None:
    """Nobody wants to read it again."""
    for wanted in (
        RequestedOutput(project="CHURN", name="x" * 2_000),
        RequestedOutput(project="P" * 2_000, name="x"),
    ):
        assert len(str(refused(dss, wanted))) < 200


def test_a_name_of_another_kind_is_told(dss: FakeDss) -> None:
    """The answer gives the right ``--type``."""
    error = refused(dss, RequestedOutput(project="CHURN", name="EXPORTS"))
    assert error.example == "/dss-build CHURN.exports --type folder"
    back = refused(dss, RequestedOutput(project="CHURN", name="scored", kind=OutputKind.MODEL))
    assert back.example == "/dss-build CHURN.scored"


def test_two_folders_of_one_name_are_told_apart_by_id(dss: FakeDss) -> None:
    """Their name isn't enough, and "there is none" would be wrong."""
    dss.add_object("CHURN", OutputKind.FOLDER, "Zx81Zx81", "exports")
    error = refused(dss, RequestedOutput(project="CHURN", name="exports", kind=OutputKind.FOLDER))
    assert "2 folders" in str(error)
    assert error.suggestions == ("CHURN.O2ue6CX3", "CHURN.Zx81Zx81")
    assert error.example == "/dss-build CHURN.O2ue6CX3 --type folder"


@pytest.mark.parametrize("refusal", [DSSRefused("no"), DSSUnreadable("?"), DSSNotVisible("no")])
@pytest.mark.parametrize("method", ["projects", "objects", "dimensions"])
def test_a_look_up_that_dss_refuses_decides_nothing(dss: FakeDss, refusal: DSSError, method: str) -> None:
    """A weak key might be unable to list projects but able to start jobs: the start decides."""
    dss.refusing[method] = refusal
    (output,) = plan(dss, RequestedOutput(project="CHURN", name="scored")).outputs
    assert (output.project, output.id) == ("CHURN", "scored")


def test_an_empty_list_of_projects_decides_nothing(dss: FakeDss) -> None:
    """A project key sees no list; a key typed in lowercase is changed to DSS's usual capitals."""
    dss.project_list.clear()
    assert plan(dss, RequestedOutput(project="churn", name="scored")).project == "CHURN"


@pytest.mark.parametrize("down", [DSSUnreachable("?"), DSSUnavailable("502"), DSSBadKey("401")])
@pytest.mark.parametrize("method", ["projects", "objects", "dimensions", "recent_jobs"])
def test_a_dss_that_is_down_is_not_a_mistake_of_the_person(dss: FakeDss, down: DSSError, method: str) -> None:
    """It is reported as an outage, whichever call failed."""
    dss.refusing[method] = down
    with pytest.raises(type(down)):
        plan(dss)


def test_a_missing_partition_is_told_with_an_example(dss: FakeDss) -> None:
    """With the names of the dimensions, in a valid command."""
    dss.dimensions_of["CHURN", "scored"] = ("day", "country")
    error = refused(dss)
    assert str(error).startswith("CHURN.scored is partitioned by day and country")
    assert error.example == "/dss-build CHURN.scored --partition 2026-11-23|VALUE"


@pytest.mark.parametrize("partition", ["2026-11-23", "2026-11-23|FR|x"])
def test_a_partition_needs_every_dimension(dss: FakeDss, partition: str) -> None:
    """No fewer and no more."""
    dss.dimensions_of["CHURN", "scored"] = ("day", "country")
    assert "2 parts" in str(refused(dss, partition=partition))


def test_a_partition_for_a_dataset_without_any_is_refused(dss: FakeDss) -> None:
    """Before a pointless job starts."""
    assert "not partitioned" in str(refused(dss, partition="2026-11-23"))
    assert plan(dss, partition="np").outputs[0].partition == "NP"


def test_a_partition_is_sent_in_dss_spelling(dss: FakeDss) -> None:
    """A person can use spaces and lowercase."""
    dss.dimensions_of["CHURN", "scored"] = ("day",)
    assert plan(dss, partition="current_day").outputs[0].partition == "CURRENT_DAY"


def test_what_is_being_built_is_not_started_again(dss: FakeDss) -> None:
    """The answer is the running job; a finished job is never in the way."""
    running = job_info()
    dss.put(running)
    found = plan_build(dss, Catalog(HandClock()), Build(outputs=(SCORED,)), "alice")
    assert isinstance(found, Running)
    assert found.job.ref == running.ref
    dss.put(job_info(state="DONE", finished=True))
    assert plan(dss).known_ids == (running.ref.job_id,)


def test_one_limited_list_is_enough(dss: FakeDss) -> None:
    """One call gives the running jobs, the usual duration, and the known ids."""
    for number in range(RECENT_JOBS + 20):
        ref = JobRef(instance="dss", project="CHURN", job_id=f"{number}")
        dss.put(job_info(ref=ref, state="DONE", finished=True))
    assert len(plan(dss).known_ids) == RECENT_JOBS
    assert dss.made("recent_jobs") == 1


@pytest.mark.parametrize(
    ("mine", "theirs", "overlap"),
    [
        ("NP", "NP", True),
        ("NP", None, True),
        (None, "", True),
        ("FR", "FR", True),
        ("FR", "EN", False),
        ("FR", "NP", True),
        ("FR,EN", "EN", True),
        ("FR,EN", "IT,DE", False),
    ],
)
def test_partitions_may_be_built_side_by_side(mine: str | None, theirs: str | None, overlap: bool) -> None:
    """The same partition can't; an unnamed one could be any partition."""
    job = job_info(outputs=(Output(project="CHURN", id="scored", partition=theirs),))
    wanted = Output(project="CHURN", id="scored", partition=mine)
    assert already_building([job], [wanted]) == (job if overlap else None)


@pytest.mark.parametrize(
    "job",
    [
        job_info(state="DONE", finished=True),
        job_info(outputs=(Output(project="CHURN", id="other"),)),
        job_info(outputs=(Output(project="SALES", id="scored"),)),
        job_info(outputs=()),
    ],
    ids=["finished", "other dataset", "other project", "outputs not said"],
)
def test_other_jobs_stand_in_nobodys_way(job: JobInfo) -> None:
    """Only an unfinished job with a shared output counts."""
    assert already_building([job], [Output(project="CHURN", id="scored")]) is None


def test_a_job_just_started_is_known_without_asking(dss: FakeDss) -> None:
    """Its first card comes from the plan."""
    job = started_job(plan(dss), "new", NOW)
    assert (job.ref.project, job.ref.job_id, job.state, job.finished) == (
        "CHURN",
        "new",
        "NOT_STARTED",
        False,
    )
    assert (job.outputs[0].id, job.initiator, job.initiated_at) == ("scored", "alice", NOW)
