"""The parser for ``/dss-jobs``."""

import re

import msgspec

from bot.commands.build_parser import parse_unwrapped, read_words
from bot.commands.favorites_parser import read_default
from bot.commands.free_words import is_word, means_my_last, read_free_words
from bot.commands.job_links import EXAMPLE, read_job
from bot.commands.jobs_requests import (
    is_object_link,
    is_project_link,
    list_jobs,
    of_dataset,
    of_key,
    of_link,
    of_names,
    read_project,
)
from bot.commands.options import (
    JOBS_OPTIONS,
    Parsed,
    Problem,
    given_twice,
    read_options,
    read_value,
)
from bot.commands.rendering import as_command
from bot.commands.subcommands import (
    MY_LAST_JOB,
    ONE_JOB,
    OPTIONS_OF,
    asks_to_abort,
    near_subcommands,
    read_subcommand,
)
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
    return list_jobs(ALL_PROJECTS, parsed)


def _of_subcommand(subcommand: str, parsed: Parsed) -> _Request:
    """One job, or all jobs of a project with ``abort --all``."""
    whole = f"{subcommand} --all" if subcommand == "abort" and parsed.values.get("all") else subcommand
    for name in sorted(parsed.values.keys() - set(OPTIONS_OF[whole])):
        parsed.problems.append(
            Problem(t("--{option} doesn't work with {command}.", option=name, command=whole))
        )
    if whole in MY_LAST_JOB and means_my_last(parsed.words, why=whole == "why"):
        parsed.words = []
    if whole in ONE_JOB and _is_a_list(parsed):
        return _of_free_words(parsed)
    if whole == "abort --all":
        return _abort_all(parsed)
    if subcommand in {"projects", "datasets"}:
        return of_names(subcommand, parsed)
    if subcommand in {"connect", "disconnect"}:
        return of_key(subcommand, parsed)
    if subcommand == "defaults":
        return read_default(parsed, read_project)
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
    project = read_project(parsed.words[0], parsed) if parsed.words else "PROJECT"
    return AbortAll(project=project, instance=parsed.text("on"))


def _misplaced_all(parsed: Parsed) -> _Request:
    """``--all`` after something else; suggest ``abort`` only if the words contain something like it."""
    parsed.problems.append(Problem(t("--all works only with abort, which comes first."), ("abort --all",)))
    others = [word for word in parsed.words if "abort" not in near_subcommands(word)]
    if len(others) == len(parsed.words):
        del parsed.values["all"]
        return _of_words(parsed) if parsed.words else list_jobs("PROJECT", parsed)
    parsed.words = others
    return _abort_all(parsed)


def _of_words(parsed: Parsed) -> _Request:
    """Words that don't begin with a subcommand: projects, a state, a time, one job, or a mistake."""
    if is_word(parsed.words[0], *_LIST) or _asks_for_a_list(parsed.words):
        del parsed.words[0]
        return _of_words(parsed) if parsed.words else _of_nothing(parsed)
    first = parsed.words[0]
    if len(parsed.words) == 1 and asks_to_abort(first):
        return _misspelled("abort", parsed)
    if len(parsed.words) == 1 and first.bare and ("/" in first.text or _JOB_ID.fullmatch(first.text)):
        if is_project_link(first.text):
            return list_jobs(read_project(first, parsed), parsed)
        return of_link(parsed) if is_object_link(first.text) else _of_subcommand("status", parsed)
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
        return list_jobs(ALL_PROJECTS, parsed)
    [word] = found.rest
    if word.bare and is_project_link(word.text):
        return list_jobs(read_project(word, parsed), parsed)
    project, slash, name = word.text.partition("/")
    if word.bare and slash and project and name and "/" not in name:
        return of_dataset(read_project(Word(project), parsed), name, parsed)
    if word.dot > 0 and word.text[word.dot + 1 :].strip():
        return of_dataset(
            read_project(Word(word.text[: word.dot]), parsed), word.text[word.dot + 1 :], parsed
        )
    return list_jobs(read_project(word, parsed), parsed)


def _several_words(parsed: Parsed) -> _Request:
    """More words than a project, a state and a time: a misplaced or misspelled subcommand, or a mistake."""
    first, second = parsed.words[0], parsed.words[1]
    near = near_subcommands(first)
    if near:
        return _misspelled(near[0], parsed, near)
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
        return of_dataset(read_project(found.rest[0], parsed), found.rest[1].text, parsed)
    parsed.problems.append(Problem(t("To list the jobs of several projects, join their keys with commas.")))
    return list_jobs(read_project(Word(keys), parsed), parsed)


def _misspelled(meant: str, parsed: Parsed, near: tuple[str, ...] = ()) -> _Request:
    typed = short(parsed.words[0].text)
    said = t("There is no subcommand {typed}. Do you mean {meant}?", typed=typed, meant=meant)
    parsed.problems.append(Problem(said, near or (meant,)))
    del parsed.words[0]
    return _of_subcommand(meant, parsed)


def _of_named(word: Word, parsed: Parsed) -> _Request | None:
    """Return what the one word of several means that names a job or a dataset with its project."""
    project, slash, name = word.text.partition("/")
    if not slash and word.dot > 0:
        project, name = word.text[: word.dot], word.text[word.dot + 1 :]
    if not word.bare or not project or not name.strip():
        return None
    parsed.problems.append(Problem(t("These words don't belong together: write one job or one dataset.")))
    if is_project_link(word.text):
        return list_jobs(read_project(word, parsed), parsed)
    if is_object_link(word.text):
        parsed.words = [word]
        return of_link(parsed)
    if "/" in name or _JOB_ID.fullmatch(name):
        parsed.words = [word]
        return _one_job("status", _job("status", parsed), parsed)
    return of_dataset(read_project(Word(project), parsed), name, parsed)


def is_job_id(text: str) -> bool:
    """Return whether a word looks like a job's id, alone or as ``PROJECT/ID``: there is a time in it."""
    return _JOB_ID.fullmatch(text) is not None
