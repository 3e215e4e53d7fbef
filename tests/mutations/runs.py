"""Many mutated answers, in several processes, and their results."""

import multiprocessing
import os
import traceback
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

from tests.mutations.chain import Chain, Speaker
from tests.mutations.mutate import mutated
from tests.mutations.recorded import KINDS, recorded


@dataclass
class Tally:
    """Counts."""

    sent: Counter[str] = field(default_factory=Counter)
    """By kind of answer."""
    changes: Counter[str] = field(default_factory=Counter)
    """By kind of change."""
    errors: Counter[str] = field(default_factory=Counter)
    """Answers that ended with an expected error."""
    unhandled: Counter[str] = field(default_factory=Counter)
    """All other errors, with the first example of each."""
    examples: dict[str, str] = field(default_factory=dict)

    def add(self, other: "Tally") -> None:
        """Add another process's counts."""
        for mine, theirs in (
            (self.sent, other.sent),
            (self.changes, other.changes),
            (self.errors, other.errors),
            (self.unhandled, other.unhandled),
        ):
            mine.update(theirs)
        self.examples = {**other.examples, **self.examples}

    def lines(self) -> list[str]:
        """Return the summary."""
        if not self.sent:
            return []
        named = [
            f"  {title}: " + ", ".join(f"{name} {count:,}" for name, count in counted.most_common())
            for title, counted in (
                ("answers", self.sent),
                ("changes", self.changes),
                ("told as", self.errors),
                ("unhandled", self.unhandled),
            )
            if counted
        ]
        said = f"mutated answers: {self.sent.total():,}, unhandled errors: {self.unhandled.total()}"
        return [said, *named, *(f"  {text}" for text in self.examples.values())]


TALLY = Tally()


def send(numbers: range) -> Tally:
    """Send the mutations with these numbers for every kind of answer, one after the other."""
    tally = Tally()
    with Speaker() as speaker:
        chain = Chain(speaker)
        for number in numbers:
            kind = KINDS[number % len(KINDS)]
            name, body = mutated(kind, recorded()[kind], number)
            tally.sent[kind] += 1
            tally.changes[name] += 1
            try:
                if error := chain.send(kind, body):
                    tally.errors[error] += 1
            except Exception as error:  # noqa: BLE001 - this is what the test looks for
                what = f"{kind}: {type(error).__name__}: {str(error)[:160]}"
                tally.unhandled[f"{kind}: {type(error).__name__}"] += 1
                where = traceback.extract_tb(error.__traceback__)[-1]
                tally.examples.setdefault(
                    f"{type(error).__name__}:{where.name}:{where.lineno}",
                    f"{what} (number {number}, {where.name})",
                )
        chain.close()
    return tally


def send_many(count: int, parts: int = 40) -> Tally:
    """Send this many mutations, in as many processes as there are cores."""
    step = max(1, count // parts)
    work: Sequence[range] = [range(at, min(at + step, count)) for at in range(0, count, step)]
    context = multiprocessing.get_context("forkserver")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=context) as pool:
        for tally in pool.map(send, work):
            TALLY.add(tally)
    return TALLY
