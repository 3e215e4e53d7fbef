"""Input lines from a person at a terminal or from a pipe."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol, TextIO

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.patch_stdout import patch_stdout

Complete = Callable[[str], list[str]]
"""Returns the candidates for the last word of a line."""


class InputLines(Protocol):
    """A source of input lines."""

    typed: bool
    """Whether a person types: they see their own typing and take their time."""

    def read(self, prompt: str) -> str | None:
        """Return the next line, or ``None`` at the end of the input."""


class Piped:
    """Lines of a stream. Shows the prompt if the stream is a basic terminal."""

    def __init__(self, stream: TextIO, *, typed: bool) -> None:
        self._stream = stream
        self.typed = typed

    def read(self, prompt: str) -> str | None:
        """Return the next line."""
        if self.typed:
            sys.stdout.write(prompt)
            sys.stdout.flush()
        line = self._stream.readline()
        return line.rstrip("\n") if line else None


class Typed:
    """Lines from a person, with history and completion."""

    typed = True

    def __init__(self, complete: Complete) -> None:
        self._commands: PromptSession[str] = PromptSession(completer=Words(complete))
        self._answers: PromptSession[str] = PromptSession()

    def read(self, prompt: str) -> str | None:
        """Return the next line. Answers to prompts that start with a space stay out of the history."""
        session = self._answers if prompt.startswith(" ") else self._commands
        try:
            return session.prompt(FormattedText([("bold ansigreen", prompt)]))
        except EOFError:
            return None


@contextmanager
def open_lines(complete: Complete) -> Iterator[InputLines]:
    """Open this process's input; on a terminal, keep printed output from mixing with the line being typed."""
    if not sys.stdin.isatty():
        yield Piped(sys.stdin, typed=False)
    elif not sys.stdout.isatty() or os.environ.get("TERM") in {None, "dumb", "unknown"}:
        yield Piped(sys.stdin, typed=True)
    else:
        with patch_stdout(raw=True):
            yield Typed(complete)


class Words(Completer):
    """Completes the last word of a line."""

    def __init__(self, complete: Complete) -> None:
        self._complete = complete

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Yield the candidates for the last word."""
        del complete_event
        text = document.text_before_cursor
        last = len(text) - len(text.rpartition(" ")[2])
        return [Completion(word, start_position=last - len(text)) for word in self._complete(text)]
