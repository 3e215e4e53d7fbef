"""Jobs by id, by project and id, and by link."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.job_links import read_job, read_job_link, read_object_link, read_project_link
from bot.domain import JobName, OutputKind, RequestedOutput
from bot.domain.errors import Refusal

HOST = "https://dss.example"


@pytest.mark.parametrize(
    "link",
    [
        f"{HOST}/projects/CHURN/jobs/Build_a_2026.417/",
        f"{HOST}/projects/CHURN/jobs/Build_a_2026.417",
        f"{HOST}/projects/CHURN/jobs/Build_a_2026.417/activities/x?y=1#z",
        f"{HOST}/some/prefix/projects/CHURN/jobs/Build_a_2026.417/",
        f"<{HOST}/projects/CHURN/jobs/Build_a_2026.417/>",
        f"<{HOST}/projects/CHURN/jobs/Build_a_2026.417/|a job>",
        "HTTPS://user:secret@DSS.example/projects/CHURN/jobs/Build_a_2026.417/",
        "dss.example/projects/CHURN/jobs/Build_a_2026.417/",
    ],
)
def test_a_job_link_is_read_with_or_without_what_follows(link: str) -> None:
    """The result has the project, id, and host, but no password from the address."""
    assert read_job_link(link) == JobName(job_id="Build_a_2026.417", project="CHURN", host=HOST)


def test_percent_encoding_and_ports() -> None:
    """Ids are decoded once; a port and an IPv6 address belong to the host."""
    link = "http://[::1]:11200/projects/CHURN/jobs/Build_a%7Cb%20c%252F_2026.417/"
    assert read_job_link(link) == JobName(
        job_id="Build_a|b c%2F_2026.417", project="CHURN", host="http://[::1]:11200"
    )


@pytest.mark.parametrize(
    "link",
    [
        f"{HOST}/projects/CHURN/jobs/",
        f"{HOST}/projects/CHURN/flow/",
        f"{HOST}/projects/CHURN/jobs/a%2Fb/",
        f"{HOST}/projects/CHURN/jobs/%2E%2E/",
        f"{HOST}/projects/CHURN/jobs/a%5Cb/",
        f"{HOST}/projects/CHURN/jobs/a%0Ab/",
        f"{HOST}/projects/../jobs/a/",
        f"{HOST}/projects//jobs/a/",
        f"{HOST}/elsewhere",
        "https://[/projects/K/jobs/a",
        "https://dss.example:99999999/projects/K/jobs/a",
        "https:///projects/K/jobs/a",
        f"{HOST}/projects/K/jobs/" + "a" * 2_000,
    ],
)
def test_other_links_and_dangerous_ids_are_refused(link: str) -> None:
    """A link that could lead to something other than one job in DSS is rejected."""
    with pytest.raises(Refusal):
        read_job_link(link)


def test_no_link_is_no_mistake() -> None:
    """Words without a scheme or a project's path aren't links."""
    assert read_job_link("CHURN/Build_a_2026.417") is None


def test_ids_with_and_without_a_project() -> None:
    """``ID`` and ``PROJECT/ID`` are read as typed."""
    assert read_job("Build_a") == JobName(job_id="Build_a")
    assert read_job("churn/Build_a", "prod") == JobName(job_id="Build_a", project="churn", instance="prod")


@pytest.mark.parametrize(
    "text", ["", " ", "/", "/a", "a/", "a/b/c", "../a", "a/..", "..", ".", "a\\b", "a\x00"]
)
def test_ids_that_no_job_has_are_refused(text: str) -> None:
    """Slashes, dot segments, and control characters never reach an address."""
    with pytest.raises(Refusal):
        read_job(text)


def test_object_links_give_project_and_name() -> None:
    """Links of datasets, folders, and models, but not of jobs."""
    dataset = RequestedOutput(project="K", name="n")
    folder = RequestedOutput(project="K", name="i", kind=OutputKind.FOLDER)
    assert read_object_link(f"{HOST}/projects/K/datasets/n/explore/") == dataset
    assert read_object_link(f"{HOST}/projects/K/managedfolder/i/view/") == folder
    assert read_object_link("K.n") is None
    with pytest.raises(Refusal):
        read_object_link(f"{HOST}/projects/K/jobs/n/")


def test_project_links_give_the_project() -> None:
    """Its home, its flow and its list of jobs, but nothing within it."""
    for end in ("", "/", "/flow/", "/flow/?zoneId=default", "/jobs/"):
        assert read_project_link(f"{HOST}/projects/K{end}") == "K"
    for end in ("/jobs/Build_x/", "/datasets/n/explore/", "/recipes/r/"):
        assert read_project_link(f"{HOST}/projects/K{end}") is None
    assert read_project_link("K") is None


@given(
    st.text(max_size=40),
    st.sampled_from(["", "https://", "https://x/projects/", "https://x/projects/K/jobs/"]),
)
def test_any_text_is_read_or_refused(text: str, start: str) -> None:
    """The only error is a refusal, and the result is always a single URL segment."""
    try:
        job = read_job(start + text)
    except Refusal:
        return
    for part in (job.job_id, job.project or "x"):
        assert part.strip()
        assert not {"/", "\\"} & set(part)
        assert ".." not in part
