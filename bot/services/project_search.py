"""Looks through several projects in one pass: for jobs, or for an output by its name alone."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatchcase
from typing import TypeVar

import msgspec

from bot.commands.rendering import ALONE, as_command
from bot.commands.suggestions import did_you_mean
from bot.commands.tokens import short
from bot.domain import (
    ANY_PROJECT,
    Build,
    FlowObject,
    JobInfo,
    ListProjects,
    ProjectInfo,
    RequestedOutput,
)
from bot.domain.errors import DSSBadKey, DSSError, DSSUnavailable, DSSUnreachable, Refusal
from bot.domain.ports import Dss
from bot.language import in_same_language, t
from bot.services.catalog import Catalog

MOST_PROJECTS = 40
"""One search reads at most this many projects, one call each."""
JOBS_EACH = 100
"""How many of each project's newest jobs a search reads."""
T = TypeVar("T")

AT_ONCE = 4
"""Calls at the same time."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a search for jobs found, and what it looked through."""

    jobs: tuple[JobInfo, ...]
    searched: tuple[str, ...]
    """Keys of the projects that were read."""
    unread: int = 0
    """How many projects DSS didn't let the caller read."""
    left_out: int = 0
    """How many more projects match."""


def is_pattern(text: str) -> bool:
    """Whether a typed project means several: keys joined by commas, or a pattern."""
    return any(sign in text for sign in ",*?")


def matching_projects(projects: Sequence[ProjectInfo], typed: str) -> list[str]:
    """Return the keys that a list of keys and patterns means, in its order, ignoring case."""
    keys = [project.key for project in projects]
    wanted = [part.casefold() for part in typed.split(",") if part]
    found = [key for pattern in wanted for key in keys if fnmatchcase(key.casefold(), pattern)]
    return list(dict.fromkeys(found))


def search_jobs(dss: Dss, keys: Sequence[str]) -> Found:
    """Read the newest jobs of several projects.

    Raises:
        DSSError: DSS doesn't answer at all.
    """

    def read(key: str) -> Sequence[JobInfo] | None:
        try:
            return dss.recent_jobs(key, JOBS_EACH)
        except (DSSUnreachable, DSSUnavailable, DSSBadKey):
            raise
        except DSSError:
            return None

    chosen = list(keys[:MOST_PROJECTS])
    lists = _each(read, chosen)
    return Found(
        jobs=tuple(job for jobs in lists for job in jobs or ()),
        searched=tuple(key for key, jobs in zip(chosen, lists, strict=True) if jobs is not None),
        unread=sum(jobs is None for jobs in lists),
        left_out=len(keys) - len(chosen),
    )


def find_output(
    dss: Dss, catalog: Catalog, caller: str | None, wanted: RequestedOutput
) -> tuple[list[RequestedOutput], list[RequestedOutput]]:
    """Find the projects that have an output of a name.

    Returns:
        The outputs with exactly this name, ignoring case, and up to five with a similar one.
    """
    keys = [project.key for project in catalog.visible(dss, caller)][:MOST_PROJECTS]

    def read(key: str) -> Sequence[FlowObject]:
        try:
            return catalog.objects(dss, caller, key, wanted.kind)
        except (DSSUnreachable, DSSUnavailable, DSSBadKey):
            raise
        except DSSError:
            return ()

    exact: list[RequestedOutput] = []
    others: dict[str, list[RequestedOutput]] = {}
    for key, objects in zip(keys, _each(read, keys), strict=True):
        for one in objects:
            output = RequestedOutput(project=key, name=one.name, kind=wanted.kind)
            if wanted.name.casefold() in {one.name.casefold(), one.id.casefold()}:
                exact.append(output)
            else:
                others.setdefault(one.name, []).append(output)
    near = [output for name in did_you_mean(wanted.name, others, 5) for output in others[name]]
    return exact, near[:5]


def nowhere(request: Build) -> Refusal:
    """Say that no project has an output with this name, or even a similar one."""
    name = request.outputs[0].name
    is_about_jobs = name.casefold() in ALONE
    names = as_command(ListProjects(instance=request.instance))
    return Refusal(
        t("No project that you can see has an output {name}.", name=short(name)),
        example=f"/dss-jobs {name.casefold()}" if is_about_jobs else names,
    )


def outputs_elsewhere(dss: Dss, catalog: Catalog, caller: str | None, request: Build) -> Refusal | None:
    """Say that the first word isn't a project but one of several outputs, as in ``features scored``."""
    typed = {output.project for output in request.outputs}
    first = request.outputs[0]
    if len(typed) != 1 or first.project.isupper():
        return None
    names = dict.fromkeys((first.project, *(output.name for output in request.outputs)))
    wanted = [RequestedOutput(project=ANY_PROJECT, name=name, kind=first.kind) for name in names]
    outputs = project_with_all(dss, catalog, caller, wanted)
    if not outputs:
        return None
    right = msgspec.structs.replace(request, outputs=outputs)
    said = t(
        "There is no project {typed}. Did you mean the outputs in {project}?",
        typed=short(first.project),
        project=outputs[0].project,
    )
    return Refusal(said, example=as_command(right))


def project_with_all(
    dss: Dss, catalog: Catalog, caller: str | None, wanted: Sequence[RequestedOutput]
) -> tuple[RequestedOutput, ...]:
    """Return the outputs in the only project that has them all; empty if there is no such project."""
    found = [find_output(dss, catalog, caller, one)[0] for one in wanted]
    keys = set.intersection(*({one.project for one in exact} for exact in found))
    if len(keys) != 1:
        return ()
    return tuple(one for exact in found for one in exact if one.project in keys)


def _each(read: Callable[[str], T], keys: Sequence[str]) -> list[T]:
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="projects") as pool:
        return list(pool.map(in_same_language(read), keys))
