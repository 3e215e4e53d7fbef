"""Which garbage is tried where; many runs at a time, and what came of them."""

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
from tests.faults.neighbours import ASK, END, RUN, Aim, Spot

AT_ONCE = 6 * (os.cpu_count() or 1)
"""Runs side by side: each of them mostly waits."""

POLLED = ("GET /projects/SALES/jobs/JOB/", "GET /projects/SALES/jobs/JOB/log", "GET /jobs/running/")
"""What DSS is asked again and again. The rest is asked once: garbage for good is no more than once."""


def for_answers(spots: Iterable[Spot]) -> list[Aim]:
    """Return every answer of DSS's and Slack's with everything that may stand in its place.

    Once: the first in each phase; codes that each method of Slack has, in the last phase only. For good: from
    the first phase on in which there is such an answer.
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
    found = garbage_dss.catalogue() if spot.kind == "dss" else garbage_slack.catalogue(spot.what)
    return [one.name for one in found]


def for_rows() -> list[Aim]:
    """Return every column that holds a record with everything that it may hold instead."""
    found = []
    for column in garbage_rows.PLACES:
        own = column.partition(".")[0] in {"jobs", "watches"}
        for phase in (RUN, END) if own else (ASK, END) if column == "messages.body" else (ASK,):
            for what in (column, column + AFTER_RESTART):
                found += [Aim(Spot(phase, "row", what), name) for name in garbage_rows.catalogue(column)]
    return found


def judge_all(aims: Sequence[Aim]) -> Iterator[Verdict]:
    """Make the runs, each in one of some processes, and yield what came of each, in order."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.hits"])
    with ProcessPoolExecutor(AT_ONCE, mp_context=context, initializer=be_quiet) as pool:
        yield from pool.map(hits.judge, aims)


def be_quiet() -> None:
    """Log nothing: what goes wrong on purpose fills pages."""
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


@dataclass
class GarbageReport:
    """Counts of all the runs of a process."""

    runs: int = 0
    hit: Counter[str] = field(default_factory=Counter)
    """Runs by what was hit."""
    garbage: set[str] = field(default_factory=set)
    spots: set[Spot] = field(default_factory=set)
    unreached: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    said: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0

    def take(self, verdict: Verdict) -> list[str]:
        """Count a run; return its differences, each with what was done."""
        aim = verdict.aim
        assert aim is not None
        self.runs += 1
        self.hit[aim.spot.kind] += 1
        self.garbage.add(aim.garbage)
        self.spots.add(aim.spot)
        self.said.update(verdict.said)
        self.slowest = max(self.slowest, verdict.seconds)
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
        if self.unreached:
            lines += [f"not reached: {len(self.unreached)}", *(f"  {one}" for one in self.unreached[:20])]
        return lines


GARBAGE = GarbageReport()
