"""Finds the job that an id, ``PROJECT/ID`` or a link means."""

import re
from collections.abc import Callable, Sequence

import msgspec

from bot.commands.rendering import as_command, as_job
from bot.commands.suggestions import did_you_mean, same
from bot.commands.tokens import short
from bot.domain import (
    ANY_PROJECT,
    AbortAll,
    AbortJob,
    FollowJob,
    JobInfo,
    JobName,
    JobRef,
    ListJobs,
    Overview,
    ReadLog,
    RequestedOutput,
    SendLog,
    ShowStatus,
    UnfollowJob,
)
from bot.domain.errors import DSSError, DSSNotFound, DSSNotVisible, DSSRefused, Refusal
from bot.domain.follow_rules import merge
from bot.domain.ports import Dss
from bot.language import t
from bot.services.catalog import Catalog
from bot.services.project_search import find_output
from bot.services.restricted_dss import Hidden

JobRequest = ShowStatus | ReadLog | SendLog | AbortJob | FollowJob | UnfollowJob
"""Requests about one job."""

Known = Callable[[str], Sequence[JobRef]]
"""Returns the jobs with an id that the bot has followed, newest first."""

_NEAR = 50
_DATED = re.compile(r"\d{4}-\d\d-\d\dT", re.ASCII)
"""In the ids that DSS makes up."""


class NoSuchJob(Refusal):
    """DSS doesn't know the job, or the rules hide it. The text names the job.

    Attributes:
        near: ids of similar jobs of the same project, best first.
    """

    near: tuple[str, ...] = ()


def find_ref(dss: Dss, names: Catalog, caller: str | None, request: JobRequest, known: Known) -> JobRef:
    """Return the job that is meant, without checking that DSS still knows it.

    Raises:
        Refusal: only an id was given, and its project isn't clear.
        DSSError: DSS doesn't answer.
    """
    name = request.job
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
        raise _several(request, sorted(found))
    keys = [project.key for project in names.visible(dss, caller)]
    if key := same(name.job_id, keys):
        raise _a_project(request, key)
    if dataset := _dataset(dss, names, caller, name.job_id):
        listed = ListJobs(project=dataset.project, dataset=dataset.name, instance=name.instance)
        raise Refusal(
            t(
                "{dataset} is a dataset, not a job. "
                "Its list shows each job that builds it, with its buttons and its id.",
                dataset=short(dataset.label),
            ),
            example=as_command(listed),
        )
    job = as_job(JobName(project="PROJECT", job_id=short(name.job_id, 120)))
    raise Refusal(
        t(
            "Which project is the job {id} in? Job ids aren't unique in DSS, and I don't know a job with "
            "this one. Write it as {job}, or choose it in the list of running and recent jobs.",
            id=short(name.job_id),
            job=job,
        ),
        example=as_command(Overview(instance=name.instance)),
    )


def may_see(dss: Dss, ref: JobRef) -> bool:
    """Return whether the caller can see a job now; for a deleted job, whether they can see its project.

    Raises:
        DSSError: DSS doesn't answer, so nothing is revealed.
    """
    try:
        dss.job(ref.project, ref.job_id)
    except (DSSNotVisible, DSSRefused, Hidden):
        return False
    except DSSNotFound:
        return any(project.key == ref.project for project in dss.projects())
    return True


def read_job(dss: Dss, ref: JobRef, asked: JobName | None = None) -> JobInfo:
    """Read a job's status.

    Args:
        dss: the job's instance.
        ref: which job.
        asked: how the job was named in the request, for the example in a refusal.

    Raises:
        NoSuchJob: DSS doesn't know it; suggestions are included.
        DSSError: DSS doesn't answer, or refuses this person.
    """
    try:
        return _with_outputs(dss, dss.job(ref.project, ref.job_id))
    except DSSNotFound as gone:
        elsewhere = asked is not None and (asked.instance or asked.host)
        listed = ListJobs(project=ref.project, instance=ref.instance if elsewhere else None)
        near = _near(dss, ref)
        refused = NoSuchJob(
            t(
                "DSS has no job {id} in {project}: it might have been deleted.",
                id=short(ref.job_id, 120),
                project=ref.project,
            ),
            example=as_command(listed),
            suggestions=tuple(as_job(JobName(project=ref.project, job_id=one)) for one in near),
        )
        refused.near = near
        raise refused from gone


def _several(request: JobRequest, refs: Sequence[JobRef]) -> Refusal:
    named = tuple(as_job(JobName(project=ref.project, job_id=ref.job_id)) for ref in refs)
    return Refusal(
        t("Several jobs have that id: name the project too."),
        example=as_command(_in_project(request, refs[0].project)),
        suggestions=named,
    )


def _a_project(request: JobRequest, key: str) -> Refusal:
    """Say that the name is a project, not a job, and how to get to its jobs."""
    on = request.job.instance
    if isinstance(request, AbortJob):
        return Refusal(
            t(
                "{project} is a project, not a job. To abort all its jobs, write --all; the bot asks you "
                "first.",
                project=key,
            ),
            example=as_command(AbortAll(project=key, instance=on)),
        )
    return Refusal(
        t(
            "{project} is a project, not a job. Its list shows each job with its buttons and its id.",
            project=key,
        ),
        example=as_command(ListJobs(project=key, instance=on)),
    )


def _dataset(dss: Dss, names: Catalog, caller: str | None, typed: str) -> RequestedOutput | None:
    """Return the only dataset that is called like this, as ``PROJECT.name`` or by its name alone."""
    if _DATED.search(typed):
        return None
    exact, _ = find_output(dss, names, caller, RequestedOutput(project=ANY_PROJECT, name=typed))
    key, dot, name = typed.partition(".")
    if not exact and dot:
        in_any, _ = find_output(dss, names, caller, RequestedOutput(project=ANY_PROJECT, name=name))
        exact = [one for one in in_any if one.project.casefold() == key.casefold()]
    return exact[0] if len(exact) == 1 else None


def _in_project(request: JobRequest, project: str) -> JobRequest:
    return msgspec.structs.replace(request, job=msgspec.structs.replace(request.job, project=project))


def _with_outputs(dss: Dss, job: JobInfo) -> JobInfo:
    """Add the outputs from the list of jobs if the status says none, which older DSS versions can do."""
    if job.outputs:
        return job
    try:
        listed = dss.recent_jobs(job.ref.project, _NEAR)
    except DSSError:
        return job
    return next((merge(one, job) for one in listed if one.ref == job.ref), job)


def _near(dss: Dss, ref: JobRef) -> tuple[str, ...]:
    try:
        recent = dss.recent_jobs(ref.project, _NEAR)
    except DSSError:
        return ()
    return did_you_mean(ref.job_id, [job.ref.job_id for job in recent])
