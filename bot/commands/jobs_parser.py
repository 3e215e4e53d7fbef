"""The parser for ``/dss-jobs``."""

import re
from typing import Literal, cast

import msgspec

from bot.commands.build_parser import parse_unwrapped, read_words
from bot.commands.favorites_parser import read_default
from bot.commands.free_words import is_word, read_free_words
from bot.commands.job_links import EXAMPLE, check_id, read_job, read_object_link, read_project_link
from bot.commands.options import (
    JOBS_OPTIONS,
    Parsed,
    Problem,
    given_twice,
    of_option,
    read_options,
    read_value,
)
from bot.commands.rendering import as_command
from bot.commands.subcommands import MY_LAST_JOB, ONE_JOB, OPTIONS_OF, near_subcommands, read_subcommand
from bot.commands.tokens import Word, short
from bot.domain import (
    ALL_PROJECTS,
    AbortAll,
    AbortJob,
    Connect,
    Disconnect,
    FollowJob,
    Help,
    JobName,
    ListDatasets,
    ListJobs,
    ListProjects,
    Mistake,
    MyLastJob,
    Overview,
    Query,
    ReadLog,
    SetDefault,
    ShowStatus,
    UnfollowJob,
)
from bot.domain.errors import Refusal
from bot.language import t

_Request = Query | AbortJob | AbortAll | FollowJob | UnfollowJob | SetDefault | Connect | Disconnect

JobsRequest = _Request | Help | Mistake
"""Everything that `parse_jobs` can return."""

_FILTERS = ("state", "since", "by", "dataset", "limit", "on")
_LIST = ("list", "ls")
_SHOW = ("show", "get", "find")
_JOB_ID = re.compile(r".*\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d.*", re.ASCII)
_ANY_JOB = JobName(project="PROJECT", job_id=EXAMPLE.partition("/")[2])


def parse_jobs(text: str) -> JobsRequest:
    """Parse the text after ``/dss-jobs``.

    A first word that names a subcommand is one; a project with such a key has to be quoted. Without a job, it
    is about a job of mine. ``PROJECT/ID`` or a link alone asks for that job's status, ``PROJECT.dataset`` for
    the jobs that build it. Other words are a project, a state and a time in any order; without a project,
    all of them are meant.
    """
    return parse_unwrapped("jobs", text, _parse_jobs)


def _parse_jobs(text: str) -> JobsRequest:
    words = read_words("jobs", text)
    if isinstance(words, Help | Mistake):
        return words
    parsed = read_options(words, JOBS_OPTIONS)
    subcommand = read_subcommand(parsed.words[0]) if parsed.words else None
    if subcommand == "last":
        said = read_free_words(parsed.words)
        if said.since or said.state:
            subcommand = None
        if said.state and not said.since:  # "last failed" is the list of what failed, newest first
            del parsed.words[0]
    if subcommand is not None:
        del parsed.words[0]
        request = _of_subcommand(subcommand, parsed)
    elif parsed.values.get("all"):
        request = _misplaced_all(parsed)
    elif parsed.words:
        request = _of_words(parsed)
    else:
        request = _of_nothing(parsed)
    if not parsed.problems:
        return request
    first = parsed.problems[0]
    return Mistake(
        command="jobs", problem=first.text, example=as_command(request), suggestions=first.suggestions
    )


def _of_nothing(parsed: Parsed) -> _Request:
    """Without words: the overview, or with filters the jobs of all projects."""
    if not parsed.problems and not parsed.values.keys() - {"on"}:
        return Overview(instance=parsed.text("on"))
    return _list(ALL_PROJECTS, parsed)


def _of_subcommand(subcommand: str, parsed: Parsed) -> _Request:
    """One job, or all jobs of a project with ``abort --all``."""
    whole = f"{subcommand} --all" if subcommand == "abort" and parsed.values.get("all") else subcommand
    for name in sorted(parsed.values.keys() - set(OPTIONS_OF[whole])):
        parsed.problems.append(
            Problem(t("--{option} doesn't work with {command}.", option=name, command=whole))
        )
    if whole in ONE_JOB and _is_a_list(parsed):
        return _of_free_words(parsed)
    if whole == "abort --all":
        return _abort_all(parsed)
    if subcommand in {"projects", "datasets"}:
        return _names(subcommand, parsed)
    if subcommand in {"connect", "disconnect"}:
        return _key(subcommand, parsed)
    if subcommand == "defaults":
        return read_default(parsed, _project)
    is_plain = parsed.problems or not parsed.values.keys() - {"on"}
    if subcommand in MY_LAST_JOB and not parsed.words and is_plain:
        return MyLastJob(verb=MY_LAST_JOB[subcommand], instance=parsed.text("on"))
    if subcommand == "abort" and parsed.words and is_word(parsed.words[0], "all") and len(parsed.words) < 3:
        parsed.problems.append(Problem(t("To abort all jobs of a project, write --all."), ("--all",)))
        del parsed.words[0]
        parsed.words = parsed.words or [Word("PROJECT")]
        return _abort_all(parsed)
    return _one_job(subcommand, _job(subcommand, parsed), parsed)


