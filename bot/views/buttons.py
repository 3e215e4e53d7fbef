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
from bot.language import number as counted
from bot.language import t, tn
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
    lost = t(
        "Any work in progress is lost. What the job has already written stays, so its outputs might be "
        "incomplete."
    )
    what = labels[0][:100]
    if len(labels) > 1:
        built = t("It builds: {what} and {number} more", what=what, number=counted(len(labels) - 1))
    else:
        built = t("It builds: {what}", what=what)
    asks = confirm(abort_question(1), f"{lost} {built}", t("Abort the job"), let_run(1))
    request = AbortJob(job=name_of(card.job))
    return button(t("Abort"), action_ids.JOB_ABORT, request, number=number, style="danger", confirm=asks)


def abort_question(jobs: int) -> str:
    """Ask whether to abort so many jobs."""
    return tn("Abort this job?", "Abort these {number} jobs?", jobs)


def let_run(jobs: int) -> str:
    """Name the button that aborts none of so many jobs."""
    return tn("Let it run", "Let them run", jobs)


def log(card: JobCard, number: int | None = None) -> Block | None:
    """Open the dialog of the job's log."""
    if card.vanished:
        return None
    return button(t("Log"), action_ids.JOB_LOG, ReadLog(job=name_of(card.job)), number=number)


def status(card: JobCard, number: int | None = None) -> Block | None:
    """Show the job's current status."""
    return button(t("Status"), action_ids.JOB_STATUS, ShowStatus(job=name_of(card.job)), number=number)


def open_in_dss(card: JobCard, number: int | None = None) -> Block | None:
    """Open the job in DSS's web interface."""
    return link_button(t("Open in DSS"), card.ui_url, number=number)


def follow(card: JobCard, number: int | None = None) -> Block | None:
    """Follow an unfinished job here."""
    if card.job.finished or card.vanished:
        return None
    return button(t("Follow here"), action_ids.JOB_FOLLOW, FollowJob(job=name_of(card.job)), number=number)


def unfollow(card: JobCard) -> Block | None:
    """Stop following a job here."""
    return button(t("Stop following"), action_ids.JOB_UNFOLLOW, UnfollowJob(job=name_of(card.job)))


def rebuild(card: JobCard, number: int | None = None) -> Block | None:
    """Build the same again; ``None`` when the job is running, or when one request can't express it."""
    request = same_again(card.job)
    if request is None or not card.job.finished:
        return None
    return button(t("Rebuild"), action_ids.JOB_REBUILD, request, number=number)


def rebuild_with_changes(card: JobCard) -> Block | None:
    """Open the build dialog with what the job built; ``None`` as for `rebuild`."""
    request = same_again(card.job)
    if request is None or not card.job.finished:
        return None
    return button(t("Rebuild with changes…"), action_ids.BUILD_DIALOG_CHANGE, request)


def save(card: JobCard) -> Block | None:
    """Open the dialog in which what the job built gets a name; ``None`` as for `rebuild`."""
    request = same_again(card.job)
    if request is None or not card.job.finished:
        return None
    return button(t("Save…"), action_ids.FAVORITE_DIALOG_OPEN, request)


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
