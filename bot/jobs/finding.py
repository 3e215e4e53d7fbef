"""Which job is meant by an id, ``PROJECT/ID`` or a link."""

from collections.abc import Callable, Sequence

import msgspec

from bot.errors import DSSError, DSSNotFound, Refusal
from bot.facts import JobFacts, JobName, JobRef
from bot.jobs.names import Names
from bot.jobs.nearest import did_you_mean
from bot.jobs.ports import Dss

Known = Callable[[str], Sequence[JobRef]]
"""Returns the jobs of an id that the bot followed, the newest first."""

_NEAR = 50


def find_ref(dss: Dss, names: Names, caller: str | None, name: JobName, known: Known) -> JobRef:
    """Return the job that is meant, without making sure that DSS still knows it.

    Raises:
        Refusal: only an id was given, and it cannot be told of which project.
        DSSError: DSS does not answer.
    """
    if name.project is not None:
        project = names.project(dss, caller, name.project)
        return JobRef(instance=dss.instance, project=project, job_id=name.job_id)
    followed = {ref for ref in known(name.job_id) if ref.instance == dss.instance}
    if not followed:
        running = dss.running_jobs() or ()
        followed = {job.ref for job in running if job.ref.job_id == name.job_id}
    if len(followed) == 1:
        return followed.pop()
    raise Refusal(
        "Which project is that job in? Job ids are not unique in DSS, and it is none of those that I follow.",
        example=f"/dss-jobs status PROJECT/{name.job_id}",
        suggestions=tuple(sorted(str(ref) for ref in followed)),
    )


def read_job(dss: Dss, ref: JobRef) -> JobFacts:
    """Read a job's status.

    Raises:
        Refusal: DSS does not know it; near misses are named.
        DSSError: DSS does not answer, or not to this person.
    """
    try:
        return dss.job(ref.project, ref.job_id)
    except DSSNotFound as gone:
        raise Refusal(
            f"DSS knows no job {ref.job_id} in {ref.project}: it may have been deleted.",
            example=f"/dss-jobs {ref.project}",
            suggestions=_near(dss, ref),
        ) from gone


def with_project(name: JobName, ref: JobRef) -> JobName:
    """Return a job's name with what was found out about it."""
    return msgspec.structs.replace(name, project=ref.project, instance=ref.instance)


def _near(dss: Dss, ref: JobRef) -> tuple[str, ...]:
    try:
        recent = dss.recent_jobs(ref.project, _NEAR)
    except DSSError:
        return ()
    near = did_you_mean(ref.job_id, [job.ref.job_id for job in recent])
    return tuple(f"{ref.project}/{job_id}" for job_id in near)
