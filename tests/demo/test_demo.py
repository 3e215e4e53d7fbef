"""The demo as people start it: in its own process."""

import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from rich.console import Console

from bot.demo.feed import Feed
from bot.demo.screen import Screen
from bot.demo.story import Missing, Story
from bot.demo.viewer import Viewer
from bot.demo.world import CHANNELS, PEOPLE, World

ROOT = Path(__file__).parent.parent.parent

MILESTONES = (
    "alice in #data > /dss-build CHURN.scored --mode modified",
    " of 4 activities done",
    "@alice Done",
    "bob in #data > /dss-build CHURN.scored_history",
    "? Abort this job?",
    "@bob Aborted",
    "@alice Failed",
    "In compute_features_broken: Error in Python process:",
    "Traceback (most recent call last):",
    "KeyError: 'amount'",
    "state failed · since 2h · at most 3",
    "Log of CHURN.scored_broken",
    "Anything that looks like a password or key is masked.",
    "Did you mean CHURN?",
)

Start = Callable[..., "subprocess.Popen[str]"]


def missing(text: str, steps: Sequence[str]) -> str | None:
    """Return the first step that doesn't come after the ones before it."""
    at = 0
    for step in steps:
        found = text.find(step, at)
        if found < 0:
            return step
        at = found + len(step)
    return None


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start the demo with its own folder for temporary files."""
    started: list[subprocess.Popen[str]] = []

    def demo(*options: str, columns: int = 80) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "demo", *options],
            cwd=ROOT,
            env={"PATH": os.defpath, "TMPDIR": str(tmp_path), "COLUMNS": str(columns), "PYTHONUTF8": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        started.append(process)
        return process

    yield demo
    for process in started:
        with process:
            process.kill()


def test_the_story_is_told(start: Start, tmp_path: Path) -> None:
    """Without a keyboard or configuration, the whole story plays in order and leaves nothing behind."""
    process = start("--script")
    out, err = process.communicate(timeout=280)
    assert (process.returncode, err) == (0, "")
    assert missing(out, MILESTONES) is None
    assert "\x1b" not in out
    assert '{"' not in out
    assert list(tmp_path.iterdir()) == []


def test_the_prompt_does_what_is_typed(start: Start, tmp_path: Path) -> None:
    """Lines from a pipe run one after the other, each after the answer to the previous one."""
    typed = """\
        /dss-build CHURN.scored_history
        1
        n
        press 1
        y
        wait
        as guest
        /dss-jobs
        hello
        99
        """
    process = start(columns=100)
    out, err = process.communicate("\n".join(line.strip() for line in typed.splitlines()), timeout=280)
    assert err == ""
    assert process.returncode == 0
    steps = (
        "Three things to try",
        "[1 Abort] [2 Log]",
        "[y Abort the job] [n Let it run]",
        "alice chose: Let it run. Nothing was sent.",
        "DSS accepted the request to abort",
        "@alice Aborted",
        "Guests of the workspace can't use this",
        "In Slack, that would be a message",
        "There is no button 99",
    )
    assert missing(out, steps) is None
    assert max(map(len, out.splitlines())) <= 100
    assert list(tmp_path.iterdir()) == []


def test_a_pipe_that_takes_its_time_sees_what_happens_meanwhile(start: Start) -> None:
    """The end of a job is shown when it happens, not only after the next line."""
    process = start(columns=100)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("/dss-build CHURN.customers_clean\n")
    process.stdin.flush()
    while "@alice Done" not in (line := process.stdout.readline()):
        assert line, "it ended before"
    _, err = process.communicate("quit\n", timeout=60)
    assert (process.returncode, err) == (0, "")


@pytest.mark.parametrize(
    ("options", "number", "code"), [(["--script"], signal.SIGINT, 130), ([], signal.SIGTERM, 0)]
)
def test_it_can_be_stopped(
    start: Start, tmp_path: Path, options: list[str], number: signal.Signals, code: int
) -> None:
    """Ctrl-C midway leaves no traceback and no file."""
    process = start(*options)
    assert process.stdout is not None
    while "dss-bot" not in process.stdout.readline():
        pass
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (code, "")
    assert list(tmp_path.iterdir()) == []


def test_a_story_that_goes_wrong_says_what_did_not_come() -> None:
    """If DSS is down, the story fails with a sentence instead of continuing."""
    with World(4.0, dialogs=False, deadline=60) as world:
        world.dss.faults.down()
        screen = Screen(Console(file=io.StringIO(), width=80), world.reader)
        viewer = Viewer(world.slack, screen, Feed(world.slack, PEOPLE, CHANNELS))
        with pytest.raises(Missing, match=r"for a message with Running and CHURN\.scored, but"):
            Story(world, screen, viewer, limit=2.0).tell()
        folder, world.keep_log = world.folder, True
    assert [path.name for path in folder.iterdir()] == ["bot.log"]
    assert "event" in world.log.read_text(encoding="utf-8")
    world.log.unlink()
    folder.rmdir()