def _is_a_list(parsed: Parsed) -> bool:
    """Return whether what follows a subcommand filters a list and names no job; the problem is recorded."""
    if any(_JOB_ID.fullmatch(word.text) for word in parsed.words) or not parsed.words:
        return False
    if parsed.values.keys() & {"state", "since", "by", "dataset", "limit"}:
        return True
    said = read_free_words(parsed.words)
    if len(parsed.words) < 2 or not (said.state or said.since or said.by):
        return False
    parsed.problems.append(Problem(t("A list of jobs needs no subcommand: write what to list.")))
    return True


def _one_job(subcommand: str, job: JobName, parsed: Parsed) -> _Request:
    match subcommand:
        case "log" | "why":
            return ReadLog(job=job, activity=parsed.text("activity"))
        case "abort":
            return AbortJob(job=job)
        case "follow":
            return FollowJob(job=job)
        case "unfollow":
            return UnfollowJob(job=job)
        case _:
            return ShowStatus(job=job)


def _job(subcommand: str, parsed: Parsed) -> JobName:
    """Read the one job that a subcommand is about."""
    instance = parsed.text("on")
    if not parsed.words:
        said = t("Say which job, as in {command} JOB: its id, PROJECT/ID or its link.", command=subcommand)
        parsed.problems.append(Problem(said))
        return msgspec.structs.replace(_ANY_JOB, instance=instance)
    typed = parsed.words[0].text
    if len(parsed.words) > 1:
        said = t("{command} takes one job. To name its project, write PROJECT/ID.", command=subcommand)
        parsed.problems.append(Problem(said))
        dated = next((word.text for word in parsed.words if _JOB_ID.fullmatch(word.text)), typed)
        project, job_id = typed, parsed.words[1].text
        typed = dated if "/" in dated else typed
        typed = f"{project}/{job_id}" if _JOB_ID.fullmatch(job_id) and "/" not in project + job_id else typed
    try:
        return read_job(typed, instance)
    except Refusal as refusal:
        parsed.problems.append(Problem(str(refusal), refusal.suggestions))
        return msgspec.structs.replace(_ANY_JOB, instance=instance)


def _abort_all(parsed: Parsed) -> AbortAll:
    """``abort --all PROJECT``."""
    if len(parsed.words) != 1:
        parsed.problems.append(Problem(t("abort --all takes one project.")))
    project = _project(parsed.words[0], parsed) if parsed.words else "PROJECT"
    return AbortAll(project=project, instance=parsed.text("on"))


def _misplaced_all(parsed: Parsed) -> _Request:
    """``--all`` after something else; suggest ``abort`` only if the words contain something like it."""
    parsed.problems.append(Problem(t("--all works only with abort, which comes first."), ("abort --all",)))
    others = [word for word in parsed.words if "abort" not in near_subcommands(word)]
    if len(others) == len(parsed.words):
        del parsed.values["all"]
        return _of_words(parsed) if parsed.words else _list("PROJECT", parsed)
    parsed.words = others
    return _abort_all(parsed)


def _of_words(parsed: Parsed) -> _Request:
    """Words that don't begin with a subcommand: projects, a state, a time, one job, or a mistake."""
    if is_word(parsed.words[0], *_LIST) or _asks_for_a_list(parsed.words):
        del parsed.words[0]
        return _of_words(parsed) if parsed.words else _of_nothing(parsed)
    first = parsed.words[0]
    if len(parsed.words) == 1 and first.bare and ("/" in first.text or _JOB_ID.fullmatch(first.text)):
        if _is_project_link(first.text):
            return _list(_project(first, parsed), parsed)
        return _of_link(parsed) if _is_object_link(first.text) else _of_subcommand("status", parsed)
    return _of_free_words(parsed)


def _asks_for_a_list(words: list[Word]) -> bool:
    """Return whether it is ``show`` with a state, a time or a person, and not with a job."""
    if not is_word(words[0], *_SHOW):
        return False
    said = read_free_words(words[1:])
    return any((said.state, said.since, said.by))


def _of_free_words(parsed: Parsed) -> _Request:
    """A project, a state, a time and a person, in any order."""
    found = read_free_words(parsed.words)
    if found.no_time is not None:
        read_value("since", found.no_time, JOBS_OPTIONS["since"], parsed)
    if len(found.rest) > 1 or (found.rest and len(parsed.words) > 1 and near_subcommands(found.rest[0])):
        return _several_words(parsed)
    for name, value in (("state", found.state), ("since", found.since), ("by", found.by)):
        if value is not None and name in parsed.values and name not in parsed.assumed:
            parsed.problems.append(given_twice(name))
        elif value is not None:
            parsed.values[name] = value
    if not found.rest:
        return _list(ALL_PROJECTS, parsed)
    [word] = found.rest
    if word.bare and _is_project_link(word.text):
        return _list(_project(word, parsed), parsed)
    project, slash, name = word.text.partition("/")
    if word.bare and slash and project and name and "/" not in name:
        return _of_dataset(_project(Word(project), parsed), name, parsed)
    if word.dot > 0 and word.text[word.dot + 1 :].strip():
        return _of_dataset(_project(Word(word.text[: word.dot]), parsed), word.text[word.dot + 1 :], parsed)
    return _list(_project(word, parsed), parsed)


