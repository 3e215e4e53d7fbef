"""Render plans of tasks and tables of data as terminal lines."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

from rich.cells import cell_len
from rich.text import Text

from bot.demo.markup import clean, wrap

Json = dict[str, Any]

_MARKS = {
    "pending": ("○", "dim"),
    "in_progress": ("◐", "blue"),
    "complete": ("✓", "green"),
    "error": ("✕", "red"),
}
_ROWS = 10
"""How many rows of a table are shown; the rest are counted, as Slack puts them on further pages."""
_GAP = "  "


def plan_lines(block: Json, width: int) -> list[Text]:
    """Show a plan: its title, then each task."""
    lines = wrap([Text(clean(str(block["title"])), "bold")], width)
    for task in block.get("tasks", []):
        lines += task_lines(task, width)
    return lines


def plan_headings(block: Json) -> list[Text]:
    """Return a plan's title and its tasks that run or failed, unwrapped, to compare edits by."""
    tasks = [task for task in block.get("tasks", []) if task["status"] in {"in_progress", "error"}]
    return [Text(clean(str(block["title"]))), *map(_headline, tasks)]


def task_lines(task: Json, width: int) -> list[Text]:
    """Show a task with its mark; below it, indented, what else it says."""
    lines = wrap([_headline(task)], width)
    for part, look in (("details", "dim"), ("output", "red" if task["status"] == "error" else "")):
        if said := rich_words(task.get(part)):
            lines += [Text("  ").append_text(line) for line in wrap([Text(said, look)], max(8, width - 2))]
    return lines


def rich_words(block: Json | None) -> str:
    """Return the texts of a rich text block in one line."""
    return clean(" ".join("".join(_texts(block or {})).split()))


def table_lines(block: Json, width: int) -> list[Text]:
    """Show a table with its caption; columns that don't fit are cut."""
    rows = [[_cell(cell) for cell in row] for row in block.get("rows", [])]
    shown = rows[: _ROWS + 1]
    widths = [max(map(cell_len, column)) for column in zip_longest(*shown, fillvalue="")]
    lines = wrap([Text(clean(str(block.get("caption", ""))), "bold")], width)
    for number, row in enumerate(shown):
        line = Text(_padded(row, widths), "underline" if number == 0 else "")
        line.truncate(width, overflow="ellipsis")
        lines.append(line)
    if len(rows) > len(shown):
        lines.append(Text(f"⋮ {len(rows) - len(shown)} more rows", "dim"))
    return lines


def _headline(task: Json) -> Text:
    mark, style = _MARKS.get(str(task["status"]), _MARKS["pending"])
    return Text.assemble((mark, style), " ", clean(str(task["title"])))


def _padded(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (cell + " " * (wide - cell_len(cell)) for cell, wide in zip(row, widths, strict=False))
    return _GAP.join(cells).rstrip()


def _cell(cell: Json) -> str:
    if cell.get("type") == "raw_number":
        return clean(str(cell.get("text") or cell.get("value", "")))
    return rich_words(cell)


def _texts(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("text"), str):
            yield part["text"]
        for inner in part.get("elements", []):
            yield from _texts(inner)
