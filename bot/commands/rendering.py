"""Writes a request as the equivalent slash command: for examples, the Rebuild button and the audit log.

The text is what a person would type. Slack escapes ``&``, ``<`` and ``>`` on the way to the bot, and views
escape them when they show the text.
"""

import re
from typing import assert_never
from urllib.parse import quote as percent_encode

from bot.commands.tokens import quote
from bot.domain import (
    ALL_PROJECTS,
    ANY_PROJECT,
    DEFAULT_MODE,
    MODE_WORDS,
    OUTPUT_KINDS,
    AbortAll,
    AbortJob,
    Build,
    Connect,
    DecideApproval,
    DeleteFavorite,
    Disconnect,
    FollowJob,
    JobName,
    KeyRequest,
    ListDatasets,
    ListJobs,
    ListProjects,
    MyLastJob,
    OutputKind,
    Overview,
    ReadLog,
    RenameFavorite,
    Request,
    RequestedOutput,
    SaveFavorite,
    SendLog,
    SetDefault,
    ShowFavorites,
    ShowStatus,
    ShowThread,
    UnfollowJob,
)

SUBCOMMANDS = (
    *("status", "log", "abort", "follow", "unfollow"),
    *("why", "rebuild", "last", "projects", "datasets"),
    *("connect", "disconnect", "defaults"),
)
"""First words of ``/dss-jobs`` that aren't projects."""

SYNONYMS = {
    "logs": "log",
    **dict.fromkeys(("retry", "rerun"), "rebuild"),
}
"""Words that mean the same as a subcommand, in small letters. None is for ``abort``: ``stop`` can mean to
stop posting."""

ALONE = ("status", "log", "abort", "why", "rebuild", "last", "projects", "connect", "disconnect")
"""Subcommands that need no other word."""

NO_PROJECTS = frozenset(
    {
        *SYNONYMS,
        *("help", "list", "ls", "all", "everything", "me", "mine", "my"),
        *("today", "yesterday", "failed", "running", "done", "aborted"),
    }
)
"""Other words that aren't taken for a project either, unless they are quoted."""

_PATTERN = re.compile(r"[\w*?]+(?:,[\w*?]+)*")
"""Keys and patterns that can be typed without quotes."""

_MODES = {mode: word for word, mode in MODE_WORDS.items()}
_KINDS = {kind: word for word, kind in OUTPUT_KINDS.items()}


def as_command(request: Request | KeyRequest) -> str:  # noqa: C901, PLR0912 - a table
    """Write a request as a slash command. What can't be typed (a page, a file, a thread) is left out."""
    match request:
        case Build():
            return _join("/dss-build", _outputs(request.outputs), _build_options(request))
        case Overview():
            return _join("/dss-jobs", _option("on", request.instance))
        case ListJobs():
            filters = _filters(request)
            everywhere = request.project == ALL_PROJECTS and filters
            return _join("/dss-jobs", "" if everywhere else _project(request.project), filters)
        case MyLastJob(verb=verb):
            word = "last" if verb == "status" else verb
            return _join("/dss-jobs", word, _option("on", request.instance))
        case ListProjects():
            return _join("/dss-jobs projects", _text(request.text), _option("on", request.instance))
        case ListDatasets():
            words = (_project(request.project), _text(request.text))
            return _join("/dss-jobs datasets", *words, _option("on", request.instance))
        case ShowStatus():
            return _of_job("status", request.job)
        case ShowThread():
            return "/dss-jobs status"
        case ReadLog() | SendLog():
            return _of_job("log", request.job, _option("activity", request.activity))
        case AbortJob():
            return _of_job("abort", request.job)
        case AbortAll():
            return _join("/dss-jobs abort --all", _project(request.project), _option("on", request.instance))
        case FollowJob():
            return _of_job("follow", request.job)
        case UnfollowJob():
            return _of_job("unfollow", request.job)
        case DecideApproval():
            return "/dss-jobs"  # a decision can't be typed: it's about what a message shows
        case SaveFavorite():
            return _join(
                "/dss-build save",
                quote(request.name),
                _outputs(request.build.outputs),
                _build_options(request.build),
                _shared(request.shared),
            )
        case RenameFavorite():
            names = (quote(request.name), quote(request.to))
            return _join("/dss-build rename", *names, _shared(request.shared))
        case DeleteFavorite():
            return _join("/dss-build delete", quote(request.name), _shared(request.shared))
        case ShowFavorites():
            return "/dss-build list"
        case SetDefault(project=project):
            default = "none" if project is None else _project(project)
            return _join("/dss-jobs defaults", default, _option("on", request.instance))
        case Connect():
            return _join("/dss-jobs connect", _option("on", request.instance))
        case Disconnect():
            return _join("/dss-jobs disconnect", _option("on", request.instance))
        case _:
            assert_never(request)


