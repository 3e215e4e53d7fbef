"""Points of a story at which a call is made or a transaction commits, and what can go wrong there."""

import threading
from collections import Counter
from dataclasses import dataclass
from typing import Literal

When = Literal["before", "after"]


@dataclass(frozen=True, order=True)
class Place:
    """The nth occurrence of something in a phase of a story."""

    phase: int
    kind: Literal["slack", "dss", "commit"]
    what: str
    """A method, a call without its ids, or the functions that a transaction belongs to."""
    nth: int = 1

    def __str__(self) -> str:
        return f"phase {self.phase}, {self.kind}: {self.what}" + (f" #{self.nth}" if self.nth > 1 else "")


@dataclass(frozen=True)
class Point:
    """A place and what happens there."""

    place: Place
    fault: str
    """``kill before``, ``kill after``, or a fault of one of the sandboxes."""

    def __str__(self) -> str:
        return f"{self.fault} at {self.place}"


class Places:
    """Counts occurrences, so that each has a name. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[tuple[int, str, str]] = Counter()
        self.seen: list[Place] = []

    def arrive(self, phase: int, kind: Literal["slack", "dss", "commit"], what: str) -> Place:
        """Name the place that was just reached."""
        with self._lock:
            self._counts[phase, kind, what] += 1
            place = Place(phase, kind, what, self._counts[phase, kind, what])
            self.seen.append(place)
            return place


POLLED = (
    "GET ",
    "LeaseStore.take",
    ".renew",
    "users.info",
    "conversations.",
    "files.info",
)
"""What the bot does repeatedly: the first time in each phase stands for all."""
TIMED = "MarkStore.set"
"""What it does on a schedule: the first time in a story stands for all."""


def worth_trying(places: list[Place]) -> list[Place]:
    """Return every place of a change, and the first place of each repeated or scheduled action."""
    first = next((place for place in places if TIMED in place.what), None)
    return [
        place
        for place in places
        if (place.nth == 1 or not any(polled in place.what for polled in POLLED))
        and (TIMED not in place.what or place == first)
    ]
