"""Runs the benchmarks and says what came of them: ``python -m benchmarks [--only NAME] [--quick]``."""

import argparse
import logging
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import structlog

from benchmarks import machine, plots
from benchmarks.results import Results, console, figures, markdown, table_lines
from benchmarks.suite import BENCHMARKS

DOCS = Path(__file__).resolve().parent.parent / "docs"


def main() -> None:
    """Read the command line, run, print; a full run writes ``docs/benchmarks.md`` and the plots."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure the bot.")
    parser.add_argument("--only", choices=BENCHMARKS, action="append", help="run this one (can be repeated)")
    parser.add_argument("--quick", action="store_true", help="smaller sizes; the figures are no result")
    parser.add_argument(
        "--page",
        action="store_true",
        help="with --only: put these rows into docs/benchmarks.md, leave the others",
    )
    options = parser.parse_args()
    quiet = structlog.make_filtering_bound_logger(logging.ERROR)
    structlog.configure(wrapper_class=quiet)
    began, loads = time.monotonic(), [machine.load()]
    results = []
    for name in options.only or BENCHMARKS:
        print(f"{name} …", file=sys.stderr, flush=True)
        results.append(BENCHMARKS[name](quick=options.quick))
        print(console(results[-1:]), flush=True)
        loads.append(machine.load())
    minutes = (time.monotonic() - began) / 60
    print(f"\n{console(results)}\n\n{machine.words()}; {minutes:.0f} minutes")
    if options.quick:
        return
    if not options.only:
        write(results, minutes, loads)
    elif options.page:
        page = DOCS / "benchmarks.md"
        page.write_text(with_rows(page.read_text(encoding="utf-8"), results, loads), encoding="utf-8")


def write(results: Sequence[Results], minutes: float, loads: Sequence[str]) -> None:
    """Write the page and the plots."""
    points = next(one.points for one in results if one.points)
    drawn = plots.draw(points["steady"], points["peers"], DOCS / "img")
    remarks = [f"* {remark}" for one in results for remark in one.remarks]
    pictures = [f"![{name.removesuffix('.png')}](img/{name})" for name in drawn]
    text = TEXT.format(
        table=markdown(results),
        day=f"{datetime.now(UTC):%Y-%m-%d}",
        minutes=f"{minutes:.0f}",
        machine=machine.words(),
        loads="; ".join(loads),
        remarks="\n".join(remarks),
        pictures="\n".join(pictures),
        figures=figures(points["steady"], points["peers"]),
    )
    (DOCS / "benchmarks.md").write_text(text, encoding="utf-8")


def with_rows(page: str, results: Sequence[Results], loads: Sequence[str]) -> str:
    """Return the page with the rows of these benchmarks put in, with their day, and the words of today."""
    new = {row.what: line for one in results for row, line in zip(one.rows, table_lines(one), strict=True)}
    lines = page.splitlines()
    for number, line in enumerate(lines):
        if line.startswith("| ") and (what := line.split(" | ")[0].removeprefix("| ")) in new:
            lines[number] = new.pop(what)
    ends = lines.index("", lines.index("| --- | --- | --- | --- | --- |"))
    lines[ends:ends] = new.values()
    text = "\n".join(lines) + "\n"
    names = ", ".join(f"*{one.name}*" for one in results)
    said = f"The rows of {names}: {datetime.now(UTC):%Y-%m-%d}; {'; '.join(loads)}.\n"
    text = text.replace("\n## What is measured\n", f"\n{said}\n## What is measured\n", 1)
    begin, end = "* *storm*:", "\n## Cost against"
    ours = TEXT[TEXT.index(begin) : TEXT.index(end)]
    return text[: text.index(begin)] + ours + text[text.index(end) :]


TEXT = """# Benchmarks

Made by `make bench` (`python -m benchmarks`), which writes this page. `ARGS='--only storm'` runs one,
`ARGS=--quick` runs all at small sizes; neither changes the page. With
`--only`, `--page` puts the rows of those few in.

{table}

## Where and when

{day}, {minutes} minutes. {machine}.

What else the machine had to do while it ran, on which delays and processor shares depend:
{loads} (at the start, and after each benchmark).

## What is measured

* *following*: `dss-bot run` in a process of its own, with SQLite and its default settings, between a DSS
  stand-in in another process and a Slack stand-in in a third. The jobs and their root messages are there
  before it starts; requests are counted where they arrive; CPU and memory are those of the bot's process.
* The peer is Dataiku's own `DSSJobWaiter`, one thread a job (`benchmarks/peer.py`): it asks after 0.2 s, then
  1.1 times as late each time, up to every 15 s. It is run at 10, 30, 100 and 300 jobs side by side; beyond
  that stands the straight line through these.
{remarks}
* *storm*: the real waiter, store and sender, with the default rates, against a Slack stand-in that refuses
  what exceeds Slack's published rates. Once every end can be read in the channel, the clock of Slack and of
  the database runs faster, until every thread has its own end; meanwhile commands are typed in the channel.
* *ending*: the bot of *following*; all jobs end between two of its looks, while commands are typed. It has to
  be sparing with DSS then too: one list of a project tells what a status each would.
* *spoiled*: the bot of *following*; a tenth of the jobs have statuses that come a byte a second, or never
  end (`benchmarks/spoiled.py`), and half of these have ended, so that the bot has to ask for them.
* *client*: `benchmarks/dss_client.py`, both clients on the same answers from memory.

## Cost against the number of jobs

{pictures}

{figures}
"""

if __name__ == "__main__":
    main()