def as_typed(text: str) -> str:
    """Return the text of a command as Slack sends it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def can_be_typed(request: Build) -> bool:
    """Whether a build can be typed: a command has one type, and not every type has a word for it."""
    kinds = {output.kind for output in request.outputs}
    return len(kinds) == 1 and kinds <= _KINDS.keys()


def as_output(output: RequestedOutput) -> str:
    """Write ``PROJECT.name``, with quotes where needed."""
    if output.project == ANY_PROJECT:
        written = quote(output.name, dots=False)
        # Without quotes, it is read as something else: P:a is P.a.
        special = output.name.casefold() == "help" or ":" in output.name
        return f'"{output.name}"' if special and written == output.name else written
    return f"{quote(output.project, dots=False)}.{quote(output.name, begins=False)}"


def _join(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _text(text: str | None) -> str:
    return "" if text is None else quote(text)


def _option(name: str, value: str | int | None) -> str:
    return "" if value is None else f"--{name} {quote(str(value))}"


def _outputs(outputs: tuple[RequestedOutput, ...]) -> str:
    return " ".join(as_output(output) for output in outputs)


def _build_options(request: Build) -> str:
    kind = request.outputs[0].kind if request.outputs else OutputKind.DATASET
    return _join(
        _option("partition", request.partition),
        _option("mode", None if request.mode is DEFAULT_MODE else _MODES[request.mode]),
        _option("type", None if kind is OutputKind.DATASET else _KINDS.get(kind, kind.value.lower())),
        "--dry-run" if request.dry_run else "",
        _option("on", request.instance),
    )


def _shared(shared: bool) -> str:  # noqa: FBT001 - one of two words
    return "--channel" if shared else ""


def _filters(request: ListJobs) -> str:
    return _join(
        _option("state", request.state),
        _option("since", request.since),
        _option("by", request.by),
        _option("dataset", request.dataset),
        _option("limit", request.limit),
        _option("on", request.instance),
    )


def _project(key: str) -> str:
    """Write a project key, or several or a pattern, in quotes if it would otherwise be read differently."""
    special = key.casefold() in {*SUBCOMMANDS, *NO_PROJECTS, "?"} or "/" in key
    # A word between two asterisks is taken for one that was pasted in bold.
    if _PATTERN.fullmatch(key) and not special and not (key[0] == key[-1] == "*" and len(key) > 2):
        return key
    written = quote(key, dots=False)
    return f'"{key}"' if written == key and special else written


def _of_job(subcommand: str, job: JobName, option: str = "") -> str:
    return _join("/dss-jobs", subcommand, as_job(job), option, _option("on", job.instance))


def as_job(job: JobName) -> str:
    """Write a job's id, ``PROJECT/ID`` or its link, with quotes where needed."""
    if job.host and job.project:
        project, job_id = percent_encode(job.project, safe=""), percent_encode(job.job_id, safe="")
        return f"{job.host}/projects/{project}/jobs/{job_id}/"
    if job.project:
        return f"{quote(job.project)}/{quote(job.job_id, begins=False)}"
    return f'"{job.job_id}"' if job.job_id.casefold() == "all" else quote(job.job_id)
