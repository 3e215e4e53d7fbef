"""Names are looked up seldom, but never refused from an old list; and which job is meant."""

import re

import pytest

from bot.errors import DSSNotFound, DSSNotVisible, DSSRefused, DSSUnreachable, Refusal
from bot.facts import JobName, JobRef, OutputKind, ShowStatus, WantedOutput
from bot.jobs.finding import find_ref, read_job
from bot.jobs.names import Names
from tests.support.clocks import HandClock
from tests.support.fake_dss import FakeDss
from tests.support.samples import REF, facts


@pytest.fixture
def dss() -> FakeDss:
    """A DSS with one project."""
    made = FakeDss()
    made.add_project("CHURN", "scored")
    return made


@pytest.fixture
def names(clock: HandClock) -> Names:
    """Names on a clock that stands still."""
    return Names(clock)


def test_a_list_serves_for_a_minute(dss: FakeDss, names: Names, clock: HandClock) -> None:
    """And is read anew after that."""
    for seconds, calls in [(0, 1), (59, 1), (2, 2)]:
        clock.advance(seconds)
        assert names.project(dss, "alice", "churn") == "CHURN"
        assert dss.made("projects") == calls


def test_everybody_has_a_list_of_their_own(names: Names, dss: FakeDss) -> None:
    """What alice may see is not shown to bob, nor one instance's to another."""
    other = FakeDss("other")
    other.add_project("ELSEWHERE")
    names.projects(dss, "alice")
    names.projects(dss, "bob")
    names.projects(dss, None)
    assert dss.made("projects") == 3
    assert [one.key for one in names.projects(other, "alice")] == ["ELSEWHERE"]


def test_a_name_that_an_old_list_lacks_is_looked_for_again(
    dss: FakeDss, names: Names, clock: HandClock
) -> None:
    """A dataset made a moment ago can be built at once."""
    wanted = WantedOutput(project="CHURN", name="fresh")
    with pytest.raises(Refusal):
        names.output(dss, "alice", "CHURN", wanted)
    dss.add_object("CHURN", OutputKind.DATASET, "fresh", "fresh")
    clock.advance(6)
    assert names.output(dss, "alice", "CHURN", wanted).id == "fresh"
    clock.advance(6)
    dss.add_project("NEW")
    names.projects(dss, "alice")
    assert names.project(dss, "alice", "new") == "NEW"


def test_a_typo_typed_over_and_over_costs_no_calls(dss: FakeDss, names: Names) -> None:
    """A list that is a few seconds old is new enough to refuse by."""
    for _ in range(5):
        with pytest.raises(Refusal):
            names.project(dss, "alice", "NOPE")
    assert dss.made("projects") == 1


def test_a_failed_look_up_is_not_kept(dss: FakeDss, names: Names) -> None:
    """DSS is asked again as soon as somebody asks."""
    dss.broken = DSSUnreachable("down")
    with pytest.raises(DSSUnreachable):
        names.project(dss, "alice", "CHURN")
    dss.broken = None
    assert names.project(dss, "alice", "churn") == "CHURN"


def find(dss: FakeDss, names: Names, name: JobName, *refs: JobRef) -> JobRef:
    """Find a job among those that were followed."""
    return find_ref(dss, names, None, ShowStatus(job=name), lambda _: refs)


def test_a_project_that_was_typed_is_looked_up(dss: FakeDss, names: Names) -> None:
    """In any case, without asking for the job."""
    ref = find(dss, names, JobName(job_id="j", project="churn"))
    assert ref == JobRef(instance="dss", project="CHURN", job_id="j")
    assert dss.calls == [("projects", "")]


def test_an_id_alone_is_known_from_what_was_followed(dss: FakeDss, names: Names) -> None:
    """Asked only whether this person may see it; jobs of other instances are not meant."""
    dss.put(facts())
    elsewhere = JobRef(instance="other", project="X", job_id=REF.job_id)
    assert find(dss, names, JobName(job_id=REF.job_id), elsewhere, REF) == REF
    assert dss.calls == [("job", "CHURN")]


def test_an_id_alone_leads_nobody_to_what_they_may_not_see(dss: FakeDss, names: Names) -> None:
    """A job that the bot follows in a project that is closed to the person: as if there were none."""
    hidden = JobRef(instance="dss", project="PAYROLL", job_id="j")
    seen = JobRef(instance="dss", project="CHURN", job_id="j")
    dss.refusing_projects["PAYROLL"] = DSSNotVisible("no project")
    with pytest.raises(Refusal) as caught:
        find(dss, names, JobName(job_id="j"), hidden)
    assert "PAYROLL" not in f"{caught.value} {caught.value.suggestions} {caught.value.example}"
    dss.put(facts(ref=seen))
    assert find(dss, names, JobName(job_id="j"), hidden, seen) == seen


def test_an_id_alone_is_looked_for_among_what_runs(dss: FakeDss, names: Names) -> None:
    """Where this DSS can tell."""
    dss.put(facts())
    assert find(dss, names, JobName(job_id=REF.job_id)) == REF


@pytest.mark.parametrize("knows_running", [True, False])
def test_an_id_that_nobody_knows_needs_its_project(names: Names, knows_running: bool) -> None:
    """The answer says how to write it."""
    with pytest.raises(Refusal) as caught:
        find(FakeDss(knows_running=knows_running), names, JobName(job_id="j"))
    assert caught.value.example == "/dss-jobs status PROJECT/j"


def test_an_id_of_two_projects_names_both(dss: FakeDss, names: Names) -> None:
    """Job ids are unique per project only."""
    refs = [JobRef(instance="dss", project=key, job_id="j") for key in ("B", "A")]
    for ref in refs:
        dss.put(facts(ref=ref))
    with pytest.raises(Refusal) as caught:
        find(dss, names, JobName(job_id="j"), *refs)
    assert caught.value.suggestions == ("A/j", "B/j")


def test_a_job_that_dss_does_not_know_names_near_ones(dss: FakeDss) -> None:
    """Ids are long, and lose a character when they are copied."""
    dss.put(facts())
    wrong = JobRef(instance="dss", project="CHURN", job_id=REF.job_id[:-1])
    with pytest.raises(Refusal) as caught:
        read_job(dss, wrong)
    assert caught.value.suggestions == (f"CHURN/{REF.job_id}",)
    assert caught.value.example == "/dss-jobs CHURN"


def test_a_list_that_is_refused_costs_only_the_suggestions(dss: FakeDss) -> None:
    """The person is told that the job is not there all the same."""
    dss.refusing = {"recent_jobs": DSSRefused("no")}
    with pytest.raises(Refusal) as caught:
        read_job(dss, REF)
    assert caught.value.suggestions == ()


def test_other_errors_are_not_about_the_job(dss: FakeDss) -> None:
    """Only "not found" is a person's mistake."""
    dss.refusing = {"job": DSSRefused("no")}
    with pytest.raises(DSSRefused):
        read_job(dss, REF)
    dss.refusing = {"job": DSSNotFound("gone")}
    with pytest.raises(Refusal):
        read_job(dss, REF)


def test_the_instance_is_named_only_where_there_are_several(dss: FakeDss, clock: HandClock) -> None:
    """“DSS (default)” says nothing to somebody who knows one DSS."""
    for label, said in ((None, "in DSS that"), ("staging", "in DSS (staging) that")):
        names = Names(clock, lambda _, label=label: label)  # type: ignore[misc]
        with pytest.raises(Refusal, match=re.escape(said)):
            names.project(dss, "alice", "NOPE")
