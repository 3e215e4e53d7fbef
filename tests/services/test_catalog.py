"""Names are looked up rarely, but never refused based on an old list; and finding the right job."""

import re

import msgspec
import pytest

from bot.domain import JobInfo, JobName, JobRef, OutputKind, RequestedOutput, ShowStatus
from bot.domain.errors import DSSNotFound, DSSNotVisible, DSSRefused, DSSUnavailable, DSSUnreachable, Refusal
from bot.services.catalog import Catalog
from bot.services.job_lookup import find_ref, read_job
from tests.support.clocks import HandClock
from tests.support.fake_dss import FakeDss
from tests.support.samples import REF, job_info


@pytest.fixture
def dss() -> FakeDss:
    """A DSS with one project."""
    made = FakeDss()
    made.add_project("CHURN", "scored")
    return made


@pytest.fixture
def names(clock: HandClock) -> Catalog:
    """Names with a clock that stands still."""
    return Catalog(clock)


def test_a_list_serves_for_a_minute(dss: FakeDss, names: Catalog, clock: HandClock) -> None:
    """After that, it is read again."""
    for seconds, calls in [(0, 1), (59, 1), (2, 2)]:
        clock.advance(seconds)
        assert names.project(dss, "alice", "churn") == "CHURN"
        assert dss.made("projects") == calls


def test_a_list_of_the_future_is_read_again(dss: FakeDss, names: Catalog, clock: HandClock) -> None:
    """The clock was set back: otherwise, the list would serve for two hours."""
    names.projects(dss, "alice")
    clock.advance(-7_200)
    dss.add_project("NEW")
    assert names.project(dss, "alice", "new") == "NEW"
    assert dss.made("projects") == 2


def test_everybody_has_a_list_of_their_own(names: Catalog, dss: FakeDss) -> None:
    """Bob doesn't see what alice can see, and instances don't share lists."""
    other = FakeDss("other")
    other.add_project("ELSEWHERE")
    names.projects(dss, "alice")
    names.projects(dss, "bob")
    names.projects(dss, None)
    assert dss.made("projects") == 3
    assert [one.key for one in names.projects(other, "alice")] == ["ELSEWHERE"]


def test_a_name_that_an_old_list_lacks_is_looked_for_again(
    dss: FakeDss, names: Catalog, clock: HandClock
) -> None:
    """A new dataset can be built at once."""
    wanted = RequestedOutput(project="CHURN", name="fresh")
    with pytest.raises(Refusal):
        names.output(dss, "alice", "CHURN", wanted)
    dss.add_object("CHURN", OutputKind.DATASET, "fresh", "fresh")
    clock.advance(6)
    assert names.output(dss, "alice", "CHURN", wanted).id == "fresh"
    clock.advance(6)
    dss.add_project("NEW")
    names.projects(dss, "alice")
    assert names.project(dss, "alice", "new") == "NEW"


def test_a_typo_typed_over_and_over_costs_no_calls(dss: FakeDss, names: Catalog) -> None:
    """A list that is a few seconds old is recent enough for a refusal."""
    for _ in range(5):
        with pytest.raises(Refusal):
            names.project(dss, "alice", "NOPE")
    assert dss.made("projects") == 1


def test_a_failed_look_up_is_not_kept(dss: FakeDss, names: Catalog) -> None:
    """The next request asks DSS again."""
    dss.broken = DSSUnreachable("down")
    with pytest.raises(DSSUnreachable):
        names.project(dss, "alice", "CHURN")
    dss.broken = None
    assert names.project(dss, "alice", "churn") == "CHURN"


def find(dss: FakeDss, names: Catalog, name: JobName, *refs: JobRef) -> JobRef:
    """Find a job among the followed ones."""
    return find_ref(dss, names, None, ShowStatus(job=name), lambda _: refs)


def test_a_project_that_was_typed_is_looked_up(dss: FakeDss, names: Catalog) -> None:
    """In any case, without a request for the job."""
    ref = find(dss, names, JobName(job_id="j", project="churn"))
    assert ref == JobRef(instance="dss", project="CHURN", job_id="j")
    assert dss.calls == [("projects", "")]


def test_an_id_alone_is_known_from_what_was_followed(dss: FakeDss, names: Catalog) -> None:
    """One request checks whether this person can see it; jobs of other instances don't count."""
    dss.put(job_info())
    elsewhere = JobRef(instance="other", project="X", job_id=REF.job_id)
    assert find(dss, names, JobName(job_id=REF.job_id), elsewhere, REF) == REF
    assert dss.calls == [("job", "CHURN")]


