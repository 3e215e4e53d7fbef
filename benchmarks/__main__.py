"""Run the benchmarks and report the results: ``python -m benchmarks [--only NAME] [--quick]``."""

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
PAGE = Path(__file__).with_name("page.md")
"""The page's text, with places for what is measured."""


def main() -> None:
    """Parse the command line, run, and print; a full run writes ``docs/benchmarks.md`` and the plots."""
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
    text = PAGE.read_text(encoding="utf-8").format(
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
    """Return the page with these benchmarks' rows and date inserted, and with the current text."""
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
    template = PAGE.read_text(encoding="utf-8")
    ours = template[template.index(begin) : template.index(end)]
    return text[: text.index(begin)] + ours + text[text.index(end) :]


if __name__ == "__main__":
    main()
