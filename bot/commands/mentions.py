"""Reads what people write to the bot: by a mention, in a channel or a thread, or in direct messages.

There are no slash commands in threads (SLACK-FACTS.md §1.4). The grammar is theirs, with or without ``build``
or ``jobs`` in front where it's clear what is meant. In a job's thread, a word alone is about that job.
"""

import re
from typing import Literal

import msgspec

from bot.commands.build_parser import parse_build, read_words
from bot.commands.favorites_parser import parse_build_command
from bot.commands.free_words import is_word, means_my_last, read_free_words
from bot.commands.job_links import read_job_link
from bot.commands.jobs_parser import is_job_id, parse_jobs
from bot.commands.options import BUILD_OPTIONS, JOBS_OPTIONS, read_options
from bot.commands.rendering import SUBCOMMANDS, SYNONYMS
from bot.commands.subcommands import MY_LAST_JOB, near_subcommands, read_subcommand
from bot.commands.tokens import Word, clean, option_name, short
from bot.domain import ANY_PROJECT, Build, Connect, Disconnect, Help, Mistake, ParsedCommand
from bot.domain.errors import Refusal
from bot.language import t

Verb = Literal["status", "log", "why", "abort", "rebuild", "follow", "unfollow"]

VERBS: tuple[Verb, ...] = ("status", "log", "why", "abort", "rebuild", "follow", "unfollow")
"""What can be done with the job of a thread."""

_BUILD = ("build", "/dss-build")
_JOBS = ("jobs", "/dss-jobs")
_ONLY_BUILDS = frozenset({"mode", "partition", "type", "dry-run"})
_LIST = ("list", "ls")
_FIRST = re.compile(r"\s*(\S+)\s*")


class ThreadCommand(msgspec.Struct, frozen=True, kw_only=True):
    """Do this with the job of the thread."""

    verb: Verb
    activity: str | None = None
    """Of ``log`` and ``why``."""


def without_mention(text: str, bot_user_id: str) -> str:
    """Return a message without the bot's own name, which can be anywhere in it."""
    rest = re.sub(rf"<@{re.escape(bot_user_id)}(?:\|[^<>]*)?>", " ", text)
    return rest.strip().strip(",:").strip()


def build_text(text: str) -> str | None:
    """Return what comes after ``build`` in a message to the bot; ``None`` if it doesn't begin with that."""
    first = _FIRST.match(text)
    return text[first.end() :] if first and first[1].casefold() in _BUILD else None


def parse_mention(text: str, *, in_job_thread: bool) -> ParsedCommand | ThreadCommand:
    """Parse a message to the bot, without its mention.

    Args:
        text: as Slack sends it.
        in_job_thread: whether it was written in the thread of a job.
    """
    first = _FIRST.match(text)
    if first is None:
        return ThreadCommand(verb="status") if in_job_thread else Help(command="mention")
    rest = text[first.end() :]
    words = read_words("jobs", text)
    if isinstance(words, Help):
        return Help(command="mention")
    if isinstance(words, Mistake) or not words:
        return words if isinstance(words, Mistake) else Help(command="mention")
    if is_word(words[0], *_BUILD):
        return parse_build_command(rest)
    if is_word(words[0], *_JOBS):
        return _no_key(parse_jobs(rest))
    if in_job_thread and (command := _of_thread(words)) is not None:
        return command
    if _is_about_jobs(words):
        return _no_key(parse_jobs(text))
    return _build_or_unclear(text, words, in_job_thread=in_job_thread)


def _of_thread(words: tuple[Word, ...]) -> ThreadCommand | Mistake | None:
    """Read a verb alone; ``None`` when the message is about something else."""
    parsed = read_options(words, {"activity": JOBS_OPTIONS["activity"]})
    verb = read_subcommand(words[0])
    said = parsed.words[1:]
    if parsed.problems or not is_word(words[0], words[0].text.casefold()):
        return None
    if said and not (verb in MY_LAST_JOB and means_my_last(said, why=verb == "why")):
        return None
    if verb in VERBS:
        activity = parsed.text("activity")
        if activity is not None and verb not in {"log", "why"}:
            problem = t("--{option} doesn't work with {command}.", option="activity", command=verb)
            return Mistake(command="mention", problem=problem, example=verb)
        return ThreadCommand(verb=verb, activity=activity)
    near = tuple(one for one in near_subcommands(words[0]) if one in VERBS)
    if not near or _is_about_jobs(words):
        return None
    problem = t("“{word}” isn't one of my words, so I did nothing.", word=short(words[0].text))
    return Mistake(command="mention", problem=problem, example=near[0], suggestions=near)


def _is_about_jobs(words: tuple[Word, ...]) -> bool:
    """Return whether a message can only be meant for ``/dss-jobs``: a subcommand, a list, or a job."""
    if is_word(words[0], *SUBCOMMANDS, *SYNONYMS, *_LIST):
        return True
    if any(named and named[0] in _ONLY_BUILDS for named in map(option_name, words)):
        return False
    parsed = read_options(words, JOBS_OPTIONS)
    if parsed.values or not parsed.words:
        return True
    if len(parsed.words) == 1 and _is_job(parsed.words[0]):
        return True
    found = read_free_words(parsed.words)
    named = [word for word in found.rest if not word.text.isupper()]
    return not named and len(found.rest) < 2


def _is_job(word: Word) -> bool:
    try:
        return is_job_id(word.text) or read_job_link(word.text) is not None
    except Refusal:
        return True  # a link to something else: the parser says what is wrong with it


def _build_or_unclear(text: str, words: tuple[Word, ...], *, in_job_thread: bool) -> ParsedCommand:
    """Read a build with an option that only builds have; otherwise ask: a guess never starts anything."""
    build = parse_build(text)
    if any(named and named[0] in BUILD_OPTIONS.keys() - {"on"} for named in map(option_name, words)):
        return build
    if isinstance(build, Build) and all(one.project != ANY_PROJECT for one in build.outputs):
        named = " ".join(word.text for word in words)
        if len(words) == 1 and words[0].dot > 0:
            return Mistake(
                command="mention",
                problem=t("Should I build {output}, or list the jobs that build it?", output=short(named)),
                example=f"build {named}",
                suggestions=(f"build {named}", f"jobs {named}"),
            )
    return Mistake(
        command="mention",
        problem=t("I don't know what to do with “{text}”, so I did nothing.", text=short(clean(text))),
        example="status" if in_job_thread else "jobs failed today",
    )


def _no_key(parsed: ParsedCommand) -> ParsedCommand:
    """Point to the slash command for what needs a dialog, which a message can't open."""
    if isinstance(parsed, Connect | Disconnect):
        word = "connect" if isinstance(parsed, Connect) else "disconnect"
        problem = t("{command} works only as a slash command, outside threads.", command=word)
        return Mistake(command="jobs", problem=problem, example=f"/dss-jobs {word}")
    return parsed
