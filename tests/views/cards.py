"""Jobs for the views to show. One text can be put into every field that comes from outside."""

from datetime import UTC, datetime, timedelta

from bot.domain import (
    AbortAsked,
    Activity,
    BuildMode,
    Counters,
    Failure,
    Gap,
    JobCard,
    JobInfo,
    JobRef,
    Output,
    WarningGroup,
)

NOW = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)


def ago(**delta: float) -> datetime:
    """Return a time before `NOW`."""
    return NOW - timedelta(**delta)


ACTIVITIES = (
    Activity(
        id="compute_features_NP", state="DONE", recipe="compute_features", recipe_type="sync",
        started_at=ago(minutes=4), ended_at=ago(minutes=3), records=10_400,
    ),
    Activity(
        id="compute_joined_NP", state="FAILED", recipe="compute_joined", recipe_type="python",
        started_at=ago(minutes=3), ended_at=ago(minutes=2, seconds=5),
        failure="Error in Python process: KeyError: 'amount'",
    ),
    Activity(
        id="compute_scored_NP", state="RUNNING", recipe="compute_scored", recipe_type="prediction_scoring",
        started_at=ago(seconds=50),
    ),
    Activity(id="compute_report_NP", state="NOT_STARTED", recipe="compute_report"),
)  # fmt: skip

COUNTERS = Counters(done=1, failed=1, running=1, not_started=1, total=4)


def ref(name: str = "Build_scored__NP__2026-11-25T14-25-48.123") -> JobRef:
    """Return a job's reference."""
    return JobRef(instance="main", project="CHURN", job_id=name)


def job(state: str = "RUNNING", **changes: object) -> JobInfo:
    """Return a job of CHURN.scored that began 4 min 12 s ago."""
    finished = state in {"DONE", "FAILED", "ABORTED"}
    fields: dict[str, object] = {
        "ref": ref(),
        "state": state,
        "finished": finished,
        "name": "Build_scored__NP_",
        "mode": BuildMode.ONLY.value,
        "outputs": (Output(project="CHURN", id="scored"),),
        "initiator": "alice",
        "triggered_from": "API",
        "initiated_at": ago(minutes=4, seconds=15),
        "started_at": ago(minutes=4, seconds=12),
        "ended_at": NOW if finished else None,
    }
    return JobInfo(**fields | changes)  # type: ignore[arg-type]


def card(info: JobInfo | None = None, **changes: object) -> JobCard:
    """Return a card of that job, followed for U0ALICE."""
    info = info or job()
    fields: dict[str, object] = {
        "job": info,
        "ui_url": f"https://dss.example.com/projects/CHURN/jobs/{info.ref.job_id}/",
        "asker": "U0ALICE",
        "asker_name": "Alice Martin",
        "usual_seconds": 300.0,
    }
    return JobCard(**fields | changes)  # type: ignore[arg-type]


def full(text: str, *, state: str = "RUNNING", many: int = 1) -> JobCard:
    """Return a card with one text in every external field, and with every optional part."""
    activities = tuple(
        Activity(
            id=f"{text}{number}", state=word, recipe=text, recipe_type=text, failure=text,
            warning_groups=(WarningGroup(kind=text, count=7, message=text),),
            started_at=ago(hours=30), ended_at=ago(hours=29),
        )
        for number in range(many)
        for word in ("FAILED", "RUNNING", text)
    )  # fmt: skip
    info = job(
        state,
        ref=JobRef(instance=text, project=text, job_id=text),
        name=text,
        mode=text,
        outputs=tuple(
            Output(kind=text, project=text, id=text, name=text, partition=text) for _ in range(many)
        ),
        initiator=text,
        triggered_from=text,
        warnings=7,
        counters=Counters(done=1, failed=many, running=many, total=4 * many),
        activities=activities,
        failure=Failure(message=text, activity_id=text, recipe=text, stack=text),
        conflicts=tuple(JobRef(instance=text, project=text, job_id=text) for _ in range(many)),
    )
    return JobCard(
        job=info,
        ui_url=f"https://dss.example.com/{text}",
        asker=text,
        asker_name=text,
        instance_label=text,
        usual_seconds=1e9,
        abort=AbortAsked(by=text, by_name=text, at=ago(minutes=1)),
        gaps=tuple(Gap(start=ago(days=2), end=ago(days=1)) for _ in range(many)),
        silent_since=ago(minutes=20),
        thread_url=text,
    )
