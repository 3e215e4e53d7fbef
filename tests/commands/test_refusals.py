"""The examples in refusals are valid commands that avoid the refusal."""

import msgspec
import pytest

from bot.commands.build_parser import parse_build
from bot.commands.jobs_parser import parse_jobs
from bot.commands.rendering import as_command
from bot.domain import (
    Activity,
    Build,
    BuildMode,
    JobRef,
    ListJobs,
    Mistake,
    OutputKind,
    ReadLog,
    RequestedOutput,
)
from bot.domain.errors import Refusal
from bot.domain.stored_records import BuildPlan
from bot.services.build_plan import plan_build
from bot.services.catalog import Catalog
from bot.services.dss_instances import DssInstance, DssInstances
from bot.services.job_lookup import JobRequest, find_ref, read_job
from bot.services.list_refusals import read_moment
from bot.services.logs import chosen_activity
from tests.commands.test_parser_properties import as_slack_sends
from tests.support.clocks import HandClock
from tests.support.fake_dss import FakeDss
from tests.support.samples import NOW, REF, job_info

OTHER = "Build_scored__NP__2026-11-25T11-00-00.000"


@pytest.fixture
def dss() -> FakeDss:
    """A DSS with a running job and names that need quotes."""
    made = FakeDss()
    made.add_project("CHURN", "scored", "features", "scored history", "a.b")
    made.add_project("SALES", "orders", "days")
    made.add_object("CHURN", OutputKind.MODEL, "m0del123", "Churn prediction")
    made.add_object("CHURN", OutputKind.FOLDER, "f0lder12", "Customer exports")
    made.add_object("CHURN", OutputKind.FOLDER, "f0lder34", "My twins")
    made.add_object("CHURN", OutputKind.FOLDER, "f0lder56", "My twins")
    made.dimensions_of["SALES", "orders"] = ("day", "country")
    made.dimensions_of["SALES", "days"] = ("day",)
    made.put(job_info())
    return made


def build(command: str) -> Build:
    """Parse a command as Slack sends it."""
    request = parse_build(as_slack_sends(command))
    assert isinstance(request, Build), request
    return request


def planned(dss: FakeDss, request: Build) -> BuildPlan:
    """Plan a build that can start."""
    plan = plan_build(dss, Catalog(HandClock()), request, None)
    assert isinstance(plan, BuildPlan)
    return plan


@pytest.mark.parametrize(
    ("command", "example", "then"),
    [
        (
            '/dss-build CHURN "Churn prediction"',
            '/dss-build CHURN."Churn prediction" --type model',
            None,
        ),
        (
            '/dss-build CHURN.features CHURN."Churn prediction" --mode missing --on dss',
            '/dss-build CHURN."Churn prediction" --mode missing --type model --on dss',
            "/dss-build CHURN.features --mode missing --on dss",
        ),
        (
            '/dss-build CHURN.features CHURN."scored histroy" --mode modified',
            '/dss-build CHURN.features CHURN."scored history" --mode modified',
            None,
        ),
        ("/dss-build CHURN.features CHURN.feature", "/dss-build CHURN.features", None),
        (
            '/dss-build CHURN "my twins" --type folder --mode all',
            "/dss-build CHURN.f0lder34 --mode all --type folder",
            None,
        ),
        (
            '/dss-build CHURN "Customer export" --type folder',
            '/dss-build CHURN."Customer exports" --type folder',
            None,
        ),
        (
            "/dss-build SALES.orders --mode modified",
            "/dss-build SALES.orders --partition 2026-11-23|VALUE --mode modified",
            None,
        ),
        (
            "/dss-build CHURN.features CHURN.a.b --partition 2026-11-23 --mode missing",
            "/dss-build CHURN.features CHURN.a.b --mode missing",
            None,
        ),
        (
            "/dss-build SALES.orders CHURN.features --partition 2026-11-23|FR --mode missing",
            "/dss-build SALES.orders --partition 2026-11-23|FR --mode missing",
            "/dss-build CHURN.features --mode missing",
        ),
        (
            "/dss-build CHURN.features SALES.orders",
            "/dss-build CHURN.features",
            "/dss-build SALES.orders --partition 2026-11-23|VALUE",
        ),
        (
            "/dss-build SALES.orders SALES.days --partition 2026-11-01",
            "/dss-build SALES.orders --partition 2026-11-23|VALUE",
            "/dss-build SALES.days --partition 2026-11-01",
        ),
    ],
)
def test_an_example_of_a_build_can_be_built(
    dss: FakeDss, command: str, example: str, then: str | None
) -> None:
    """It keeps everything that was right, differs from the refused command, and isn't refused itself."""
    with pytest.raises(Refusal) as caught:
        planned(dss, build(command))
    assert (caught.value.example, caught.value.then) == (example, then)
    for right in (example, then):
        if right:
            assert build(right) != build(command)
            assert planned(dss, build(right)).outputs


