"""Counts of what the suite has tried, printed at the end of the whole run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.faults.runs import Outcome, difference, run_all, undisturbed


@dataclass
class Report:
    """Counts of all the tests in a process."""

    tried: int = 0
    differences: list[str] = field(default_factory=list)
    unreached: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def lines(self) -> list[str]:
        """Return the summary."""
        said = [f"points tried: {self.tried}, differences: {len(self.differences)}"]
        if self.unreached:
            said += [
                f"not reached in their run: {len(self.unreached)}",
                *(f"  {one}" for one in self.unreached),
            ]
        return said


REPORT = Report()

Judge = Callable[[Outcome, Outcome], str]


def try_all(
    story: str, runs: Mapping[str, Callable[[], Outcome]], judge: Judge = difference
) -> Sequence[str]:
    """Make all the runs of a story, count them, and return their differences from the undisturbed run."""
    expected = undisturbed(story)
    found: list[str] = []
    for name, outcome in zip(runs, run_all(list(runs.values())), strict=True):
        REPORT.tried += 1
        REPORT.slowest = max(REPORT.slowest, outcome.seconds)
        if not outcome.reached:
            REPORT.unreached.append(f"{story}: {name}")
        if differs := judge(expected, outcome):
            found.append(f"{story}: {name}\n{differs}")
    REPORT.differences += found
    return found
