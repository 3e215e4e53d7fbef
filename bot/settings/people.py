"""Read ``[people]`` and ``[identity]``: which DSS login is whose, where the email address can't say it."""

import re
from collections.abc import Mapping

from bot.domain.identity import EVERYWHERE, IdentityMap, fold
from bot.settings.problems import Problems, Table, list_words, near_miss

_MEMBER_ID = re.compile(r"[UW][A-Z0-9]{2,}", re.ASCII)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_DOMAIN = re.compile(r"[^@\s./]+(\.[^@\s./]+)+")

_KEYS = (
    'Write "U0123ABCD" = "login" with the member ID from the Slack profile (under ⋮), '
    'or "anna@example.com" = "login"'
)


def read_identity(
    people: Table, identity: Table, instances: tuple[str, ...], problems: Problems
) -> IdentityMap:
    """Read both tables.

    Args:
        people: logins by member ID or email address, and a table of the same kind for each instance that has
            its own.
        identity: with the domain aliases.
        instances: the names of the DSS instances.
        problems: where to record what is wrong.
    """
    tables: dict[str, dict[str, str]] = {}
    everywhere = {}
    for name, value in people.entries().items():
        if not isinstance(value, dict):
            everywhere[name] = value
        elif name in instances:
            tables[name] = _logins(Table(f"{people.name}.{name}", value, problems), problems)
        else:
            near = near_miss(name, instances)
            hint = f" (did you mean {near}?)" if near else ""
            right = f"Give {list_words(instances)}, or write logins for all of them under [{people.name}]"
            problems.add(f"[{people.name}.{name}]", f"{name} is not a DSS instance{hint}", right)
    tables[EVERYWHERE] = _logins(Table(people.name, everywhere, problems), problems)
    domains = _domains(identity.table("aliases"), problems)
    identity.finish()
    return IdentityMap(people={name: logins for name, logins in tables.items() if logins}, domains=domains)


def _logins(table: Table, problems: Problems) -> dict[str, str]:
    """Return the logins of one table, by member ID or folded address."""
    logins: dict[str, str] = {}
    written: dict[str, str] = {}
    for given, value in table.entries().items():
        key = _person(given)
        if key is None:
            problems.add(table.label(given), "is neither a Slack member ID nor an email address", _KEYS)
        elif key in written:
            wrong = f"is the same as {written[key]}: the case of letters doesn't count"
            problems.add(table.label(given), wrong, "Keep one of the two")
        elif not isinstance(value, str) or not value.strip():
            problems.add(table.label(given), "has no login", f'Write "{given}" = "the DSS login"')
        else:
            logins[key] = value.strip()
        if key is not None:
            written.setdefault(key, given)
    return logins


def _person(given: str) -> str | None:
    """Return a member ID or a folded address; ``None`` if it is neither."""
    email = fold(given)
    if _EMAIL.fullmatch(email):
        return email
    member_id = given.strip().upper()
    return member_id if _MEMBER_ID.fullmatch(member_id) else None


def _domains(table: Table, problems: Problems) -> dict[str, str]:
    """Return for each domain the one that stands for it and its aliases, however they are chained."""
    stands_for: dict[str, str] = {}
    written: dict[str, str] = {}
    for given, value in table.entries().items():
        domain = _domain(given)
        other = _domain(value)
        if domain is None or other is None:
            wrong = f"{given if domain is None else value!r} is not a domain"
            problems.add(table.label(given), wrong, 'Write "example.com" = "corp.example.com", without @')
        elif domain == other:
            problems.add(table.label(given), "is an alias of itself", "Give another domain, or leave it out")
        elif domain in written:
            wrong = f"is the same as {written[domain]}: the case of letters doesn't count"
            problems.add(table.label(given), wrong, "Keep one of the two")
        else:
            written[domain] = given
            _join(stands_for, domain, other)
    return stands_for


def _domain(given: object) -> str | None:
    domain = fold(given) if isinstance(given, str) else ""
    return domain if _DOMAIN.fullmatch(domain) else None


def _join(stands_for: dict[str, str], domain: str, other: str) -> None:
    """Make two domains, and all that are already the same as either, stand for one."""
    old, new = _standing(stands_for, domain), _standing(stands_for, other)
    for one in {domain, other, *stands_for}:
        if _standing(stands_for, one) in {old, new}:
            stands_for[one] = new


def _standing(stands_for: Mapping[str, str], domain: str) -> str:
    return stands_for.get(domain, domain)
