"""Completion of the next word in a line. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

BUILD_OPTIONS: Mapping[str, Sequence[str]] = {
    "--mode": ("only", "modified", "missing", "all"),
    "--partition": (),
    "--type": ("dataset", "folder", "model", "streaming", "knowledge"),
}
JOBS_OPTIONS: Mapping[str, Sequence[str]] = {
    "--state": ("failed", "running", "done", "aborted"),
    "--since": ("2h", "7d", "yesterday"),
    "--by": ("me",),
    "--dataset": (),
    "--limit": (),
}
OF_ONE_JOB = ("status", "log", "abort", "follow", "unfollow")
OWN = ("as", "in", "show", "more", "wait", "help", "quit")


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """The names that exist."""

    people: Sequence[str]
    channels: Sequence[str]
    datasets: Mapping[str, Sequence[str]]  # by project key
    jobs: Sequence[str]  # ids, newest first


def candidates(text: str, known: Vocabulary) -> list[str]:
    """Return the candidates for the last word of a line: whole words, in a sensible order."""
    *before, last = text.split(" ")
    folded = last.casefold()
    return [word for word in _next(before, last, known) if word.casefold().startswith(folded)]


def _next(before: Sequence[str], last: str, known: Vocabulary) -> Sequence[str]:
    match before:
        case []:
            return ("/dss-build", "/dss-jobs", *OWN)
        case ["as"]:
            return known.people
        case ["in"]:
            return [f"#{channel}" for channel in known.channels]
        case ["/dss-build", *rest]:
            return _build(rest, last, known)
        case ["/dss-jobs", *rest]:
            return _jobs(rest, last, known)
    return ()


def _build(rest: Sequence[str], last: str, known: Vocabulary) -> Sequence[str]:
    if rest and rest[-1] in BUILD_OPTIONS:
        return BUILD_OPTIONS[rest[-1]]
    if last.startswith("--"):
        return tuple(BUILD_OPTIONS)
    project, dot, _ = last.partition(".")
    if dot:
        return [f"{project}.{name}" for name in known.datasets.get(project.upper(), ())]
    return [f"{key}." for key in known.datasets]


def _jobs(rest: Sequence[str], last: str, known: Vocabulary) -> Sequence[str]:
    if not rest:
        return (*known.datasets, *OF_ONE_JOB, "help")
    if rest[-1] == "--dataset":
        return known.datasets.get(rest[0].upper(), ())
    if rest[-1] in JOBS_OPTIONS:
        return JOBS_OPTIONS[rest[-1]]
    if rest[0] == "abort" and rest[-1] == "--all":
        return tuple(known.datasets)
    if rest[0] in OF_ONE_JOB:
        return (*(("--all",) if rest[0] == "abort" else ()), *known.jobs) if len(rest) == 1 else ()
    return tuple(JOBS_OPTIONS) if last.startswith("--") else ()
