"""The bot's port against the sandbox, from the first call to the last: what the use cases rely on."""

from collections.abc import Iterator

import pytest

from bot.domain import BuildMode, FlowObject, Output, OutputKind, ProjectInfo
from bot.domain.ports import Dss
from bot.dss import DSSBadKey, DSSClient, DSSError, DSSNotFound, DSSNotVisible, DSSRefused, RetryPolicy
from bot.dss.gateway import DssGateway
from bot.sandbox.dss import DssSandbox, ManualClock

SCORED = Output(project="CHURN", id="scored")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def dss(clock: ManualClock) -> Iterator[DssSandbox]:
    with DssSandbox(clock=clock) as sandbox:
        yield sandbox


def open_gateway(dss: DssSandbox, key: str | None = None) -> DssGateway:
    client = DSSClient(dss.url, key or dss.admin_key, retries=RetryPolicy(sleep=lambda _: None))
    return DssGateway(client, instance="eu")


@pytest.fixture
def gateway(dss: DssSandbox) -> Iterator[Dss]:
    gateway = open_gateway(dss)
    yield gateway
    gateway.close()


def test_a_job_from_start_to_end(gateway: Dss, clock: ManualClock) -> None:
    """It is started, appears in the lists, shows its activities, and is done."""
    job_id = gateway.start("CHURN", [SCORED], BuildMode.MODIFIED)
    assert gateway.recent_jobs("CHURN", 3)[0].ref.job_id == job_id
    running = gateway.running_jobs()
    assert running is not None
    assert [job.ref.job_id for job in running] == [job_id]
    clock.advance(10)
    during = gateway.job("CHURN", job_id)
    assert (during.state, during.finished, during.mode) == ("RUNNING", False, "RECURSIVE_BUILD")
    assert during.counters is not None
    assert during.counters.total == len(during.activities) > 1
    clock.advance(600)
    after = gateway.job("CHURN", job_id)
    assert (after.state, after.finished, after.failure) == ("DONE", True, None)
    assert after.outputs == (Output(project="CHURN", id="scored", partition="NP"),)
    assert after.started_at is not None
    assert after.ended_at is not None
    assert after.started_at < after.ended_at
    assert gateway.running_jobs() == []


def test_a_failure_has_its_root_cause_and_its_log(gateway: Dss, clock: ManualClock, dss: DssSandbox) -> None:
    """The activity's own words, the recipe, and the end of the log."""
    job_id = gateway.start("CHURN", [Output(project="CHURN", id="features_broken")], BuildMode.ONLY)
    clock.advance(600)
    info = gateway.job("CHURN", job_id)
    assert info.state == "FAILED"
    assert info.failure is not None
    assert "KeyError: 'amount'" in info.failure.message
    assert info.failure.recipe == "compute_features_broken"
    tail = gateway.log_tail("CHURN", job_id, max_bytes=2000)
    assert tail.truncated == (tail.total_bytes > 2000)
    assert len(tail.text.encode()) <= 2000
    activity = info.failure.activity_id
    assert "Traceback" in gateway.log_tail("CHURN", job_id, activity=activity).text
    dss.world.clear_logs("CHURN", job_id)
    with pytest.raises(DSSNotFound):
        gateway.log_tail("CHURN", job_id)


def test_an_abort_takes_a_moment(gateway: Dss, clock: ManualClock) -> None:
    """First the request is accepted, then the job stops."""
    job_id = gateway.start("CHURN", [SCORED], BuildMode.ONLY)
    clock.advance(5)
    gateway.abort("CHURN", job_id)
    assert not gateway.job("CHURN", job_id).finished
    clock.advance(10)
    assert gateway.job("CHURN", job_id).state == "ABORTED"


def test_a_second_build_names_the_first(gateway: Dss) -> None:
    """The bot can look up the job that is in the way."""
    first = gateway.start("CHURN", [SCORED], BuildMode.ONLY)
    second = gateway.job("CHURN", gateway.start("CHURN", [SCORED], BuildMode.ONLY))
    assert second.state == "FAILED"
    assert [other.job_id for other in second.conflicts] == [first]
    assert second.failure is not None
    assert first in second.failure.message