def test_what_is_not_being_built_can_be_started(dss: FakeDss) -> None:
    """Of several outputs, only those that a job is building are in the way."""
    request = build("/dss-build CHURN.scored CHURN.features")
    running = plan_build(dss, Catalog(HandClock()), request, None)
    assert not isinstance(running, BuildPlan)
    assert [output.label for output in running.busy] == ["CHURN.scored"]
    assert running.free == (RequestedOutput(project="CHURN", name="features"),)


def test_a_folder_that_is_being_built_goes_by_its_name(dss: FakeDss) -> None:
    """A list of jobs has only its id; the plan knows its display name."""
    request = build('/dss-build CHURN."Customer exports" --type folder')
    plan = planned(dss, request)
    dss.put(job_info(outputs=(msgspec.structs.replace(plan.outputs[0], name=None),)))
    running = plan_build(dss, Catalog(HandClock()), request, None)
    assert not isinstance(running, BuildPlan)
    assert running.job.outputs[0].label == "CHURN.Customer exports"


def about_a_job(dss: FakeDss, text: str, known: tuple[JobRef, ...]) -> None:
    """Do the first steps of status, log, abort, and follow."""
    request = parse_jobs(as_slack_sends(text))
    assert isinstance(request, JobRequest), request
    DssInstances({"dss": DssInstance(dss=dss, urls=("https://dss.example",))}, "dss").for_request(request)
    ref = find_ref(dss, Catalog(HandClock()), None, request, lambda _: known)
    job = read_job(dss, ref, request.job)
    if isinstance(request, ReadLog):
        chosen_activity(request, job)


TWINS = tuple(JobRef(instance="dss", project=key, job_id="my id") for key in ("CHURN", "SALES"))


@pytest.mark.parametrize(
    ("command", "example", "known"),
    [
        ("/dss-jobs status nope", "/dss-jobs", ()),
        ("/dss-jobs follow nope --on dss", "/dss-jobs --on dss", ()),
        ('/dss-jobs unfollow "no pe"', "/dss-jobs", ()),
        ("/dss-jobs abort nope", "/dss-jobs", ()),
        ("/dss-jobs log nope --activity a", "/dss-jobs", ()),
        ('/dss-jobs log "my id"', '/dss-jobs log CHURN/"my id"', TWINS),
        ("/dss-jobs log churn", "/dss-jobs CHURN", ()),
        ("/dss-jobs abort churn --on dss", "/dss-jobs abort --all CHURN --on dss", ()),
        (f"/dss-jobs abort CHURN/{OTHER} --on dss", "/dss-jobs CHURN --on dss", ()),
        (
            f"/dss-jobs log CHURN/{REF.job_id} --activity 'compute x'",
            f'/dss-jobs log CHURN/{REF.job_id} --activity "compute x\'s"',
            (),
        ),
        (
            f"/dss-jobs abort https://elsewhere.example/projects/CHURN/jobs/{OTHER}/",
            f"/dss-jobs abort CHURN/{OTHER}",
            (),
        ),
        (f"/dss-jobs follow CHURN/{OTHER} --on dsss", f"/dss-jobs follow CHURN/{OTHER} --on dss", ()),
    ],
)
def test_an_example_about_a_job_does_what_was_asked_for(
    dss: FakeDss, command: str, example: str, known: tuple[JobRef, ...]
) -> None:
    """It does the same with a job that is there, or lists jobs where none can be meant."""
    dss.put(job_info(activities=(Activity(id="compute x's", state="DONE"),)))
    with pytest.raises(Refusal) as caught:
        about_a_job(dss, command, known)
    assert caught.value.example == example
    again = parse_jobs(as_slack_sends(example))
    assert not isinstance(again, Mistake)
    assert again != parse_jobs(as_slack_sends(command))


def test_an_example_of_a_list_keeps_its_filters() -> None:
    """Only the unreadable date changes."""
    request = ListJobs(project="log", state="failed", since="2026-02-30", by="a b", limit=3)
    with pytest.raises(Refusal) as caught:
        read_moment(request, NOW, "UTC")
    assert caught.value.example == '/dss-jobs "log" --state failed --since yesterday --by "a b" --limit 3'


def test_an_example_for_an_unknown_instance_keeps_the_rest(dss: FakeDss) -> None:
    """The nearest instance, or the default one without its name."""
    instances = DssInstances({"dss": DssInstance(dss=dss, urls=())}, "dss")
    request = build("/dss-build CHURN.scored --mode all --on dsss")
    for named, right in (("dsss", "dss"), ("zzz", None)):
        with pytest.raises(Refusal) as caught:
            instances.for_request(Build(outputs=request.outputs, mode=BuildMode.ALL, instance=named))
        assert caught.value.example == as_command(
            Build(outputs=request.outputs, mode=BuildMode.ALL, instance=right)
        )
