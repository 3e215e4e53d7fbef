"""Messages for channels that see only outcomes name nothing but the project and who asked."""

import json
from datetime import timedelta

import msgspec
import pytest

from bot.domain import Activity, Counters, Failure, Gap, JobRef, Message, Output, Silence, WarningGroup
from bot.domain.job_events import (
    ActivityDone,
    ActivityFailed,
    Back,
    Ended,
    EndUnreadable,
    Event,
    GaveUp,
    Heartbeat,
    JobUpdate,
    Overdue,
    Rebuilt,
    Silent,
    Started,
    Stuck,
    Vanished,
    WaitingConfirmation,
)
from bot.domain.stored_records import Urgency
from bot.domain.visibility import Visibility
from bot.views.job_messages import drafts
from tests.support.samples import NOW, followed, job_info, watch

SECRET = "salary"
"""In every name and text of the job but its project's key."""
ACTIVITY = Activity(
    id="compute_salary_NP",
    state="FAILED",
    recipe="compute_salary",
    recipe_type="salary_type",
    failure="salary of Bob is negative",
    warnings=3,
    warning_groups=(WarningGroup(count=3, kind="SALARY", message="salary warning"),),
    records=12_345,
)
INFO = job_info(
    ref=JobRef(instance="dss", project="PAYROLL", job_id="Build_salary_bands_2026"),
    state="FAILED",
    finished=True,
    name="Build salary_bands",
    outputs=(Output(project="PAYROLL", id="salary_bands"), Output(project="OTHER", id="salary_2")),
    initiator="salary_admin",
    started_at=NOW - timedelta(minutes=3),
    ended_at=NOW,
    counters=Counters(failed=1, total=98_765),
    activities=(ACTIVITY,),
    failure=Failure(message="salary of Bob is negative", activity_id="compute_salary_NP"),
    conflicts=(JobRef(instance="dss", project="PAYROLL", job_id="Build_salary_other"),),
)
HERE = watch(ref=INFO.ref, asker_name="Alice")
SILENT = Gap(start=NOW, end=NOW + timedelta(minutes=1))
EVENTS: tuple[Event, ...] = (
    Started(),
    ActivityFailed(ACTIVITY),
    ActivityDone(ACTIVITY),
    Heartbeat(1),
    WaitingConfirmation(),
    Stuck(5),
    Overdue(),
    Silent(NOW, Silence.OUTAGE),
    Back(SILENT),
    Ended(),
    Vanished(),
    Rebuilt(),
    EndUnreadable(listed=True),
    GaveUp(7),
)
LAST = (Ended, Vanished, EndUnreadable, GaveUp)


def made(event: Event, seen: Visibility, state: str = "FAILED") -> list[tuple[str, str, Message]]:
    """Return the channel, the id and the message of every draft."""
    info = msgspec.structs.replace(INFO, state=state, finished=state != "RUNNING")
    step = JobUpdate(job=followed(info=info), events=(event,), changed=True)
    found = drafts(
        step,
        [HERE],
        NOW,
        ui_url="https://dss/salary",
        excerpts={HERE.asker: "salary log"},
        visible=lambda _: seen,
    )
    return [(draft.channel_id, draft.id, draft.message) for draft in found]


@pytest.mark.parametrize("state", ["RUNNING", "DONE", "FAILED", "ABORTED"])
@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_nothing_is_named(event: Event, state: str) -> None:
    """Neither texts nor buttons name an output, an activity, a job or a login, or show a cause or a log."""
    for seen in (Visibility.OUTCOME, Visibility.PRIVATE):
        sent = json.dumps([(message.text, message.blocks) for _, _, message in made(event, seen, state)])
        assert SECRET not in sent.casefold()
        assert "12,345" not in sent
        assert "98,765" not in sent


def test_each_of_them_names_something_when_everything_is_shown() -> None:
    """The test above looks for what is really there."""
    for event in (ActivityFailed(ACTIVITY), ActivityDone(ACTIVITY), Ended()):
        for _, _, message in made(event, Visibility.FULL):
            assert SECRET in json.dumps(message.blocks)
    assert "salary log" in json.dumps(made(Ended(), Visibility.FULL)[1][2].blocks)


def test_an_outcome_says_project_state_duration_and_who_is_told() -> None:
    """That is all that people need to know whether to ask."""
    (_, _, root), (channel, _, end) = made(Ended(), Visibility.OUTCOME)
    assert channel == "C1"
    assert root.text == end.text == "Failed after 3 min: a job in `PAYROLL`"
    assert "requested by Alice" in json.dumps(root.blocks)
    assert f"<@{HERE.asker}> *Failed* after 3 min: a job in `PAYROLL`" in json.dumps(end.blocks)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_a_private_channel_gets_one_neutral_line(event: Event) -> None:
    """What ends a thread goes to the person's direct messages; the channel doesn't even see the project."""
    (root, *others) = made(event, Visibility.PRIVATE)
    assert root[0] == "C1"
    assert "PAYROLL" not in json.dumps([root[2].text, root[2].blocks])
    assert [channel for channel, _, _ in others] == [HERE.asker] * isinstance(event, LAST)


def test_a_private_end_is_a_message_of_its_own() -> None:
    """A reply in a thread of another conversation isn't possible."""
    step = JobUpdate(job=followed(info=INFO), events=(Ended(),), changed=True, close=True)
    _, end = drafts(step, [HERE], NOW, ui_url="https://dss", visible=lambda _: Visibility.PRIVATE)
    assert (end.root_id, end.urgency, end.asker) == (None, Urgency.END, HERE.asker)
