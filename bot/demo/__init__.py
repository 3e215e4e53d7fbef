"""``dss-bot demo``: the bot between a DSS and a Slack workspace of its own, in a terminal."""

import io
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType

from rich.console import Console

from bot import proxies
from bot.demo.completing import candidates
from bot.demo.feed import Feed
from bot.demo.lines import open_lines
from bot.demo.prompt import Prompt
from bot.demo.screen import Screen
from bot.demo.story import Missing, Story
from bot.demo.viewer import Viewer
from bot.demo.world import CHANNELS, PEOPLE, World

SCRIPT_SPEED = 4.0
PROMPT_SPEED = 2.0
INTERRUPTED = 130


def play(*, script: bool) -> int:
    """Run the demo until its story, or the person at the prompt, is done.

    Args:
        script: tell the story, without a keyboard.

    Returns:
        The exit code: 0, 1 when the story did not come to its end, 130 when it was interrupted.
    """
    for name in proxies.VARIABLES:  # everything is on this machine
        for variable in (name, name.lower()):
            os.environ.pop(variable, None)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal without our symbols shows question marks
    world = World(SCRIPT_SPEED if script else PROMPT_SPEED)
    interrupted = INTERRUPTED if script else 0
    try:
        with _signals_interrupt(), world:
            try:
                code = _run(world, script=script)
            except KeyboardInterrupt:
                code = interrupted
            _ignore_signals()  # so that a second Ctrl-C does not spoil the tidying up
    except KeyboardInterrupt:  # while everything was starting
        return interrupted
    if world.keep_log:
        sys.stdout.write(f"The log of the bot is in {world.log}\n")
    return code


def _run(world: World, *, script: bool) -> int:
    console = Console(highlight=False)
    screen = Screen(console, world.reader)
    viewer = Viewer(world.slack, screen, Feed(world.slack, PEOPLE, CHANNELS))
    try:
        if script:
            Story(world, screen, viewer).tell()
        else:
            _prompt(world, screen, viewer)
    except Missing as missing:
        console.print(f"\nThe story ends here. {missing}", style="bold red", markup=False)
        world.keep_log = True
        return 1
    except Exception:
        world.keep_log = True
        console.print(f"\nThe log of the bot is in {world.log}", soft_wrap=True, markup=False)
        raise
    return 0


def _prompt(world: World, screen: Screen, viewer: Viewer) -> None:
    with ExitStack() as stack:
        lines = stack.enter_context(open_lines(lambda text: candidates(text, world.vocabulary())))
        stack.enter_context(viewer.live())  # for a pipe too: its next line may take its time
        Prompt(world, screen, viewer, lines).run()


_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def _signals_interrupt() -> Iterator[None]:
    """Let SIGTERM do what Ctrl-C does, so that the temporary folder goes away either way."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = [signal.signal(number, interrupt) for number in _SIGNALS]
    try:
        yield
    finally:
        for number, handler in zip(_SIGNALS, before, strict=True):
            signal.signal(number, handler)


def _ignore_signals() -> None:
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
