"""Button values decode to the original request, or to an error that says so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import (
    AbortAll,
    AbortJob,
    Build,
    BuildMode,
    FollowJob,
    JobName,
    ListJobs,
    OutputKind,
    Overview,
    ReadLog,
    Request,
    RequestedOutput,
    SendLog,
    ShowStatus,
    UnfollowJob,
)
from bot.domain.errors import Refusal
from bot.views.button_values import (
    OldButton,
    ValueTooLarge,
    decode,
    encode,
    encode_job,
    encode_list,
    list_choice,
    log_choice,
    read_list_filter,
    read_log_choice,
)

short = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
maybe = st.none() | short
job_names = st.builds(JobName, job_id=short, project=maybe, host=maybe, instance=maybe)
outputs = st.builds(RequestedOutput, project=short, name=short, kind=st.sampled_from(OutputKind))
requests: st.SearchStrategy[Request] = st.one_of(
    st.builds(
        Build,
        outputs=st.lists(outputs, min_size=1, max_size=3).map(tuple),
        mode=st.sampled_from(BuildMode),
        partition=maybe,
        instance=maybe,
        confirmed=st.booleans(),
    ),
    st.builds(Overview, instance=maybe),
    st.builds(
        ListJobs,
        project=short,
        state=st.sampled_from([None, "failed", "running", "done", "aborted"]),
        since=maybe,
        by=maybe,
        dataset=maybe,
        limit=st.none() | st.integers(1, 100),
        page=st.integers(0, 99),
        instance=maybe,
    ),
    st.builds(AbortAll, project=short, instance=maybe, jobs=st.lists(short, max_size=3).map(tuple)),
    st.builds(ReadLog, job=job_names, activity=maybe),
    st.builds(SendLog, job=job_names, activity=maybe),
    *(st.builds(kind, job=job_names) for kind in (ShowStatus, AbortJob, FollowJob, UnfollowJob)),
)


@given(requests)
def test_a_request_survives_the_round_trip(asked: Request) -> None:
    """Every kind of request, with any text in it, comes back equal or reports that it doesn't fit."""
    try:
        text = encode(asked)
    except ValueTooLarge:
        return
    assert len(text) <= 2_000
    assert decode(text) == asked


def test_an_ordinary_request_is_short() -> None:
    """Defaults are left out, so that a rebuild of many outputs fits."""
    request = Build(outputs=tuple(RequestedOutput(project="CHURN", name=f"dataset_{n}") for n in range(20)))
    assert decode(encode(request)) == request
    assert encode(Overview()) == 'v1:{"type":"Overview"}'


@given(st.text(max_size=200))
def test_garbage_is_an_old_button(text: str) -> None:
    """No external text raises anything else."""
    for garbage in (text, f"v1:{text}"):
        with pytest.raises(OldButton):
            decode(garbage)


@pytest.mark.parametrize(
    "text",
    [
        "",
        'v2:{"type":"Overview"}',
        '{"type":"Overview"}',
        'v1:{"type":"Unheard"}',
        'v1:{"type":"Build"}',
        'v1:{"type":"AbortJob","job":{"job_id":7}}',
        'v1:{"type":"ListJobs","project":"A","state":"odd"}',
        "v1:" + "[" * 1_900,
        'v1:{"type":"Overview","x":' + "[" * 1_900,
        'v1:{"type":"Overview","instance":"' + "x" * 2_000 + '"}',
        'v1:"\ud800"',
    ],
)
def test_another_version_or_a_damaged_value_is_an_old_button(text: str) -> None:
    """The person is told politely, and nothing is guessed."""
    with pytest.raises(OldButton) as caught:
        decode(text)
    assert isinstance(caught.value, Refusal)


@pytest.mark.parametrize("name", ["x" * 2_000, "\ud800"])
def test_what_does_not_fit_is_refused_before_slack_refuses_it(name: str) -> None:
    """Too long, or not Unicode: the caller shows the view without that button."""
    with pytest.raises(ValueTooLarge):
        encode(AbortJob(job=JobName(job_id=name)))


def test_a_chosen_activity_comes_back_with_its_job() -> None:
    """A select's option has only 150 code points, so the job is in the block's id."""
    job = JobName(job_id="Build_scored__NP__2026-11-25T14-25-48.123", project="CHURN", instance="main")
    block_id = encode_job(job)
    assert len(block_id) <= 255
    assert read_log_choice(block_id, log_choice("compute_x_NP")) == ReadLog(job=job, activity="compute_x_NP")
    assert read_log_choice(block_id, log_choice(None)) == ReadLog(job=job)
    with pytest.raises(OldButton):
        read_log_choice("b1", "*")
    with pytest.raises(ValueTooLarge):
        encode_job(JobName(job_id="x" * 300))
    with pytest.raises(ValueTooLarge):
        log_choice("x" * 151)


@pytest.mark.parametrize(
    "value",
    [
        '{"type":"Build","outputs":[]}',
        '{"type":"Build","outputs":[{"project":"","name":"x"}]}',
        '{"type":"Build","outputs":[{"project":"P","name":"a\\u0000b"}]}',
        '{"type":"ListJobs","project":"P","limit":-3}',
        '{"type":"ListJobs","project":"P","limit":0}',
        '{"type":"ListJobs","project":"P","page":-1}',
        '{"type":"ListJobs","project":"P","limit":1e300}',
        '{"type":"AbortJob","job":{"job_id":""}}',
        '{"type":"AbortAll","project":""}',
        '{"type":"ReadLog","job":{"job_id":"j","project":""}}',
    ],
)
def test_what_no_button_of_ours_says_is_an_old_button(value: str) -> None:
    """Readable but not from any of our buttons: answered like an unreadable value."""
    with pytest.raises(OldButton):
        decode(f"v1:{value}")


def test_a_chosen_filter_changes_one_field_and_begins_with_the_first_page() -> None:
    """The others are in the block's id; a value of no filter, or out of bounds, is an old one."""
    asked = ListJobs(project="CHURN", state="failed", by="bob", page=3, instance="main")
    block_id = encode_list(asked)
    assert len(block_id) <= 255
    assert read_list_filter(block_id, list_choice("state", None)) == ListJobs(
        project="CHURN", by="bob", instance="main"
    )
    assert read_list_filter(block_id, "by=me").by == "me"
    for value in ("state=broken", "project=SALES", "limit=5", "", f"by={'x' * 2_000}", "since=a\0b"):
        with pytest.raises(OldButton):
            read_list_filter(block_id, value)
