"""What words of ``/dss-jobs`` mean once it is known what each is: a project's key, a name, a filter, a link.

What is wrong is recorded in `Parsed.problems`; then what is returned is correct, for an example.
"""

from typing import Literal, cast

from bot.commands.job_links import check_id, read_object_link, read_project_link
from bot.commands.options import JOBS_OPTIONS, Parsed, Problem, given_twice, of_option
from bot.commands.tokens import Word
from bot.domain import Connect, Disconnect, ListDatasets, ListJobs, ListProjects
from bot.domain.errors import Refusal
from bot.language import t

_FILTERS = ("state", "since", "by", "dataset", "limit", "on")


def read_project(word: Word, parsed: Parsed) -> str:
    """Return the key of a project, or of the one that a link leads to."""
    try:
        linked = read_project_link(word.text) if word.bare else None
        return linked or check_id(word.text, "project key")
    except Refusal as refusal:
        parsed.problems.append(Problem(str(refusal), refusal.suggestions))
        return "PROJECT"


def list_jobs(project: str, parsed: Parsed) -> ListJobs:
    """Return the list of a project's jobs, with the filters that the options are."""
    for name in sorted(parsed.values.keys() - set(_FILTERS)):
        parsed.problems.append(Problem(t("--{option} doesn't work with a list of jobs.", option=name)))
    limit = parsed.values.get("limit")
    return ListJobs(
        project=project,
        state=cast("Literal['failed', 'running', 'done', 'aborted'] | None", parsed.text("state")),
        since=parsed.text("since"),
        by=parsed.text("by"),
        dataset=parsed.text("dataset"),
        limit=limit if isinstance(limit, int) else None,
        instance=parsed.text("on"),
    )


def of_dataset(project: str, name: str, parsed: Parsed) -> ListJobs:
    """The jobs that build one dataset."""
    if "dataset" in parsed.values:
        parsed.problems.append(given_twice("dataset"))
    else:
        _read_dataset(name, parsed)
    return list_jobs(project, parsed)


def _read_dataset(name: str, parsed: Parsed) -> None:
    try:
        parsed.values["dataset"] = JOBS_OPTIONS["dataset"].read(name)
    except Refusal as wrong:
        parsed.problems.append(of_option("dataset", wrong))


def of_link(parsed: Parsed) -> ListJobs:
    """The jobs that build what a pasted link leads to."""
    linked = read_object_link(parsed.words[0].text)
    assert linked is not None
    return of_dataset(linked.project, linked.name, parsed)


def is_object_link(text: str) -> bool:
    """Return whether it is a link to something that can be built."""
    try:
        return read_object_link(text) is not None
    except Refusal:
        return False


def is_project_link(text: str) -> bool:
    """Return whether it is a link to a project as a whole."""
    try:
        return read_project_link(text) is not None
    except Refusal:
        return False


def of_names(subcommand: str, parsed: Parsed) -> ListProjects | ListDatasets:
    """``projects [text]`` and ``datasets PROJECT [text]``."""
    instance = parsed.text("on")
    words = [word.text for word in parsed.words]
    if subcommand == "projects":
        return ListProjects(text=" ".join(words) or None, instance=instance)
    if not words:
        parsed.problems.append(Problem(t("Say which project's datasets to list.")))
    project = read_project(parsed.words[0], parsed) if words else "PROJECT"
    return ListDatasets(project=project, text=" ".join(words[1:]) or None, instance=instance)


def of_key(subcommand: str, parsed: Parsed) -> Connect | Disconnect:
    """``connect`` and ``disconnect``. Other words might be the key, so the answer never repeats them."""
    if parsed.words and subcommand == "connect":
        text = t(
            "Don't type a key into a command: connect opens a dialog for it. If this was a real key, delete "
            "it in DSS and make a new one."
        )
        parsed.problems.append(Problem(text))
    elif parsed.words:
        parsed.problems.append(Problem(t("disconnect takes nothing but --on.")))
    instance = parsed.text("on")
    return Connect(instance=instance) if subcommand == "connect" else Disconnect(instance=instance)
