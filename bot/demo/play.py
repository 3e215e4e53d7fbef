"""Run the demo: the bot between two stand-ins, until the story ends or the person quits."""

import io
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from enum import Enum
from types import FrameType

from rich.console import Console

from bot.demo.browser import show
from bot.demo.completion import candidates
from bot.demo.feed import Feed
from bot.demo.input import open_lines
from bot.demo.playground import PROTECTED, open_playground
from bot.demo.prompt import Prompt
from bot.demo.screen import Screen
from bot.demo.story import Missing, Story
from bot.demo.viewer import Viewer
from bot.demo.world import CHANNELS, PEOPLE, World
from bot.http import proxies

SCRIPT_SPEED = 4.0
PROMPT_SPEED = 2.0
INTERRUPTED = 130
STEP_SECONDS = 0.2
"""How long a Ctrl-C that another thread received can wait for the main thread."""


class Mode(Enum):
    """How people meet the demo."""

    SCRIPT = "script"
    """A story in the terminal, without a keyboard."""
    TERMINAL = "terminal"
    """A prompt in the terminal."""
    PAGE = "page"
    """A page in the browser; if there is no browser, its address and the prompt."""
    HEADLESS = "headless"
    """The page, for tests and other programs."""


def play(mode: Mode, *, port: int = 0) -> int:
    """Run the demo until the story ends, the person at the prompt quits, or Ctrl-C.

    Args:
        mode: how people meet it. Without a keyboard, there is no page by default: a pipe has the prompt.
        port: the page's port, or the next free one; 0 picks any.

    Returns:
        The exit code: 0, 1 if the story could not finish, 130 if it was interrupted.
    """
    for name in proxies.VARIABLES:  # everything runs on this machine
        for variable in (name, name.lower()):
            os.environ.pop(variable, None)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal without our symbols shows question marks
    if mode is Mode.PAGE and not sys.stdin.isatty():
        mode = Mode.TERMINAL
    on_page = mode in {Mode.PAGE, Mode.HEADLESS}
    speed = SCRIPT_SPEED if mode is Mode.SCRIPT else PROMPT_SPEED
    world = World(speed, protected=PROTECTED if on_page else (), dialogs=on_page)
    interrupted = INTERRUPTED if mode is Mode.SCRIPT else 0
    try:
        with _signals_interrupt(), world:
            try:
                code = _run(world, mode, port)
            except KeyboardInterrupt:
                code = interrupted
            _ignore_signals()  # a second Ctrl-C must not interrupt the cleanup
    except KeyboardInterrupt:  # during startup
        return interrupted
    if world.keep_log:
        sys.stdout.write(f"The bot's log is in {world.log}\n")
    return code


def _run(world: World, mode: Mode, port: int) -> int:
    console = Console(highlight=False)
    screen = Screen(console, world.reader)
    viewer = Viewer(world.slack, screen, Feed(world.slack, PEOPLE, CHANNELS))
    try:
        if mode is Mode.SCRIPT:
            _in_thread(Story(world, screen, viewer).tell)
        elif mode is Mode.TERMINAL:
            _prompt(world, screen, viewer)
        else:
            _page(world, screen, viewer, mode, port)
    except Missing as missing:
        console.print(f"\nThe story ends here. {missing}", style="bold red", markup=False)
        world.keep_log = True
        return 1
    except KeyboardInterrupt:
        console.quiet = True
        raise
    except Exception:
        world.keep_log = True
        console.print(f"\nThe bot's log is in {world.log}", soft_wrap=True, markup=False)
        raise
    return 0


def _in_thread(work: Callable[[], None]) -> None:
    """Do the work on another thread, and raise here what it raises.

    Ctrl-C arrives on the main thread, and can do so in the middle of taking or giving back a lock. Here it
    only interrupts the wait; what the stand-ins need in order to stop stays whole.
    """
    failed: list[BaseException] = []
    over = threading.Event()

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised again by the thread that waits
            failed.append(error)
        finally:
            over.set()

    threading.Thread(target=run, name="demo-story", daemon=True).start()
    wait_for(over.is_set)
    if failed:
        raise failed[0]


def wait_for(is_over: Callable[[], bool]) -> None:
    """Wait on the main thread, where Python handles signals, until something is over.

    The kernel may give a signal to any thread. Then nothing wakes a main thread that waits for a lock, so
    this one takes a step every now and then.
    """
    while not is_over():
        time.sleep(STEP_SECONDS)


def _page(world: World, screen: Screen, viewer: Viewer, mode: Mode, port: int) -> None:
    with open_playground(world, port) as page:
        if port and page.port != port:
            sys.stdout.write(f"Port {port} is busy, so the playground is on port {page.port}.\n")
        sys.stdout.write(f"The playground: {page.url}\n")
        sys.stdout.flush()
        if mode is Mode.PAGE and not show(page.url):
            sys.stdout.write("No browser could be opened here. Open that address, or use this prompt.\n\n")
            _prompt(world, screen, viewer)
            return
        sys.stdout.write("Ctrl-C stops it.\n")
        sys.stdout.flush()
        wait_for(lambda: False)


def _prompt(world: World, screen: Screen, viewer: Viewer) -> None:
    with ExitStack() as stack:
        lines = stack.enter_context(open_lines(lambda text: candidates(text, world.vocabulary())))
        stack.enter_context(viewer.live())  # for a pipe too: its next line can take a while
        Prompt(world, screen, viewer, lines).run()


_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def _signals_interrupt() -> Iterator[None]:
    """Make SIGTERM act like Ctrl-C, so that the temporary folder is removed either way."""

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
