"""Print what was tried at the end of the run."""

import pytest

from tests.faults.garbage import GARBAGE
from tests.faults.report import REPORT


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the counts if this process tried anything."""
    if GARBAGE.runs:
        terminalreporter.section("garbage")
        for line in GARBAGE.lines():
            terminalreporter.line(line)
        terminalreporter.line(f"slowest run: {GARBAGE.slowest:.1f} s")
    if REPORT.tried:
        terminalreporter.section("fault suite")
        for line in REPORT.lines():
            terminalreporter.line(line)
        if REPORT.slowest:
            terminalreporter.line(f"slowest run: {REPORT.slowest:.1f} s")
