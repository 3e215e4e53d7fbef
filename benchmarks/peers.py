"""The peer against the same stand-in: several sizes at once, each in its own process."""

import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peer import polls_within
from benchmarks.processes import Process

LAST = 60.0
"""The final seconds that count as steady: each waiter has reached its longest pause."""


@dataclass(frozen=True, kw_only=True)
class Peer:
    """The cost of one size."""

    jobs: int
    requests: int
    """In the whole run."""
    scheduled: int
    """The number of requests in the same time by the documented schedule."""
    per_second: float
    """In the last minute."""
    cpu_percent: float
    """In the last minute, of one core."""
    rss_mb: float


def measure(sizes: Sequence[int], seconds: float) -> list[Peer]:
    """Run all sizes side by side and count the requests that reach DSS."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        dss = stack.enter_context(Process("benchmarks.dss_process", log=folder / "dss.log"))
        where, projects = dss.ask("where"), dss.ask("projects")[: len(sizes)]
        running = []
        for jobs, project in zip(sizes, projects, strict=True):
            ids = folder / f"{project}.ids"
            ids.write_text("\n".join(f"{one}" for one in dss.ask("add", count=jobs, project=project)))
            arguments = (where["url"], where["key"], project, str(ids))
            log = folder / f"{project}.log"
            running.append(stack.enter_context(Process("benchmarks.peer", *arguments, log=log)))
        time.sleep(seconds - LAST)
        early = [dss.ask("requests", containing=f"/{project}/") for project in projects]
        before = [process.cost() for process in running]
        time.sleep(LAST)
        late = [dss.ask("requests", containing=f"/{project}/") for project in projects]
        after = [process.cost() for process in running]
    return [
        Peer(
            jobs=jobs,
            requests=late[number],
            scheduled=jobs * polls_within(seconds),
            per_second=(late[number] - early[number]) / LAST,
            cpu_percent=after[number].share_since(before[number]),
            rss_mb=after[number].rss_mb,
        )
        for number, jobs in enumerate(sizes)
    ]


def line(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return the slope and intercept of the least-squares line through the points."""
    count = len(points)
    mean_x, mean_y = sum(x for x, _ in points) / count, sum(y for _, y in points) / count
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
    return slope, mean_y - slope * mean_x
