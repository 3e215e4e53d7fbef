"""The parser for ``/dss-build``."""

import re
from collections.abc import Callable, Iterable
from typing import Literal, TypeVar

import msgspec

from bot.commands.free_words import is_word
from bot.commands.job_links import check_id, read_object_link
from bot.commands.options import BUILD_OPTIONS, Parsed, Problem, read_options
from bot.commands.rendering import as_command
from bot.commands.tokens import UnclosedQuote, Word, clean, close_quote, short, split, unmark, unquote, unwrap
from bot.domain import (
    ANY_PROJECT,
    DEFAULT_MODE,
    LONGEST_NAME,
    Build,
    BuildMode,
    Help,
    Mistake,
    OutputKind,
    ParsedCommand,
    RequestedOutput,
)
from bot.domain.build_forms import MOST_OUTPUTS
from bot.domain.errors import Refusal
from bot.language import number, t

LONGEST_TEXT = 3_000
_IN_EXAMPLE = 3
_BETWEEN = frozenset({"and", "+", "&"})
"""Words between two outputs."""
_ASKING = ("please", "build", "run", "start")
"""Words that a sentence begins with."""
_IN = ("in", "from", "of")
"""Words between an output and its project."""
P = TypeVar("P", bound=ParsedCommand)
_HELP = frozenset({"help", "--help", "-h", "?", "-?", "\u2014help", "\u2013help"})


_EXAMPLES = {"build": "/dss-build PROJECT.dataset", "jobs": "/dss-jobs PROJECT --state failed"}


def parse_build(text: str) -> Build | Help | Mistake:
    """Parse the text after ``/dss-build``.

    Outputs are ``PROJECT.name`` or ``PROJECT name …``, or a mix of both:

    * The first dot outside quotes ends the project. Everything after it is the name, including more dots.
    * A word without such a dot is a name in the last project named. If it is the first word, it is the
      project itself. So ``P a Q.b c`` means ``P.a``, ``Q.b`` and ``Q.c``.
    * ``P a.b`` is project ``P`` without a name, and then ``a.b``: a mistake. Write a dotted name after a bare
      project in quotes, ``P "a.b"``, or as ``P.a.b``.
    * One name alone, in small letters, means the one project that has such an output.
    * ``P/a``, ``P:a``, ``a in P`` and a link to a dataset mean the same as ``P.a``.
    """
    return parse_unwrapped("build", text, parse_plain_build)


def parse_unwrapped(command: Literal["build", "jobs"], text: str, parse: Callable[[str], P]) -> P:
    """Parse a command without the marks around all of it, and without quotes if that makes it right.

    Its own name in front, as in an example that was pasted as a whole, says nothing new. An example that
    would be refused itself is replaced with one that fits any mistake.
    """
    parsed = _unwrapped(command, text, parse)
    if isinstance(parsed, Mistake) and isinstance(_unwrapped(command, parsed.example, parse), Mistake):
        return msgspec.structs.replace(parsed, example=_EXAMPLES[command])
    return parsed


def _unwrapped(command: Literal["build", "jobs"], text: str, parse: Callable[[str], P]) -> P:
    name = re.compile(rf"(?P<mark>`?)/dss-{command}(?: +|(?=`)|$)(?P<rest>.*)", re.DOTALL)
    unwrapped = unwrap(text)
    if pasted := name.fullmatch(unwrapped):
        unwrapped = pasted["rest"].removesuffix(pasted["mark"]) if pasted["mark"] else pasted["rest"]
    inner = unquote(unwrapped)
    unquoted = None if inner is None else parse(inner)
    if unquoted is not None and not isinstance(unquoted, Mistake):
        return unquoted
    parsed = parse(unwrapped)
    closed = close_quote(clean(unwrapped), names=command == "build") if isinstance(parsed, Mistake) else None
    if not closed or not closed.strip() or isinstance(meant := parse(closed), Help):
        return parsed
    example = meant.example if isinstance(meant, Mistake) else as_command(meant)
    return msgspec.structs.replace(parsed, example=example)