def test_calls_as_a_person_have_that_persons_rights(gateway: Dss) -> None:
    """DSS decides: carol can see CHURN but not build, and can't see SALES."""
    carol = gateway.as_login("carol")
    assert [project.key for project in carol.projects()] == ["CHURN", "PAYROLL"]
    assert carol.who_am_i().identifier == "carol"
    with pytest.raises(DSSRefused):
        carol.start("CHURN", [SCORED], BuildMode.ONLY)
    with pytest.raises(DSSNotVisible):
        carol.recent_jobs("SALES", 5)
    job_id = gateway.as_login("alice").start("CHURN", [SCORED], BuildMode.ONLY)
    assert gateway.job("CHURN", job_id).initiator == "alice"


def test_an_unknown_key_is_the_bots_own_problem(dss: DssSandbox) -> None:
    """It differs from a project that nobody can see."""
    gateway = open_gateway(dss, "dkuaps-unknown")
    with pytest.raises(DSSBadKey):
        gateway.projects()
    gateway.close()


def test_a_lost_answer_leaves_a_job_that_can_be_found(gateway: Dss, dss: DssSandbox) -> None:
    """The error reports the doubt, and the list of recent jobs resolves it."""
    dss.faults.add("status", method="POST", status=502, times=1)
    with pytest.raises(DSSError) as caught:
        gateway.start("CHURN", [SCORED], BuildMode.ONLY)
    assert caught.value.maybe_done
    posts = [got for got in dss.requests if got.method == "POST"]
    assert len(posts) == 1


def test_things_around_jobs(gateway: Dss) -> None:
    """Projects, objects of every kind, partitions, people, and the version."""
    projects = gateway.projects()
    assert ProjectInfo(key="CHURN", name="Customer churn") in projects
    folder = FlowObject(kind=OutputKind.FOLDER, id="O2ue6CX3", name="Customer exports")
    assert folder in gateway.objects("CHURN", OutputKind.FOLDER)
    model = FlowObject(kind=OutputKind.MODEL, id="mDl7Qx2a", name="Churn prediction")
    assert model in gateway.objects("CHURN", OutputKind.MODEL)
    dataset = FlowObject(kind=OutputKind.DATASET, id="scored", name="scored")
    assert dataset in gateway.objects("CHURN", OutputKind.DATASET)
    for kind in set(OutputKind) - {OutputKind.EVALUATIONS}:  # not simulated
        gateway.objects("FRAUD", kind)
    day, country = gateway.dimensions("SALES", "orders")
    assert (day.name, day.period, country.name, country.period) == ("day", "DAY", "country", "")
    assert gateway.dimensions("CHURN", "scored") == ()
    assert all("|" in partition for partition in gateway.partitions("SALES", "orders"))
    people = {user.login: user for user in gateway.users()}
    assert people["bob"].email == "Bob@Example.com"
    assert not people["dave"].enabled
    assert people["frank"].email == ""
    assert gateway.version() == "15.2.0"
    assert gateway.who_am_i().admin is True


def test_names_that_try_to_be_more_are_only_names(gateway: Dss, clock: ManualClock) -> None:
    """Slashes, percent signs, and angle brackets survive the round trip."""
    for name in ("50% off?#1", "<!channel>", "a|b,c", "`rm -rf ~`"):
        job_id = gateway.start("HOSTILE", [Output(project="HOSTILE", id=name)], BuildMode.ONLY)
        clock.advance(60)
        info = gateway.job("HOSTILE", job_id)
        assert (info.state, info.outputs[0].id) == ("DONE", name)


def test_an_older_dss_has_no_running_call(clock: ManualClock) -> None:
    """``None``, both for the first query and, without a request, afterward."""
    with DssSandbox(clock=clock, version="15.1.0") as old:
        gateway = open_gateway(old)
        assert gateway.running_jobs() is None
        before = len(old.requests)
        assert gateway.running_jobs() is None
        assert len(old.requests) == before
        gateway.close()
