"""The prompt's commands, and how lines are read."""

import io
from collections.abc import Iterable, Iterator

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput
from rich.console import Console

from bot.demo.feed import Feed
from bot.demo.input import Piped, Typed, Words
from bot.demo.prompt import HELP, Prompt
from bot.demo.screen import Screen
from bot.demo.viewer import Viewer
from bot.demo.world import CHANNELS, PEOPLE, SHARED, World


class Given:
    """Predefined lines; records the prompt of each."""

    typed = False

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self.prompts: list[str] = []

    def read(self, prompt: str) -> str | None:
        self.prompts.append(prompt)
        return next(self._lines, None)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """One bot and its environment for all tests in this file, which don't change them."""
    with World(4.0, dialogs=False, deadline=60) as world:
        yield world


def told(world: World, *lines: str) -> tuple[str, list[str]]:
    """Return the terminal's output for some lines, without the welcome, and the prompts."""
    file = io.StringIO()
    screen = Screen(Console(file=file, width=100), world.reader)
    feed = Feed(world.slack, PEOPLE, CHANNELS)
    feed.news()  # what other tests requested isn't on this screen
    viewer = Viewer(world.slack, screen, feed)
    given = Given(lines)
    Prompt(world, screen, viewer, given).run()
    return file.getvalue().partition("Ctrl-D quits.\n")[2], given.prompts


def test_who_and_where_can_be_changed(world: World) -> None:
    """The prompt shows who types the next line, and where."""
    _, prompts = told(world, "as bob", "in #random", "as nobody", "in #nowhere")
    assert [prompts[0], *prompts[-1:]] == ["alice in #data > ", "bob in #random > "]


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("as nobody", "The people are alice, bob, carol, claire, guest, stranger"),
        ("in #nowhere", "The channels are #data, #random, #partners"),
        ("press", "press 3, or 3"),
        ("press one", "press 3, or 3"),
        ("4711", "There is no button 4711"),
        ("more", "No text has been shortened"),
        ("show nothing-like-this", "There is no such thread"),
        ("show 4711", "There is no such thread"),
        ("/giphy cat", "has no /giphy"),
        ("dss-jobs CHURN", "begin with a slash: /dss-jobs CHURN"),
        ("good morning", "Type help to see what you can do"),
        ("help", "Projects to build in: CHURN"),
    ],
)
def test_every_line_gets_an_answer(world: World, line: str, hint: str) -> None:
    """The answer to an impossible request says what is possible."""
    text, _ = told(world, line)
    assert hint in text


@pytest.mark.parametrize("person", PEOPLE)
def test_everybody_whom_the_help_names_gets_an_answer_in_every_channel(world: World, person: str) -> None:
    """The bot's answer, or a hint if somebody from another organization isn't in the channel."""
    assert person in dict(HELP)["as bob"]
    answers = {
        "claire": "jobs récents",
        "guest": "Guests of the workspace can't",
        "stranger": "People from other organizations",
    }
    for channel in CHANNELS:
        assert f"#{channel}" in dict(HELP)["in #random"]
        text, _ = told(world, f"as {person}", f"in #{channel}", "/dss-jobs")
        outside = person == "stranger" and channel != SHARED
        assert ("in #partners goes to the shared" if outside else answers.get(person, "recent jobs")) in text


def test_what_somebody_else_sees_cannot_be_pressed(world: World) -> None:
    """The stranger is told so, and who can press it."""
    text, _ = told(world, "/dss-jobs CHURN --state failed --limit 1", "as stranger", "2")
    assert "stranger can't see that message: use as to become somebody who can" in text


@pytest.mark.parametrize("word", ["quit", "exit", "QUIT"])
def test_a_word_leaves(world: World, word: str) -> None:
    """No line is read after it."""
    _, prompts = told(world, word, "as bob")
    assert len(prompts) == 1


def test_a_command_is_answered_and_a_long_log_shown_whole(world: World) -> None:
    """A list, the log from one of its buttons, and the whole log."""
    text, _ = told(world, "/dss-jobs CHURN --state done --limit 1", "14", "more")
    listed, _, log = text.partition("alice in #data > 14")
    folded, _, whole = log.partition("alice in #data > more")
    assert "[13 Rebuild] [14 Log] [15 Open in DSS]" in listed
    assert "lines more above" in folded
    assert "Job kernel starting" not in folded
    assert "Job kernel starting" in whole


def test_a_pipe_ends_with_its_last_line() -> None:
    """Lines come without their line ends; then there are none."""
    lines = Piped(io.StringIO("one\ntwo"), typed=False)
    assert [lines.read("> ") for _ in range(3)] == ["one", "two", None]


def test_a_plain_terminal_gets_the_prompt(capsys: pytest.CaptureFixture[str]) -> None:
    """If nothing better is possible, the prompt is printed and a line is read."""
    assert Piped(io.StringIO("one\n"), typed=True).read("alice > ") == "one"
    assert capsys.readouterr().out == "alice > "


@pytest.fixture
def keyboard() -> Iterator[PipeInput]:
    """A keyboard at a terminal without output."""
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        yield pipe


def test_a_person_types(keyboard: PipeInput) -> None:
    """A line, the same line from the history, and Ctrl-D at the end; answers aren't in the history."""
    lines = Typed(lambda _text: [])
    keyboard.send_text("/dss-jobs\r")
    assert lines.read("alice > ") == "/dss-jobs"
    keyboard.send_text("y\r")
    assert lines.read("  y or n > ") == "y"
    keyboard.send_text("\x1b[A\r")
    assert lines.read("alice > ") == "/dss-jobs"
    keyboard.send_text("\x04")
    assert lines.read("alice > ") is None


def test_completion_replaces_the_last_word() -> None:
    """A completion replaces the partial word."""
    words = Words(lambda text: [f"CHURN.{text[-1]}1"])
    (offered,) = words.get_completions(Document("/dss-build CHURN.s"), CompleteEvent())
    assert (offered.text, offered.start_position) == ("CHURN.s1", -len("CHURN.s"))
