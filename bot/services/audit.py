"""Makes the audit entries about what came of a request; `AccessControl` writes those about decisions."""

from bot.domain import (
    AbortAll,
    Build,
    DeleteFavorite,
    JobName,
    JobRef,
    Place,
    RenameFavorite,
    Request,
    SaveFavorite,
)
from bot.domain.audit import AuditEntry, AuditEvent, Outcome
from bot.domain.errors import Refusal
from bot.domain.people import surface_of
from bot.domain.policy import capability_of
from bot.domain.stored_records import Intent, UnreadableIntent


def outcome_of(
    intent: Intent,
    outcome: Outcome,
    *,
    instance: str = "",
    job: JobRef | None = None,
    act_as: str | None = None,
    target: str | None = None,
    note: str = "",
) -> AuditEntry:
    """Return the entry about what came of an intent.

    Args:
        intent: the stored request.
        outcome: what came of it.
        instance: the DSS instance, if there is no job to name it.
        job: the job that it is about, if there is one.
        act_as: the DSS login that the calls were made as.
        target: what it is about, if that isn't what was asked for.
        note: the reason, in a sentence.
    """
    project, named = _about(intent.request)
    plan = intent.plan
    return AuditEntry(
        event=AuditEvent.OUTCOME,
        user_id=intent.user_id,
        team_id=intent.team_id,
        act_as=act_as or (plan.act_as if plan else None),
        verb=capability_of(intent.request),
        instance=job.instance if job else instance or (plan.instance if plan else ""),
        project=job.project if job else project,
        target=named if target is None else target,
        channel=intent.place.channel_id,
        surface=surface_of(intent.place),
        allowed=outcome is not Outcome.REFUSED,
        outcome=outcome,
        job=job.job_id if job else "",
        reference=intent.id,
        note=note,
    )


def failed_query(
    request: Request, user_id: str, team_id: str, place: Place, error: Exception, reference: str
) -> AuditEntry:
    """Return the entry about a query that wasn't answered."""
    project, named = _about(request)
    refused = isinstance(error, Refusal)
    return AuditEntry(
        event=AuditEvent.OUTCOME,
        user_id=user_id,
        team_id=team_id,
        verb=capability_of(request),
        project=project,
        target=named,
        channel=place.channel_id,
        surface=surface_of(place),
        allowed=not refused,
        outcome=Outcome.REFUSED if refused else Outcome.FAILED,
        reference=reference,
        note=reason(error),
    )


def set_aside(row: UnreadableIntent) -> AuditEntry:
    """Return the entry about an intent that can't be read, and so isn't carried out."""
    return AuditEntry(
        event=AuditEvent.OUTCOME,
        user_id=row.user_id,
        team_id="",
        verb="unreadable",
        channel=row.place.channel_id,
        surface=surface_of(row.place),
        allowed=True,
        outcome=Outcome.UNKNOWN if row.begun else Outcome.FAILED,
        reference=row.id,
        note=row.reason,
    )


def reason(error: Exception) -> str:
    """Return why something failed, in the first line of what the person is told or the log says."""
    said = str(error).strip().partition("\n")[0]
    return said if isinstance(error, Refusal) else f"{type(error).__name__}: {said}".rstrip(": ")


def _about(request: Request) -> tuple[str, str]:
    """Return the project and the outputs or the job, as they were typed."""
    match request:
        case Build(outputs=outputs):
            return outputs[0].project, ", ".join(output.label for output in outputs)
        case SaveFavorite(build=build, name=name):
            return build.outputs[0].project, f"{name}: {', '.join(output.label for output in build.outputs)}"
        case RenameFavorite(name=name) | DeleteFavorite(name=name):
            return "", name
        case AbortAll(project=project, jobs=jobs):
            return project, ", ".join(jobs)
        case _:
            job = getattr(request, "job", None)
            if isinstance(job, JobName):
                return job.project or "", job.job_id
            return str(getattr(request, "project", None) or ""), ""
