"""The grammar of ``/dss-jobs``."""

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Literal, cast

import msgspec

from bot.errors import Refusal
from bot.facts import (
    AbortAll,
    AbortJob,
    FollowJob,
    Help,
    JobName,
    ListJobs,
    Mistake,
    Overview,
    ReadLog,
    ShowStatus,
    UnfollowJob,
)
from bot.jobs.grammar_build import read_words
from bot.jobs.links import EXAMPLE, check_id, read_job
from bot.jobs.nearest import did_you_mean
from bot.jobs.options import JOBS_OPTIONS, STATE_WORDS, STATES, Parsed, Problem, read_age, read_options
from bot.jobs.render import SUBCOMMANDS, as_command
from bot.jobs.words import Word, short

_Wish = Overview | ListJobs | ShowStatus | ReadLog | AbortJob | AbortAll | FollowJob | UnfollowJob

JobsRequest = _Wish | Help | Mistake
"""All that `parse_jobs` answers."""

_FILTERS = ("state", "since", "by", "dataset", "limit", "on")
_OPTIONS_OF = {
    "status": ("on",),
    "log": ("activity", "on"),
    "abort": ("on",),
    "abort --all": ("all", "on"),
    "follow": ("on",),
    "unfollow": ("on",),
}
_HINTS = {
    "status": "show state info describe get",
    "log": "tail cat output",
    "abort": "stop cancel kill end",
    "follow": "watch track subscribe",
    "unfollow": "unwatch untrack unsubscribe ignore mute",
}
_LIST = ("list", "ls")
_JOB_ID = re.compile(r".*\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d.*", re.ASCII)
_ANY_JOB = JobName(project="PROJECT", job_id=EXAMPLE.partition("/")[2])


def parse_jobs(text: str) -> JobsRequest:
    """Read what follows ``/dss-jobs``.

    A first word that names a subcommand (``status``, ``log``, ``abort``, ``follow``, ``unfollow``) is one,
    in any case; a project with such a key goes in quotes. A single other word is a project key, and a job
    link or ``PROJECT/ID`` alone asks for that job's status. Several words without a subcommand are a mistake.
    """
    words = read_words("jobs", text)
    if isinstance(words, Help | Mistake):
        return words
    parsed = read_options(words, JOBS_OPTIONS)
    subcommand = _subcommand(parsed.words[0]) if parsed.words else None
    if subcommand is not None:
        del parsed.words[0]
        wish = _of_subcommand(subcommand, parsed)
    elif parsed.values.get("all"):
        wish = _misplaced_all(parsed)
    elif parsed.words:
        wish = _of_words(parsed)
    else:
        wish = _of_nothing(parsed)
    if not parsed.problems:
        return wish
    first = parsed.problems[0]
    return Mistake(
        command="jobs", problem=first.text, example=as_command(wish), suggestions=first.suggestions
    )


def _subcommand(word: Word) -> str | None:
    typed = word.text.casefold()
    if not word.bare:
        return None
    return "log" if typed == "logs" else typed if typed in SUBCOMMANDS else None


def _of_nothing(parsed: Parsed) -> _Wish:
    """Without a word: the overview, unless there is something to filter."""
    if not parsed.problems and not parsed.values.keys() - {"on"}:
        return Overview(instance=parsed.text("on"))
    parsed.problems.append(Problem("Say which project's jobs to list."))
    return _list("PROJECT", parsed)


def _of_subcommand(subcommand: str, parsed: Parsed) -> _Wish:
    """One job, or all of a project with ``abort --all``."""
    whole = f"{subcommand} --all" if subcommand == "abort" and parsed.values.get("all") else subcommand
    for name in sorted(parsed.values.keys() - set(_OPTIONS_OF[whole])):
        parsed.problems.append(Problem(f"--{name} does not go with {whole}."))
    if whole == "abort --all":
        return _abort_all(parsed)
    if subcommand == "abort" and parsed.words and _is(parsed.words[0], "all") and len(parsed.words) < 3:
        parsed.problems.append(Problem("To abort all jobs of a project, write --all.", ("--all",)))
        del parsed.words[0]
        parsed.words = parsed.words or [Word("PROJECT")]
        return _abort_all(parsed)
    return _one_job(subcommand, _job(subcommand, parsed), parsed)


def _one_job(subcommand: str, job: JobName, parsed: Parsed) -> _Wish:
    match subcommand:
        case "log":
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
        parsed.problems.append(
            Problem(f"Say which job, as {subcommand} JOB: its id, PROJECT/ID or its link.")
        )
        return msgspec.structs.replace(_ANY_JOB, instance=instance)
    typed = parsed.words[0].text
    if len(parsed.words) > 1:
        parsed.problems.append(
            Problem(f"{subcommand} takes one job, as PROJECT/ID when its project is named.")
        )
        project, job_id = typed, parsed.words[1].text
        typed = f"{project}/{job_id}" if _JOB_ID.fullmatch(job_id) and "/" not in project + job_id else typed
    try:
        return read_job(typed, instance)
    except Refusal as refusal:
        parsed.problems.append(Problem(str(refusal), refusal.suggestions))
        return msgspec.structs.replace(_ANY_JOB, instance=instance)


