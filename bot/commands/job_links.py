"""Jobs as people name them: by id, as ``PROJECT/ID`` or by a DSS web interface link (DSS-API.md §5)."""

import re
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from bot.domain import LONGEST_NAME, JobName, OutputKind, RequestedOutput
from bot.domain.errors import Refusal
from bot.language import mark, number, t

_LONGEST = 2_000
_WRAPPED = re.compile(r"<([^<>|]+)(?:\|[^<>]*)?>")
_OBJECT_PAGES = {
    "datasets": OutputKind.DATASET,
    "managedfolder": OutputKind.FOLDER,
    "savedmodels": OutputKind.MODEL,
}
_FOCUSED = re.compile(r"dataset_([^.]+)\.(.+)")
"""What the flow focuses on, in its address (DSS-API.md §5)."""
_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_LINK_IN_TEXT = re.compile(r"https?://[^\s<>|\"\\]{1,2000}", re.IGNORECASE)
EXAMPLE = "PROJECT/Build_dataset_2026-11-23T08-15-02.417"
"""A job as somebody might type it."""

_WRONG_IDS = {
    "project key": (
        mark("The project key is missing."),
        mark("A project key can have at most {most} characters."),
        mark("A project key can't contain “/”, “..” or control characters."),
    ),
    "job id": (
        mark("The job id is missing."),
        mark("A job id can have at most {most} characters."),
        mark("A job id can't contain “/”, “..” or control characters."),
    ),
    "name": (
        mark("The name is missing."),
        mark("A name can have at most {most} characters."),
        mark("A name can't contain “/”, “..” or control characters."),
    ),
}
"""What is said about each kind of text that can't be one segment of a DSS URL."""


def read_job(text: str, instance: str | None = None) -> JobName:
    """Read a job id, ``PROJECT/ID`` or a DSS job link.

    Raises:
        Refusal: it is none of these, or the id contains what an id can't (DSS-API.md §3.5).
    """
    linked = read_job_link(text)
    if linked is not None:
        return JobName(job_id=linked.job_id, project=linked.project, host=linked.host, instance=instance)
    project, slash, job_id = text.strip().partition("/")
    if not slash:
        project, job_id = "", project
    elif not project:
        raise Refusal(t("Write a project before the “/”."), example=EXAMPLE)
    checked = check_id(project, "project key") if slash else None
    return JobName(job_id=check_id(job_id, "job id"), project=checked, instance=instance)


def read_job_link(text: str) -> JobName | None:
    """Read ``{ui}/projects/KEY/jobs/JOBID/…``, with or without Slack's brackets; ``None`` when it is no link.

    Raises:
        Refusal: it is a link, but not to a job.
    """
    located = _locate(text)
    if located is None:
        return None
    host, project, page, job_id = located
    if page != "jobs" or not job_id:
        said = t("This link doesn't lead to a job: open the job in DSS and copy its address.")
        raise Refusal(said, example=EXAMPLE)
    return JobName(job_id=check_id(job_id, "job id"), project=check_id(project, "project key"), host=host)


def job_links(text: str) -> Iterator[JobName]:
    """Yield the jobs that a text links to, in order; whatever isn't a link to a job is left out."""
    for found in _LINK_IN_TEXT.finditer(text):
        with suppress(Refusal):
            if linked := read_job_link(found[0]):
                yield linked


def read_object_link(text: str) -> RequestedOutput | None:
    """Read a link to a dataset, folder or model, by its name or id; ``None`` when it isn't a link.

    Raises:
        Refusal: it is a link, but not to something that can be built.
    """
    located = _locate(text)
    if located is None:
        return None
    _, project, page, name = located
    if page not in _OBJECT_PAGES or not name:
        if page == "recipes":
            said = t(
                "This link leads to a recipe, and DSS builds what it makes: paste a dataset's link, or write "
                "PROJECT.name."
            )
        else:
            said = t(
                "This link leads to nothing that can be built: paste a dataset's link, or write PROJECT.name."
            )
        if project:
            names = f"/dss-jobs datasets {project}"
            said += t(" To see what there is: {command}.", command=names)
        raise Refusal(said)
    return RequestedOutput(
        project=check_id(project, "project key"), name=check_id(name, "name"), kind=_OBJECT_PAGES[page]
    )


def read_project_link(text: str) -> str | None:
    """Read a link to a project, its flow or its list of jobs; ``None`` when it leads elsewhere.

    Raises:
        Refusal: it is a link, but not a valid one.
    """
    located = _locate(text)
    if located is None:
        return None
    _, project, page, shown = located
    return check_id(project, "project key") if page in {"", "flow", "jobs"} and not shown else None


def check_id(text: str, what: str) -> str:
    """Return ``text`` if it can be one segment of a DSS URL.

    Raises:
        Refusal: it is empty, too long, or contains ``/``, a backslash, ``..`` or control characters.
    """
    missing, too_long, wrong_signs = _WRONG_IDS[what]
    if not text.strip():
        raise Refusal(t(missing), example=EXAMPLE)
    if len(text) > LONGEST_NAME:
        raise Refusal(t(too_long, most=number(LONGEST_NAME)), example=EXAMPLE)
    if "/" in text or "\\" in text or ".." in text or text == "." or not text.isprintable():
        raise Refusal(t(wrong_signs), example=EXAMPLE)
    return text


def _locate(text: str) -> tuple[str, str, str, str] | None:
    """Split a DSS link into host, project, kind of page and what it shows; ``None`` if it isn't a link."""
    wrapped = _WRAPPED.fullmatch(text.strip())
    link = wrapped[1] if wrapped else text.strip()
    if not (_SCHEME.match(link) or "/projects/" in link):
        return None
    if len(link) > _LONGEST:
        raise Refusal(t("This link is too long to be a DSS link."), example=EXAMPLE)
    parts, host = _address(link if _SCHEME.match(link) else f"https://{link}")
    segments = [unquote(segment) for segment in parts.path.split("/")]
    if "projects" not in segments:
        raise Refusal(t("This link doesn't lead to a DSS project."), example=EXAMPLE)
    project, page, shown = (*segments[segments.index("projects") + 1 :], "", "", "")[:3]
    if page == "flow" and (focused := _FOCUSED.fullmatch(parse_qs(parts.query).get("id", [""])[0])):
        return host, focused[1], "datasets", focused[2]
    return host, project, page, shown


def _address(link: str) -> tuple[SplitResult, str]:
    """Split a link; the second value is its ``scheme://host[:port]``, without user and password."""
    try:
        parts = urlsplit(link)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise Refusal(t("This link isn't a valid address."), example=EXAMPLE) from error
    if not host:
        raise Refusal(t("This link has no host."), example=EXAMPLE)
    if any(char.isspace() for char in host):
        raise Refusal(t("This link isn't a valid address."), example=EXAMPLE)
    shown = f"[{host}]" if ":" in host else host
    return parts, f"{parts.scheme}://{shown}" + ("" if port is None else f":{port}")
