"""The grammar of ``/dss-build``."""

from typing import Literal

import msgspec

from bot.errors import Refusal
from bot.facts import DEFAULT_MODE, Build, BuildMode, Help, Mistake, OutputKind, WantedOutput
from bot.jobs.links import check_id, read_object_link
from bot.jobs.options import BUILD_OPTIONS, Parsed, Problem, read_options
from bot.jobs.render import as_command
from bot.jobs.words import UnclosedQuote, Word, clean, short, split

LONGEST_TEXT = 3_000
MOST_OUTPUTS = 20
_IN_EXAMPLE = 3
_HELP = frozenset({"help", "--help", "-h", "?", "-?", "\u2014help", "\u2013help"})


def parse_build(text: str) -> Build | Help | Mistake:
    """Read what follows ``/dss-build``.

    Outputs are ``PROJECT.name`` or ``PROJECT name …``, also mixed:

    * The first dot outside quotes ends the project; all that follows is the name, dots included.
    * A word without such a dot is a name in the project named last; the very first word is
      the project itself. So ``P a Q.b c`` is ``P.a``, ``Q.b`` and ``Q.c``.
    * ``P a.b`` is project ``P`` without a name, and ``a.b``: a mistake. A dotted name after a bare project
      goes in quotes, ``P "a.b"``, or is written ``P.a.b``.
    """
    words = read_words("build", text)
    if isinstance(words, Help | Mistake):
        return words
    if not words:
        return Help(command="build")
    parsed = read_options(words, BUILD_OPTIONS)
    reader = _Outputs()
    for word in parsed.words:
        reader.add(word)
    problems = parsed.problems + reader.problems()
    build = _build(parsed, reader)
    if not problems:
        return build
    first = problems[0]
    shown = msgspec.structs.replace(build, outputs=build.outputs[:_IN_EXAMPLE])
    return Mistake(
        command="build", problem=first.text, example=as_command(shown), suggestions=first.suggestions
    )


def read_words(command: Literal["build", "jobs"], text: str) -> tuple[Word, ...] | Help | Mistake:
    """Clean and split the text of a command; what is wrong before any grammar is answered here."""
    if len(text) > LONGEST_TEXT:
        problem = f"A command has at most {LONGEST_TEXT} characters; this one has {len(text)}."
        return _plain_mistake(command, problem)
    cleaned = clean(text)
    if cleaned.casefold() in _HELP or cleaned.casefold().startswith("help "):
        return Help(command=command)
    try:
        words = split(cleaned)
    except UnclosedQuote as unclosed:
        return _plain_mistake(
            command, f"The quote in front of {short(str(unclosed)[1:], 40)} is never closed."
        )
    if any(word.bare and word.text.casefold() in _HELP - {"help", "?"} for word in words):
        return Help(command=command)
    return words


def _plain_mistake(command: Literal["build", "jobs"], problem: str) -> Mistake:
    example = "/dss-build PROJECT.dataset" if command == "build" else "/dss-jobs PROJECT --state failed"
    return Mistake(command=command, problem=problem, example=example)


class _Outputs:
    """Reads the words that name outputs, one after the other."""

    def __init__(self) -> None:
        self.project = ""
        self.lonely = False
        """Whether the project was named alone, and no name followed yet."""
        self.found: dict[tuple[str, str], None] = {}
        self.wrong: list[Problem] = []

    @property
    def nameless(self) -> bool:
        """Whether there is one word only, and it looks more like a dataset's name than a project's key."""
        return self.lonely and not self.found and not self.project.isupper()

    def add(self, word: Word) -> None:
        """Read one word, which may hold several outputs joined by commas."""
        parts = word.text.split(",") if word.bare and "," in word.text else [word.text]
        for part in parts:
            try:
                if len(parts) > 1:
                    self._add_one(Word(part, part.find(".")))
                elif part.strip() or not word.bare:
                    self._add_one(word)
            except Refusal as refusal:
                self.wrong.append(Problem(str(refusal), refusal.suggestions))

    def problems(self) -> list[Problem]:
        """Return what is wrong with the outputs as a whole, after what is wrong with one."""
        problems = list(self.wrong)
        if self.nameless:
            problems.append(
                Problem(
                    f"Write the project in front, as PROJECT.{short(self.project)}; "
                    "if that is the project, write what to build behind it."
                )
            )
        elif self.lonely:
            problems.append(
                Problem(f"Say what to build in project {short(self.project)}, as PROJECT.dataset.")
            )
        elif not self.found:
            problems.append(Problem("Say what to build, as PROJECT.dataset."))
        if len(self.found) > MOST_OUTPUTS:
            problems.append(
                Problem(f"One job builds at most {MOST_OUTPUTS} outputs here; these are {len(self.found)}.")
            )
        return problems

    def _add_one(self, word: Word) -> None:
        linked = read_object_link(word.text) if word.bare else None
        if linked is not None:
            self._name(*linked)
            raise Refusal("Outputs are named, not linked.")
        if word.dot >= 0:
            self._dotted(word.text[: word.dot], word.text[word.dot + 1 :])
        elif not self.project:
            self._first(word)
        else:
            self._name(self.project, word.text)

    def _dotted(self, project: str, name: str) -> None:
        if self.lonely:
            typed = f"{project}.{name}"
            self._name(self.project, typed)
            raise Refusal(
                f"It is not clear whether {short(typed)} is in {short(self.project)}: "
                "write every output as PROJECT.name, or put a name with dots in quotes.",
                suggestions=(f"{self.project}.{typed}", typed),
            )
        if not project.strip():
            raise Refusal(f"The project is missing in front of .{short(name)}.")
        if not name.strip():
            self.project = self.project or check_id(project, "project key")
            raise Refusal(f"Say what to build in {short(project)}.")
        self._name(project, name)

    def _first(self, word: Word) -> None:
        """Read the first word when it has no dot outside quotes: a project, or all of ``"P.my folder"``."""
        project, dot, name = word.text.partition(".")
        if dot and word.quoted:
            self._dotted(project, name)
            return
        project, slash, name = word.text.partition("/")
        if slash and project and name:
            self._name(project, name)
            raise Refusal("Between project and name stands a dot.")
        self.project, self.lonely = check_id(word.text, "project key"), True

    def _name(self, project: str, name: str) -> None:
        checked = check_id(project, "project key")
        if not name.strip() or name in {".", ".."} or not name.isprintable():
            raise Refusal(f"“{short(name)}” is no name of an output.")
        self.project, self.lonely = checked, False
        self.found[checked, name] = None


def _build(parsed: Parsed, reader: _Outputs) -> Build:
    """Put together what was read; ``PROJECT.dataset`` stands for what is missing."""
    values = parsed.values
    kind, mode = values.get("type"), values.get("mode")
    nothing = ("PROJECT", reader.project) if reader.nameless else (reader.project or "PROJECT", "dataset")
    names = list(reader.found) or [nothing]
    return Build(
        outputs=tuple(
            WantedOutput(
                project=project, name=name, kind=kind if isinstance(kind, OutputKind) else OutputKind.DATASET
            )
            for project, name in names
        ),
        mode=mode if isinstance(mode, BuildMode) else DEFAULT_MODE,
        partition=parsed.text("partition"),
        instance=parsed.text("on"),
    )
