"""Which job is meant by an id, ``PROJECT/ID`` or a link."""

from collections.abc import Callable, Sequence

import msgspec

from bot.errors import DSSError, DSSNotFound, DSSNotVisible, DSSRefused, Refusal
from bot.facts import (
    AbortAll,
    AbortJob,
    FollowJob,
    JobFacts,
    JobName,
    JobRef,
    ListJobs,
    ReadLog,
    ShowStatus,
    UnfollowJob,
)
from bot.jobs.names import Names
from bot.jobs.nearest import did_you_mean, same
from bot.jobs.ports import Dss
from bot.jobs.render import as_command, as_job
from bot.jobs.words import short

JobWish = ShowStatus | ReadLog | AbortJob | FollowJob | UnfollowJob
"""What can be wished for one job."""

Known = Callable[[str], Sequence[JobRef]]
"""Returns the jobs of an id that the bot followed, the newest first."""

_NEAR = 50


def find_ref(dss: Dss, names: Names, caller: str | None, wish: JobWish, known: Known) -> JobRef:
    """Return the job that is meant, without making sure that DSS still knows it.

    Raises:
        Refusal: only an id was given, and it cannot be told of which project.
        DSSError: DSS does not answer.
    """
    name = wish.job
    if name.project is not None:
        project = names.project(dss, caller, name.project)
        return JobRef(instance=dss.instance, project=project, job_id=name.job_id)
    found = {ref for ref in known(name.job_id) if ref.instance == dss.instance and may_see(dss, ref)}
    if not found:
        running = dss.running_jobs() or ()
        found = {job.ref for job in running if job.ref.job_id == name.job_id}
    if len(found) == 1:
        return found.pop()
    if found:
        raise _several(wish, sorted(found))
    keys = [project.key for project in names.visible(dss, caller)]
    if key := same(name.job_id, keys):
        raise _a_project(wish, key)
    raise Refusal(
        f"Which project is the job {short(name.job_id)} in? "
        "Ids are not unique in DSS, and I know of no job with this one.",
        example=as_command(_in_project(wish, "PROJECT")),
    )


def may_see(dss: Dss, ref: JobRef) -> bool:
    """Say whether the caller may see a job now; one that was deleted is no secret to who may see its project.

    Raises:
        DSSError: DSS does not answer: then nobody is told anything.
    """
    try:
        dss.job(ref.project, ref.job_id)
    except (DSSNotVisible, DSSRefused):
        return False
    except DSSNotFound:
        return any(project.key == ref.project for project in dss.projects())
    return True


def read_job(dss: Dss, ref: JobRef, asked: JobName | None = None) -> JobFacts:
    """Read a job's status.

    Args:
        dss: the job's instance.
        ref: which job.
        asked: the words that were typed for it, for the example of a refusal.

    Raises:
        Refusal: DSS does not know it; near misses are named.
        DSSError: DSS does not answer, or not to this person.
    """
    try:
        return dss.job(ref.project, ref.job_id)
    except DSSNotFound as gone:
        elsewhere = asked is not None and (asked.instance or asked.host)
        listed = ListJobs(project=ref.project, instance=ref.instance if elsewhere else None)
        raise Refusal(
            f"DSS knows no job {short(ref.job_id, 120)} in {ref.project}: it may have been deleted.",
            example=as_command(listed),
            suggestions=_near(dss, ref),
        ) from gone


def _several(wish: JobWish, refs: Sequence[JobRef]) -> Refusal:
    named = tuple(as_job(JobName(project=ref.project, job_id=ref.job_id)) for ref in refs)
    return Refusal(
        "Several jobs have that id: say which, with its project.",
        example=as_command(_in_project(wish, refs[0].project)),
        suggestions=named,
    )


def _a_project(wish: JobWish, key: str) -> Refusal:
    """Say that a project was named where a job belongs, and how to get at its jobs."""
    on = wish.job.instance
    if isinstance(wish, AbortJob):
        return Refusal(
            f"{key} is a project, not a job. To abort all its jobs, write --all; you are asked first.",
            example=as_command(AbortAll(project=key, instance=on)),
        )
    return Refusal(
        f"{key} is a project, not a job: its list shows the jobs, each with its buttons and its id.",
        example=as_command(ListJobs(project=key, instance=on)),
    )


def _in_project(wish: JobWish, project: str) -> JobWish:
    return msgspec.structs.replace(wish, job=msgspec.structs.replace(wish.job, project=project))


def _near(dss: Dss, ref: JobRef) -> tuple[str, ...]:
    try:
        recent = dss.recent_jobs(ref.project, _NEAR)
    except DSSError:
        return ()
    near = did_you_mean(ref.job_id, [job.ref.job_id for job in recent])
    return tuple(as_job(JobName(project=ref.project, job_id=job_id)) for job_id in near)
