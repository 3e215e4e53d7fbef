"""Turns any error into one message for the person who asked; the log gets the details."""

from uuid import uuid4

import msgspec
import structlog

from bot import views
from bot.commands.rendering import as_command
from bot.domain import AbortAll, Build, JobName, ListDatasets, ListJobs, Message, Request
from bot.domain.errors import DSSError, DSSNotFound, DSSNotVisible, DSSRefused, Refusal
from bot.language import t
from bot.services.catalog import UnknownOutput, UnknownProject
from bot.services.job_lookup import JobRequest, NoSuchJob

_NAMES_THE_JOB = (UnknownProject, UnknownOutput, NoSuchJob, DSSNotVisible, DSSRefused, DSSNotFound)

log = structlog.get_logger(__name__)


def error_message(
    error: Exception,
    *,
    doing: str,
    instance: str | None = None,
    request: Request | None = None,
    reference: str | None = None,
) -> Message:
    """Return the message about an error for the person.

    Args:
        error: what went wrong.
        doing: what was being done, for the log.
        instance: the DSS instance, when the person might have meant another one.
        request: what was asked for, to suggest it with another project.
        reference: the number that the person, the log and the audit name; by default, a new one.
    """
    if isinstance(error, views.OldButton):
        return views.old_button()
    if request is not None and _of_thread(request) and isinstance(error, _NAMES_THE_JOB):
        error = Refusal(
            t(
                "You can't do that with this job: you can't see it in DSS, or DSS doesn't allow it, or it "
                "was deleted. An administrator of its project can give you access."
            )
        )
    if isinstance(request, Build) and request.favorite and isinstance(error, _NAMES_THE_JOB):
        error = Refusal(
            t(
                "You can't build the channel's favorite “{name}”: you can't see in DSS what it builds, or "
                "DSS doesn't allow it, or it was deleted. An administrator of its project can help.",
                name=request.favorite,
            )
        )
    if isinstance(error, UnknownProject) and error.near and request is not None:
        right = with_project(request, error.typed, error.near[0])
        error = Refusal(str(error), example=as_command(right), suggestions=error.suggestions)
    if isinstance(error, Refusal):
        log.info("refused", doing=doing, reason=str(error))
        return views.refusal(error)
    if isinstance(error, DSSError):
        log.warning("dss.trouble", doing=doing, error=type(error).__name__, detail=str(error))
        return views.dss_trouble(error, instance)
    reference = reference or short_reference(uuid4().hex)
    log.error("fault", doing=doing, reference=reference, exc_info=error)
    return views.our_fault(reference)


def _of_thread(request: Request) -> bool:
    """Return whether a request is about the job of a thread, which might not name it."""
    named = request.job if isinstance(request, JobRequest) else request
    return isinstance(named, JobName | Build) and named.thread is not None


def short_reference(number: str) -> str:
    """Return the part of an intent's ID, or of another number, that a person is shown and can type."""
    return number[:8]


def with_project(request: Request, typed: str, key: str) -> Request:
    """Return a request with another project in place of the one that was typed."""
    replace = msgspec.structs.replace
    match request:
        case Build(outputs=outputs):
            right = (replace(one, project=key) if one.project == typed else one for one in outputs)
            return replace(request, outputs=tuple(right))
        case ListJobs() | AbortAll() | ListDatasets():
            return replace(request, project=key)
        case _ if isinstance(request, JobRequest):
            return replace(request, job=replace(request.job, project=key))
        case _:
            return request