def test_an_id_alone_leads_nobody_to_what_they_may_not_see(dss: FakeDss, names: Catalog) -> None:
    """A job that the bot follows in a project that the person can't see: as if it didn't exist."""
    hidden = JobRef(instance="dss", project="PAYROLL", job_id="j")
    seen = JobRef(instance="dss", project="CHURN", job_id="j")
    dss.refusing_projects["PAYROLL"] = DSSNotVisible("no project")
    with pytest.raises(Refusal) as caught:
        find(dss, names, JobName(job_id="j"), hidden)
    assert "PAYROLL" not in f"{caught.value} {caught.value.suggestions} {caught.value.example}"
    dss.put(job_info(ref=seen))
    assert find(dss, names, JobName(job_id="j"), hidden, seen) == seen


def test_an_id_alone_is_looked_for_among_what_runs(dss: FakeDss, names: Catalog) -> None:
    """If this DSS has a list of running jobs."""
    dss.put(job_info())
    assert find(dss, names, JobName(job_id=REF.job_id)) == REF


@pytest.mark.parametrize("knows_running", [True, False])
def test_an_id_that_nobody_knows_needs_its_project(names: Catalog, knows_running: bool) -> None:
    """The answer shows the syntax, and how to find the job."""
    with pytest.raises(Refusal, match="PROJECT/j") as caught:
        find(FakeDss(knows_running=knows_running), names, JobName(job_id="j"))
    assert caught.value.example == "/dss-jobs"


class _Brief(FakeDss):
    """Leaves the outputs out of a status."""

    def job(self, project: str, job_id: str, *, within: float | None = None) -> JobInfo:
        return msgspec.structs.replace(super().job(project, job_id, within=within), outputs=())


def test_a_status_without_outputs_has_those_of_the_list() -> None:
    """And its own state; a list that DSS doesn't give leaves it as it is."""
    dss = _Brief()
    dss.put(job_info())
    assert [one.label for one in read_job(dss, REF).outputs] == ["CHURN.scored"]
    assert read_job(dss, REF).state == "RUNNING"
    dss.refusing["recent_jobs"] = DSSUnavailable("down")
    assert read_job(dss, REF).outputs == ()


def test_an_id_of_two_projects_names_both(dss: FakeDss, names: Catalog) -> None:
    """Job ids are unique only within a project."""
    refs = [JobRef(instance="dss", project=key, job_id="j") for key in ("B", "A")]
    for ref in refs:
        dss.put(job_info(ref=ref))
    with pytest.raises(Refusal) as caught:
        find(dss, names, JobName(job_id="j"), *refs)
    assert caught.value.suggestions == ("A/j", "B/j")


def test_a_job_that_dss_does_not_know_names_near_ones(dss: FakeDss) -> None:
    """Ids are long and can lose a character when copied."""
    dss.put(job_info())
    wrong = JobRef(instance="dss", project="CHURN", job_id=REF.job_id[:-1])
    with pytest.raises(Refusal) as caught:
        read_job(dss, wrong)
    assert caught.value.suggestions == (f"CHURN/{REF.job_id}",)
    assert caught.value.example == "/dss-jobs CHURN"


def test_a_list_that_is_refused_costs_only_the_suggestions(dss: FakeDss) -> None:
    """The person is still told that the job doesn't exist."""
    dss.refusing = {"recent_jobs": DSSRefused("no")}
    with pytest.raises(Refusal) as caught:
        read_job(dss, REF)
    assert caught.value.suggestions == ()


def test_other_errors_are_not_about_the_job(dss: FakeDss) -> None:
    """Only "not found" is the person's mistake."""
    dss.refusing = {"job": DSSRefused("no")}
    with pytest.raises(DSSRefused):
        read_job(dss, REF)
    dss.refusing = {"job": DSSNotFound("gone")}
    with pytest.raises(Refusal):
        read_job(dss, REF)


def test_the_instance_is_named_only_where_there_are_several(dss: FakeDss, clock: HandClock) -> None:
    """“DSS (default)” means nothing to a person who knows only one DSS."""
    for label, said in ((None, "in DSS that"), ("staging", "in DSS (staging) that")):
        names = Catalog(clock, lambda _, label=label: label)  # type: ignore[misc]
        with pytest.raises(Refusal, match=re.escape(said)):
            names.project(dss, "alice", "NOPE")


def test_the_cached_names_are_limited(clock: HandClock) -> None:
    """The lists that were read longest ago go first."""
    dss, catalog = FakeDss(), Catalog(clock, most_names=3)
    for key in ("A", "B"):
        dss.add_project(key, "x", "y")
        catalog.objects(dss, None, key, OutputKind.DATASET)
    before = len(dss.calls)
    catalog.objects(dss, None, "B", OutputKind.DATASET)
    assert len(dss.calls) == before
    catalog.objects(dss, None, "A", OutputKind.DATASET)
    assert len(dss.calls) == before + 1