def parse_plain_build(text: str) -> Build | Help | Mistake:
    """Parse a build as in `parse_build`, with no marks or quotes around all of it."""
    words = read_words("build", text)
    if isinstance(words, Help | Mistake):
        return words
    if not words:
        return Help(command="build")
    parsed = read_options(words, BUILD_OPTIONS)
    build, problems = read_build(parsed, parsed.words)
    if not problems:
        return build
    first = problems[0]
    return Mistake(
        command="build", problem=first.text, example=as_command(build), suggestions=first.suggestions
    )


def read_build(parsed: Parsed, words: Iterable[Word]) -> tuple[Build, list[Problem]]:
    """Return the build that options and the names of outputs mean, and what is wrong with them.

    If something is wrong, the build is a correct one, short enough for an example.
    """
    reader = _Outputs()
    for word in _in_order(list(words)):
        reader.add(word)
    problems = parsed.problems + reader.problems()
    build = _build(parsed, reader)
    if problems:
        build = msgspec.structs.replace(build, outputs=build.outputs[:_IN_EXAMPLE])
    return build, problems


def _in_order(words: list[Word]) -> list[Word]:
    """Return the words of a sentence as a command has them: ``please build P.a``, ``a and b in P``."""
    named = any(word.bare and _has_project(word.text) for word in words)
    at_the_end = len(words) > 2 and is_word(words[-2], *_IN) and words[-1].bare and words[-1].text.isupper()
    while (named or at_the_end) and len(words) > 1 and is_word(words[0], *_ASKING):
        del words[0]
    if not named and at_the_end and len(words) > 2 and not words[0].text.isupper():
        return [words[-1], *words[:-2]]
    return words


def _has_project(text: str) -> bool:
    return any(mark in text for mark in "./")


def read_words(command: Literal["build", "jobs"], text: str) -> tuple[Word, ...] | Help | Mistake:
    """Clean and split the text of a command; handle mistakes that need no grammar."""
    if len(text) > LONGEST_TEXT:
        problem = t(
            "A command can have at most {most} characters; this one has {count}.",
            most=LONGEST_TEXT,
            count=len(text),
        )
        return _plain_mistake(command, problem)
    cleaned = clean(text)
    if cleaned.casefold() in _HELP or cleaned.casefold().startswith("help "):
        return Help(command=command)
    try:
        words = split(cleaned)
    except UnclosedQuote as unclosed:
        inner = str(unclosed)[1:].strip()
        if inner:
            problem = t("The quote before {text} is never closed.", text=short(inner, 40))
        else:
            problem = t("The quote at the end is never closed.")
        return _plain_mistake(command, problem)
    if any(word.bare and word.text.casefold() in _HELP - {"help", "?"} for word in words):
        return Help(command=command)
    return words


def _plain_mistake(command: Literal["build", "jobs"], problem: str) -> Mistake:
    return Mistake(command=command, problem=problem, example=_EXAMPLES[command])


