"""The part of docs/operations.md that shows the command line.

``python -m tests.meta.help_text`` updates it.
"""

import click
from click.testing import CliRunner

from bot.cli import main
from tests.meta.tree import ROOT

PAGE = ROOT / "docs" / "operations.md"
HEADING = "## The command\n"


def expected(page: str) -> str:
    """Return the page with everything below its heading generated from the command line."""
    before, heading, _ = page.partition(HEADING)
    assert heading, f"{PAGE.name} has lost its heading {HEADING!r}"
    return f"{before}{heading}\n{_help()}"


def _help() -> str:
    runner = CliRunner()
    blocks = []
    for name in ("", *sorted(main.commands)):
        args = [name, "--help"] if name else ["--help"]
        shown = runner.invoke(main, args, prog_name="dss-bot", terminal_width=100).output
        blocks.append(f"```console\n$ dss-bot {' '.join(args)}\n{click.unstyle(shown).rstrip()}\n```\n")
    return "\n".join(blocks)


if __name__ == "__main__":
    PAGE.write_text(expected(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
