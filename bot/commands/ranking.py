"""Ranks names while somebody types: the very name, what they use, what contains the text, what is alike."""

from collections.abc import Iterable, Mapping, Sequence
from heapq import nsmallest

import msgspec
from rapidfuzz import fuzz, process

ENOUGH = 10
"""With fewer names that contain the text, similar ones are offered too: comparing is what takes time."""
ALIKE = 70.0
"""The lowest similarity, of 100, at which a name counts as meant."""
_LONGEST = 120
_SHORTEST = 3
"""Shorter texts are alike to nearly everything."""


class NameIndex(msgspec.Struct, frozen=True):
    """Names to search, in the order in which they're offered when nothing else decides."""

    values: tuple[str, ...]
    """What identifies each name."""
    texts: tuple[str, ...]
    """What is shown for it."""
    searched: tuple[str, ...]
    """What is compared: everything that people call it, in small letters, joined by line feeds."""


def index_of(names: Iterable[tuple[str, str, str]]) -> NameIndex:
    """Return an index.

    Args:
        names: for each name its value, what is shown, and another text that it can be found by.
    """
    sorted_names = sorted(names, key=lambda one: one[1].casefold())
    return NameIndex(
        tuple(value for value, _, _ in sorted_names),
        tuple(text for _, text, _ in sorted_names),
        tuple(_searched(text, other) for _, text, other in sorted_names),
    )


def ranked(index: NameIndex, typed: str, used: Sequence[str], limit: int) -> list[int]:
    """Return the positions of the names that were probably meant, best first.

    Args:
        index: the names.
        typed: what was typed; each of its words has to be in a name.
        used: values that the person used, the latest first.
        limit: how many to return.
    """
    wanted = " ".join(typed.casefold().split())[:_LONGEST]
    order = {value: number for number, value in reversed(list(enumerate(used)))}
    words = wanted.split()
    found = [position for position, text in enumerate(index.searched) if all(word in text for word in words)]
    best = nsmallest(limit, found, key=lambda position: _rank(index, position, wanted, order))
    if len(found) < min(ENOUGH, limit) and len(wanted) >= _SHORTEST:
        known = set(best)
        alike = process.extract(wanted, index.searched, scorer=fuzz.WRatio, score_cutoff=ALIKE, limit=limit)
        best += [position for _, _, position in alike if position not in known]
    return best[:limit]


def _rank(index: NameIndex, position: int, wanted: str, order: Mapping[str, int]) -> tuple[int, int, int]:
    """Return a sort key: the very name, used ones, those that begin with the text, then all others."""
    text = index.searched[position]
    used = order.get(index.values[position], len(order))
    if wanted and (wanted in text.split("\n") or text.endswith(f"({wanted})")):
        return (0, used, position)
    begins = text.startswith(wanted) or f"\n{wanted}" in text
    return (1 if used < len(order) else 2 if begins else 3, used, position)


def _searched(text: str, other: str) -> str:
    """Join what is compared; mostly both are the same, and one string is kept for it."""
    small, others = text.casefold(), other.casefold()
    if others in small:
        return text if small == text else small
    return f"{small}\n{others}"
