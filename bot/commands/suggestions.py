"""Suggestions for mistyped names."""

from collections.abc import Iterable

from rapidfuzz.distance import DamerauLevenshtein

_LONGEST = 120
_ENOUGH = 0.6
_PREFIX = 0.9
_PART = 0.75


def did_you_mean(typed: str, candidates: Iterable[str], limit: int = 3) -> tuple[str, ...]:
    """Return the candidates that look most like ``typed``, best first; empty when none do."""
    wanted = typed.casefold()[:_LONGEST]
    scored = sorted(
        (-score, candidate)
        for candidate in dict.fromkeys(candidates)
        if (score := _likeness(wanted, candidate.casefold()[:_LONGEST])) >= _ENOUGH
    )
    return tuple(candidate for _, candidate in scored[:limit])


def one_slip(typed: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate that ``typed`` is with one letter wrong, missing, too many or swapped."""
    wanted = typed.casefold()[:_LONGEST]
    close = (one for one in candidates if len(one) > 2 and DamerauLevenshtein.distance(wanted, one) <= 1)
    return next(close, None)


def same(typed: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate that equals ``typed``, ignoring case.

    An exact match wins. Without one, several candidates that differ only in case are ambiguous: ``None``.
    """
    wanted = typed.casefold()
    alike = {candidate for candidate in candidates if candidate.casefold() == wanted}
    if typed in alike:
        return typed
    return alike.pop() if len(alike) == 1 else None


def _likeness(wanted: str, candidate: str) -> float:
    """Score the similarity from 0 to 1: by typing slips, or a common beginning, or a common part."""
    slips = DamerauLevenshtein.normalized_similarity(wanted, candidate, score_cutoff=_ENOUGH)
    if len(wanted) >= 3 and candidate.startswith(wanted):
        return max(slips, _PREFIX)
    if len(wanted) >= 3 and wanted in candidate:
        return max(slips, _PART)
    return slips
