"""Prints what was tried at the end of the run."""

import pytest

from tests.faults.report import REPORT


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the counts, if anything was tried in this process."""
    if REPORT.tried:
        terminalreporter.section("fault suite")
        for line in REPORT.lines():
            terminalreporter.line(line)
        if REPORT.slowest:
            terminalreporter.line(f"slowest run: {REPORT.slowest:.1f} s")
