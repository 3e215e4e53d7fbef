"""Finds rules that can't decide anything, because another one always decides first."""

from collections.abc import Iterator, Sequence

from bot.domain.identity import fold
from bot.domain.policy import Capability
from bot.domain.rules import Effect, Guardrail, Reach, Rule


def unreachable(rules: Sequence[Rule]) -> Iterator[tuple[Rule, Rule]]:
    """Yield each rule that another one covers, and that one.

    A rule is covered by one of the same effect, or an allowing one by a denying one, if that is about all
    the same people, places, objects and capabilities. Of two that say the same, it is the later one.
    """
    for place, rule in enumerate(rules):
        for other_place, other in enumerate(rules):
            twin = place < other_place and _covered(other, rule)
            if other is not rule and _covered(rule, other) and not (twin and rule.effect is other.effect):
                yield rule, other
                break


def unreachable_guardrails(guardrails: Sequence[Guardrail]) -> Iterator[tuple[Guardrail, Guardrail]]:
    """Yield each guardrail that lets through nothing that another one doesn't, and that one."""
    for place, one in enumerate(guardrails):
        for other_place, other in enumerate(guardrails):
            twin = place < other_place and _within(other, one)
            if other is not one and _within(one, other) and not twin:
                yield one, other
                break


def _covered(rule: Rule, by: Rule) -> bool:
    if rule.effect is Effect.DENY and by.effect is Effect.ALLOW:
        return False
    return (
        _all_concerned(rule.capabilities, by)
        and _who(rule, by)
        and (not by.channels or (bool(rule.channels) and set(rule.channels) <= set(by.channels)))
        and _reaches(rule.reach, by.reach)
    )


def _who(rule: Rule, by: Rule) -> bool:
    if by.everyone or not (by.users or by.groups):
        return True
    named = rule.users or rule.groups
    return bool(named) and set(rule.users) <= set(by.users) and set(rule.groups) <= set(by.groups)


def _within(one: Guardrail, other: Guardrail) -> bool:
    same = set(one.channels) <= set(other.channels)
    return same and _all_concerned(one.capabilities, other) and _reaches(one.reach, other.reach)


def _all_concerned(capabilities: Sequence[Capability], by: Rule | Guardrail) -> bool:
    return all(by.concerns(one) for one in capabilities)


def _reaches(one: Reach, other: Reach) -> bool:
    pairs = (
        (one.instances, other.instances),
        (one.projects, other.projects),
        (one.datasets, other.datasets),
    )
    return all(all(any(glob_covers(b, a) for b in wide) for a in narrow) for narrow, wide in pairs)


def glob_covers(wide: str, narrow: str) -> bool:
    """Return whether everything that one glob matches, another one matches, too.

    It never says so wrongly, though it might overlook a case.
    """
    wide, narrow = fold(wide), fold(narrow)
    reached = {0}
    for sign in narrow:
        reached = _after_stars(reached, wide)
        reached = {
            place if wide[place] == "*" else place + 1
            for place in reached
            if place < len(wide) and (wide[place] in ("*", sign) or (wide[place] == "?" and sign != "*"))
        }
    return len(wide) in _after_stars(reached, wide)


def _after_stars(places: set[int], glob: str) -> set[int]:
    found = set(places)
    for place in places:
        after = place
        while after < len(glob) and glob[after] == "*":
            after += 1
            found.add(after)
    return found
