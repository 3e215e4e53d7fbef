"""One row per goal: the goal, the measurement, and why they differ, if they do."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.following import Steady
from benchmarks.peers import Peer


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of the table."""

    what: str
    goal: str
    measured: str
    met: bool
    note: str = ""
    """How it was measured, or why it missed the goal."""


@dataclass(frozen=True, kw_only=True)
class Results:
    """The results of one benchmark."""

    name: str
    rows: Sequence[Row]
    points: dict[str, Any] = field(default_factory=dict)
    """Series for the plots."""
    remarks: Sequence[str] = ()


def console(results: Sequence[Results]) -> str:
    """Return the table for a terminal."""
    rows = [row for one in results for row in one.rows]
    wide = [max([*(len(cell) for cell in column), 8]) for column in zip(*map(_cells, rows), strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(_cells(row), wide, strict=True)) for row in rows
    ]
    return "\n".join(lines)


def markdown(results: Sequence[Results]) -> str:
    """Return the table for the documentation."""
    head = "| What | Goal | Measured | | How, or why not |\n| --- | --- | --- | --- | --- |"
    return "\n".join([head, *(line for one in results for line in table_lines(one))])


def table_lines(one: Results) -> list[str]:
    """Return one benchmark's rows of the table."""
    return [
        f"| {row.what} | {row.goal} | {row.measured} | {_verdict(row)} | {row.note} |" for row in one.rows
    ]


def figures(steady: Sequence[Steady], peers: Sequence[Peer]) -> str:
    """Return the data of the plots as a table."""
    head = "| Jobs | Followed by | Requests/s | % of a core | MB resident |\n| --- | --- | --- | --- | --- |"
    shown = [("dss-bot", one) for one in steady] + [("a waiter thread per job", one) for one in peers]
    lines = [
        f"| {one.jobs:,} | {who} | {one.per_second:.2f} | {one.cpu_percent:.1f} | {one.rss_mb:.0f} |"
        for who, one in shown
    ]
    return "\n".join([head, *lines])


def _cells(row: Row) -> tuple[str, str, str, str]:
    return row.what, row.goal, row.measured, _verdict(row)


def _verdict(row: Row) -> str:
    return "met" if row.met else "**missed**"
