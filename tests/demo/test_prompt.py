"""The words of the prompt, and how lines are read."""

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
from bot.demo.lines import Piped, Typed, Words
from bot.demo.prompt import HELP, Prompt
from bot.demo.screen import Screen
from bot.demo.viewer import Viewer
from bot.demo.world import CHANNELS, PEOPLE, SHARED, World


class Given:
    """Lines that are given beforehand; notes what stood before each."""

    typed = False

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self.prompts: list[str] = []

    def read(self, prompt: str) -> str | None:
        self.prompts.append(prompt)
        return next(self._lines, None)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """A bot and its surroundings for all the tests of this file: they only ask and look."""
    with World(4.0) as world:
        yield world


def told(world: World, *lines: str) -> tuple[str, list[str]]:
    """Return what the terminal shows for some lines, without the welcome, and the prompts."""
    file = io.StringIO()
    screen = Screen(Console(file=file, width=100), world.reader)
    feed = Feed(world.slack, PEOPLE, CHANNELS)
    feed.news()  # what other tests have asked for is not on this screen
    viewer = Viewer(world.slack, screen, feed)
    given = Given(lines)
    Prompt(world, screen, viewer, given).run()
    return file.getvalue().partition("Ctrl-D leaves.\n")[2], given.prompts


def test_who_and_where_can_be_changed(world: World) -> None:
    """The prompt says as whom and where the next line is typed."""
    _, prompts = told(world, "as bob", "in #random", "as nobody", "in #nowhere")
    assert [prompts[0], *prompts[-1:]] == ["alice in #data > ", "bob in #random > "]


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("as nobody", "There are alice, bob, carol, guest, stranger"),
        ("in #nowhere", "There are #data, #random, #partners"),
        ("press", "press 3, or 3"),
        ("press one", "press 3, or 3"),
        ("4711", "There is no button 4711"),
        ("more", "Nothing was too long"),
        ("show nothing-like-this", "There is no such thread"),
        ("show 4711", "There is no such thread"),
        ("/giphy cat", "knows no /giphy"),
        ("dss-jobs CHURN", "begin with a slash: /dss-jobs CHURN"),
        ("good morning", "help says what there is to try"),
        ("help", "Projects to build in: CHURN"),
    ],
)
def test_every_line_gets_an_answer(world: World, line: str, hint: str) -> None:
    """What cannot be done is answered with what can."""
    text, _ = told(world, line)
    assert hint in text


@pytest.mark.parametrize("person", PEOPLE)
def test_everybody_whom_the_help_names_gets_an_answer_in_every_channel(world: World, person: str) -> None:
    """The bot's, or a hint where somebody of another organisation is not in the channel."""
    assert person in dict(HELP)["as bob"]
    answers = {"guest": "guests of the workspace cannot", "stranger": "not for people of other organisations"}
    for channel in CHANNELS:
        assert f"#{channel}" in dict(HELP)["in #random"]
        text, _ = told(world, f"as {person}", f"in #{channel}", "/dss-jobs")
        outside = person == "stranger" and channel != SHARED
        assert ("in #partners goes to the channel" if outside else answers.get(person, "recent jobs")) in text


def test_what_somebody_else_sees_cannot_be_pressed(world: World) -> None:
    """The stranger is told so, and who could."""
    text, _ = told(world, "/dss-jobs CHURN --state failed --limit 1", "as stranger", "2")
    assert "stranger does not see that message: as somebody who does" in text


@pytest.mark.parametrize("word", ["quit", "exit", "QUIT"])
def test_a_word_leaves(world: World, word: str) -> None:
    """Nothing is read after it."""
    _, prompts = told(world, word, "as bob")
    assert len(prompts) == 1


def test_a_command_is_answered_and_a_long_log_shown_whole(world: World) -> None:
    """A list, the log behind one of its buttons, and all of that log."""
    text, _ = told(world, "/dss-jobs CHURN --state failed --limit 1", "2", "more")
    listed, _, log = text.partition("alice in #data > 2")
    folded, _, whole = log.partition("alice in #data > more")
    assert "[1 Rebuild] [2 Log] [3 Open in DSS]" in listed
    assert "lines more above" in folded
    assert "Job kernel starting" not in folded
    assert "Job kernel starting" in whole


def test_a_pipe_ends_with_its_last_line() -> None:
    """Lines come without their ends; then there are none."""
    lines = Piped(io.StringIO("one\ntwo"), typed=False)
    assert [lines.read("> ") for _ in range(3)] == ["one", "two", None]


def test_a_plain_terminal_gets_the_prompt(capsys: pytest.CaptureFixture[str]) -> None:
    """Where nothing better is possible, the prompt is printed and a line is read."""
    assert Piped(io.StringIO("one\n"), typed=True).read("alice > ") == "one"
    assert capsys.readouterr().out == "alice > "


@pytest.fixture
def keyboard() -> Iterator[PipeInput]:
    """A keyboard, at a terminal that shows nothing."""
    with create_pipe_input() as pipe, create_app_session(input=pipe, output=DummyOutput()):
        yield pipe


def test_a_person_types(keyboard: PipeInput) -> None:
    """A line, a line again from the history, and Ctrl-D at the end; answers are not in the history."""
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
    """What is offered stands in the place of the word that was begun."""
    words = Words(lambda text: [f"CHURN.{text[-1]}1"])
    (offered,) = words.get_completions(Document("/dss-build CHURN.s"), CompleteEvent())
    assert (offered.text, offered.start_position) == ("CHURN.s1", -len("CHURN.s"))
