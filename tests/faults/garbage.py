"""Choose which garbage to try where, make many runs at a time, and collect the results."""

import logging
import multiprocessing
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

import structlog

from tests.faults import garbage_dss, garbage_rows, garbage_slack, hits
from tests.faults.hits import AFTER_RESTART, Verdict
from tests.faults.neighbors import ASK, END, RUN, Aim, Spot

AT_ONCE = 5 * (os.cpu_count() or 1)
"""Parallel runs: each mostly waits."""

POLLED = ("GET /projects/SALES/jobs/JOB/", "GET /projects/SALES/jobs/JOB/log", "GET /jobs/running/")
"""Requests that the bot repeats. It makes all others once, so there "for good" is the same as once."""


def for_answers(spots: Iterable[Spot]) -> list[Aim]:
    """Return every answer of DSS and Slack with each possible replacement.

    Once: the first answer in each phase; codes that every Slack method has, only in the last phase. For good:
    from the first phase that has such an answer.
    """
    found: list[Aim] = []
    ordered = sorted(spots)
    first = {spot.what: spot for spot in reversed(ordered)}
    last = {spot.what: spot for spot in ordered}
    for spot in ordered:
        names = _names(spot)
        common = set(garbage_slack.COMMON) if spot.kind == "slack" else set()
        found += [Aim(spot, name) for name in names if name not in common or last[spot.what] == spot]
        if first[spot.what] == spot and (spot.kind == "slack" or spot.what in POLLED):
            found += [Aim(spot, name, for_good=True) for name in names if name not in common]
    return found


def _names(spot: Spot) -> list[str]:
    found = garbage_dss.catalog() if spot.kind == "dss" else garbage_slack.catalog(spot.what)
    return [one.name for one in found]


def for_rows() -> list[Aim]:
    """Return every column that holds a record, with each possible replacement."""
    found = []
    for column in garbage_rows.PLACES:
        own = column.partition(".")[0] in {"jobs", "watches"}
        for phase in (RUN, END) if own else (ASK, END) if column == "messages.body" else (ASK,):
            for what in (column, column + AFTER_RESTART):
                found += [Aim(Spot(phase, "row", what), name) for name in garbage_rows.catalog(column)]
    return found


def judge_all(aims: Sequence[Aim]) -> Iterator[Verdict]:
    """Make the runs in several processes, and yield their verdicts in order."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.hits"])
    with ProcessPoolExecutor(AT_ONCE, mp_context=context, initializer=be_quiet) as pool:
        yield from pool.map(hits.judge, aims)


def be_quiet() -> None:
    """Turn off logging: deliberate faults fill pages."""
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


@dataclass
class GarbageReport:
    """Counts of all the runs in a process."""

    runs: int = 0
    hit: Counter[str] = field(default_factory=Counter)
    """Runs by the part that was hit."""
    garbage: set[str] = field(default_factory=set)
    spots: set[Spot] = field(default_factory=set)
    unreached: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    said: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    repeated: int = 0

    def take(self, verdict: Verdict) -> list[str]:
        """Count a run; return its differences, each with its cause."""
        aim = verdict.aim
        assert aim is not None
        self.runs += 1
        self.hit[aim.spot.kind] += 1
        self.garbage.add(aim.garbage)
        self.spots.add(aim.spot)
        self.said.update(verdict.said)
        self.slowest = max(self.slowest, verdict.seconds)
        self.repeated += verdict.repeated
        if not verdict.reached:
            self.unreached.append(str(aim))
        found = [f"{aim}: {one}" for one in verdict.differences]
        self.differences += found
        return found

    def lines(self) -> list[str]:
        """Return the summary."""
        kinds = ", ".join(f"{count} of {kind}" for kind, count in sorted(self.hit.items()))
        places = f"{len(self.spots)} places, {len(self.garbage)} kinds of garbage"
        lines = [f"{places}, {self.runs} runs ({kinds}), differences: {len(self.differences)}"]
        lines += [f"  {one}" for one in self.differences]
        if self.repeated:
            lines.append(f"made again because the machine was busy: {self.repeated}")
        if self.unreached:
            lines += [f"not reached: {len(self.unreached)}", *(f"  {one}" for one in self.unreached[:20])]
        return lines


GARBAGE = GarbageReport()
