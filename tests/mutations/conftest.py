"""Prints what was sent at the end of the run."""

import pytest

from tests.mutations.runs import TALLY


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the counts, if anything was sent in this process."""
    if TALLY.sent:
        terminalreporter.section("mutations")
        for line in TALLY.lines():
            terminalreporter.line(line)
