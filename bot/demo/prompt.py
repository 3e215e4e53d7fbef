"""The prompt of ``dss-bot demo``: slash commands, button numbers, and a few commands of its own."""

from collections.abc import Callable

from bot.demo.buttons import CannotPress, press
from bot.demo.input import InputLines
from bot.demo.screen import Screen
from bot.demo.viewer import Viewer
from bot.demo.world import CHANNELS, PEOPLE, SHARED, World
from bot.sandbox.slack import Message

ANSWER_SECONDS = 15.0
WAIT_SECONDS = 120.0
COMMANDS = ("/dss-build", "/dss-jobs")

WELCOME = (
    "This is the real *dss-bot*, connected to a DSS and a Slack workspace that exist only here. "
    "You are `alice` in `#data`, and time runs {speed:.0f} times as fast as normal. Three things to try:"
)
TRY = (
    ("/dss-build CHURN.scored --mode modified", "build a dataset and watch the job"),
    ("/dss-build CHURN.scored_history", "start a long job, then type the number of its Abort button"),
    ("/dss-jobs CHURN --state failed", "list failed jobs and read their logs"),
)
LEAVE = "Type `help` for more. Tab completes, Ctrl-D quits."
HELP = (
    ("/dss-build …", "build something; `/dss-build help` explains it"),
    ("/dss-jobs …", "list, abort, and follow jobs, and read logs; `/dss-jobs help` explains it"),
    ("3", "press the button or choose the option with that number; `press 3` does the same"),
    (
        "as bob",
        (
            "become alice, bob, carol (can only view CHURN), claire (reads French), guest, or stranger "
            f"(only in #{SHARED})"
        ),
    ),
    (
        "in #random",
        f"go to another channel: #data, #random, or #{SHARED}, which is shared with another organization",
    ),
    ("show", "show the newest thread; `show 3`: the thread of button 3; `show CHURN`: one with that word"),
    ("more", "show the last shortened text in full"),
    ("wait", "wait until all followed jobs have ended"),
    ("quit", "quit; Ctrl-D and Ctrl-C do the same"),
)
PROJECTS = "Projects to build in: CHURN, SALES, FRAUD, ETUDES, and HOSTILE, which has tricky names."


class Prompt:
    """Runs what is typed, line by line."""

    def __init__(self, world: World, screen: Screen, viewer: Viewer, lines: InputLines) -> None:
        self._world = world
        self._screen = screen
        self._viewer = viewer
        self._lines = lines
        self.person = PEOPLE[0]
        self.channel = CHANNELS[0]
        self._words: dict[str, Callable[[str], None]] = {
            "press": self._press,
            "as": self._become,
            "in": self._go,
            "show": self._show,
            "thread": self._show,
            "more": self._more,
            "wait": self._wait,
            "help": self._help,
            "?": self._help,
        }

    def run(self) -> None:
        """Read and run lines until the input ends or a line says to quit."""
        self._screen.note(WELCOME.format(speed=self._world.speed), "")
        self._screen.table(TRY)
        self._screen.note(LEAVE, "")
        while True:
            line = self._lines.read(f"{self.person} in #{self.channel} > ")
            if line is None or line.strip().casefold() in {"quit", "exit", "q"}:
                return
            if line.strip():
                self._do(line.strip())

    def _do(self, line: str) -> None:
        if not self._lines.typed:
            self._screen.typed(self.person, self.channel, line)
        word, _, rest = line.partition(" ")
        if line.startswith("/"):
            self._command(word, rest)
        elif word.isdecimal() and not rest:
            self._press(word)
        elif do := self._words.get(word.casefold()):
            do(rest.strip())
        elif f"/{word}" in COMMANDS:
            self._hint(f"Slack's commands begin with a slash: `/{line}`")
        else:
            self._hint(
                "In Slack, that would be a message to your colleagues. Type `help` to see what you can do."
            )

    # -- sent to the bot

    def _command(self, command: str, text: str) -> None:
        if command not in COMMANDS:
            self._hint(f"This workspace has no `{command}`, only `/dss-build` and `/dss-jobs`.")
            return
        if command == "/dss-build" and not text.strip():
            self._hint(
                "That opens a dialog, which only the page draws: `dss-bot demo` without `--terminal`. "
                "Here, type what to build: `/dss-build CHURN.scored`."
            )
            return
        before = self._screen.printed
        try:
            self._world.slack.as_user(self.person).command(command, text, self.channel)
        except PermissionError:
            self._hint(
                f"{self.person} is from another organization and can't see #{self.channel}. "
                f"`in #{SHARED}` goes to the shared channel; `as alice` returns to this workspace."
            )
            return
        self._answered(before)

    def _press(self, number: str) -> None:
        if not number.isdecimal():
            self._hint("Which one? Type the number on a button: `press 3`, or `3`.")
            return
        before = self._screen.printed
        try:
            delivery = press(self._world.slack, self._screen, self.person, int(number), self._ask)
        except CannotPress as refused:
            self._hint(str(refused))
            return
        if delivery is not None:
            self._answered(before)

    def _ask(self) -> bool:
        answer = (self._lines.read("  y or n > ") or "n").strip()
        if not self._lines.typed:
            self._screen.note(f"  > {answer}", "bold")
        return answer.casefold() in {"y", "yes"}

    def _answered(self, before: int) -> None:
        """For a pipe, wait for the answers: the next line might refer to them."""
        if not self._lines.typed:
            self._viewer.until(
                lambda: self._screen.printed > before and not self._world.busy(), ANSWER_SECONDS
            )

    # -- the prompt's own commands

    def _become(self, name: str) -> None:
        if name not in PEOPLE:
            self._hint(f"The people are {', '.join(PEOPLE)}. Try `as bob`.")
            return
        self.person = name
        self._hint(f"You are now {name}.")

    def _go(self, channel: str) -> None:
        name = channel.removeprefix("#")
        if name not in CHANNELS:
            self._hint(f"The channels are {', '.join(f'#{one}' for one in CHANNELS)}. Try `in #random`.")
            return
        self.channel = name

    def _show(self, what: str) -> None:
        root = self._root_of(what)
        if root is None:
            self._hint("There is no such thread. `show` shows the newest one in this channel.")
        else:
            self._screen.show_again(root)

    def _root_of(self, what: str) -> Message | None:
        """Find a thread by a button number or by a word in it; by default, the newest one."""
        roots = [one for channel in CHANNELS for one in self._world.slack.messages(channel)]
        if what.isdecimal():
            found = self._screen.control(int(what))
            names = {found[0].ts, found[0].thread_ts} if found else set()
            return next((one for one in roots if one.ts in names), None)
        here = self._world.slack.messages(self.channel)
        return next((one for one in reversed(here) if what.casefold() in one.text.casefold()), None)

    def _more(self, _rest: str) -> None:
        if not self._screen.show_long():
            self._hint("No text has been shortened so far.")

    def _wait(self, _rest: str) -> None:
        over = self._viewer.until(
            lambda: not self._world.following() and not self._world.busy(), WAIT_SECONDS
        )
        if not over:
            self._hint(f"Something is still running after {WAIT_SECONDS:.0f} s.")

    def _help(self, _rest: str) -> None:
        self._screen.table(HELP)
        self._screen.note(PROJECTS, "")

    def _hint(self, mrkdwn: str) -> None:
        self._screen.note(mrkdwn)
