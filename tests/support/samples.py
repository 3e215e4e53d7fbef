"""Valid sample records; each test sets only the fields that it is about."""

from typing import Any
from uuid import uuid4

from bot.domain import Build, JobInfo, JobRef, Message, Output, Place, RequestedOutput
from bot.domain.stored_records import Draft, FollowedJob, Intent, Urgency, Watch
from tests.support.clocks import HandClock

REF = JobRef(instance="dss", project="CHURN", job_id="Build_scored__NP__2026-11-25T12-00-00.000")
NOW = HandClock().moment


def new_id() -> str:
    """Return a unique id."""
    return uuid4().hex


def intent(**changes: Any) -> Intent:
    """Return an intent to build CHURN.scored."""
    values: dict[str, Any] = {
        "id": new_id(),
        "request": Build(outputs=(RequestedOutput(project="CHURN", name="scored"),)),
        "user_id": "U1",
        "team_id": "T1",
        "place": Place(channel_id="C1", response_url="https://hooks.example/1"),
        "created_at": NOW,
    }
    return Intent(**(values | changes))


def job_info(**changes: Any) -> JobInfo:
    """Return a running job."""
    values: dict[str, Any] = {
        "ref": REF,
        "state": "RUNNING",
        "finished": False,
        "name": "Build_scored__NP_",
        "mode": "NON_RECURSIVE_FORCED_BUILD",
        "outputs": (Output(project="CHURN", id="scored", partition="NP"),),
        "initiator": "alice",
        "initiated_at": NOW,
        "started_at": NOW,
    }
    return JobInfo(**(values | changes))


def followed(**changes: Any) -> FollowedJob:
    """Return a followed job."""
    return FollowedJob(**({"info": job_info()} | changes))


def watch(**changes: Any) -> Watch:
    """Return a watch on the job in channel C1."""
    values: dict[str, Any] = {
        "id": new_id(),
        "ref": REF,
        "place": Place(channel_id="C1"),
        "asker": "U1",
        "root_id": new_id(),
        "created_at": NOW,
    }
    return Watch(**(values | changes))


def draft(**changes: Any) -> Draft:
    """Return a root message for channel C1."""
    values: dict[str, Any] = {
        "id": new_id(),
        "channel_id": "C1",
        "message": Message(text="hello"),
        "urgency": Urgency.ROOT,
    }
    return Draft(**(values | changes))
