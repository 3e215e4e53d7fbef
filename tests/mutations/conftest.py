"""Print what was sent at the end of the run."""

import pytest

from tests.mutations.runs import TALLY


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the counts if this process sent anything."""
    if TALLY.sent:
        terminalreporter.section("mutations")
        for line in TALLY.lines():
            terminalreporter.line(line)