def _of_dataset(project: str, name: str, parsed: Parsed) -> _Request:
    """The jobs that build one dataset."""
    if "dataset" in parsed.values:
        parsed.problems.append(given_twice("dataset"))
    else:
        _read_dataset(name, parsed)
    return _list(project, parsed)


def _read_dataset(name: str, parsed: Parsed) -> None:
    try:
        parsed.values["dataset"] = JOBS_OPTIONS["dataset"].read(name)
    except Refusal as wrong:
        parsed.problems.append(of_option("dataset", wrong))


def _is_object_link(text: str) -> bool:
    try:
        return read_object_link(text) is not None
    except Refusal:
        return False


def _is_project_link(text: str) -> bool:
    try:
        return read_project_link(text) is not None
    except Refusal:
        return False


def _of_link(parsed: Parsed) -> _Request:
    """The jobs that build what a pasted link leads to."""
    linked = read_object_link(parsed.words[0].text)
    assert linked is not None
    return _of_dataset(linked.project, linked.name, parsed)


def _names(subcommand: str, parsed: Parsed) -> _Request:
    """``projects [text]`` and ``datasets PROJECT [text]``."""
    instance = parsed.text("on")
    words = [word.text for word in parsed.words]
    if subcommand == "projects":
        return ListProjects(text=" ".join(words) or None, instance=instance)
    if not words:
        parsed.problems.append(Problem(t("Say which project's datasets to list.")))
    project = _project(parsed.words[0], parsed) if words else "PROJECT"
    return ListDatasets(project=project, text=" ".join(words[1:]) or None, instance=instance)


def _key(subcommand: str, parsed: Parsed) -> _Request:
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


def _several_words(parsed: Parsed) -> _Request:
    """More words than a project, a state and a time: a misplaced or misspelled subcommand, or a mistake."""
    first, second = parsed.words[0], parsed.words[1]
    near = near_subcommands(first)
    if near:
        said = t(
            "There is no subcommand {typed}. Do you mean {meant}?", typed=short(first.text), meant=near[0]
        )
        parsed.problems.append(Problem(said, near))
        del parsed.words[0]
        return _of_subcommand(near[0], parsed)
    turned = read_subcommand(second)
    if turned is not None:
        parsed.problems.append(Problem(t("{command} comes first, then the job.", command=turned), (turned,)))
        lonely = len(parsed.words) == 2 and not _JOB_ID.fullmatch(first.text)
        parsed.words[:2] = [] if lonely else [first]
        return _of_subcommand(turned, parsed)
    found = read_free_words(parsed.words)
    keys = ",".join([word.text for word in found.rest if word.text.isupper()] or [w.text for w in found.rest])
    for name, value in (("state", found.state), ("since", found.since), ("by", found.by)):
        if value is not None and (name in parsed.assumed or name not in parsed.values):
            parsed.values[name] = value
    for word in found.rest:
        if (request := _of_named(word, parsed)) is not None:
            return request
    if len(found.rest) == 2 and not found.rest[1].text.isupper() and found.rest[1].text.strip():
        parsed.problems.append(
            Problem(
                t(
                    "To list the jobs that build a dataset, write PROJECT.dataset; "
                    "to list those of several projects, join their keys with commas."
                )
            )
        )
        return _of_dataset(_project(found.rest[0], parsed), found.rest[1].text, parsed)
    parsed.problems.append(Problem(t("To list the jobs of several projects, join their keys with commas.")))
    return _list(_project(Word(keys), parsed), parsed)


def _of_named(word: Word, parsed: Parsed) -> _Request | None:
    """Return what the one word of several means that names a job or a dataset with its project."""
    project, slash, name = word.text.partition("/")
    if not slash and word.dot > 0:
        project, name = word.text[: word.dot], word.text[word.dot + 1 :]
    if not word.bare or not project or not name.strip():
        return None
    parsed.problems.append(Problem(t("These words don't belong together: write one job or one dataset.")))
    if _is_project_link(word.text):
        return _list(_project(word, parsed), parsed)
    if _is_object_link(word.text):
        parsed.words = [word]
        return _of_link(parsed)
    if "/" in name or _JOB_ID.fullmatch(name):
        parsed.words = [word]
        return _one_job("status", _job("status", parsed), parsed)
    return _of_dataset(_project(Word(project), parsed), name, parsed)


def is_job_id(text: str) -> bool:
    """Return whether a word looks like a job's id, alone or as ``PROJECT/ID``: there is a time in it."""
    return _JOB_ID.fullmatch(text) is not None


def _project(word: Word, parsed: Parsed) -> str:
    try:
        linked = read_project_link(word.text) if word.bare else None
        return linked or check_id(word.text, "project key")
    except Refusal as refusal:
        parsed.problems.append(Problem(str(refusal), refusal.suggestions))
        return "PROJECT"


def _list(project: str, parsed: Parsed) -> ListJobs:
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
