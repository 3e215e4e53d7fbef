"""The terminal output: messages as they arrive, their button numbers, and our own text."""

import threading
from collections.abc import Callable, Sequence

from rich.console import Console, Group
from rich.text import Text

from bot.demo import cards
from bot.demo.blocks import Control, controls_of, is_long
from bot.demo.edits import WHOLE, news
from bot.demo.feed import Item
from bot.demo.markup import CODE, Reader, lines_of, wrap
from bot.sandbox.slack import Message

WIDEST = 110
"""Longer lines are hard to read, even on a wider terminal."""

Key = tuple[str, str]


class Screen:
    """Prints, and remembers which controls can be pressed. Thread-safe.

    Args:
        console: where to print.
        reader: returns who reads, and when.
    """

    def __init__(self, console: Console, reader: Callable[[], Reader]) -> None:
        self.console = console
        self._reader = reader
        self._lock = threading.RLock()
        self._numbers: dict[tuple[object, ...], int] = {}
        self._controls: dict[int, tuple[Message, Control]] = {}
        self._titles: dict[Key, Text] = {}
        self._long: Message | None = None
        self._at: Key | None = None  # the thread that was printed last
        self.printed = 0
        """How many messages and edits were printed so far."""

    @property
    def width(self) -> int:
        """Line width in cells."""
        return max(20, min(WIDEST, self.console.width - 1))

    # -- messages

    def show(self, items: Sequence[Item]) -> None:
        """Print what is new in the workspace."""
        with self._lock:
            lines: list[Text] = []
            for item in items:
                made = self._item(item)
                self.printed += bool(made)
                lines += made
            self._print(lines)

    def show_again(self, root: Message) -> None:
        """Print a message and its thread in their current state."""
        with self._lock:
            self._at = None
            lines = self._whole(root, self._reader(), edited=bool(root.edits))
            for one in root.replies:
                lines += self._reply(one, self._reader())
            self._print(lines)

    def show_long(self) -> bool:
        """Print the last shortened message in full; return whether there was one."""
        with self._lock:
            if self._long is None:
                return False
            message, self._at = self._long, None
            number = self._numbering(message)
            self._print([Text(), *cards.card(message, self._reader(), number, self.width, full=True)])
            return True

    def control(self, number: int) -> tuple[Message, Control] | None:
        """Return the message and the control with this number."""
        return self._controls.get(number)

    def number_of(self, message: Message, label: str) -> int | None:
        """Return the number of the first button of a message with this label."""
        for control in controls_of(message.blocks):
            if control.label == label:
                return self._number(message, control)
        return None

    # -- our own text

    def typed(self, person: str, channel: str, text: str) -> None:
        """Print what a person typed."""
        self._say([Text(), Text.assemble((f"{person} in #{channel} > ", "bold green"), (text, "bold"))])

    def heading(self, text: str, below: str) -> None:
        """Print a heading."""
        rule = "─" * max(3, self.width - len(text) - 4)
        line = Text.assemble(("── ", "yellow"), (text, "bold yellow"), (f" {rule}", "yellow"))
        self._say([Text(), Text(), line])
        self.note(below)

    def note(self, mrkdwn: str, style: str = "italic") -> None:
        """Print a sentence of our own."""
        self._say(wrap(lines_of(mrkdwn, self._reader(), style), self.width))

    def table(self, rows: Sequence[tuple[str, str]]) -> None:
        """Print a table of what to type and, in mrkdwn, what it does."""
        term = max(len(word) for word, _ in rows)
        lines = []
        for word, meaning in rows:
            pieces = wrap(lines_of(meaning, self._reader()), max(20, self.width - term - 4))
            for nth, piece in enumerate(pieces):
                lines.append(Text.assemble("  ", ("" if nth else word).ljust(term), "  ", piece))
                lines[-1].stylize(CODE, 2, 2 + term)
        self._say(lines)

    def ask(self, confirm: dict[str, dict[str, str]]) -> None:
        """Print a confirmation dialog."""
        self._say(cards.dialog(confirm, self.width))

    # -- inside

    def _item(self, item: Item) -> list[Text]:
        reader, message = self._reader(), item.message
        if message.thread_ts is not None:
            return [*self._context((message.channel, message.thread_ts)), *self._reply(message, reader)]
        brought = WHOLE if item.before is None else news(item.before, message, reader)
        key = (message.channel, message.ts)
        lines: list[Text] = []
        if brought is WHOLE:
            lines = self._whole(message, reader, edited=item.before is not None)
        elif brought:
            lines = [*self._context(key), *cards.aside(brought, self.width)]
        self._titles[key] = cards.title(message, reader)
        return lines

    def _whole(self, message: Message, reader: Reader, *, edited: bool) -> list[Text]:
        self._at = (message.channel, message.ts)
        number = self._numbering(message)
        return [Text(), *cards.card(message, reader, number, self.width, edited=edited)]

    def _reply(self, message: Message, reader: Reader) -> list[Text]:
        return cards.reply(message, reader, self._numbering(message), self.width)

    def _context(self, key: Key) -> list[Text]:
        """Print which thread follows, unless it is the one that was printed last."""
        if key == self._at:
            return []
        self._at = key
        name = self._titles.get(key, Text("a message")).copy()
        name.stylize("dim")
        name.truncate(self.width - 6, overflow="ellipsis")
        return [Text(), Text.assemble(("↳ ", "blue"), name)]

    def _numbering(self, message: Message) -> Callable[[Control], int]:
        if is_long(message.blocks):
            self._long = message
        return lambda control: self._number(message, control)

    def _number(self, message: Message, control: Control) -> int:
        with self._lock:
            key = (message.channel, message.ts, message.to, *control.key)
            number = self._numbers.setdefault(key, len(self._numbers) + 1)
            self._controls[number] = (message, control)
            return number

    def _say(self, lines: Sequence[Text]) -> None:
        with self._lock:
            self._at = None
            self._print(lines)

    def _print(self, lines: Sequence[Text]) -> None:
        if lines:
            self.console.print(Group(*lines), soft_wrap=True, highlight=False)
