"""A wish, written as the command that means it: for examples, the Rebuild button and the audit.

The text is what a person types: Slack escapes ``&``, ``<`` and ``>`` on the way to the bot, and views escape
them when they show it.
"""

from typing import assert_never
from urllib.parse import quote as percent_encode

from bot.facts import (
    DEFAULT_MODE,
    MODE_WORDS,
    OUTPUT_KINDS,
    AbortAll,
    AbortJob,
    Build,
    FollowJob,
    JobName,
    ListJobs,
    OutputKind,
    Overview,
    ReadLog,
    ShowStatus,
    UnfollowJob,
    WantedOutput,
    Wish,
)
from bot.jobs.words import quote

SUBCOMMANDS = ("status", "log", "abort", "follow", "unfollow")
"""First words of ``/dss-jobs`` that are no project."""

NO_PROJECTS = frozenset(
    {"logs", "help", "list", "ls", "all", "today", "yesterday", "failed", "running", "done", "aborted"}
)
"""Other words that are not taken for a project either, unless they stand in quotes."""

_MODES = {mode: word for word, mode in MODE_WORDS.items()}
_KINDS = {kind: word for word, kind in OUTPUT_KINDS.items()}


def as_command(wish: Wish) -> str:
    """Write a wish as a slash command. What cannot be typed (a page, a confirmation) is left out."""
    match wish:
        case Build():
            return _join("/dss-build", _outputs(wish.outputs), _build_options(wish))
        case Overview():
            return _join("/dss-jobs", _option("on", wish.instance))
        case ListJobs():
            return _join("/dss-jobs", _project(wish.project), _filters(wish))
        case ShowStatus():
            return _of_job("status", wish.job)
        case ReadLog():
            return _of_job("log", wish.job, _option("activity", wish.activity))
        case AbortJob():
            return _of_job("abort", wish.job)
        case AbortAll():
            return _join("/dss-jobs abort --all", _project(wish.project), _option("on", wish.instance))
        case FollowJob():
            return _of_job("follow", wish.job)
        case UnfollowJob():
            return _of_job("unfollow", wish.job)
        case _:
            assert_never(wish)


def can_be_typed(wish: Build) -> bool:
    """Whether a build can be typed: one command has one type, and not every type has a word."""
    kinds = {output.kind for output in wish.outputs}
    return len(kinds) == 1 and kinds <= _KINDS.keys()


def as_output(output: WantedOutput) -> str:
    """Write ``PROJECT.name``, in quotes where they are needed."""
    return f"{quote(output.project, dots=False)}.{quote(output.name)}"


def _join(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _option(name: str, value: str | int | None) -> str:
    return "" if value is None else f"--{name} {quote(str(value))}"


def _outputs(outputs: tuple[WantedOutput, ...]) -> str:
    return " ".join(as_output(output) for output in outputs)


def _build_options(wish: Build) -> str:
    kind = wish.outputs[0].kind if wish.outputs else OutputKind.DATASET
    return _join(
        _option("partition", wish.partition),
        _option("mode", None if wish.mode is DEFAULT_MODE else _MODES[wish.mode]),
        _option("type", None if kind is OutputKind.DATASET else _KINDS.get(kind, kind.value.lower())),
        _option("on", wish.instance),
    )


def _filters(wish: ListJobs) -> str:
    return _join(
        _option("state", wish.state),
        _option("since", wish.since),
        _option("by", wish.by),
        _option("dataset", wish.dataset),
        _option("limit", wish.limit),
        _option("on", wish.instance),
    )


def _project(key: str) -> str:
    """Write a project key; in quotes when it would be read as something else."""
    written = quote(key, dots=False)
    if written == key and (key.casefold() in {*SUBCOMMANDS, *NO_PROJECTS} or "/" in key):
        return f'"{key}"'
    return written


def _of_job(subcommand: str, job: JobName, option: str = "") -> str:
    return _join("/dss-jobs", subcommand, as_job(job), option, _option("on", job.instance))


def as_job(job: JobName) -> str:
    """Write a job's id, ``PROJECT/ID`` or its link, in quotes where they are needed."""
    if job.host and job.project:
        project, job_id = percent_encode(job.project, safe=""), percent_encode(job.job_id, safe="")
        return f"{job.host}/projects/{project}/jobs/{job_id}/"
    if job.project:
        return f"{quote(job.project)}/{quote(job.job_id)}"
    return f'"{job.job_id}"' if job.job_id.casefold() == "all" else quote(job.job_id)
