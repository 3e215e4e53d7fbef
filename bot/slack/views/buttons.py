"""The buttons of a job."""

from bot.facts import (
    AbortJob,
    Build,
    BuildMode,
    FollowJob,
    JobCard,
    JobFacts,
    JobName,
    OutputKind,
    ReadLog,
    ShowStatus,
    UnfollowJob,
    WantedOutput,
)
from bot.slack.views import ids
from bot.slack.views.blocks import Block, button, confirm, link_button
from bot.slack.views.words import labels_of


def name_of(job: JobFacts) -> JobName:
    """Name a job completely, for the value of a button."""
    return JobName(job_id=job.ref.job_id, project=job.ref.project, instance=job.ref.instance)


def abort(card: JobCard, number: int | None = None) -> Block | None:
    """Abort, with a dialog that says what is lost; ``None`` when there is nothing to abort."""
    if card.job.finished or card.vanished:
        return None
    labels = labels_of(card.job.outputs) or [card.job.ref.job_id]
    more = f" and {len(labels) - 1} more" if len(labels) > 1 else ""
    asks = confirm(
        "Abort this job?",
        "The work in progress is lost. What the job has already written stays written, so its outputs may be "
        f"incomplete. It builds: {labels[0][:100]}{more}",
        "Abort the job",
        "Let it run",
    )
    wish = AbortJob(job=name_of(card.job))
    return button("Abort", ids.JOB_ABORT, wish, number=number, style="danger", confirm=asks)


def log(card: JobCard, number: int | None = None) -> Block | None:
    """Show the end of the job's log."""
    if card.vanished:
        return None
    return button("Log", ids.JOB_LOG, ReadLog(job=name_of(card.job)), number=number)


def status(card: JobCard) -> Block | None:
    """Show how the job stands now."""
    return button("Status", ids.JOB_STATUS, ShowStatus(job=name_of(card.job)))


def open_in_dss(card: JobCard, number: int | None = None) -> Block | None:
    """Open the job in DSS's web interface."""
    return link_button("Open in DSS", card.ui_url, number=number)


def follow(card: JobCard, number: int | None = None) -> Block | None:
    """Follow an unfinished job here."""
    if card.job.finished or card.vanished:
        return None
    return button("Follow here", ids.JOB_FOLLOW, FollowJob(job=name_of(card.job)), number=number)


def unfollow(card: JobCard) -> Block | None:
    """Stop following a job here."""
    return button("Stop following", ids.JOB_UNFOLLOW, UnfollowJob(job=name_of(card.job)))


def rebuild(card: JobCard, number: int | None = None) -> Block | None:
    """Build the same again; ``None`` when the job runs, or cannot be asked for again in one wish."""
    wish = same_again(card.job)
    if wish is None or not card.job.finished:
        return None
    return button("Rebuild", ids.JOB_REBUILD, wish, number=number)


def same_again(job: JobFacts) -> Build | None:
    """Return the wish for the same job; ``None`` when its mode, kind or mixed partitions cannot be asked for.

    Outputs are named by id: it is what DSS says in a list of jobs, and it is unique where a name is not.
    """
    partitions = {None if output.partition in {"", "NP"} else output.partition for output in job.outputs}
    if len(partitions) != 1:
        return None
    try:
        wanted = tuple(
            WantedOutput(project=output.project, name=output.id, kind=OutputKind(output.kind))
            for output in job.outputs
        )
        mode = BuildMode(job.mode)
    except ValueError:
        return None
    return Build(outputs=wanted, mode=mode, partition=partitions.pop(), instance=job.ref.instance)