class _Outputs:
    """Reads the words that name outputs, one by one."""

    def __init__(self) -> None:
        self.project = ""
        self.lonely = False
        """Whether the project was named on its own, and no name has followed yet."""
        self.found: dict[tuple[str, str], None] = {}
        self.wrong: list[Problem] = []
        self.kinds: set[OutputKind] = set()
        """What the links lead to."""

    @property
    def nameless(self) -> bool:
        """Whether there is only one word, and it looks more like a dataset name than a project key."""
        return self.lonely and not self.found and not self.project.isupper()

    def add(self, word: Word) -> None:
        """Read one word, which can hold several outputs joined by commas."""
        parts = word.text.split(",") if word.bare and "," in word.text else [word.text]
        for part in parts:
            try:
                if len(parts) > 1:
                    self._add_one(unmark(Word(part, part.find("."))))
                elif part.strip() or not word.bare:
                    self._add_one(word)
            except Refusal as refusal:
                self.wrong.append(Problem(str(refusal), refusal.suggestions))

    def problems(self) -> list[Problem]:
        """Return what is wrong with single outputs, then what is wrong with the outputs as a whole."""
        problems = list(self.wrong)
        if self.nameless:
            return problems
        if self.lonely:
            project = short(self.project)
            problems.append(
                Problem(t("Say what to build in project {project}, as in PROJECT.dataset.", project=project))
            )
        elif not self.found:
            problems.append(Problem(t("Say what to build, as in PROJECT.dataset.")))
        if len(self.found) > MOST_OUTPUTS:
            named = len(self.found)
            problems.append(
                Problem(
                    t(
                        "One job can build at most {most} outputs; you named {count}.",
                        most=MOST_OUTPUTS,
                        count=named,
                    )
                )
            )
        return problems

    def _add_one(self, word: Word) -> None:
        linked = read_object_link(word.text) if word.bare else None
        if linked is not None:
            self._name(linked.project, linked.name)
            self.kinds.add(linked.kind)
        elif word.bare and word.text.casefold() in _BETWEEN and self.found:
            return
        elif word.dot >= 0:
            self._dotted(word.text[: word.dot], word.text[word.dot + 1 :])
        elif not self.project:
            self._first(word)
        else:
            self._name(self.project, word.text)

    def _dotted(self, project: str, name: str) -> None:
        if self.lonely:
            typed, first = f"{project}.{name}", self.project
            ways = [(first, typed), (project, name)]
            if not first.isupper():  # more likely a word too many, as in "the CHURN.scored"
                ways.reverse()
            self._name(*ways[0])
            raise Refusal(
                t(
                    "It isn't clear whether {output} is in {project}: "
                    "write every output as PROJECT.name, or put a name with dots in quotes.",
                    output=short(typed),
                    project=short(first),
                ),
                suggestions=tuple(".".join(way) for way in ways),
            )
        if not project.strip():
            raise Refusal(t("The project is missing before .{name}.", name=short(name)))
        if not name.strip():
            self.project = self.project or _key(project)
            raise Refusal(t("Say what to build in {project}.", project=short(project)))
        self._name(project, name)

    def _first(self, word: Word) -> None:
        """Read a first word without a dot outside quotes: a project, or the whole of ``"P.my folder"``."""
        project, dot, name = word.text.partition(".")
        if dot and word.quoted:
            self._dotted(project, name)
            return
        for mark in "/:":
            project, there, name = word.text.partition(mark)
            if there and project and name and (mark == "/" or (word.bare and project.isupper())):
                self._name(project, name)
                return
        self.project, self.lonely = _key(word.text), True

    def _name(self, project: str, name: str) -> None:
        checked = _key(project)
        if len(name) > LONGEST_NAME:
            raise Refusal(t("A name can have at most {most} characters.", most=number(LONGEST_NAME)))
        if not name.strip() or name in {".", ".."} or not name.isprintable():
            raise Refusal(t("“{name}” isn't the name of an output.", name=short(name)))
        self.project, self.lonely = checked, False
        self.found[checked, name] = None


def _key(text: str) -> str:
    """Return a typed project key.

    Raises:
        Refusal: it can't be one.
    """
    if text.strip() == ANY_PROJECT:
        raise Refusal(t("“?” isn't a project key. Without one, write the name of the output alone."))
    return check_id(text, "project key")


def _build(parsed: Parsed, reader: _Outputs) -> Build:
    """Build the request from what was read; ``PROJECT.dataset`` stands in for what is missing."""
    values = parsed.values
    kind, mode = values.get("type"), values.get("mode")
    if kind is None and len(reader.kinds) == 1:
        [kind] = reader.kinds
    nothing = (ANY_PROJECT, reader.project) if reader.nameless else (reader.project or "PROJECT", "dataset")
    names = list(reader.found) or [nothing]
    return Build(
        outputs=tuple(
            RequestedOutput(
                project=project, name=name, kind=kind if isinstance(kind, OutputKind) else OutputKind.DATASET
            )
            for project, name in names
        ),
        mode=mode if isinstance(mode, BuildMode) else DEFAULT_MODE,
        partition=parsed.text("partition"),
        instance=parsed.text("on"),
        dry_run=values.get("dry-run") is True,
    )
