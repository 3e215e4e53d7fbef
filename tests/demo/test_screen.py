"""What the terminal shows of a conversation as it continues."""

import io
from textwrap import dedent
from typing import Any

import pytest
from rich.console import Console

from bot.demo.edits import WHOLE, news
from bot.demo.feed import Item
from bot.demo.screen import Screen
from bot.sandbox.slack import Message
from tests.demo.samples import READER, actions, button, context, message, section

ABORT = button("Abort", "job_abort", value="1")
LOG = button("Log", "job_log", value="1")


class Terminal:
    """A screen, and what it has printed since the last call."""

    def __init__(self, width: int = 80, **options: object) -> None:
        self._file = io.StringIO()
        console = Console(file=self._file, width=width, **options)  # type: ignore[arg-type]
        self.screen = Screen(console, lambda: READER)

    def after(self, *items: Item) -> str:
        self._file.seek(0)
        self._file.truncate()
        self.screen.show(items)
        return self._file.getvalue()


def running(line: str = "0 of 4 done", took: str = "2 s", **more: Any) -> Message:
    head = section("🔵 *Running* · `CHURN.scored`")
    return message(head, context(f"asked by alice · for {took}"), section(line), actions(ABORT, LOG), **more)


def done(**more: Any) -> Message:
    return message(section("✅ *Done* · `CHURN.scored`"), actions(LOG), **more)


def reply(text: str) -> Message:
    return message(section(text), ts="1795444260.000100", thread_ts="1795444200.000100")


def shown(text: str) -> str:
    return "\n" + dedent(text)


def test_a_job_from_its_start_to_its_end() -> None:
    """A card, its progress in small type, a reply behind a bar, and the card again at the end."""
    terminal = Terminal()
    first, second = running(), running("`██` 2 of 4 done\n🔵 now: `x`, for 1 s", "9 s", edits=1)
    third = done(edits=2)
    assert terminal.after(Item(message=first)) == shown("""\
        dss-bot in #data · 14:30
          🔵 Running · CHURN.scored
          asked by alice · for 2 s
          0 of 4 done
          [1 Abort] [2 Log]
        """)
    progress = terminal.after(
        Item(message=second, before=first), Item(message=reply("Started: `CHURN.scored`."))
    )
    assert progress == ("  ✎ ██ 2 of 4 done\n    🔵 now: x, for 1 s\n  │ 14:31  Started: CHURN.scored.\n")
    assert terminal.after(Item(message=third, before=second)) == shown("""\
        dss-bot in #data · 14:30 · edited
          ✅ Done · CHURN.scored
          [2 Log]
        """)


def test_what_only_one_person_sees_says_so() -> None:
    """An ephemeral answer looks different from what everybody sees."""
    assert Terminal().after(Item(message=message(section("Starting."), to="U1"))) == shown("""\
        dss-bot · only alice sees this
          Starting.
        """)


def test_a_file_is_shown_as_one() -> None:
    """A message that only shares a file isn't empty."""
    shared = message(to="U1", text="", files=("F1",))
    assert Terminal().after(Item(message=shared)) == shown("""\
        dss-bot · only alice sees this
          📎 a file
        """)


def test_a_reply_after_something_else_names_its_thread() -> None:
    """Nobody has to guess which thread continues."""
    terminal = Terminal()
    terminal.after(Item(message=running()), Item(message=message(section("else"), ts="1795444230.000100")))
    assert terminal.after(Item(message=reply("<@U1> *Done*"))) == shown("""\
        ↳ 🔵 Running · CHURN.scored
          │ 14:31  @alice Done
        """)


def test_long_replies_stay_behind_their_bar() -> None:
    """Wrapped lines of a reply keep the bar and the width."""
    terminal = Terminal(width=40)
    terminal.after(Item(message=running()))
    lines = terminal.after(Item(message=reply("word " * 30))).splitlines()
    assert len(lines) > 3
    assert all(line.startswith("  │ ") and len(line) < 40 for line in lines)


def test_a_second_more_is_no_news() -> None:
    """An edit that only counts seconds prints nothing."""
    before = running("🔵 now: `x`, for 1 s")
    terminal = Terminal()
    terminal.after(Item(message=before))
    assert (
        terminal.after(Item(message=running("🔵 now: `x`, for 1 min 2 s", "3 min", edits=1), before=before))
        == ""
    )
    assert terminal.screen.printed == 1


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (running("1 of 4 done"), ["1 of 4 done"]),
        (running("0 of 4 done\n⚠️ 1 warning so far."), ["⚠️ 1 warning so far."]),
        (running("0 of 4 done", "8 h 5 min"), []),
        (done(), WHOLE),
    ],
)
def test_news_of_an_edit(after: Message, expected: list[str] | None) -> None:
    """New lines are news, durations aren't, and different buttons mean a new card."""
    found = news(running(), after, READER)
    assert (found if found is WHOLE else [line.plain for line in found]) == expected


def test_numbers_stay_and_are_never_given_twice() -> None:
    """A number on the screen keeps its meaning, whatever is printed after it."""
    terminal = Terminal()
    first = running()
    other = message(section("other"), actions(LOG), ts="1795444230.000100")
    terminal.after(Item(message=first), Item(message=other), Item(message=done(edits=1), before=first))
    found = {number: terminal.screen.control(number) for number in (1, 2, 3)}
    assert {number: (one[0].ts, one[1].label) for number, one in found.items() if one} == {
        1: (first.ts, "Abort"),
        2: (first.ts, "Log"),
        3: (other.ts, "Log"),
    }
    assert terminal.screen.control(4) is None
    assert terminal.screen.number_of(other, "Log") == 3


def test_without_a_terminal_there_are_no_escapes() -> None:
    """Piped output is plain text; on a terminal, the same words have colors, but none with NO_COLOR."""
    item = Item(message=running())
    plain = Terminal().after(item)
    coloured = Terminal(force_terminal=True, color_system="standard").after(item)
    assert "\x1b[" not in plain
    assert "\x1b[36m" in coloured
    assert "\x1b[36m" not in Terminal(force_terminal=True, color_system="standard", no_color=True).after(item)


def test_a_folded_log_can_be_seen_whole() -> None:
    """`more` shows the last long text in full; if there is none, it says so."""
    terminal = Terminal()
    assert not terminal.screen.show_long()
    log = "\n".join(f"line {number}" for number in range(30))
    assert "line 3\n" not in terminal.after(Item(message=message(section(f"```\n{log}\n```"))))
    assert terminal.screen.show_long()