def _abort_all(parsed: Parsed) -> AbortAll:
    """``abort --all PROJECT``."""
    if len(parsed.words) != 1:
        parsed.problems.append(Problem("abort --all takes one project."))
    project = _project(parsed.words[0], parsed) if parsed.words else "PROJECT"
    return AbortAll(project=project, instance=parsed.text("on"))


def _misplaced_all(parsed: Parsed) -> _Wish:
    """``--all`` behind something else; only who wrote something like "abort" is shown how to abort."""
    parsed.problems.append(Problem("--all goes with abort only, which comes first.", ("abort --all",)))
    others = [word for word in parsed.words if "abort" not in _near_subcommands(word)]
    if len(others) == len(parsed.words):
        del parsed.values["all"]
        return _of_words(parsed) if parsed.words else _list("PROJECT", parsed)
    parsed.words = others
    return _abort_all(parsed)


def _of_words(parsed: Parsed) -> _Wish:
    """Words that begin with no subcommand: one project, one job, or a mistake."""
    first = parsed.words[0]
    if _is(first, *_LIST):
        parsed.problems.append(Problem("A list has no word of its own: write the project alone."))
        parsed.words = parsed.words[1:] or [Word("PROJECT")]
        return _of_words(parsed)
    if len(parsed.words) > 1:
        return _several_words(parsed)
    if _is(first, *STATES, "today", "yesterday"):
        parsed.words.insert(0, Word("PROJECT"))
        return _several_words(parsed)
    if first.bare and "/" in first.text:
        return _of_subcommand("status", parsed)
    if first.bare and _JOB_ID.fullmatch(first.text):
        parsed.problems.append(Problem("This looks like a job: say what to do with it.", SUBCOMMANDS))
        return _one_job("status", _job("status", parsed), parsed)
    if first.dot > 0 and first.text[first.dot + 1 :].strip():
        parsed.problems.append(Problem("To list the jobs of one dataset, write --dataset.", ("--dataset",)))
        with suppress(Refusal):  # the problem is told already; only the example goes without it
            parsed.values.setdefault("dataset", JOBS_OPTIONS["dataset"].read(first.text[first.dot + 1 :]))
        return _list(_project(Word(first.text[: first.dot]), parsed), parsed)
    return _list(_project(first, parsed), parsed)


def _several_words(parsed: Parsed) -> _Wish:
    if _is(parsed.words[0], *STATES) and STATE_WORDS.get(parsed.words[1].text.casefold()) is None:
        parsed.words[:2] = parsed.words[1::-1]  # the state stands before the project
    first, second = parsed.words[0], parsed.words[1]
    near = _near_subcommands(first)
    if near:
        parsed.problems.append(Problem(f"There is no {short(first.text)}.", near))
        del parsed.words[0]
        return _of_subcommand(near[0], parsed)
    turned = _subcommand(second)
    if turned is not None:
        parsed.problems.append(Problem(f"{turned} comes first, then the job.", (turned,)))
        lonely = len(parsed.words) == 2 and not _JOB_ID.fullmatch(first.text)
        parsed.words[:2] = [] if lonely else [first]
        return _of_subcommand(turned, parsed)
    state = STATE_WORDS.get(second.text.casefold())
    if state is not None:
        parsed.problems.append(Problem("A state is written with --state, behind a project.", ("--state",)))
        parsed.values.setdefault("state", state)
    elif since := _age(parsed.words[1:]):
        parsed.problems.append(Problem("A time is written with --since, behind a project.", ("--since",)))
        parsed.values.setdefault("since", since)
    else:
        parsed.problems.append(
            Problem(f"Jobs are listed for one project at a time; {short(second.text)} is too much.")
        )
    return _list(_project(first, parsed), parsed)


def _age(words: Sequence[Word]) -> str | None:
    """Return what is a time beyond doubt: alone, a letter or a number is none."""
    if len(words) == 1 and (len(words[0].text) == 1 or words[0].text.isdigit()):
        return None
    try:
        return read_age(" ".join(word.text for word in words))
    except Refusal:
        return None


def _is(word: Word, *texts: str) -> bool:
    """Say whether a word is one of these, and not a project's key, which is written in capitals."""
    return word.bare and word.text.casefold() in texts and not word.text.isupper()


def _near_subcommands(word: Word) -> tuple[str, ...]:
    if not word.bare:
        return ()
    typed = word.text.casefold()
    hinted = [name for name, hints in _HINTS.items() if typed in hints.split()]
    return tuple(dict.fromkeys((*hinted, *did_you_mean(typed, SUBCOMMANDS))))


def _project(word: Word, parsed: Parsed) -> str:
    try:
        return check_id(word.text, "project key")
    except Refusal as refusal:
        parsed.problems.append(Problem(str(refusal), refusal.suggestions))
        return "PROJECT"


def _list(project: str, parsed: Parsed) -> ListJobs:
    for name in sorted(parsed.values.keys() - set(_FILTERS)):
        parsed.problems.append(Problem(f"--{name} does not go with a list of jobs."))
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
