"""The buttons of a job."""

from bot.domain import (
    AbortJob,
    Build,
    BuildMode,
    FollowJob,
    JobCard,
    JobInfo,
    JobName,
    OutputKind,
    ReadLog,
    RequestedOutput,
    ShowStatus,
    UnfollowJob,
)
from bot.views import action_ids
from bot.views.blocks import Block, button, confirm, link_button
from bot.views.wording import labels_of


def name_of(job: JobInfo) -> JobName:
    """Name a job with its project and instance, for the value of a button."""
    return JobName(job_id=job.ref.job_id, project=job.ref.project, instance=job.ref.instance)


def abort(card: JobCard, number: int | None = None) -> Block | None:
    """Abort the job after a dialog that says what is lost; ``None`` when there is nothing to abort."""
    if card.job.finished or card.vanished:
        return None
    labels = labels_of(card.job.outputs) or [card.job.ref.job_id]
    more = f" and {len(labels) - 1} more" if len(labels) > 1 else ""
    asks = confirm(
        "Abort this job?",
        "Any work in progress is lost. What the job has already written stays, so its outputs might be "
        f"incomplete. It builds: {labels[0][:100]}{more}",
        "Abort the job",
        "Let it run",
    )
    request = AbortJob(job=name_of(card.job))
    return button("Abort", action_ids.JOB_ABORT, request, number=number, style="danger", confirm=asks)


def log(card: JobCard, number: int | None = None) -> Block | None:
    """Show the end of the job's log."""
    if card.vanished:
        return None
    return button("Log", action_ids.JOB_LOG, ReadLog(job=name_of(card.job)), number=number)


def status(card: JobCard, number: int | None = None) -> Block | None:
    """Show the job's current status."""
    return button("Status", action_ids.JOB_STATUS, ShowStatus(job=name_of(card.job)), number=number)


def open_in_dss(card: JobCard, number: int | None = None) -> Block | None:
    """Open the job in DSS's web interface."""
    return link_button("Open in DSS", card.ui_url, number=number)


def follow(card: JobCard, number: int | None = None) -> Block | None:
    """Follow an unfinished job here."""
    if card.job.finished or card.vanished:
        return None
    return button("Follow here", action_ids.JOB_FOLLOW, FollowJob(job=name_of(card.job)), number=number)


def unfollow(card: JobCard) -> Block | None:
    """Stop following a job here."""
    return button("Stop following", action_ids.JOB_UNFOLLOW, UnfollowJob(job=name_of(card.job)))


def rebuild(card: JobCard, number: int | None = None) -> Block | None:
    """Build the same again; ``None`` when the job is running, or when one request can't express it."""
    request = same_again(card.job)
    if request is None or not card.job.finished:
        return None
    return button("Rebuild", action_ids.JOB_REBUILD, request, number=number)


def rebuild_with_changes(card: JobCard) -> Block | None:
    """Open the build dialog with what the job built; ``None`` as for `rebuild`."""
    request = same_again(card.job)
    if request is None or not card.job.finished:
        return None
    return button("Rebuild with changes…", action_ids.BUILD_DIALOG_CHANGE, request)


def same_again(job: JobInfo, *, thread: str | None = None) -> Build | None:
    """Return the request for the same job; ``None`` when its mode, kind or partitions can't be requested.

    Outputs are named by id: that is what DSS returns in a list of jobs, and unlike a name it is unique.

    Args:
        job: the job.
        thread: id of the watch in whose thread it was asked for, if it was.
    """
    partitions = {None if output.partition in {"", "NP"} else output.partition for output in job.outputs}
    if len(partitions) != 1:
        return None
    try:
        wanted = tuple(
            RequestedOutput(project=output.project, name=output.id, kind=OutputKind(output.kind))
            for output in job.outputs
        )
        mode = BuildMode(job.mode)
    except ValueError:
        return None
    partition = partitions.pop()
    return Build(outputs=wanted, mode=mode, partition=partition, instance=job.ref.instance, thread=thread)
