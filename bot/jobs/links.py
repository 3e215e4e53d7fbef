"""Jobs by the words people use: an id, ``PROJECT/ID`` or a link of the DSS web interface (DSS-API.md §5)."""

import re
from urllib.parse import SplitResult, unquote, urlsplit

from bot.errors import Refusal
from bot.facts import JobName

_LONGEST = 2_000
_WRAPPED = re.compile(r"<([^<>|]+)(?:\|[^<>]*)?>")
_OBJECT_PAGES = frozenset({"datasets", "managedfolder", "savedmodels"})
_SCHEME = re.compile(r"https?://", re.IGNORECASE)
EXAMPLE = "PROJECT/Build_dataset_2026-11-23T08-15-02.417"
"""A job as it may be typed."""


def read_job(text: str, instance: str | None = None) -> JobName:
    """Read a job id, ``PROJECT/ID`` or a DSS job link.

    Raises:
        Refusal: when it is none of them, or the id holds what no id may (DSS-API.md §3.5).
    """
    linked = read_job_link(text)
    if linked is not None:
        return JobName(job_id=linked.job_id, project=linked.project, host=linked.host, instance=instance)
    project, slash, job_id = text.strip().partition("/")
    if not slash:
        project, job_id = "", project
    elif not project:
        raise Refusal("A project belongs before the “/”.", example=EXAMPLE)
    checked = check_id(project, "project key") if slash else None
    return JobName(job_id=check_id(job_id, "job id"), project=checked, instance=instance)


def read_job_link(text: str) -> JobName | None:
    """Read ``{ui}/projects/KEY/jobs/JOBID/…``, also as Slack wraps it; ``None`` when it is no link at all.

    Raises:
        Refusal: when it is a link, but not of one job.
    """
    located = _locate(text)
    if located is None:
        return None
    host, project, page, job_id = located
    if page != "jobs" or not job_id:
        raise Refusal(
            "This link does not lead to one job: open the job in DSS and copy its address.", example=EXAMPLE
        )
    return JobName(job_id=check_id(job_id, "job id"), project=check_id(project, "project key"), host=host)


def read_object_link(text: str) -> tuple[str, str] | None:
    """Read the link of a dataset, folder or model as project and name or id; ``None`` when it is no link.

    Raises:
        Refusal: when it is a link, but not of something that can be built.
    """
    located = _locate(text)
    if located is None:
        return None
    _, project, page, name = located
    if page not in _OBJECT_PAGES or not name:
        raise Refusal("This link does not lead to something that can be built.")
    return check_id(project, "project key"), check_id(name, "name")


def check_id(text: str, what: str) -> str:
    """Return ``text`` when it can be one segment of a DSS address.

    Raises:
        Refusal: when it is empty or holds ``/``, a backslash, ``..`` or control characters.
    """
    if not text.strip():
        raise Refusal(f"The {what} is missing.", example=EXAMPLE)
    if "/" in text or "\\" in text or ".." in text or text == "." or not text.isprintable():
        raise Refusal(f"A {what} holds no “/”, no “..” and no control characters.", example=EXAMPLE)
    return text


def _locate(text: str) -> tuple[str, str, str, str] | None:
    """Take a DSS link apart into host, project, kind of page and what the page shows; ``None``: no link."""
    wrapped = _WRAPPED.fullmatch(text.strip())
    link = wrapped[1] if wrapped else text.strip()
    if not (_SCHEME.match(link) or "/projects/" in link):
        return None
    if len(link) > _LONGEST:
        raise Refusal("This link is too long to be one of DSS.", example=EXAMPLE)
    parts, host = _address(link if _SCHEME.match(link) else f"https://{link}")
    segments = [unquote(segment) for segment in parts.path.split("/")]
    if "projects" not in segments:
        raise Refusal("This link does not lead to a DSS project.", example=EXAMPLE)
    project, page, shown = (*segments[segments.index("projects") + 1 :], "", "", "")[:3]
    return host, project, page, shown


def _address(link: str) -> tuple[SplitResult, str]:
    """Split a link; the second part is its ``scheme://host[:port]``, without user and password."""
    try:
        parts = urlsplit(link)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise Refusal("This link cannot be read as an address.", example=EXAMPLE) from error
    if not host:
        raise Refusal("This link names no host.", example=EXAMPLE)
    shown = f"[{host}]" if ":" in host else host
    return parts, f"{parts.scheme}://{shown}" + ("" if port is None else f":{port}")
